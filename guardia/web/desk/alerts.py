"""Alerts of the monitoring (``/alertas``): the board of what fires, one alert, and the acts on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.customers.lookup import service_of_id
from guardia.network import alerts_listed as listed
from guardia.network import alerts_mapping as mapping
from guardia.network import alerts_sources
from guardia.network.alert import Alert, AlertState
from guardia.network.alerts_listed import Behind
from guardia.network.alerts_mapping import Lead, Rule, Tried, leads, rules_of
from guardia.network.alerts_rules import lead_one, when_text
from guardia.network.elements import element_of_id
from guardia.people.policy import Right, may
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.clock import hour, stood
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.shell import address, shell_for
from guardia.web.shared.act import INVALID, Refusal, attempt

# --- rows -------------------------------------------------------------------------------------------------------------
# An alert as it is written on a screen: how it is, what it is of, what it has become.
MARKS = {AlertState.FIRING: "late", AlertState.FLAPPING: "intermittent", AlertState.RESOLVED: "tick"}


@dataclass(frozen=True, slots=True)
class AlertRow:
    id: str
    pk: int
    href: str
    mark: str
    state: str
    state_words: str
    lasts: str
    since: str
    name: str
    summary: str
    severity: str
    where: str
    whose: str
    vip: bool
    source: str
    became: str
    became_href: str
    leads: bool

    @property
    def tag(self) -> str:
        return tag_of([self.id, self.state, self.lasts, self.became, self.summary, self.where, self.severity])


def group_of(behind: Behind, at: datetime) -> dict[str, Any]:
    count = len(behind.alerts)
    words = ngettext("%(n)d alert", "%(n)d alerts", count) % {"n": count}
    rows = [row_of(alert, at) for alert in behind.alerts]
    if behind.element:
        return {"title": f"{behind.element.name} ({behind.element.code})", "words": words, "rows": rows, "leads": True}
    title = _("Services that depend on no element") if behind.leads else _("Not mapped yet")
    return {"title": title, "words": words, "rows": rows, "leads": behind.leads}


def row_of(alert: Alert, at: datetime) -> AlertRow:
    fires = alert.state != AlertState.RESOLVED
    began = alert.since if fires else alert.resolved_at or alert.last_at
    became, href = became_of(alert, at)
    where, whose = where_of(alert)
    return AlertRow(
        id=f"alert-{alert.pk}",
        pk=alert.pk,
        href=reverse("alert", args=[alert.pk]),
        mark=MARKS[AlertState(alert.state)],
        state=alert.state,
        state_words=str(alert.get_state_display()),
        lasts=stood(at - began),
        since=_("since %s") % hour(began, at),
        name=alert.name,
        summary=alert.summary,
        severity=alert.severity,
        where=where,
        whose=whose,
        vip=bool(alert.service and alert.service.customer.vip),
        source=alert.source.name,
        became=became,
        became_href=href,
        leads=bool(alert.service_id or alert.element_id),
    )


def where_of(alert: Alert) -> tuple[str, str]:
    """The circuit or element, and whose and where that is."""
    if alert.service:
        return alert.service.circuit, f"{alert.service.customer.name} · {alert.service.site.name}"
    if alert.element:
        return alert.element.code, alert.element.name
    return "", ""


def became_of(alert: Alert, at: datetime) -> tuple[str, str]:
    """What it is part of, with its page; else when something is opened, or why nothing will be."""
    if alert.outage:
        return alert.outage.display_number, address("outage", alert.outage.number)
    if alert.case:
        return alert.case.display_number, reverse("case", args=[alert.case.number])
    if alert.state == AlertState.RESOLVED:
        return "", ""
    if alert.acts_at and alert.acts_at > at:
        return _("opened at %s, if it still fires") % hour(alert.acts_at, at, seconds=True), ""
    if alert.acts_at:
        return _("being checked"), ""
    return _("only shown"), ""


# --- trial ------------------------------------------------------------------------------------------------------------
# Where an alert leads by the rules of its source, in words: each rule that was asked, and why it led nowhere.
MEANS: Mapping[str, Promise] = {
    mapping.CIRCUIT: gettext_lazy("circuit of a service"),
    mapping.SERVICE_ID: gettext_lazy("code of a service in another system"),
    mapping.ELEMENT: gettext_lazy("code of an element"),
    mapping.TARGET: gettext_lazy("address tested for a service"),
    mapping.FIXED: gettext_lazy("always this circuit or element"),
    mapping.IGNORED: pgettext_lazy("alert", "ignored"),
}


def tried_of(lead: Lead) -> list[dict[str, Any]]:
    """The rules in the order they were asked, the one that led there last."""
    # ``led``: this rule is the one that led there.
    lines = [{"rule": rule_words(tried.rule), "words": why_words(tried), "led": False} for tried in lead.tried]
    if lead.rule:
        lines.append({"rule": rule_words(lead.rule), "words": led_words(lead), "led": True})
    return lines


def rule_words(rule: Rule) -> str:
    when = when_text(rule.when)
    means = str(MEANS.get(rule.means, rule.means))
    what = _("%(label)s: %(means)s") % {"label": rule.label, "means": means} if rule.label else means
    return _("if %(when)s: %(what)s") % {"when": when, "what": what} if when else what


def why_words(tried: Tried) -> str:
    value = {"value": tried.value[:60], "label": tried.rule.label}
    words = {
        mapping.NOT_MEANT: _("its conditions are not met"),
        mapping.NO_LABEL: _("there is no label %(label)s") % value,
        mapping.UNKNOWN: _("nothing here is called “%(value)s”") % value,
        mapping.SEVERAL: _("several things are called “%(value)s”") % value,
        mapping.INACTIVE: _("“%(value)s” is no longer in use") % value,
    }
    return words.get(tried.why, tried.why)


def led_words(lead: Lead) -> str:
    if lead.is_ignored:
        return _("it is only shown")
    service = service_of_id(lead.service_id or 0)
    if service:
        return f"{service.circuit} · {service.customer.name} · {service.site.name}"
    element = element_of_id(lead.element_id or 0)
    return f"{element.code} · {element.name}" if element else _("it is only shown")


def answer_of(lead: Lead, others: Sequence[Rule] = ()) -> str:
    """In one line where it leads; for what leads nowhere, what to do."""
    if lead.rule:
        return led_words(lead)
    return _("nowhere: no rule finds anything; add one, or map this alert by hand")


# --- board ------------------------------------------------------------------------------------------------------------
# ``/alertas``: what fires, by the element it stands behind; a poll is answered 304 while nothing has changed.
@desk_page
@require_GET
def alerts(request: DeskRequest) -> HttpResponse:
    at = now()
    found = listed.firing()
    groups = [group_of(behind, at) for behind in listed.grouped(found[: listed.MOST_SHOWN])]
    over = [row_of(alert, at) for alert in listed.over_last(at)]
    shell = shell_for(request, at, view="alerts")
    rows = [row.tag for group in groups for row in group["rows"]]
    tag = tag_of([*rows, *(row.tag for row in over), shell.tag, shell.calls_words, *shell.views, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context: dict[str, Any] = {
        "groups": groups,
        "over": over,
        "counts": "99+" if len(found) > 99 else str(len(found)),
        "is_cut": len(found) > listed.MOST_SHOWN,
        "most": listed.MOST_SHOWN,
        "has_sources": alerts_sources.is_any_active(),
        "may_lead": may(request.user, Right.EDIT_CUSTOMERS),
        "may_set": may(request.user, Right.SUPERVISE),
        "shell": shell,
        "tag": tag,
    }
    template = "desk/alerts/board_live.html" if is_fragment(request) else "desk/alerts/board.html"
    return stamped(page(request, template, context), tag)


# --- one alert --------------------------------------------------------------------------------------------------------
# One alert: its labels, its turns, where it leads and why; it is led by hand, or said to be over.


@needs(Right.SEE_DESK, Right.EDIT_CUSTOMERS)
@require_GET
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    return alert_page(request, found_or_404(alert_id))


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def lead(request: HttpRequest, alert_id: int) -> HttpResponse:
    """A rule for this alert alone: its labels lead to the circuit or element that was written."""
    one = found_or_404(alert_id)
    written = request.POST.get("leads_to", "").replace("\0", "")[:80]
    rule = attempt(lambda: lead_one(one, written, by=member(request), at=now()))
    if isinstance(rule, Refusal):
        return alert_page(request, one, written, rule.sentence)
    say(
        request, _("“%(alert)s” leads to %(to)s from now on.") % {"alert": one.name, "to": rule.service or rule.element}
    )
    return redirect("alerts")


@needs(Right.HANDLE_CASES)
@require_POST
def close(request: HttpRequest, alert_id: int) -> HttpResponse:
    """It is over, by the word of a person: a source that told it once may never tell its end."""
    one = listed.close_by_hand(found_or_404(alert_id).pk, by=member(request), at=now())
    say(request, _("“%s” counts as resolved.") % (one.name if one else ""))
    return redirect("alerts")


def found_or_404(alert_id: int) -> Alert:
    """Raises Http404."""
    found = listed.alert_of_id(min(alert_id, LARGEST_ID))
    if found is None:
        raise Http404
    return found


def alert_page(request: HttpRequest, one: Alert, written: str = "", wrong: str = "") -> HttpResponse:
    at = now()
    found = leads(rules_of(one.source), [one.labels])[0]
    staff = member(request)
    context: dict[str, Any] = {
        "shell": shell_for(request, at, view="alerts"),
        "alert": one,
        "row": row_of(one, at),
        "labels": sorted(one.labels.items()),
        "turns": [(turn.fires, hour(turn.at, at, seconds=True)) for turn in listed.turns_of(one)],
        "tried": tried_of(found),
        "fires": one.state != AlertState.RESOLVED,
        "may_lead": may(staff, Right.EDIT_CUSTOMERS),
        "may_close": may(staff, Right.HANDLE_CASES),
        "written": written,
        "wrong": wrong,
        "last": hour(one.last_at, at, seconds=True),
    }
    return page(request, "desk/alerts/one.html", context, status=INVALID if wrong else 200)


urlpatterns = [
    path("alertas", alerts, name="alerts"),
    path("alertas/<int:alert_id>", alert, name="alert"),
    path("alertas/<int:alert_id>/ubicar", lead, name="alert_lead"),
    path("alertas/<int:alert_id>/resuelta", close, name="alert_close"),
]
