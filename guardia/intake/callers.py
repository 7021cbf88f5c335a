"""Who a call is from, once a person has asked: a contact of a company, or somebody of it who is none (P2 D).

And what becomes of a call that nobody answered, of whichever desk it was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce

from guardia.calls import journal
from guardia.calls.call import Call
from guardia.calls.course import course_of
from guardia.calls.course_model import Course
from guardia.calls.exchange import Exchange
from guardia.calls.journal import numbers_rung
from guardia.cases.phone_owed import AT_TECHNICAL
from guardia.cases.phone_place import number_of, significant, staff_of
from guardia.cases.stages import reception
from guardia.cases.stages.reception_clocks import NOT_OWED, keep_clocks
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.policy import DESK_OF_ROLE
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff


def is_from(call: Call, customer: Customer, contact: Contact | None, *, at: datetime) -> Call:
    """The locked call is from this company; ``contact`` is who calls, None for somebody who is no contact of it.

    Its clocks stand under that company's row policies from now on (``at``, UTC). A call that has become part of a case
    keeps whom the case has. Saying the same twice changes nothing. Raises ValueError for a contact of another company.
    """
    if contact and contact.customer_id != customer.pk:
        raise ValueError(f"contact {contact.pk} is not of company {customer.pk}")
    if call.case_id or (call.customer_id == customer.pk and call.contact_id == (contact.pk if contact else None)):
        return call
    call.customer, call.contact = customer, contact
    Call.objects.filter(pk=call.pk).update(customer=customer, contact=contact)
    reception.keep_clocks(call, now=at)
    return call


def may_be_rung_back(call: Call) -> bool:
    """Nobody answered it and nobody has rung back yet: with a clock (call-back D), or a desk in its own time (A2)."""
    return call.is_owed_a_call_back or (
        call.settled_as == NOT_OWED and call.at_desk != TECHNICAL and not call.reached_at
    )


def reach(call: Call, *, by: Staff, at: datetime) -> Call:
    """Rung back and reached: the person is on the line now. Also one to whom no call-back was promised (A2).

    Raises AnsweredByAnother, TimeBeforeTheCase.
    """
    if call.settled_as == NOT_OWED and may_be_rung_back(call):
        call.settled_at, call.settled_as = None, ""
        if not call.lost_again_at:
            call.abandoned_at = call.abandoned_at or call.ended_at or call.arrived_at
        Call.objects.filter(pk=call.pk).update(settled_at=None, settled_as="", abandoned_at=call.abandoned_at)
    return reception.reach(call, by=by, at=at)


def needs_nothing(call: Call, *, at: datetime) -> Call:
    """A person says that nothing is to be done for this call: no fault, or nobody to ring back."""
    if call.settled_as == NOT_OWED and may_be_rung_back(call):
        call.settled_at, call.settled_as = at, "not_a_fault"
        Call.objects.filter(pk=call.pk).update(settled_at=at, settled_as=call.settled_as)
    return reception.settle(call, as_="not_a_fault", at=at)


# Call-back D: one of ours rang the number, and was answered. Also where that is known before the call it answers.


LATE = timedelta(seconds=30)
"""That somebody gave up is known at once; so long afterwards it may have been seen to meanwhile."""
WITHIN = timedelta(days=1)


def we_reached(exchange: Exchange, course: Course, now: datetime) -> None:
    """This call of ours was the call-back of its number. Who rang is on the line with that caller now, as by hand.

    Not where it was a person of another desk: a company's switchboard is rung for other things too.
    """
    numbers = [number for each in course.rang_numbers if (number := number_of(each, exchange.country, exchange.area))]
    owed = Call.objects.select_for_update(of=("self",)).filter(from_number__in=numbers, settled_at=None)
    owed = owed.filter(AT_TECHNICAL, reached_at=None).annotate(lost=Coalesce("lost_again_at", "abandoned_at"))
    call = owed.filter(lost__lte=course.reached_at).order_by("lost").first()
    if call is None:
        return
    staff = staff_of(course.reached_by, exchange, course.reached_at or now)
    if staff and _is_of_another_desk(staff):
        return
    call.reached_at, named = course.reached_at, course.reached_by.name[:120] if course.reached_by else "?"
    if call.lost_again_at:
        call.held_by, call.held_as = staff, named
    else:
        call.answered_at, call.answered_by, call.answered_as = course.reached_at, staff, named
    facts = ("reached_at", "answered_at", "answered_by_id", "answered_as", "held_by_id", "held_as")
    Call.objects.filter(pk=call.pk).update(**{name: getattr(call, name) for name in facts})
    keep_clocks(call, now)


def look_back(calls: Sequence[Call], now: datetime) -> None:
    """Those of these calls that become known late may have been called back before anybody knew that it was owed."""
    for call in calls:
        if call.is_owed_a_call_back and call.from_number and call.lost_at and call.lost_at < now - LATE:
            _look_back(call, call.lost_at, now)


def _look_back(call: Call, since: datetime, now: datetime) -> None:
    assert call.exchange
    digits = significant(call.from_number, call.exchange.country)
    found = []
    for exchange_id, reference in numbers_rung(digits, since, since + WITHIN):
        exchange = Exchange.objects.get(pk=exchange_id)
        course = course_of(journal.facts_about_call(exchange, reference))
        rang = [number_of(each, exchange.country, exchange.area) for each in course.rang_numbers] if course else []
        if course and course.reached_at and call.from_number in rang:
            found.append((course.reached_at, exchange, course))
    for _at, exchange, course in sorted(found, key=lambda one: one[0])[:1]:
        we_reached(exchange, course, now)


def _is_of_another_desk(staff: Staff) -> bool:
    return DESK_OF_ROLE.get(staff.role, TECHNICAL) != TECHNICAL
