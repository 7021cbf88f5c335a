"""How a case came: by a call, by a report in writing, or told with its hour; its first events, and who settles it."""

from datetime import datetime
from typing import TYPE_CHECKING

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import ledger, mail_filing, written
from guardia.cases.desk_hours import kind_facts
from guardia.cases.mail_filing import RequestIsSettled, sender_facts
from guardia.cases.refusals import AlreadySettled
from guardia.cases.stages import reception
from guardia.clocks.clock_state import Happening
from guardia.mail.message import Message
from guardia.people.staff import SYSTEM, Actor, ActorKind, Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

Came = Call | WrittenRequest | None


def case_of(cls: type, came: Came) -> "Case | None":
    """The case that this call or report in writing has become already."""
    if came and came.case_id and came.settled_as == written.CASE:
        return cls.objects.get(pk=came.case_id)  # type: ignore[attr-defined]
    return None


def must_be_unsettled(came: Came) -> None:
    """Raises AlreadySettled for a call that is settled or that nobody has answered, RequestIsSettled."""
    if isinstance(came, Call) and (came.settled_at or not came.answered_at):
        raise AlreadySettled()
    if isinstance(came, WrittenRequest) and came.settled_at:
        raise RequestIsSettled()


def counts_from(came: Came, received_at: datetime | None, at: datetime) -> datetime:
    """The hour from which it counts for the customer (UTC): of the call, of the arrival, of the stamp; else ``at``."""
    if isinstance(came, Call):
        return came.waiting_at or came.arrived_at
    return came.received_at if came else received_at or at


def entries(case: "Case", by: Actor, source: str, came: Came, received_at: datetime | None) -> list[ledger.Entry]:
    """How the report came, with its true hours (P1, L4 D)."""
    if isinstance(came, Call):
        return [
            ledger.Entry(
                case,
                Moment(h.moment),
                who_answered(came, h, by),
                h.at,
                data={"call": came.pk, **kind_facts(came.desk), **h.data},
                texts={"answered_as": came.answered_as} if is_nobodys(came, h) else {},
            )
            for h in reception.happenings(came)
        ]
    if came:
        by = Actor(ActorKind.CONTACT, came.contact_id) if came.contact_id else by
        mail = Message.objects.filter(request=came).order_by("pk").first() if came.way == "mail" else None
        data = {"request": came.pk, **kind_facts(came.desk), **sender_facts(mail)}
        texts = {"subject": came.subject, "text": came.text[: mail_filing.MOST_TEXT]}
        return [ledger.Entry(case, Moment.REQUEST_RECEIVED, by, came.received_at, came.way, data, texts)]
    if received_at is None:
        return []
    return [ledger.Entry(case, Moment.REQUEST_RECEIVED, by, received_at, source, kind_facts(case.desk))]


ANSWERS = frozenset({Moment.CALL_ANSWERED, Moment.CALLER_REACHED})


def who_answered(call: Call, happening: Happening, by: Actor) -> Actor:
    """P1: whoever answered stays in the log, by the exchange or by hand, whoever writes the case (``by``).

    A person whom the exchange names and we do not know is nobody of ours: then the system says it, with that name.
    """
    if happening.moment not in ANSWERS:
        return by
    if "answered_by" in happening.data:
        return Actor(ActorKind.STAFF, happening.data["answered_by"])
    if call.answered_by_id and happening.at in (call.answered_at, call.reached_at):
        return Actor(ActorKind.STAFF, call.answered_by_id)
    return SYSTEM if call.exchange_id and call.answered_as else by


def is_nobodys(call: Call, happening: Happening) -> bool:
    is_first = happening.moment in ANSWERS and happening.at == call.answered_at
    return is_first and bool(call.answered_as) and not call.answered_by_id


def settle(case: "Case", came: Came, first_event: int, *, at: datetime, engineer: Staff | None) -> None:
    """The call or the report is this case from now on, and so are its mails."""
    if isinstance(came, WrittenRequest):
        written.becomes_a_case(came, case.pk, case.customer_id, at, engineer)
        mail_filing.of_request(came, case, first_event, at=at, by=engineer)
    elif came:
        came.case_id, came.settled_at, came.settled_as = case.pk, at, "case"
        Call.objects.filter(pk=came.pk).update(
            case=case, customer=case.customer_id, settled_at=at, settled_as="case", next_due_at=None
        )
