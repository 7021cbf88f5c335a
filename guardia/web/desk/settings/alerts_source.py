"""One source of alerts: how it is, what it opens and when, where its labels lead, and what its last alerts would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.network import alert_message
from guardia.network import alerts_listed as listed
from guardia.network.alert import AlertSource, SourceKind
from guardia.network.alert_message import AlertMessage, Unreadable
from guardia.network.alerts_by_path import LONGEST_PATH
from guardia.network.alerts_kinds import read
from guardia.network.alerts_mapping import leads, mappings_of, rules_of
from guardia.network.alerts_rules import MOST_RULES, follow, save_rules, when_text
from guardia.network.alerts_sources import (
    LONGEST_COMMUNITY,
    LONGEST_WAIT,
    MOST_GATHERED,
    PATH_READERS,
    READERS,
    SOURCE,
    change,
    save_paths,
)
from guardia.web.desk.alerts import MEANS, answer_of, tried_of
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.alerts import SCRIPTS, TAB, NewSourceForm, find, snippet_of, source_row
from guardia.web.desk.settings.frame import changes, looks, settings_page
from guardia.web.desk.settings.setting_form import Setting, edited, looked_at, meanwhile
from guardia.web.shared.act import INVALID, Refusal, attempt

MOST_SHOWN = 20
LONGEST = 200_000
BLANK_ROWS = 2
PLACE = "<TOKEN>"
PARTS = ("when", "label", "means", "leads_to")


class SourceForm(DeskForm):
    readers = {name: READERS[name] for name in ("hold_seconds", "calm_seconds", "gathers")}
    opens = NewSourceForm.base_fields["opens"]
    hold_seconds = forms.CharField(
        label=gettext_lazy("Seconds it must be firing"),
        max_length=5,
        widget=forms.NumberInput({"min": 0, "max": LONGEST_WAIT}),
        help_text=gettext_lazy("Before anything is opened. What ends sooner opens nothing."),
    )
    calm_seconds = forms.CharField(
        label=gettext_lazy("Seconds it must be clear"),
        max_length=5,
        widget=forms.NumberInput({"min": 0, "max": LONGEST_WAIT}),
        help_text=gettext_lazy("Before it counts as resolved. What comes and goes meanwhile is one alert."),
    )
    gathers = forms.CharField(
        label=gettext_lazy("Services with the same cause"),
        max_length=4,
        widget=forms.NumberInput({"min": 2, "max": MOST_GATHERED}),
        help_text=gettext_lazy("From this number up it is a mass outage; fewer are separate cases."),
    )
    signed = NewSourceForm.base_fields["signed"]
    address = NewSourceForm.base_fields["address"]
    brings = words(
        gettext_lazy("Another community, or v3:USER"),
        LONGEST_COMMUNITY,
        help_text=gettext_lazy("Empty: it stays as it is. Only its digest is stored."),
    )

    def __init__(self, data: Any = None, *, of: AlertSource) -> None:
        super().__init__(data, of=of)
        for field in ("signed",) if of.kind == SourceKind.SNMP else ("address", "brings"):
            del self.fields[field]


class PathsForm(DeskForm):
    """Where each field stands in a message of a source by paths."""

    readers = PATH_READERS
    alerts = words(
        gettext_lazy("Its alerts"),
        LONGEST_PATH,
        help_text=gettext_lazy(
            "Only if one message has several: $.alerts[*]. The other paths then begin at each alert."
        ),
    )
    identity = words(
        gettext_lazy("Identity of the alert"),
        LONGEST_PATH,
        needed=True,
        help_text=gettext_lazy("What is the same when it ends: $.alert.id"),
    )
    state = words(
        gettext_lazy("State"),
        LONGEST_PATH,
        needed=True,
        help_text=gettext_lazy("Where it says that there is a problem, or that it has ended: $.status"),
    )
    ended = words(
        gettext_lazy("Words for “it has ended”"),
        LONGEST_PATH,
        help_text=gettext_lazy("With commas: CLEAR, OK. Every other word is a problem. Empty: resolved, ok, up, 0."),
    )
    text = words(gettext_lazy("Text"), LONGEST_PATH, help_text=gettext_lazy("What the desk reads: $.message"))
    severity = words(gettext_lazy("Severity"), LONGEST_PATH)
    at = words(
        gettext_lazy("Time"),
        LONGEST_PATH,
        help_text=gettext_lazy("ISO 8601 with its offset, or seconds since 1970. Empty: when the message arrives."),
    )
    circuit = words(
        gettext_lazy("Circuit"), LONGEST_PATH, help_text=gettext_lazy("Or the code of the service: $.circuit")
    )
    element = words(gettext_lazy("Element"), LONGEST_PATH, help_text=gettext_lazy("Or its address: $.host"))

    def __init__(self, data: Any = None, *, of: AlertSource) -> None:
        super().__init__(data)
        self.initial = dict(of.paths)


@looks
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    return source_page(request, find(source_id))


def source_page(request: HttpRequest, one: AlertSource, *, status: int = 200, **more: Any) -> HttpResponse:
    """``more``: what was sent and refused, or tried."""
    forms_of_it = {"form": SourceForm(of=one), "paths_form": PathsForm(of=one)}
    context = {**forms_of_it, "meanwhile": looked_at(SOURCE, one.pk), **context_of(one), **more}
    return settings_page(request, "alerts/source", context, tab=TAB, status=status)


def context_of(one: AlertSource) -> dict[str, Any]:
    """The page without its form."""
    return {
        "row": source_row(one, now()),
        "source": one,
        "is_snmp": one.kind == SourceKind.SNMP,
        "has_paths": one.kind == SourceKind.BY_PATH,
        "rules": rule_rows(last_alert_rows(one), {}),
        "means": list(MEANS.items()),
        "trial": trial_of_last_alerts(one),
        "script": SCRIPTS.get(one.kind, ""),
        "snippet": snippet_of(one.kind, PLACE),
        "back": reverse(TAB),
    }


@changes
@require_POST
def edit(request: HttpRequest, source_id: int) -> HttpResponse:
    """What it opens, after how long, from how many services on; its signature, or its address and community."""
    one = find(source_id)

    def save(fields: dict[str, Any]) -> HttpResponse:
        follow(change(one, fields, by=member(request), at=now()))
        return done(request, one, "")

    facts = Setting(
        tab=TAB,
        form=lambda data: SourceForm(data, of=one),
        save=save,
        noun=SOURCE,
        key=one.pk,
        template="alerts/source",
        context=lambda _form: {"paths_form": PathsForm(of=one), **context_of(one)},
    )
    return edited(request, facts)


@changes
@require_POST
def paths(request: HttpRequest, source_id: int) -> HttpResponse:
    """Where each field stands in the messages of a source by paths."""
    one = find(source_id)

    def save(fields: dict[str, Any]) -> HttpResponse:
        save_paths(one, fields, by=member(request), at=now())
        return done(request, one, "#paths")

    facts = Setting(
        tab=TAB,
        form=lambda data: PathsForm(data, of=one),
        save=save,
        noun=SOURCE,
        key=one.pk,
        template="alerts/source",
        context=lambda form: {**context_of(one), "form": SourceForm(of=one), "paths_form": form},
    )
    return edited(request, facts)


@changes
@require_POST
def rules(request: HttpRequest, source_id: int) -> HttpResponse:
    """Where its labels lead, rule by rule."""
    one = find(source_id)
    given, there = rows_in(request), meanwhile(request, SOURCE, one.pk)
    if there.changes:
        return source_page(request, one, status=there.status, rules=rule_rows(given, {}), meanwhile=there)
    saved = attempt(lambda: save_rules(one, given, by=member(request), at=now()))
    if isinstance(saved, Refusal):
        wrong = saved.fields
        sent = {"rules": rule_rows(given, wrong), "rules_wrong": bool(wrong), "rules_words": wrong.get("rules", "")}
        return source_page(request, one, status=INVALID, meanwhile=there, **sent)
    return done(request, one, "#rules")


def done(request: HttpRequest, one: AlertSource, place: str) -> HttpResponse:
    say(request, _("Saved: %s.") % one.name)
    return redirect(reverse("settings_alert_source", args=[one.pk]) + place)


def rows_in(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the form in the order of their numbers; those left empty are left out."""
    found = []
    for place in range(1, MOST_RULES + BLANK_ROWS + 1):
        row = {part: request.POST.get(f"{part}{place}", "").replace("\0", "").strip() for part in PARTS}
        if any(row.values()):
            found.append((order_of(request.POST.get(f"place{place}", ""), place), place, row))
    return [row for _order, _place, row in sorted(found, key=lambda one: one[:2])]


def order_of(written: str, place: int) -> int:
    """Where somebody wants the row to stand; where it stood, if nothing sensible is written."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else place


def rule_rows(rows: Sequence[Mapping[str, str]], wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that were given, each with why it cannot be kept, and two to fill in."""
    filled = [*rows, *([dict.fromkeys(PARTS, "")] * BLANK_ROWS)]
    return [
        {**row, "number": place, "wrong": wrong.get(f"row{place}", ""), "is_blank": not any(row.values())}
        for place, row in enumerate(filled, start=1)
    ]


def last_alert_rows(source: AlertSource) -> list[dict[str, str]]:
    return [
        {
            "when": when_text(row.when),
            "label": row.label,
            "means": row.means,
            "leads_to": str(row.service or row.element or ""),
        }
        for row in mappings_of(source)
    ]


@changes
@require_POST
def trial(request: HttpRequest, source_id: int) -> HttpResponse:
    """What a pasted message would lead to; of a source by paths, by the paths as they are typed and not yet saved."""
    source, pasted = find(source_id), request.POST.get("message", "")[:LONGEST]
    if source.kind != SourceKind.BY_PATH or "identity" not in request.POST:
        found = trial_of_pasted(source, pasted)
        return source_page(request, source, status=INVALID if found.wrong else 200, trial=found)
    form = PathsForm(request.POST, of=source)
    if not form.is_valid():
        return source_page(request, source, status=INVALID, trial=Trial(pasted=pasted), paths_form=form)
    source.paths = {name: value for name, value in form.cleaned_data.items() if value}
    found = trial_of_pasted(source, pasted)
    return source_page(request, source, status=INVALID if found.wrong else 200, trial=found, paths_form=form)


@dataclass(frozen=True, slots=True)
class TrialRow:
    name: str
    state: str
    answer: str
    leads: bool
    lines: Sequence[Any]
    labels: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Trial:
    """``wrong``: why the pasted message would be refused. ``more``: so many alerts of it are not shown.

    ``fields``: of a source by paths, what each path gives of the first alert.
    """

    rows: Sequence[TrialRow] = ()
    fields: Sequence[tuple[str, str]] = ()
    pasted: str = ""
    wrong: str = ""
    words: str = ""
    more: int = 0


def trial_of_pasted(source: AlertSource, pasted: str) -> Trial:
    if source.kind == SourceKind.SNMP:
        return trial_of_last_alerts(source)
    try:
        message = read(source.kind, pasted.encode(errors="replace"), source.paths)
    except Unreadable as wrong:
        return Trial(pasted=pasted, wrong=str(wrong))
    except alert_message.Unfit as wrong:
        return Trial(pasted=pasted, wrong=f"{wrong.field}: {wrong}")
    shown = message.alerts[:MOST_SHOWN]
    words = message.trouble or ("" if shown else _("It is a message, but it contains no alert."))
    fields = fields_of(source, shown[:1])
    return Trial(rows_of_messages(source, shown), fields, pasted, words=words, more=len(message.alerts) - len(shown))


def rows_of_messages(source: AlertSource, said: Sequence[AlertMessage]) -> list[TrialRow]:
    states = [_("firing") if one.fires else pgettext("alert", "resolved") for one in said]
    return tried(source, [one.name for one in said], states, [one.labels for one in said])


def fields_of(source: AlertSource, said: Sequence[AlertMessage]) -> list[tuple[str, str]]:
    """What the paths of a source gave, by the label of each field; nothing for the other kinds."""
    if source.kind != SourceKind.BY_PATH or not said:
        return []
    first = said[0]
    found = {
        "identity": first.labels.get("identity", ""),
        "state": _("firing") if first.fires else pgettext("alert", "resolved"),
        "text": first.summary,
        "severity": first.severity,
        "at": first.at.isoformat() if first.at else "",
        "circuit": first.labels.get("circuit", ""),
        "element": first.labels.get("element", ""),
    }
    return [(str(PathsForm.base_fields[name].label), value) for name, value in found.items() if source.paths.get(name)]


def trial_of_last_alerts(source: AlertSource) -> Trial:
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


urlpatterns = [
    path("alertas/<int:source_id>", source, name="settings_alert_source"),
    path("alertas/<int:source_id>/editar", edit, name="settings_alert_source_edit"),
    path("alertas/<int:source_id>/reglas", rules, name="settings_alert_source_rules"),
    path("alertas/<int:source_id>/rutas", paths, name="settings_alert_source_paths"),
    path("alertas/<int:source_id>/probar", trial, name="settings_alert_source_trial"),
]
