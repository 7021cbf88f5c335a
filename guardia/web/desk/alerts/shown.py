"""An alert as it is written on a screen: how it is, what it is of, what it has become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.network.alert import Alert, AlertState
from guardia.network.alerts_listed import Behind
from guardia.web.desk.page import tag_of
from guardia.web.desk.rooms import address
from guardia.web.desk.shown.clock import hour, stood

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


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    words: str
    rows: Sequence[AlertRow]
    leads: bool


def group_of(behind: Behind, at: datetime) -> Group:
    count = len(behind.alerts)
    words = ngettext("%(n)d alert", "%(n)d alerts", count) % {"n": count}
    rows = [row_of(alert, at) for alert in behind.alerts]
    if behind.element:
        return Group(f"{behind.element.name} ({behind.element.code})", words, rows, True)
    title = _("Services behind no element") if behind.leads else _("They lead nowhere yet")
    return Group(title, words, rows, behind.leads)


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
        return _("being looked at"), ""
    return _("only shown"), ""
