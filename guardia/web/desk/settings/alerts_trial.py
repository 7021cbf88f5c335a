"""*Try it*: a message is pasted, or the last alerts are taken, and each shows where it leads and why not elsewhere.

Nothing of it is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from guardia.network import alerts_listed as listed
from guardia.network.alert import AlertSource, SourceKind
from guardia.network.alerts_mapping import leads, rules_of
from guardia.network.alerts_read import read
from guardia.network.alerts_said import Said, Unfit, Unreadable
from guardia.people.policy import Right
from guardia.web.desk.alerts import answer_of, tried_of
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.settings import alerts_rows as rows

INVALID = 422
MOST_SHOWN = 20
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class TrialRow:
    name: str
    state: str
    answer: str
    leads: bool
    lines: Sequence[dict[str, Any]]
    labels: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Trial:
    """``wrong``: why the pasted message would be refused. ``more``: so many alerts of it are not shown."""

    rows: Sequence[TrialRow] = ()
    pasted: str = ""
    wrong: str = ""
    words: str = ""
    more: int = 0


@needs(Right.SUPERVISE)
@require_POST
def trial(request: HttpRequest, source_id: int) -> HttpResponse:
    from guardia.web.desk.settings.alerts_source import Sent, source_page

    source = rows.find(source_id)
    found = trial_of_pasted(source, request.POST.get("message", "")[:LONGEST])
    return source_page(request, source, Sent(trial=found, status=INVALID if found.wrong else 200))


def trial_of_pasted(source: AlertSource, pasted: str) -> Trial:
    if source.kind == SourceKind.SNMP:
        return trial_of_kept(source)
    try:
        message = read(source.kind, pasted.encode(errors="replace"))
    except Unreadable as wrong:
        return Trial(pasted=pasted, wrong=str(wrong))
    except Unfit as wrong:
        return Trial(pasted=pasted, wrong=f"{wrong.field}: {wrong}")
    shown = message.alerts[:MOST_SHOWN]
    words = message.trouble or ("" if shown else _("It is a message, and it says nothing of an alert."))
    return Trial(rows_of_said(source, shown), pasted, words=words, more=len(message.alerts) - len(shown))


def rows_of_said(source: AlertSource, said: Sequence[Said]) -> list[TrialRow]:
    states = [_("firing") if one.fires else pgettext("alert", "resolved") for one in said]
    return tried(source, [one.name for one in said], states, [one.labels for one in said])


def trial_of_kept(source: AlertSource) -> Trial:
    """The last alerts that it sent, by the rules as they are now."""
    found = listed.last_of_source(source.pk)
    states = [str(alert.get_state_display()) for alert in found]
    return Trial(tried(source, [alert.name for alert in found], states, [alert.labels for alert in found]))


def tried(
    source: AlertSource, names: Sequence[str], states: Sequence[str], labels: Sequence[Mapping[str, str]]
) -> list[TrialRow]:
    rules = rules_of(source)
    return [
        TrialRow(name, state, answer_of(lead), lead.leads, tried_of(lead), sorted(each.items()))
        for name, state, each, lead in zip(names, states, labels, leads(rules, labels), strict=True)
    ]
