"""P2 Registration: the case is opened with its symptoms and contact data, and the number is given."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call
from guardia.calls.written import WrittenRequest
from guardia.cases import filing, ledger, writes, written
from guardia.cases.desks import said_kind
from guardia.cases.mail_refusals import RequestIsSettled
from guardia.cases.number import numbered
from guardia.cases.refusals import AlreadySettled, NotInThisStage, TimeInTheFuture
from guardia.cases.stages import reception
from guardia.cases.verbs import PRESSED_TWICE, Event, Recording, need
from guardia.customers.contact import Contact
from guardia.customers.service import Service
from guardia.people.actor import Actor, ActorKind
from guardia.people.staff import Staff
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
Came = Call | WrittenRequest | None
PERSONAL = {"reporter_name", "call_back_number", "site_contact", "access_hours"}


@dataclass(frozen=True)
class Report:
    """What the customer reports (P2 D): two facts suffice, the rest may follow."""

    service: Service
    symptoms: str
    impact: Impact = Impact.DOWN
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
        if came and came.case_id and came.settled_as == written.CASE:
            return cls.objects.get(pk=came.case_id)  # type: ignore[attr-defined]
        if call and (call.settled_at or not call.answered_at):
            raise AlreadySettled()
        if request and request.settled_at:
            raise RequestIsSettled()
        symptoms = need("P2", "symptoms", report.symptoms, _("the symptoms"))
        if came is None and (same := _opened_already(cls, report.service, symptoms, by, at)):
            return same
        source, received_at = (request.way, request.received_at) if request else (source, received_at)
        case = _new_case(cls, report, symptoms, came, received_at, at)
        case.source = source
        case.assigned = engineer
        arrival = _arrival(case, by, source, came, received_at)
        recorded = ledger.record([*arrival, _registered(case, report, symptoms, by, at, call, request)], now or at)
        if request:
            written.becomes_a_case(request, case.pk, case.customer_id, at, engineer)
            filing.of_request(request, case, recorded[0].id, at=at, by=engineer)
        if call:
            call.case_id, call.settled_at, call.settled_as = case.pk, at, "case"
            Call.objects.filter(pk=call.pk).update(
                case=case, customer=case.customer_id, settled_at=at, settled_as="case", next_due_at=None
            )
        return case

    def assign(self: "Case", to: Staff, *, by: Actor, at: datetime, now: datetime | None = None) -> Event | None:
        """The case passes to a colleague, who answers for it from now on. To the one who has it: nothing happens."""
        self.must_be_open()
        if self.assigned_id == to.pk:
            return self.latest(Moment.ASSIGNED)
        data = {"to": to.pk, "from": self.assigned_id}
        self.assigned = to
        return self.write(Moment.ASSIGNED, by=by, at=at, now=now, data=data)

    def complete(
        self: "Case", details: dict[str, str], *, by: Actor, at: datetime, impact: Impact | None = None
    ) -> Event | None:
        """Contact data, references or impact, completed or corrected later (P2 D). Nothing new: nothing happens."""
        self.must_be_open()
        changed = {n: v.strip() for n, v in details.items() if n in DETAILS and getattr(self, n) != v.strip()}
        data: dict[str, Any] = {name: value for name, value in changed.items() if name not in PERSONAL}
        if impact and impact != self.impact:
            data["impact"] = {"from": self.impact, "to": impact.value}
            self.impact = impact.value
        if not changed and "impact" not in data:
            return None
        for name, value in changed.items():
            setattr(self, name, value)
        texts = {name: value for name, value in changed.items() if name in PERSONAL}
        return self.write(Moment.DETAILS_UPDATED, by=by, at=at, data=data, texts=texts)

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
    service, site = report.service, report.service.site
    version_id = came.procedure_version_id if came else versions.in_force(received_at or at).pk
    since = report.affected_since or (came.waiting_at if isinstance(came, Call) else received_at or at)
    if since > at:
        raise TimeInTheFuture()
    details = {name: value.strip() for name, value in report.details.items() if name in DETAILS}
    case = cls(
        pk=writes.draw_ids(cls, 1)[0],
        number=numbered(next_number()),
        customer=service.customer,
        site=site,
        service=service,
        procedure_version_id=version_id,
        zone=site.zone,
        band=site.band,
        stage=Stage.DIAGNOSIS.value,
        status="acknowledged",
        impact=report.impact.value,
        opened_at=at,
        outage_started_at=since,
        outages=[[since.isoformat(), None]],
        subject=report.subject.strip() or symptoms.splitlines()[0][:160],
        symptoms=symptoms,
        reporter=report.reporter,
        site_contact=site.contact_on_site,
        access_hours=site.access_hours,
    )
    for name, value in details.items():
        if value:
            setattr(case, name, value)
    if report.reporter and not case.reporter_name:
        case.reporter_name = str(report.reporter)
    return case


def _opened_already(cls: type, service: Service, symptoms: str, by: Actor, at: datetime) -> "Case | None":
    """The case this person opened half a minute ago with the same words; two presses at once take turns."""
    writes.take_turn(f"registration {service.pk}")
    near = (at - PRESSED_TWICE, at + PRESSED_TWICE)  # the hour was read before the turn came
    cases = cls.objects.filter(service=service, symptoms=symptoms, opened_at__range=near)  # type: ignore[attr-defined]
    author = {"events__actor_kind": by.kind.value, "events__actor_id": by.id}
    return cases.filter(closed_at=None, events__moment=Moment.REGISTERED, **author).first()


def next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('case_number')")
        return cursor.fetchone()[0]


def _arrival(case: "Case", by: Actor, source: str, came: Came, received_at: datetime | None) -> list[ledger.Entry]:
    """How the report came, with its true hours (P1, L4 D)."""
    if isinstance(came, Call):
        return [
            ledger.Entry(case, Moment(h.moment), by, h.at, data={"call": came.pk, **said_kind(came.desk)})
            for h in reception.happenings(came)
        ]
    if came:
        by = Actor(ActorKind.CONTACT, came.contact_id) if came.contact_id else by
        data = {"request": came.pk, **said_kind(came.desk)}
        texts = {"subject": came.subject, "text": came.text[: filing.MOST_TEXT]}
        return [ledger.Entry(case, Moment.REQUEST_RECEIVED, by, came.received_at, came.way, data, texts)]
    return [ledger.Entry(case, Moment.REQUEST_RECEIVED, by, received_at, source)] if received_at else []


def _registered(
    case: "Case",
    report: Report,
    symptoms: str,
    by: Actor,
    at: datetime,
    call: Call | None,
    request: WrittenRequest | None,
) -> ledger.Entry:
    personal = {name: getattr(case, name) for name in PERSONAL}
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
            "affected_since": ledger.stamp(case.outage_started_at),
            "reporter": report.reporter.pk if report.reporter else None,
            "mains_power": case.mains_power,
        },
        texts={"symptoms": symptoms, "subject": case.subject, **personal},
        takes_clocks_of_call=call.pk if call else None,
        takes_clocks_of_request=request.pk if request else None,
    )
