"""P2 Registration: the case is opened with its symptoms and contact data, and the number is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import ledger, probing, writes
from guardia.cases.number import numbered
from guardia.cases.refusals import AlreadySettled, NotInThisStage, TimeInTheFuture
from guardia.cases.stages import arrival, reception
from guardia.cases.stages.arrival import Came
from guardia.cases.verbs import PRESSED_TWICE, Event, Recording, must_be_a_person, need, stage_name
from guardia.config.sql_rows import rows_of
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.events import history
from guardia.people.staff import Actor, Staff, person
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

DETAILS = (
    "reporter_name",
    "call_back_number",
    "site_contact",
    "access_hours",
    "mains_power",
    "customer_reference",
    "carrier_reference",
)
PERSONAL = {"reporter_name", "call_back_number", "site_contact", "access_hours"}


@dataclass(frozen=True)
class Report:
    """What the customer reports (P2 D): two facts suffice, the rest may follow. How the service is was not said where
    ``impact`` is REPORTED; nothing is assumed of it.
    """

    service: Service
    symptoms: str
    impact: Impact = Impact.REPORTED
    subject: str = ""
    affected_since: datetime | None = None
    reporter: Contact | None = None
    details: dict[str, str] = field(default_factory=dict)


class Registration(Recording):
    @classmethod
    def register(
        cls,
        report: Report,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "phone",
        call: Call | None = None,
        request: WrittenRequest | None = None,
        received_at: datetime | None = None,
        engineer: Staff | None = None,
    ) -> "Case":
        """Open a case and give its number; the notice of P2 is owed (P2, L4).

        A telephone report brings its answered ``call``, whose true hours become the case's first events; a report in
        writing brings its locked ``request``, or where there is none ``received_at``, from which P2 counts. A call or
        request that has its case gives that case back, and so does a button pressed twice. Hours in UTC. Raises
        Missing, AlreadySettled, RequestIsSettled, TimeInTheFuture, NoProcedure.
        """
        came = call or request
        if same := arrival.case_of(cls, came):
            return same
        arrival.must_be_unsettled(came)
        symptoms = need("P2", "symptoms", report.symptoms, _("the symptoms"))
        if came is None and (same := _opened_already(cls, report.service, symptoms, by, at)):
            return same
        source, received_at = (request.way, request.received_at) if request else (source, received_at)
        case = _new_case(cls, report, symptoms, came, received_at, at)
        case.source = source
        case.assigned = person(engineer)
        entries = arrival.entries(case, by, source, came, received_at)
        entries.append(registered(case, symptoms, by, at, came))
        recorded = ledger.record(entries, now or at)
        arrival.settle(case, came, recorded[0].id, at=at, engineer=engineer)
        if request and request.customer_reference:
            case.complete({"customer_reference": request.customer_reference}, by=by, at=now or at)
        probing.at_registration(case, now or at)
        return case

    def assign(self: "Case", to: Staff, *, by: Actor, at: datetime, now: datetime | None = None) -> Event | None:
        """The case passes to a colleague, who answers for it from now on. To the one who has it: nothing happens.

        Raises CaseIsClosed, NotAPerson.
        """
        self.must_be_open()
        must_be_a_person(to)
        if self.assigned_id == to.pk:
            return self.latest(Moment.ASSIGNED)
        data = {"to": to.pk, "from": self.assigned_id}
        self.assigned = to
        return self.write(Moment.ASSIGNED, by=by, at=at, now=now, data=data)

    def complete(
        self: "Case",
        details: dict[str, str],
        *,
        by: Actor,
        at: datetime,
        impact: Impact | None = None,
        affected_since: datetime | None = None,
    ) -> Event | None:
        """Contact data, references, impact or since when, completed or corrected later (P2 D). Hours in UTC.

        Nothing new: nothing happens. Raises CaseIsClosed, NotAnIncident, TimeInTheFuture, NotInThisStage.
        """
        self.must_be_open()
        changed = {n: v.strip() for n, v in details.items() if n in DETAILS and getattr(self, n) != v.strip()}
        data: dict[str, Any] = {name: value for name, value in changed.items() if name not in PERSONAL}
        if impact and impact != self.impact:
            self.must_be_an_incident()
            data["impact"] = {"from": self.impact, "to": impact.value}
            self.impact = impact.value
        if affected_since and affected_since != self.outage_started_at:
            data["affected_since"] = self._affected_since(affected_since, at)
        if not changed and not data:
            return None
        for name, value in changed.items():
            setattr(self, name, value)
        texts = {name: value for name, value in changed.items() if name in PERSONAL}
        return self.write(Moment.DETAILS_UPDATED, by=by, at=at, data=data, texts=texts)

    def _affected_since(self: "Case", since: datetime, at: datetime) -> dict[str, str]:
        """Its outage began then; the hours before and after, for the event. While the first one lasts, and only then:
        what has ended and begun again is told with its hours.
        """
        self.must_be_an_incident()
        if since > at:
            raise TimeInTheFuture()
        if len(self.outages) != 1 or self.outages[0][1] is not None or self.outage_started_at is None:
            raise NotInThisStage(stage=stage_name(self.stage))
        was, self.outage_started_at = self.outage_started_at, since
        self.outages = [[since.isoformat(), None]]
        return {"from": history.stamp(was), "to": history.stamp(since)}

    def join(self: "Case", call: Call, *, by: Actor, at: datetime) -> Event:
        """A call about what is already open: it is settled here, and the case says so."""
        self.must_be_open()
        if call.settled_at:
            raise AlreadySettled()
        if not call.answered_at:
            raise NotInThisStage(stage=_("the telephone rings"))
        Call.objects.filter(pk=call.pk).update(case=self.pk, customer=self.customer_id)
        reception.settle(call, as_="joined", at=at)
        return self.write(Moment.NOTED, by=by, at=at, data={"call": call.pk}, texts={"from_number": call.from_number})


def _new_case(
    cls: type, report: Report, symptoms: str, came: Came, received_at: datetime | None, at: datetime
) -> "Case":
    """The row of the case, not written yet: the ledger inserts it with its first events."""
    version_id = came.procedure_version_id if came else versions.id_in_force(received_at or at)
    since = report.affected_since or arrival.counts_from(came, received_at, at)
    if since > at:
        raise TimeInTheFuture()
    pk, number = draw_number()
    report = replace(report, affected_since=since)
    return opened_case(cls, report, symptoms, pk=pk, number=number, version_id=version_id, at=at)


def opened_case(
    cls: type, report: Report, symptoms: str, *, pk: int, number: int, version_id: int, at: datetime
) -> "Case":
    """The row of a case with its id and its number, affected since ``report.affected_since``; not written yet."""
    case = placed(unsaved_case(cls, report, symptoms, version_id=version_id, at=at), report.service, pk, number)
    fill_in(case, report.details)
    return case


def unsaved_case(cls: type, report: Report, symptoms: str, *, version_id: int, at: datetime) -> "Case":
    """What a case says of itself wherever it is; it has no number and no place yet."""
    return cls(
        procedure_version_id=version_id,
        stage=Stage.DIAGNOSIS.value,
        status="acknowledged",
        impact=report.impact.value,
        opened_at=at,
        outage_started_at=report.affected_since or at,
        subject=subject_of(report.subject, symptoms),
        symptoms=symptoms,
        reporter=report.reporter,
    )


def placed(case: "Case", service: Service, pk: int, number: int) -> "Case":
    """The same with its id and its number, at the place of its service."""
    site = service.site
    case.pk, case.number = pk, number
    case.customer, case.site, case.service = service.customer, site, service
    case.zone, case.band = site.zone, site.band
    case.site_contact, case.access_hours = site.contact_on_site, site.access_hours
    assert case.outage_started_at
    case.outages, case.fields = [[case.outage_started_at.isoformat(), None]], {}
    return case


def fill_in(case: "Case", details: Mapping[str, str]) -> None:
    """The contact data that was given; who reported is named by the contact where nobody else is."""
    for name, value in details.items():
        if name in DETAILS and value.strip():
            setattr(case, name, value.strip())
    if case.reporter and not case.reporter_name:
        case.reporter_name = str(case.reporter)


def subject_of(subject: str, text: str) -> str:
    """What was given, else the first line of what was said."""
    return subject.strip() or text.splitlines()[0][:160]


def _opened_already(cls: type, service: Service, symptoms: str, by: Actor, at: datetime) -> "Case | None":
    """The case this person opened half a minute ago with the same words; two presses at once take turns."""
    writes.take_turn(f"registration {service.pk}")
    near = at - PRESSED_TWICE, at + PRESSED_TWICE  # the hour was read before the turn came
    found = rows_of(REGISTERED_JUST_NOW, [service.pk, symptoms, *near, by.kind.value, by.id])
    return cls.objects.get(pk=found[0][0]) if found else None  # type: ignore[attr-defined]


# By hand, since each registration asks it.
REGISTERED_JUST_NOW = """
    SELECT "case".id FROM "case" JOIN case_event AS event ON event.case_id = "case".id
    WHERE "case".service_id = %s AND "case".symptoms = %s AND "case".opened_at BETWEEN %s AND %s
    AND "case".closed_at IS NULL AND event.moment = 'registered'
    AND event.actor_kind = %s AND event.actor_id IS NOT DISTINCT FROM %s
    ORDER BY "case".id LIMIT 1
"""


def draw_number() -> tuple[int, int]:
    """The id of a new case and its number, with its check digit."""
    ((pk, number),) = writes.draw_cases(1)
    return pk, numbered(number)


def registered(case: "Case", symptoms: str, by: Actor, at: datetime, came: Came = None, **more: Any) -> ledger.Entry:
    """The event that makes it an incident and gives its number; ``more`` goes into its data."""
    personal = {name: getattr(case, name) for name in PERSONAL}
    since = case.outage_started_at
    return ledger.Entry(
        case,
        Moment.REGISTERED,
        by,
        at,
        data={
            "number": case.number,
            "service": case.service_id,
            "site": case.site_id,
            "band": case.band,
            "zone": case.zone,
            "impact": case.impact,
            "affected_since": history.stamp(since) if since else None,
            "reporter": case.reporter_id,
            "mains_power": case.mains_power,
            **more,
        },
        texts={"symptoms": symptoms, "subject": case.subject, **personal},
        takes_clocks_of_call=came.pk if isinstance(came, Call) else None,
        takes_clocks_of_request=came.pk if isinstance(came, WrittenRequest) else None,
    )
