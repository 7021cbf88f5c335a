"""A2, A3 Administrative requests: taken, answered, solved, by a desk with office hours and facts of its own to ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import desk_hours, ledger, writes
from guardia.cases.refusals import ServiceOfAnother
from guardia.cases.stages import arrival
from guardia.cases.stages.registration import draw_number, fill_in, subject_of
from guardia.cases.transferring import Transferring, fields_for, taken_entries
from guardia.cases.verbs import PRESSED_TWICE, Event, Recording, need
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.people.staff import SYSTEM, Actor, Staff, person
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, RequestStage

if TYPE_CHECKING:
    from guardia.cases.case import Case


@dataclass(frozen=True)
class Ask:
    """What the customer asks of a desk, with the facts that the desk wants to know (``Desk.fields``, by their keys).

    ``is_complaint``: a formal one, which has the time that the law gives it (``ClockKind.COMPLAINT``).
    """

    customer: Customer
    desk: str
    text: str
    subject: str = ""
    reporter: Contact | None = None
    details: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    service: Service | None = None
    is_complaint: bool = False


class Administrative(Transferring, Recording):
    @classmethod
    def take(
        cls,
        ask: Ask,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        call: Call | None = None,
        request: WrittenRequest | None = None,
        received_at: datetime | None = None,
        source: str = "phone",
        engineer: Staff | None = None,
    ) -> "Case":
        """Take the request down and give its number; who reported is told it, and when its desk opens or answers (A3).

        It brings its answered ``call`` or its locked ``request``, whose true hours become its first events, or else
        ``received_at``. Its time counts from then, if the desk was open, otherwise from when it opens. A call or
        request that has its case gives that case back, and so does a button pressed twice. Hours in UTC.
        Raises NoSuchDesk, Missing, TooLong, ServiceOfAnother, AlreadySettled, RequestIsSettled, NoProcedure.
        """
        came = call or request
        if same := arrival.case_of(cls, came):
            return same
        arrival.must_be_unsettled(came)
        version_id = came.procedure_version_id if came else versions.id_in_force(received_at or at)
        text = need("A3", "text", ask.text, _("what is asked for"))
        fields = fields_for(version_id, ask.desk, ask.fields)
        if ask.service and ask.service.customer_id != ask.customer.pk:
            raise ServiceOfAnother(company=ask.customer.name.rstrip("."))
        if came is None and (same := _taken_already(cls, ask, text, by, at)):
            return same
        source, received_at = (request.way, request.received_at) if request else (source, received_at)
        case = _new_request(cls, ask, text, fields, version_id, at)
        case.source, case.assigned = source, person(engineer)
        entries = arrival.entries(case, by, source, came, received_at)
        entries += taken_entries(case, by, at, arrival.counts_from(came, received_at, at), came)
        recorded = ledger.record(entries, now or at)
        arrival.settle(case, came, recorded[0].id, at=at, engineer=engineer)
        if request and request.customer_reference:
            case.complete({"customer_reference": request.customer_reference}, by=by, at=now or at)
        return case

    def answer_request(self: "Case", text: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The desk's first answer, told to who reported; a later one is told as well (A3). Said twice it is one.

        Raises NotARequest, CaseIsClosed, Missing, TimeBeforeTheCase.
        """
        self.must_be_a_request()
        self.must_not_precede(at, self.opened_at)
        text = need("A3", "text", text, _("the answer"))
        if same := self.said_already(Moment.ADMIN_ANSWERED, by=by, at=at, texts={"answer": text}):
            return same
        self.answer = self.answer or text
        self.stage = RequestStage.ANSWERED.value
        return self._attended(Moment.ADMIN_ANSWERED, text, by, at, now)

    def solve_request(self: "Case", text: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The request is solved, which closes it; who reported is told (A3). A solved one stays as it is.

        Raises NotARequest, CaseIsClosed, Missing, TimeBeforeTheCase.
        """
        if self.closed_at and (event := self.latest(Moment.ADMIN_SOLVED)):
            return event
        self.must_be_a_request()
        self.must_not_precede(at, self.opened_at)
        self.solution = need("A3", "text", text, _("how it was solved"))
        entries = self._desk_is_there(at, now or at)
        self.stage, self.closed_at = RequestStage.SOLVED.value, at
        entries.append(ledger.Entry(self, Moment.ADMIN_SOLVED, by, at, texts={"answer": self.solution}))
        return ledger.record(entries, now or at)[-1]

    def complete_fields(
        self: "Case", fields: Mapping[str, str], *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event | None:
        """What the desk asks for, completed or corrected later. Nothing new: nothing happens.

        Raises NotARequest, CaseIsClosed, Missing, TooLong.
        """
        self.must_be_a_request()
        known = fields_for(self.procedure_version_id, self.desk, {**self.fields, **fields})
        if known == self.fields:
            return None
        self.fields = known
        return self.write(Moment.DETAILS_UPDATED, by=by, at=at, now=now, data={"fields": known})

    def _attended(
        self: "Case", moment: Moment, text: str, by: Actor, at: datetime, now: datetime | None
    ) -> ledger.Recorded:
        entries = self._desk_is_there(at, now or at)
        entries.append(ledger.Entry(self, moment, by, at, texts={"answer": text}))
        return ledger.record(entries, now or at)[-1]

    def _desk_is_there(self: "Case", at: datetime, now: datetime) -> list[ledger.Entry]:
        """A desk that answers before it opens attends to it from then on; one that opened unseen did so at its hour."""
        if not desk_hours.waits(self):
            return []
        since = desk_hours.attended_at(self, at, now)
        self.opens_at = None
        return [ledger.Entry(self, Moment.ADMIN_DESK_OPENED, SYSTEM, since)]


def _new_request(cls: type, ask: Ask, text: str, fields: dict[str, str], version_id: int, at: datetime) -> "Case":
    """The row of the request, not written yet: the ledger inserts it with its first events."""
    site = ask.service.site if ask.service else None
    pk, number = draw_number()
    case = cls(
        pk=pk,
        number=number,
        customer=ask.customer,
        site=site,
        service=ask.service,
        procedure_version_id=version_id,
        desk=ask.desk,
        fields=fields,
        is_complaint=ask.is_complaint,
        zone=site.zone if site else versions.of(version_id).provider.zone,
        stage=RequestStage.TAKEN.value,
        status="acknowledged",
        opened_at=at,
        subject=subject_of(ask.subject, text),
        symptoms=text,
        reporter=ask.reporter,
    )
    fill_in(case, ask.details)
    return case


def _taken_already(cls: type, ask: Ask, text: str, by: Actor, at: datetime) -> "Case | None":
    """The request this person took half a minute ago with the same words; two presses at once take turns."""
    writes.take_turn(f"request of {ask.customer.pk}")
    near = (at - PRESSED_TWICE, at + PRESSED_TWICE)
    cases = cls.objects.filter(customer=ask.customer, desk=ask.desk, symptoms=text)  # type: ignore[attr-defined]
    author = {"events__actor_kind": by.kind.value, "events__actor_id": by.id}
    return cases.filter(opened_at__range=near, closed_at=None, events__moment=Moment.ADMIN_TAKEN, **author).first()
