"""The course of a case on its page: what was promised and what was real, with the pages to colleagues (E)."""

from datetime import datetime, timedelta

from guardia.cases.case import Case
from guardia.notices.wording.hours import hours_of
from guardia.procedure.schema import Procedure
from guardia.reports.case_course import course_of
from guardia.web.desk.clock import desk_zone
from guardia.web.shared.case_course import CourseView, view_of

MOVES = 200
"""About so many times an open case moves across its picture, at most once a minute: between them a poll draws nothing.
"""
MINUTE = timedelta(minutes=1)


def course_view(case: Case, procedure: Procedure, at: datetime) -> CourseView:
    """In the operator's zone, as every hour of the desk; ``at`` is UTC."""
    zone = desk_zone()
    return view_of(course_of(case, at, for_operator=True), "desk", zone, hours_of(zone.key, procedure, at).zone_words)


def course_tag(case: Case, at: datetime) -> int:
    """Another number whenever the picture has moved on visibly; 0 of a case that is closed."""
    if not case.is_open:
        return 0
    age, step = at - case.opened_at, MINUTE
    while step * MOVES < age:
        step *= 2
    return int(age / step) + 1
