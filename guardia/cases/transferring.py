"""A3: a case passes to another desk, with all its history, and the customer is told.

Between two administrative desks its time runs on. A report that came to the wrong desk and is a fault counts as one
from the hour at which it came (P2); a fault that is none is a request from the hour at which it is passed on.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import desk_hours, ledger, probing
from guardia.cases.desk_hours import desk_name, desk_of, kind_of
from guardia.cases.refusals import AlreadyThere, Missing, NoSuchDesk, ServiceOfAnother, TimeInTheFuture, TooLong
from guardia.cases.stages.arrival import Came
from guardia.cases.stages.registration import PERSONAL, fill_in, registered
from guardia.cases.verbs import Event, Recording, need
from guardia.cases.waiting import ended
from guardia.events import history
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM, Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind, Moment, RequestStage, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.stages.administrative import Ask
    from guardia.cases.stages.registration import Report

OF_ITS_ARRIVAL = (Moment.CALL_WAITING, Moment.CALL_ANSWERED, Moment.CALLER_REACHED, Moment.REQUEST_RECEIVED)


class Transferring(Recording):
    def transfer(
        self: "Case",
        to: str,
        *,
        by: Actor,
        at: datetime,
        reason: str,
        now: datetime | None = None,
        report: "Report | None" = None,
        ask: "Ask | None" = None,
    ) -> Event:
        """The case passes to the desk ``to`` (a key of the procedure) at ``at`` (UTC), for this reason (A3).

        To the technical desk it needs a ``report``: it is registered at the same time, so P2 counts from its arrival
        and stops now. From the technical desk it is taken as a request, with what ``ask`` says of it. Passed twice, it
        is once. Raises NoSuchDesk, AlreadyThere, Missing, ServiceOfAnother, CaseIsClosed, TimeBeforeTheCase.
        """
        self.must_be_open()
        if desk_of(self.procedure_version_id, to) is None:
            raise NoSuchDesk(desks=", ".join(str(each.name) for each in versions.of(self.procedure_version_id).desks))
        if to == self.desk:
            last = self.latest(Moment.TRANSFERRED)
            if last and last.data["to"] == to:
                return last
            raise AlreadyThere(desk=desk_name(self.procedure_version_id, to))
        self.must_not_precede(at, self.opened_at)
        reason = need("A3", "reason", reason, _("the reason"))
        self.see_the_desk_open(now or at)
        data = {"from": self.desk, "to": to, "case_kind": kind_of(to).value}
        if kind_of(to) == CaseKind.INCIDENT:
            more = self._becomes_an_incident(report, by, at)
        elif kind_of(self.desk) == CaseKind.INCIDENT:
            more = self._becomes_a_request(to, ask, by, at)
        else:
            more = self._goes_to(to, ask, at, now or at)
        if self.opens_at:
            data["opens_at"] = history.stamp(self.opens_at)
        passed = ledger.Entry(self, Moment.TRANSFERRED, by, at, data=data, texts={"reason": reason})
        left = self._leaves_behind(by, at) if CaseKind.INCIDENT in (kind_of(data["from"]), kind_of(to)) else []
        self.assigned = None
        recorded = ledger.record([*left, passed, *more], now or at)
        if kind_of(to) == CaseKind.INCIDENT:
            probing.at_registration(self, now or at)
        return next(event for event in recorded if event.moment == Moment.TRANSFERRED)

    def _leaves_behind(self: "Case", by: Actor, at: datetime) -> list[ledger.Entry]:
        """What belonged to the case of the old kind ends: its escalation with the calls owed for it, and its waits."""
        entries = []
        if running := self.escalation_now():
            about: dict[str, Any] = {"why": "transferred", "level": running.level, "staff": sorted(running.told)}
            entries.append(ledger.Entry(self, Moment.ESCALATION_ENDED, SYSTEM, at, data=about))
        for wait in self.waits.filter(ended_at=None).order_by("pk"):
            wait.ended_at = max(at, wait.started_at)
            wait.save(update_fields=["ended_at"])
            entry = ended(self, wait, by, at)
            entries.append(replace(entry, data={**entry.data, "passed_on": True}))
        return entries

    def _becomes_an_incident(self: "Case", report: "Report | None", by: Actor, at: datetime) -> list[ledger.Entry]:
        """P2, L4: it was a report from the hour at which it came; its number is given already."""
        if report is None:
            raise Missing("P2", "service", _("the service, its symptoms and its impact"))
        if report.service.customer_id != self.customer_id:
            raise ServiceOfAnother(company=self.customer.name.rstrip("."))
        symptoms = need("P2", "symptoms", report.symptoms, _("the symptoms"))
        since = report.affected_since or self.came_at()
        if since > at:
            raise TimeInTheFuture()
        service, site = report.service, report.service.site
        came_from = self.desk
        self.desk, self.service, self.site = TECHNICAL, service, site
        self.zone, self.band, self.impact = site.zone, site.band, report.impact.value
        self.stage, self.opens_at = Stage.DIAGNOSIS.value, None
        self.outage_started_at, self.outages = since, [[since.isoformat(), None]]
        self.restored_at = self.green_since = None
        self.symptoms, self.subject = symptoms, report.subject.strip() or self.subject
        self.reporter = report.reporter or self.reporter
        self.site_contact = self.site_contact or site.contact_on_site
        self.access_hours = self.access_hours or site.access_hours
        fill_in(self, report.details)
        return [registered(self, symptoms, by, at, from_desk=came_from)]

    def _becomes_a_request(self: "Case", to: str, ask: "Ask | None", by: Actor, at: datetime) -> list[ledger.Entry]:
        """A3: what was taken for a fault is a request; the promises of P lose their object."""
        fields = fields_for(self.procedure_version_id, to, {**self.fields, **(ask.fields if ask else {})})
        self.end_visit(at)
        self.desk, self.fields, self.stage = to, fields, RequestStage.TAKEN.value
        self.band, self.impact, self.plan_kind = "", "", ""
        self.outage_started_at, self.outages = None, []
        self.restored_at = self.green_since = None
        if ask:
            self.service, self.site = (ask.service, ask.service.site) if ask.service else (self.service, self.site)
            self.symptoms, self.subject = ask.text.strip() or self.symptoms, ask.subject.strip() or self.subject
            self.reporter = ask.reporter or self.reporter
            fill_in(self, ask.details)
        return taken_entries(self, by, at, at, received_at=self.came_at())

    def _goes_to(self: "Case", to: str, ask: "Ask | None", at: datetime, now: datetime) -> list[ledger.Entry]:
        """Between two administrative desks: what runs, runs on; what waits, waits for the new desk to open."""
        self.fields = fields_for(self.procedure_version_id, to, {**self.fields, **(ask.fields if ask else {})})
        waits, opened = desk_hours.waits(self), desk_hours.opened_at(self, now)
        self.desk = to
        if not waits:
            return []
        self.opens_at = None if opened else desk_hours.opens_at(self.procedure_version_id, to, at)
        return [] if self.opens_at else [ledger.Entry(self, Moment.ADMIN_DESK_OPENED, SYSTEM, opened or at)]

    def came_at(self: "Case") -> datetime:
        """The hour (UTC) at which it came in: of its call, of its arrival in writing; else at which it was opened."""
        first = self.events.filter(moment__in=OF_ITS_ARRIVAL).order_by("seq").first()
        return first.occurred_at if first else self.opened_at


# A3: what a desk must know of a request, and the events by which it is taken: at once, or to wait for its desk.


LONGEST_FIELD = 120
COMPLAINT = "complaint"
"""The variant of ADMIN_TAKEN of a formal complaint."""


def taken_entries(
    case: "Case", by: Actor, at: datetime, since: datetime, came: Came = None, received_at: datetime | None = None
) -> list[ledger.Entry]:
    """ADMIN_TAKEN, and where its desk is open at ``since`` ADMIN_DESK_OPENED of that hour; else it waits (A3 D).

    ``received_at``: when a formal complaint reached us, where that was before ``since``. All hours are UTC.
    """
    case.opens_at = desk_hours.opens_at(case.procedure_version_id, case.desk, since)
    personal = {name: getattr(case, name) for name in PERSONAL}
    data = {
        "number": case.number,
        "desk": case.desk,
        "fields": case.fields,
        "reporter": case.reporter_id,
        "opens_at": history.stamp(case.opens_at) if case.opens_at else None,
    }
    if case.is_complaint:
        data["came_at"] = history.stamp(received_at or since)
    entry = ledger.Entry(
        case,
        Moment.ADMIN_TAKEN,
        by,
        at,
        COMPLAINT if case.is_complaint else "",
        data=data,
        texts={"symptoms": case.symptoms, "subject": case.subject, **personal},
        takes_clocks_of_call=came.pk if isinstance(came, Call) else None,
        takes_clocks_of_request=came.pk if isinstance(came, WrittenRequest) else None,
    )
    return [entry] if case.opens_at else [entry, ledger.Entry(case, Moment.ADMIN_DESK_OPENED, SYSTEM, since)]


def fields_for(version_id: int, key: str, given: Mapping[str, str]) -> dict[str, str]:
    """What this desk asks for, of what was given. Raises NoSuchDesk, Missing for a required one, TooLong."""
    desk = desk_of(version_id, key)
    if desk is None or kind_of(key) != CaseKind.REQUEST:
        others = [str(each.name) for each in versions.of(version_id).desks if kind_of(each.key) == CaseKind.REQUEST]
        raise NoSuchDesk(desks=", ".join(others))
    found = {}
    for each in desk.fields:
        value = " ".join(given.get(each.key, "").split())
        if each.required and not value:
            raise Missing("A3", f"field_{each.key}", str(each.name))
        if len(value) > LONGEST_FIELD:
            raise TooLong("A3", f"field_{each.key}", str(each.name), LONGEST_FIELD)
        if value:
            found[each.key] = value
    return found
