"""One source of alerts: how it is, what it opens and when, where its labels lead, and where its last alerts would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.network.alert import AlertSource, SourceKind
from guardia.network.alerts_rules import MOST_RULES, follow, save_rules
from guardia.network.alerts_sources import SOURCE, change
from guardia.web.desk.alerts import row_of
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings import alerts_rows as rows
from guardia.web.desk.settings.alerts_forms import SourceForm
from guardia.web.desk.settings.alerts_trial import Trial, trial_of_kept
from guardia.web.desk.settings.frame import changes, looks, shown
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile

INVALID = 422
PARTS = ("when", "label", "means", "leads_to")


@dataclass
class Sent:
    """What somebody sent and was refused: it stands on the page again, with what is wrong."""

    form: SourceForm | None = None
    rules: list[dict[str, str]] | None = None
    rules_wrong: Mapping[str, str] = field(default_factory=dict)
    there: Meanwhile | None = None
    trial: Trial | None = None
    status: int = INVALID


@looks
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    return source_page(request, rows.find(source_id))


def source_page(request: HttpRequest, one: AlertSource, sent: Sent | None = None) -> HttpResponse:
    at = now()
    sent = sent or Sent(status=200)
    wrong = sent.rules_wrong
    context: dict[str, Any] = {
        "row": rows.source_row(one, at),
        "source": one,
        "is_snmp": one.kind == SourceKind.SNMP,
        "form": sent.form or SourceForm(of=one),
        "rules": rows.rule_rows(sent.rules if sent.rules is not None else rows.kept_rows(one), wrong),
        "rules_wrong": bool(wrong),
        "rules_words": wrong.get("rules", ""),
        "means": rows.means_choices(),
        "trial": sent.trial or trial_of_kept(one),
        "row_of": row_of,
        "script": rows.SCRIPTS.get(one.kind, ""),
        "snippet": rows.snippet_of(one.kind, rows.PLACE),
        "meanwhile": sent.there or looked_at(SOURCE, one.pk),
        "back": reverse("settings_alerts"),
    }
    return shown(request, "alerts/source", context, tab="settings_alerts", status=sent.status)


@changes
@require_POST
def edit(request: HttpRequest, source_id: int) -> HttpResponse:
    """What it opens, after how long, from how many services on; its signature, or its address and community."""
    one = rows.find(source_id)
    there, form = meanwhile(request, SOURCE, one.pk), SourceForm(request.POST, of=one)
    if form.is_valid() and not there.changes:
        try:
            follow(change(one, form.cleaned_data, by=member(request), at=now()))
        except ValidationError as unfit:
            form.add_error(None, unfit)
        else:
            return done(request, one, "")
    status = there.status if there.changes else INVALID
    return source_page(request, one, Sent(form=form, there=there, status=status))


@changes
@require_POST
def rules(request: HttpRequest, source_id: int) -> HttpResponse:
    """Where its labels lead, rule by rule."""
    one = rows.find(source_id)
    given, there = rows_in(request), meanwhile(request, SOURCE, one.pk)
    if there.changes:
        return source_page(request, one, Sent(rules=given, there=there, status=there.status))
    try:
        save_rules(one, given, by=member(request), at=now())
    except Unfit as unfit:
        return source_page(request, one, Sent(rules=given, rules_wrong=unfit.problems, there=there))
    return done(request, one, "#rules")


def done(request: HttpRequest, one: AlertSource, place: str) -> HttpResponse:
    say(request, _("Saved: %s.") % one.name)
    return redirect(reverse("settings_alert_source", args=[one.pk]) + place)


def rows_in(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the form in the order of their numbers; those left empty are left out."""
    found = []
    for place in range(1, MOST_RULES + rows.BLANK_ROWS + 1):
        row = {part: request.POST.get(f"{part}{place}", "").replace("\0", "").strip() for part in PARTS}
        if any(row.values()):
            found.append((order_of(request.POST.get(f"place{place}", ""), place), place, row))
    return [row for _order, _place, row in sorted(found, key=lambda one: one[:2])]


def order_of(written: str, place: int) -> int:
    """Where somebody wants the row to stand; where it stood, if nothing sensible is written."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else place
