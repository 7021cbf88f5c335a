"""P4 in the field: agreed, on the way, held up or not, arrived, permit, repaired."""

from datetime import timedelta

from guardia.cases.waiting import WaitReason
from guardia.demo.course import PHRASES, Course
from guardia.procedure.vocabulary import Band, Condition, WaitCause

PROMISED_IN = timedelta(minutes=90)  # a third party's promise that outlasts the wait for it
TRAVEL = {
    Band.MAIN: ((55, 150), (182, 230)),
    Band.INTERMEDIATE: ((100, 230), (362, 400)),
    Band.REMOTE: ((150, 300), (150, 300)),
}


def visit(course: Course, probable: bool) -> None:
    """A crew goes there; a probable cause becomes certain (P4 D)."""
    story = course.story
    story.passes(course.takes((3, 13), (16, 24), 5))
    agreed(course)
    travels(course)
    story.arrives()
    course.goes_by(course.takes((6, 27), (31, 45), 5), "in_the_field")
    story.clears_permit()
    if probable:
        course.goes_by(course.minutes((8, 20)), "in_the_field")
        story.corrects(PHRASES["cause_found"] + course.fault.cause.lower())
    if course.fault.third_party or course.happens(12):
        held_up(course, WaitCause.THIRD_PARTY if course.fault.third_party else WaitCause.CUSTOMER)
    course.goes_by(course.takes((25, 110), (245, 270), 3), "in_the_field")
    story.restores(course.fault.solution)


def agreed(course: Course) -> None:
    """Both sides agree, and the crew leaves."""
    (low, high), _ = TRAVEL[course.story.circuit.band]
    course.story.agrees(course.pick((1, 2, 3, 4)), low, high)
    course.story.passes(course.minutes((2, 12)))
    course.story.departs()


def travels(course: Course) -> None:
    """On the way; a remote site's visit is decided again and again (P4.3), another may be held up."""
    kept, late = TRAVEL[course.story.circuit.band]
    if course.story.circuit.band == Band.REMOTE:
        decided_in = course.minutes((60, 110))
        condition = course.pick((Condition.FLIGHTS, Condition.WEATHER))
        course.story.is_blocked(condition, course.phrase("blocked"), decided_in)
        course.goes_by(decided_in - 2, "waiting")
        course.story.is_blocked(condition, course.phrase("blocked"), decided_in)
        course.goes_by(decided_in - 3, "waiting")
        course.story.goes_on_its_way(*kept)
    if course.happens(10):
        course.goes_by(20, "travelling")
        held_up(course, WaitCause.FORCE_MAJEURE)
    course.goes_by(course.takes(kept, late, 5), "travelling")


def held_up(course: Course, cause: WaitCause, span: tuple[float, float] = (18, 70)) -> None:
    """A wait for a named cause (W1), told at its beginning and its end."""
    course.story.passes(course.minutes((1, 6)))
    wait = course.story.waits(reason_for(course, cause))
    course.goes_by(course.minutes(span), "waiting")
    course.story.goes_on(wait)


def reason_for(course: Course, cause: WaitCause) -> WaitReason:
    """One of the sample reasons for this cause, a third party's ticket numbered."""
    written = dict(course.pick([wait for wait in PHRASES["wait"] if wait["cause"] == cause]))
    written["cause"] = WaitCause(written["cause"])
    if "party_ticket" in written:
        written["party_ticket"] = written["party_ticket"].format(number=course.chance.randrange(10, 99))
        written["party_promise_at"] = course.story.now + PROMISED_IN
    return WaitReason(**written)
