"""The lines against calls counted by hand, and against themselves: the parts sum to the calls."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import Exchange, ExchangeGap
from guardia.cases.stages import reception
from guardia.demo.seed import publish_sample
from guardia.procedure.version import ProcedureVersion
from guardia.reports.reception_report import PARTS, Length, Lines, ReceptionFilters, Span, gaps_in, reception_report
from tests.examples import costly_examples

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)  # 09:00 in Ecuador, a Wednesday
DAY = Span.of(Length.DAY, date(2026, 11, 25))
FREE, BILLING = "1800400404", "024004040/3"
LATER = NINE + timedelta(seconds=310)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def version(as_staff) -> ProcedureVersion:
    return publish_sample(datetime(2025, 1, 1, tzinfo=UTC))


@pytest.fixture
def call(version):
    def made(at: datetime = NINE, **facts) -> Call:
        known = {"line": FREE, "measure": Measure.EXCHANGE, "arrived_at": at, "waiting_at": at}
        return Call.objects.create(procedure_version=version, **{**known, **facts})

    return made


def answered(seconds: float, at: datetime = NINE) -> dict:
    return {"at": at, "answered_at": at + seconds * SECOND}


def lines(span: Span = DAY, **filters) -> Lines:
    return reception_report(ReceptionFilters(span, **filters), LATER).total


def test_nobody_called(version):
    report = reception_report(ReceptionFilters(DAY), LATER)
    assert report.total == Lines()
    assert report.by_line == report.by_hour == report.by_day == {}
    assert (report.total.ratio, report.total.median) == (None, None)


def test_the_minute_is_kept_to_the_microsecond(call):
    """P1 is at most a minute: sixty seconds are kept, a millionth more is late."""
    call(answered_at=NINE + 60 * SECOND)
    call(answered_at=NINE + 60 * SECOND + MICROSECOND)
    call(answered_at=NINE + 3 * SECOND)
    found = lines()
    assert (found.calls, found.kept, found.late, found.judged) == (3, 2, 1, 3)
    assert (found.median, found.longest) == (60.0, 60.000001)


def test_the_menu_is_no_wait_for_a_desk(call):
    call(waiting_at=NINE + 40 * SECOND, answered_at=NINE + 95 * SECOND)
    assert (lines().kept, lines().longest) == (1, 55.0)


def test_what_ended_while_nobody_heard_is_not_measured(call):
    call(abandoned_at=NINE + 90 * SECOND, left_as=LeftAs.UNSEEN, measure=Measure.GAP)
    found = lines()
    assert (found.not_measured, found.lost, found.judged, found.calls) == (1, 0, 0, 1)


@pytest.mark.parametrize("left_as", [each for each in LeftAs.values if each != LeftAs.UNSEEN])
def test_each_way_of_being_lost_is_a_part_of_its_own(call, left_as):
    waits = NINE if left_as in {"abandoned", "timed_out", "restarted"} else None
    call(waiting_at=waits, abandoned_at=NINE + 20 * SECOND, left_as=left_as)
    found = lines()
    assert (getattr(found, left_as), found.lost, found.calls) == (1, 1, 1)
    assert (found.judged, found.lost_late) == (0, 0)


def test_who_gave_up_after_the_minute_was_failed(call):
    call(abandoned_at=NINE + 61 * SECOND, left_as="abandoned")
    call(abandoned_at=NINE + 60 * SECOND)
    found = lines()
    assert (found.abandoned, found.lost_late, found.broken, found.ratio) == (2, 1, 1, 0.0)


def test_what_was_not_measured_is_neither_kept_nor_late(call):
    call(answered_at=NINE + SECOND, measure=Measure.GAP)
    call(abandoned_at=NINE + 90 * SECOND, measure=Measure.GAP)
    found = lines()
    assert (found.not_measured, found.judged, found.kept, found.abandoned) == (2, 0, 0, 0)
    assert (found.ratio, found.longest, found.median) == (None, None, None)


def test_how_the_hours_are_known_is_told(call):
    for measure in Measure.values:
        call(answered_at=NINE + 60 * SECOND, measure=measure)
    found = lines()
    assert (found.by_receipt, found.by_log, found.by_hand, found.not_measured) == (1, 1, 1, 1)
    assert (found.kept, found.doubtful) == (4, 1)


def test_a_wait_that_the_log_leaves_open_is_doubtful_only_near_the_minute(call):
    for seconds in (58, 59.5, 60, 61.5):
        call(answered_at=NINE + seconds * SECOND, measure=Measure.LOG)
    assert lines().doubtful == 2


def test_a_call_that_still_waits_and_one_that_was_settled_unanswered(call):
    call()
    call(settled_at=NINE + 9 * SECOND, settled_as="not_a_fault")
    call(waiting_at=None, answered_at=NINE + SECOND)
    found = lines()
    assert (found.waiting, found.unanswered, found.direct, found.calls, found.judged) == (1, 1, 1, 3, 1)
    assert (found.waiting_late, found.unanswered_late, found.longest) == (1, 0, 310.0)


def test_call_backs_are_owed_done_late_and_not_dialled(version, story_of_call_backs):
    found = lines()
    assert (found.back_owed, found.back_kept, found.back_late, found.back_open, found.back_dropped) == (4, 1, 1, 1, 1)
    assert (found.calls, found.abandoned, found.kept) == (5, 5, 0)


def test_of_one_number_that_calls_thrice_one_call_back_is_owed_and_none_to_nobody(version):
    """The number rings twice in vain and is answered the third time; somebody hides the number."""
    for place, number in enumerate(["+59372555010", "+59372555010", ""]):
        at = NINE + place * timedelta(minutes=1)
        rung = reception.ring(from_number=number, line=FREE, version=version, at=at)
        reception.abandon(rung, at=at + 20 * SECOND)
    found = lines()
    assert (found.abandoned, found.back_owed, found.back_open, found.back_dropped, found.no_number) == (3, 1, 1, 0, 1)


@pytest.fixture
def story_of_call_backs(version, django_user_model):
    """Five hang up: reached in time, late, not yet, settled; the fifth wanted billing and is owed none."""
    who = django_user_model.objects.create(username="i", name="i")

    numbers = iter(["+59372555010", "+59372555011", "+59372555012", "+59372555013"])

    def hung_up() -> Call:
        rung = reception.ring(from_number=next(numbers), line=FREE, version=version, at=NINE)
        return reception.abandon(rung, at=NINE + 20 * SECOND)

    reception.reach(hung_up(), by=who, at=NINE + 319 * SECOND)
    reception.reach(hung_up(), by=who, at=NINE + 321 * SECOND)
    hung_up()
    reception.settle(hung_up(), as_="not_a_fault", at=NINE + 60 * SECOND)
    Call.objects.create(
        procedure_version=version,
        line=BILLING,
        desk="billing",
        arrived_at=NINE,
        waiting_at=NINE,
        abandoned_at=NINE + SECOND,
    )


def test_hours_and_days_are_the_operators(call):
    """04:59 UTC on the 26th is still 23:59 of the 25th in Ecuador."""
    call(**answered(5, datetime(2026, 11, 26, 4, 59, 59, tzinfo=UTC)))
    call(**answered(5, datetime(2026, 11, 26, 5, 0, tzinfo=UTC)))
    report = reception_report(ReceptionFilters(Span.of(Length.WEEK, date(2026, 11, 25))), LATER)
    assert {hour: each.calls for hour, each in report.by_hour.items()} == {23: 1, 0: 1}
    assert {day.day: each.calls for day, each in report.by_day.items()} == {25: 1, 26: 1}
    assert lines().calls == 1


def test_a_desk_and_a_line_filter(call):
    call(answered_at=NINE + SECOND)
    call(line=BILLING, desk="billing", after_hours=True, answered_at=NINE + SECOND)
    assert (lines(desk="billing").calls, lines(desk="billing").after_hours) == (1, 1)
    assert (lines(line=FREE).calls, lines(line="").calls, lines(desk="nobody").calls) == (1, 0, 0)
    assert set(reception_report(ReceptionFilters(DAY), LATER).by_line) == {(FREE, "technical"), (BILLING, "billing")}


seconds = st.floats(0, 200).map(lambda each: timedelta(seconds=each))
facts = st.fixed_dictionaries(
    {
        "line": st.sampled_from([FREE, BILLING, ""]),
        "desk": st.sampled_from(["technical", "billing"]),
        "measure": st.sampled_from(Measure.values),
        "after_hours": st.booleans(),
        "left_as": st.sampled_from(["", *LeftAs.values]),
        "rang": st.integers(0, 86_399),
        "waits": st.none() | seconds,
        "answered": st.none() | seconds,
        "abandoned": st.none() | seconds,
        "ended": st.none() | seconds,
        "settled": st.none() | seconds,
    }
)


@given(st.lists(facts, max_size=25))
@settings(max_examples=costly_examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_sum_to_the_calls_whatever_happened(version, told):
    Call.objects.all().delete()
    Call.objects.bulk_create(call_of(version, one) for one in told)
    report = reception_report(ReceptionFilters(DAY), LATER)
    groups = [report.total, *report.by_line.values(), *report.by_hour.values(), *report.by_line_and_hour.values()]
    for group in groups:
        assert sum(getattr(group, part) for part in PARTS) == group.calls
        assert group.judged + group.not_measured <= group.calls
        assert 0 <= group.kept <= group.judged <= group.settled <= group.offered <= group.calls
        assert 0 <= group.given_up_within <= group.given_up
        assert group.lost_late <= group.lost
    for parts in (report.by_line, report.by_hour, report.by_day, report.by_line_and_hour):
        for name in ("calls", *PARTS, "after_hours", "by_receipt", "by_log", "by_hand", "doubtful", "lost_late"):
            assert sum(getattr(each, name) for each in parts.values()) == getattr(report.total, name)
    assert report.total.calls == len(told)
    assert report.total.not_measured == sum(one["measure"] == "gap" for one in told)


def call_of(version: ProcedureVersion, one: dict) -> Call:
    start = DAY.start + one["rang"] * SECOND

    def after(name: str) -> datetime | None:
        return None if one[name] is None else start + one[name]

    hours = {f"{name}_at": after(name) for name in ("answered", "abandoned", "ended", "settled")}
    kept = {name: one[name] for name in ("line", "desk", "measure", "after_hours", "left_as")}
    return Call(procedure_version=version, arrived_at=start, waiting_at=after("waits"), **hours, **kept)


# --- the hours when an exchange was not heard ---


def test_gaps_that_touch_the_span_are_listed(version):
    exchange = Exchange.objects.create(name="central", kind="ami")
    hour = timedelta(hours=1)
    kept = [
        ExchangeGap.objects.create(exchange=exchange, lost_at=DAY.start - hour, back_at=DAY.start + hour),
        ExchangeGap.objects.create(exchange=exchange, lost_at=DAY.end - 2 * hour, back_at=None),
    ]
    ExchangeGap.objects.create(exchange=exchange, lost_at=DAY.start - 3 * hour, back_at=DAY.start - 2 * hour)
    ExchangeGap.objects.create(exchange=exchange, lost_at=DAY.end + hour, back_at=DAY.end + 2 * hour)
    assert gaps_in(DAY) == kept[::-1]


# --- spans ---


@pytest.mark.parametrize(
    ("length", "first", "after"),
    [
        (Length.DAY, date(2026, 11, 25), date(2026, 11, 26)),
        (Length.WEEK, date(2026, 11, 23), date(2026, 11, 30)),
        (Length.MONTH, date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_span_is_of_whole_days_in_ecuador(length, first, after):
    span = Span.of(length, date(2026, 11, 25))
    assert (span.first, span.after) == (first, after)
    assert span.start == datetime(first.year, first.month, first.day, 5, tzinfo=UTC)
    assert span == Span.around(length, datetime(2026, 11, 26, 4, 59, tzinfo=UTC))
    assert span.moved(1).moved(-1) == span
    assert span.moved(1).start == span.end
    assert span.days[0] == first
    assert span.days[-1] + timedelta(days=1) == after


def test_a_day_too_far_away_is_none():
    with pytest.raises(ValueError, match="far"):
        Span.of(Length.DAY, date(1999, 12, 31))
