"""The seven stages of a sample case, most promises kept, some not (P1 to P7)."""

from datetime import timedelta

from guardia.demo.course import Course
from guardia.demo.field_course import held_up, visit
from guardia.evidence.test_result import Verdict
from guardia.procedure.vocabulary import WaitCause


def whole_case(course: Course) -> None:
    """From the arrival of the report to the closing, or to its withdrawal."""
    arrival(course)
    if course.happens(4):
        course.goes_by(course.minutes((3, 18)), "diagnosing")
        course.story.is_cancelled(course.phrase("cancelled"))
        return
    until_restored(course)
    if course.in_trouble(4):
        confirmed(course)
        course.story.passes(course.minutes((4, 25)))
        course.story.relapses(course.phrase("relapses"))
        until_restored(course)
    confirmed(course)
    stable(course)
    closed(course)


def arrival(course: Course) -> None:
    """By telephone; sometimes the caller hangs up and is rung back, sometimes a mail or the portal brings it."""
    story, chance = course.story, course.chance.random()
    if chance < 0.12:
        story.received_at = story.now
    elif chance < 0.2:
        story.rings()
        story.passes(course.minutes((0.4, 0.9)))
        story.hangs_up()
        story.passes(course.takes((0.6, 4), (5.5, 9), 7))
        story.is_reached()
    else:
        story.rings()
        story.passes(course.takes((0.08, 0.8), (1.1, 2.6), 4))
        story.is_answered()
    story.passes(course.takes((1.2, 3.7), (4.3, 7), 3))
    since = story.now - timedelta(minutes=course.minutes((6, 30))) if course.happens(60) else None
    source = course.pick(("mail", "portal", "office")) if story.received_at else "phone"
    story.registers(course.fault.symptoms, course.fault.felt, source=source, since=since)
    if source != "phone":
        story.passes(course.minutes((0.3, 1.5)))
        story.passes_to(story.engineer)


def until_restored(course: Course) -> None:
    """P3 and P4: tests, cause and plan, and their execution; or it comes back by itself."""
    story, fault = course.story, course.fault
    total = course.takes((8, 19), (21, 34), 6)
    spent = tests(course, total * 0.7)
    if course.happens(18):
        story.notes(course.phrase("notes"))
    course.goes_by(total - spent, "diagnosing")
    if fault.way == "recovered":
        name, _, good = fault.tests[-1]
        story.tests(name, good, Verdict.GOOD)
        story.recovers(fault.solution)
        return
    probable = bool(fault.guess) and course.happens(45)
    story.diagnoses(fault.guess if probable else fault.cause, fault.plan, fault.way, probable)
    if fault.way == "visit":
        visit(course, probable)
    else:
        remotely(course)


def tests(course: Course, within: float) -> float:
    """Two or three tests on record within these minutes; returns how many minutes they took."""
    chosen = course.fault.tests[:2] if len(course.fault.tests) < 3 or course.happens(50) else course.fault.tests
    for name, bad, _ in chosen:
        course.story.passes(within / len(chosen))
        course.story.tests(name, bad)
    return within


def remotely(course: Course) -> None:
    """P4 without a visit."""
    if course.in_trouble(10):
        held_up(course, WaitCause.CUSTOMER)
    course.goes_by(course.takes((6, 55), (245, 280), 0 if course.calm else 2), "remotely")
    course.story.restores(course.fault.solution)


def confirmed(course: Course) -> None:
    """P5: a person of the company confirms, after none to two attempts; or a supervisor goes on without."""
    story = course.story
    if course.in_trouble(5):
        for pause in (2, 2.5, 3):
            story.passes(pause)
            story.tries(course.phrase("unreached"))
        story.passes(1)
        story.goes_on_unconfirmed(course.phrase("unconfirmed"))
        return
    total = course.takes((1.5, 8.5), (10.5, 24), 5)
    if course.happens(22):
        story.passes(total / 2)
        story.tries(course.phrase("unreached"))
        total /= 2
    story.passes(total)
    story.confirms(course.fault.solution)


def stable(course: Course) -> None:
    """P6: a green window with its evidence; a flap begins it again."""
    story = course.story
    if course.in_trouble(8):
        story.passes(course.minutes((5, 25)))
        story.flaps(course.phrase("flaps"), course.chance.randrange(20, 110))
    story.passes(course.minutes((31, 48)))
    name, _, good = course.fault.tests[-1]
    story.tests(name, good, Verdict.GOOD)
    story.passes(course.minutes((0.5, 6)))
    story.stabilises()


def closed(course: Course) -> None:
    """P7, within the half hour."""
    course.story.passes(course.takes((2, 22), (31, 44), 3))
    course.story.closes(course.fault.fault, course.fault.solution)
