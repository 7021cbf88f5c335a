"""Call-back D: one of ours rang the number, and was answered. Also where that is known before the call it answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce

from guardia.calls import journal
from guardia.calls.call import Call
from guardia.calls.course import course_of
from guardia.calls.course_model import Course
from guardia.calls.exchange import Exchange
from guardia.calls.journal_search import numbers_rung
from guardia.cases.phone_owed import AT_TECHNICAL
from guardia.cases.phone_place import number_of, significant, staff_of
from guardia.cases.stages.reception_clocks import keep_clocks
from guardia.people.policy import DESK_OF_ROLE
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff

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
