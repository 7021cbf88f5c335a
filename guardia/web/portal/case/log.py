"""What happened, the latest first: public events in the words of the closing report, and what customers wrote."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.closing_reading import said_of
from guardia.cases.closing_report import LEFT_OUT, Said
from guardia.cases.customer_acts import CHANNEL
from guardia.cases.event import EventText
from guardia.notices.wording.hours import Hours
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment
from guardia.web.report.timeline import name_of, words_of
from guardia.web.report.words import hours_for


@dataclass(frozen=True, slots=True)
class LogLine:
    hour: str
    name: str
    words: str
    is_theirs: bool


def log_of(case: Case, hours: Hours) -> list[LogLine]:
    report_hours = hours_for(case, versions.of(case.procedure_version_id), hours.now)
    said = [one for one in said_of(case) if one.moment not in LEFT_OUT]
    written = written_here(case, said)
    lines = []
    for one in reversed(said):
        own = written.get(one.seq)
        words = own if own is not None else words_of(one, report_hours)
        lines.append(LogLine(hours.stamp(one.at), name_of(one), words, own is not None))
    return lines


def written_here(case: Case, said: list[Said]) -> dict[int, str]:
    """What contacts wrote on this page, by the number of the event; a mail stays between its writer and the house."""
    own = [one for one in said if one.moment == Moment.MESSAGE_RECEIVED and one.data.get(CHANNEL)]
    if not own:
        return {}
    found: dict[int, dict[str, str | None]] = {}
    texts = EventText.objects.filter(event__case=case.pk, event__seq__in=[one.seq for one in own])
    for seq, name, text in texts.values_list("event__seq", "name", "text"):
        found.setdefault(seq, {})[name] = text
    return {one.seq: sentence(one, found.get(one.seq, {})) for one in own}


def sentence(said: Said, texts: dict[str, str | None]) -> str:
    text = texts.get("text") or _("(erased)")
    if said.data.get("colleague") == "added":
        text = _("%(who)s is told of this case too") % {"who": text}
    elif said.data.get("colleague") == "asked":
        text = _("asks that a new person be told: %(who)s") % {"who": text}
    elif said.data.get("objects"):
        text = _("objects: %(words)s") % {"words": text}
    return f"{texts.get('from') or _('(erased)')}: {text}"
