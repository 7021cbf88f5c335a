"""P1 Reception: a call waits, a person answers within the minute; an abandoned technical call is owed a call-back.

The call is a fact of ``calls``; what follows from it (its clocks) is decided here and written by one function.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from guardia.calls.call import Call, Measure
from guardia.cases import phone_owed
from guardia.cases.refusals import AlreadySettled, AnsweredByAnother, TimeBeforeTheCase
from guardia.cases.stages.reception_clocks import fold_at, fold_of, happenings, keep_clocks
from guardia.cases.verbs import PRESSED_TWICE, desk_hour
from guardia.config.sql_rows import columns_of, knowing, object_of, object_or_none, rows_of
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import ProcedureVersion

__all__ = ["fold_at", "fold_of", "happenings", "keep_clocks"]

SAME_CALL = timedelta(minutes=5)
"""A call that is written down, and one of the same number that the exchange tells of, this near, are one call."""
PRESSED = (
    *("answered_at", "answered_by_id", "abandoned_at", "ended_at", "reached_at", "settled_at", "settled_as"),
    *("measure", "held_by_id", "held_as"),
)
"""What a hand may change of a call."""
NO_NUMBER_TWICE = timedelta(seconds=5)


def ring(
    *, from_number: str, line: str, version: ProcedureVersion, at: datetime, contact: Contact | None = None
) -> Call:
    """The call waits for a desk: the reception clock starts (P1). ``contact`` is whom the number belongs to.

    ``line`` is the key of a line of the procedure, whose desk it is then, or words: then it is the technical desk's.
    """
    call = Call.objects.create(
        from_number=from_number,
        line=line,
        desk=desk_of(line, version),
        procedure_version=version,
        arrived_at=at,
        waiting_at=at,
        contact=contact,
        customer_id=contact.customer_id if contact else None,
    )
    keep_clocks(call, now=at)
    return call


def desk_of(line: str, version: ProcedureVersion) -> str:
    """The desk that a line of the procedure leads to (L1 to L3)."""
    lines = versions.of(version.pk).lines
    return next((each.desk for each in lines if each.key == line), TECHNICAL)


def written_down(
    *, from_number: str, line: str, version: ProcedureVersion, at: datetime, contact: Contact | None = None
) -> Call:
    """A call as the desk writes it down. A number that began to ring half a minute ago is that call, pressed twice.

    So is a call of that number that the exchange tells of and that is not over yet.
    """
    phone_owed.take_numbers([from_number or f"on {line}"])
    same = _pressed_twice(from_number, line, at).order_by("pk").first() or _calls_meant(from_number, line, at).first()
    return same or ring(from_number=from_number, line=line, version=version, at=at, contact=contact)


def _pressed_twice(from_number: str, line: str, at: datetime) -> QuerySet[Call]:
    near = PRESSED_TWICE if from_number else NO_NUMBER_TWICE
    waiting = Call.objects.filter(answered_at=None, abandoned_at=None, settled_at=None, exchange=None)
    return waiting.filter(from_number=from_number, line=line, waiting_at__range=(at - near, at + near))


def _calls_meant(from_number: str, line: str, at: datetime) -> QuerySet[Call]:
    """The exchange's call that is meant: of the same number; without a number, of the same line."""
    open_ones = Call.objects.filter(exchange__isnull=False, from_number=from_number, settled_at=None)
    open_ones = open_ones.filter(arrived_at__range=(at - SAME_CALL, at + NO_NUMBER_TWICE))
    if not from_number:
        open_ones = open_ones.filter(line=line, answered_at=None)
    just_over = Q(ended_at__gte=at - PRESSED_TWICE, abandoned_at=None)
    return open_ones.filter(Q(ended_at=None) | just_over).order_by("-arrived_at")


def locked(call_id: int) -> Call:
    """The call, locked until the transaction ends. Raises Call.DoesNotExist."""
    for row in rows_of(LOCKED, [call_id]):
        columns = iter(row)
        call, contact = object_of(Call, columns), object_or_none(Contact, columns)
        return knowing(call, contact=contact, customer=object_or_none(Customer, columns))
    raise Call.DoesNotExist


# By hand, since each press of a telephone's button begins with it.
LOCKED = f"""
    SELECT {columns_of(Call)}, {columns_of(Contact)}, {columns_of(Customer)}
    FROM call LEFT JOIN contact ON contact.id = call.contact_id LEFT JOIN customer ON customer.id = call.customer_id
    WHERE call.id = %s FOR UPDATE OF call
"""


def answer(call: Call, *, by: Staff, at: datetime) -> Call:
    """A person answers: reception stops, registration starts (P1, P2). Answering twice changes nothing.

    Raises AnsweredByAnother, AlreadySettled, TimeBeforeTheCase.
    """
    if call.waits_again_at:  # who takes it whom it was handed on to, the exchange says
        return call
    if call.answered_by and call.answered_by != by and not call.settled_at:
        raise AnsweredByAnother(who=call.answered_by.name)
    if call.answered_at or call.settled_at:
        return call
    if call.abandoned_at:
        raise AlreadySettled()
    _not_before(call, at)
    call.answered_at, call.answered_by = at, by
    if call.exchange_id and call.measure != Measure.GAP:
        call.measure = Measure.HAND  # until the exchange says its own hour of it
    _stored(call, at)
    phone_owed.settle_caller(call, now=at)
    return call


def abandon(call: Call, *, at: datetime) -> Call:
    """The caller hung up unanswered: a call-back is owed (call-back D). After an answer the call is over, no more."""
    if call.is_on_the_line and not call.is_reached_since and call.ended_at is None:
        _not_before(call, at)
        call.ended_at = at
        return _stored(call, at)
    if call.abandoned_at or call.answered_at or call.settled_at:
        return call
    _not_before(call, at)
    call.abandoned_at = at
    phone_owed.settle_alone(call)
    _stored(call, at)
    phone_owed.settle_caller(call, now=at)
    return call


def reach(call: Call, *, by: Staff, at: datetime) -> Call:
    """The call-back found the person: it is on the line now and registration may follow. Raises AnsweredByAnother."""
    if call.reached_at and call.speaker and call.speaker != by and not call.settled_at:
        raise AnsweredByAnother(who=call.speaker.name)
    if not call.is_owed_a_call_back:
        return call
    _not_before(call, at)
    call.reached_at = at
    if call.lost_again_at:
        call.held_by, call.held_as = by, by.name[:120]
    else:
        call.answered_at, call.answered_by = at, by
    return _stored(call, at)


def settle(call: Call, *, as_: str, at: datetime) -> Call:
    """Nothing more is owed for this call: it was no fault (``not_a_fault``) or belongs to an open case (``joined``)."""
    if call.settled_at:
        return call
    call.settled_at, call.settled_as = at, as_
    return _stored(call, at)


def _stored(call: Call, at: datetime) -> Call:
    Call.objects.filter(pk=call.pk).update(**{name: getattr(call, name) for name in PRESSED})
    keep_clocks(call, now=at)
    return call


def _not_before(call: Call, at: datetime) -> None:
    if at < call.arrived_at:
        raise TimeBeforeTheCase(after=desk_hour(call.arrived_at))
