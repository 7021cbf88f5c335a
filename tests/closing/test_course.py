"""The course of a case on one axis (P1 to P7, W1): the same as a second computation from the events finds."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import WaitCause
from guardia.reports.case_course import Course, PromiseSpan, WaitSpan, course_of
from guardia.reports.month_courses import as_it_stood, frozen, thawed
from guardia.web.shared.case_course import view_of
from guardia.web.shared.time_axis import GAP_FROM, axis_of
from tests.closing.course_by_events import promises
from tests.notices.journeys import wait

SVG = "{http://www.w3.org/2000/svg}"
QUITO = ZoneInfo("America/Guayaquil")
T = datetime(2026, 11, 21, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def closed_in_a_day(story) -> None:
    story.open_case()
    story.goes_to_the_closing()


def with_three_waits(story) -> None:
    story.open_case()
    story.minutes_pass(4)
    wait(story, WaitCause.CUSTOMER, "no hay quien abra", 12)
    story.minutes_pass(2)
    wait(story, WaitCause.CUSTOMER, "buscan la llave", 7)
    story.minutes_pass(3)
    story.diagnosis()
    story.minutes_pass(20)
    carrier = {"party": "Telco Andina", "party_ticket": "TA-77", "party_promise_at": story.now + 5 * HOUR}
    wait(story, WaitCause.THIRD_PARTY, "revisan su puerto", 240, **carrier)
    story.minutes_pass(235)
    story.service_is_restored()
    story.minutes_pass(11)
    story.customer_confirms()


def with_a_relapse(story) -> None:
    story.open_case()
    story.minutes_pass(25)
    story.diagnosis()
    story.minutes_pass(20)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    story.minutes_pass(40)
    story.case.relapse("otra vez sin señal", by=story.by, at=story.now)
    story.goes_to_the_closing()


def of_nine_days(story) -> None:
    story.open_case()
    story.minutes_pass(10)
    story.diagnosis()
    story.minutes_pass(30)
    wait(story, WaitCause.CUSTOMER, "la sede está cerrada", 6 * 24 * 60)
    story.minutes_pass(60)
    wait(story, WaitCause.CUSTOMER, "otra vez cerrada", 2.5 * 24 * 60)
    story.minutes_pass(30)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.case.close("fibra cortada", "empalme de la fibra", by=story.by, at=story.now)


def still_waiting(story) -> None:
    story.open_case()
    story.minutes_pass(4)
    story.case.wait(WaitReason(WaitCause.CUSTOMER, "Despacho", "no hay quien abra"), by=story.by, at=story.now)
    story.minutes_pass(9)


STORIES = (closed_in_a_day, with_three_waits, with_a_relapse, of_nine_days, still_waiting)


def drawn(course: Course, language: str = "en"):
    with translation.override(language):
        view = view_of(course, "test", QUITO, "Ecuador time")
    return view, ElementTree.fromstring(view.svg)


def bars(root, kind: str) -> list:
    return [each for each in root.iter(f"{SVG}g") if each.get("class") == f"bar {kind}"]


def percent(written: str | None) -> float:
    return float((written or "").removesuffix("%"))


@pytest.mark.parametrize("told", STORIES)
def test_every_promise_is_what_a_second_computation_finds(story, told):
    told(story)
    course = course_of(story.case, story.now)
    found = sorted((one.kind, one.start, one.end, one.due, one.is_kept) for one in course.promises)
    assert found == promises(story.case, course.until)
    late = [one for one in course.promises if one.end and one.due and one.end > one.due]
    assert all(not one.is_kept for one in late)


@pytest.mark.parametrize("told", STORIES)
def test_each_promise_stands_once_and_no_bar_leaves_the_axis(story, told):
    told(story)
    course = course_of(story.case, story.now)
    _view, root = drawn(course)
    assert sorted(bar.get("data-key", "") for bar in bars(root, "promise")) == sorted(
        one.key for one in course.promises
    )
    for shape in root.iter(f"{SVG}rect"):
        if shape.get("x"):
            assert percent(shape.get("x")) >= 0
            assert percent(shape.get("x")) + percent(shape.get("width")) <= 100.02
    for bar, one in zip(bars(root, "promise"), course.promises, strict=True):
        assert [each.get("class") for each in bar.iter(f"{SVG}rect")].count("late") == (not one.is_kept)


def test_a_relapse_stands_twice_in_one_lane_and_is_marked(story):
    with_a_relapse(story)
    course = course_of(story.case, story.now)
    view, root = drawn(course)
    keys = {bar.get("data-key") for bar in bars(root, "promise")}
    assert {"diagnosis-1", "diagnosis-2", "verification-1", "verification-2"} <= keys
    assert len([each for each in root.iter(f"{SVG}svg") if "return" in (each.get("class") or "")]) == 1
    assert [kind for kind, _at in course.returns] == ["relapsed"]
    assert any(row[0].startswith("Diagnosis") and row[0].endswith(" 2") for row in view.rows)


def test_three_waits_are_drawn_and_told_in_the_table(story):
    with_three_waits(story)
    course = course_of(story.case, story.now)
    view, root = drawn(course)
    assert len(bars(root, "wait")) == len(course.waits) == 3
    lasted = [row[4].replace("\u00a0", " ") for row in view.rows if row[0].startswith("Wait for")]
    assert lasted == ["12 min", "7 min", "4 h"]


def test_news_is_what_reaches_somebody_of_the_company(story):
    """One contact has no address: what nobody else is owed was told to nobody."""
    closed_in_a_day(story)
    reached = {row.event_id for row in Notice.objects.filter(state="owed", contact__isnull=False)}
    hours = {event.occurred_at for event in story.case.events.all() if event.pk in reached}
    assert len(hours) > 3
    assert course_of(story.case, story.now).news == sorted(hours)


def test_a_case_of_nine_days_keeps_its_first_hour_readable(story):
    of_nine_days(story)
    course = course_of(story.case, story.now)
    assert course.until - course.start > timedelta(days=8)
    view, root = drawn(course)
    diagnosis = next(bar for bar in bars(root, "promise") if bar.get("data-key") == "diagnosis-1")
    real = next(each for each in diagnosis if each.get("class") == "real")
    assert percent(real.get("width")) > 2
    gaps = [each for each in root.iter(f"{SVG}g") if each.get("class") == "gap"]
    assert len(gaps) == 2
    assert "2 long periods" in view.about


def test_a_case_of_four_minutes_counts_its_seconds(story):
    story.open_case()
    story.seconds_pass(40)
    story.case.cancel("era una prueba", by=story.by, at=story.now)
    course = course_of(story.case, story.now)
    assert timedelta(minutes=3) < course.until - course.start <= timedelta(minutes=5)
    _view, root = drawn(course)
    hours = [each.text for group in root.iter(f"{SVG}g") if group.get("class") == "hours w620" for each in group]
    assert any(re.fullmatch(r"\d\d:\d\d:\d\d", words or "") for words in hours)


def test_an_open_case_moves_with_the_hour_and_shows_what_is_promised(story):
    story.open_case()
    early = course_of(story.case, story.now + timedelta(minutes=2))
    later = course_of(story.case, story.now + timedelta(minutes=12))
    late = course_of(story.case, story.now + timedelta(minutes=45))
    assert early.until < later.until < late.until
    assert early.end == later.end == story.clock("diagnosis").due_at  # what is promised is in sight
    assert late.end == late.until
    running = [one for one in late.promises if one.end is None]
    assert [(one.kind, one.is_kept) for one in running] == [("diagnosis", False)]
    assert drawn(early)[0].svg != drawn(later)[0].svg


def test_the_customers_course_has_nothing_internal(story):
    """Pages, notes, tests and our own promises to each other are in no word, key or hour of it."""
    story.open_case()
    story.minutes_pass(2)
    story.case.note("el cliente grita: SECRETO", by=story.by, at=story.now)
    story.minutes_pass(40)
    story.the_sweep_runs()
    assert story.case.events.filter(public=False).exists()
    theirs, ours = course_of(story.case, story.now), course_of(story.case, story.now, for_operator=True)
    assert theirs.pages == ()
    assert not {one.kind for one in theirs.promises} & {"acknowledgement", "movement", "call_task", "ruling"}
    view, root = drawn(theirs)
    everything = view.svg + str(view.rows) + view.legend + view.described
    assert "SECRETO" not in everything
    assert "colleague" not in everything
    assert not [each for each in root.iter(f"{SVG}svg") if "page" in (each.get("class") or "")]
    public = set(story.case.events.filter(public=True).values_list("occurred_at", flat=True))
    assert set(theirs.news) <= public
    assert {at for visit in theirs.visits for _moment, at in visit.steps} <= public
    assert (theirs.promises, theirs.waits, theirs.news) == (ours.promises, ours.waits, ours.news)


def test_two_thousand_things_make_a_picture_of_bounded_size():
    def span(kind: str, number: int) -> PromiseSpan:
        start = T + number * 3 * HOUR
        return PromiseSpan(kind, number + 1, start, start + HOUR, start + 2 * HOUR, 7200, 3600, number % 7 > 0)

    kinds = ("diagnosis", "travel", "field_solution", "verification")
    course = Course(
        start=T,
        until=T + 800 * HOUR,
        is_open=False,
        promises=[span(kind, number) for kind in kinds for number in range(250)],
        waits=[WaitSpan("customer", T + n * HOUR, T + n * HOUR + HOUR / 2) for n in range(300)],
        news=[T + n * HOUR for n in range(400)],
        pages=[T + n * HOUR * 2 for n in range(300)],
    )
    view, _root = drawn(course)
    assert len(view.svg.encode()) < 90_000
    assert len(view.rows) <= 80
    assert view.left_off.startswith("1")
    assert "news" in view.svg


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_speaks_the_readers_language_and_is_whole_xml(story, language):
    with_a_relapse(story)
    view, root = drawn(course_of(story.case, story.now), language)
    title = next(root.iter(f"{SVG}title")).text
    named = {"es": "El caso en un solo eje de tiempo", "en": "The case on one time axis"}
    assert title == named.get(language, "O caso em um só eixo de tempo")
    assert "style=" not in view.svg  # the strict policy refuses it
    assert "<script" not in view.svg


def test_a_course_survives_being_frozen(story):
    with_three_waits(story)
    course = course_of(story.case, story.now)
    again = thawed(frozen(course))
    assert (again.promises, again.waits) == (course.promises, course.waits)
    assert (again.start, again.until, again.is_open) == (course.start, course.until, course.is_open)


def test_what_came_after_the_month_is_left_out():
    one = PromiseSpan("closure", 1, T, T + 3 * HOUR, T + 2 * HOUR, 7200, 10800, False)
    assert as_it_stood(one, T + 4 * HOUR) is one
    before = as_it_stood(one, T + HOUR)
    assert (before.end, before.is_kept, before.taken) == (None, True, 3600)
    assert not as_it_stood(one, T + 2.5 * HOUR).is_kept


# --- the axis ---------------------------------------------------------------------------------------------------------
def test_places_and_hours_are_each_others_inverse_and_rise():
    points = [T + n * HOUR for n in (0.1, 0.4, 30, 31, 90, 91)]
    axis = axis_of(T, T + 100 * HOUR, points)
    assert axis.gaps
    places = [axis.place(T + n * HOUR / 2) for n in range(201)]
    assert (places[0], round(places[-1], 6)) == (0, 100)
    assert all(a < b for a, b in pairwise(places))
    for n in range(201):
        hour = T + n * HOUR / 2
        assert abs(axis.hour_at(axis.place(hour)) - hour) < timedelta(seconds=1)
    assert all(gap.end - gap.start >= GAP_FROM for gap in axis.gaps)


def test_a_short_axis_has_no_gap_and_one_without_length_lasts_a_minute():
    assert not axis_of(T, T + 5 * HOUR, [T + HOUR]).gaps
    assert not axis_of(T, T + 500 * HOUR, []).gaps
    instant = axis_of(T, T, [])
    assert (instant.place(T), instant.end - instant.start) == (0, timedelta(minutes=1))


def test_ticks_are_round_hours_of_the_zone_where_the_clocks_change():
    lisbon = ZoneInfo("Europe/Lisbon")
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    ticks = axis_of(start, start + 12 * HOUR, []).ticks(lisbon, 620, 46)
    local = [at.astimezone(lisbon) for _place, at in ticks]
    assert len(local) > 5
    assert all(at.minute == 0 for at in local)
    assert all(b[0] - a[0] >= 46 / 620 * 100 - 1e-6 for a, b in pairwise(ticks))
