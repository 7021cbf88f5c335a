"""The sample procedure says what the published one says: every stage, every clock, every notice, clause by clause."""

import json
from datetime import timedelta

import pytest

from guardia.config.languages import language_codes
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.durations import Unit
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import (
    Answerer,
    Band,
    CaseKind,
    ClockKind,
    Comparison,
    Moment,
    Stage,
    WaitCause,
)
from guardia.procedure.weekly_hours import RestDays
from tests.procedure_room.sample import sample

AT_MOST, UNDER = Comparison.AT_MOST, Comparison.UNDER
CUSTOMER, NATURE, THIRD = WaitCause.CUSTOMER, WaitCause.FORCE_MAJEURE, WaitCause.THIRD_PARTY
ENGINEER, CREW, DISPATCHER, DESK = Answerer.ENGINEER, Answerer.CREW, Answerer.DISPATCHER, Answerer.DESK

# clause, clock, starts, stops, target in minutes, comparison, may wait for, who answers, sample, decision
TABLE = [
    ("P1", "reception", "call_waiting", "call_answered", 1, AT_MOST, (), Answerer.DESK_ON_SHIFT, False, False),
    ("P1", "call_back", "call_abandoned", "caller_reached", 5, AT_MOST, (), Answerer.DESK_ON_SHIFT, True, True),
    ("P2", "registration", "call_answered", "registered", 4, AT_MOST, (), Answerer.WHO_ANSWERED, False, False),
    ("P3", "diagnosis", "registered", "diagnosed", 20, AT_MOST, (CUSTOMER, THIRD), ENGINEER, False, False),
    ("P4", "dispatch_agreed", "diagnosed/visit", "dispatch_agreed", 15, AT_MOST, (CUSTOMER,), DISPATCHER, True, True),
    ("P4.1", "travel", "dispatch_agreed", "arrived", None, AT_MOST, (NATURE,), CREW, False, False),
    ("P4.3", "next_decision", "decision_set", "decision_set", None, AT_MOST, (), DISPATCHER, False, True),
    ("P4.4", "work_permit", "arrived", "permit_cleared", 30, AT_MOST, (), CREW, True, True),
    ("P4.4", "field_solution", "arrived", "restored", 240, UNDER, (CUSTOMER, NATURE, THIRD), CREW, False, False),
    ("P4", "remote_solution", "diagnosed/remote", "restored", 240, AT_MOST, (CUSTOMER, THIRD), ENGINEER, True, True),
    ("P5", "verification", "restored", "confirmed", 10, UNDER, (CUSTOMER,), ENGINEER, False, False),
    ("P6", "stability", "confirmed", "stabilised", 360, AT_MOST, (), ENGINEER, False, False),
    ("P7", "closure", "stabilised", "closed", 30, AT_MOST, (), ENGINEER, False, False),
    ("P", "next_news", "registered", "confirmed", 30, AT_MOST, (), ENGINEER, True, True),
    ("E", "acknowledgement", "paged", "acknowledged", None, AT_MOST, (), Answerer.WHO_IS_PAGED, True, True),
    ("E", "movement", "acknowledged", "moved", 30, AT_MOST, (), Answerer.WHO_ACKNOWLEDGED, True, True),
    ("E5", "call_task", "call_owed", "call_made/answered", None, AT_MOST, (), Answerer.DESK_ON_SHIFT, True, True),
    ("W1", "third_party", "third_party_promised", "wait_ended/third_party", None, AT_MOST, (), ENGINEER, False, True),
    ("P7", "ruling", "contested", "ruled", 2700, AT_MOST, (), Answerer.QUALITY_MANAGER, False, True),
    ("A3", "first_answer", "admin_desk_opened", "admin_answered", 240, AT_MOST, (CUSTOMER,), DESK, True, True),
    ("A3", "solution", "admin_desk_opened", "admin_solved", 1080, AT_MOST, (CUSTOMER,), DESK, True, True),
    ("A3", "complaint", "admin_taken/complaint", "admin_solved", 21_600, AT_MOST, (), DESK, True, True),
]


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return sample()


def clock(procedure: Procedure, kind: str) -> ClockRule:
    return procedure.clock(ClockKind(kind))


@pytest.mark.parametrize("row", TABLE, ids=[row[1] for row in TABLE])
def test_every_row_of_the_table_of_clocks(procedure: Procedure, row: tuple) -> None:
    clause, kind, starts, stops, minutes, comparison, waits, answers, is_sample, is_decision = row
    rule = clock(procedure, kind)
    assert rule.clause == clause
    assert starts in rule.starts
    assert stops in rule.stops
    assert rule.target.duration == (timedelta(minutes=minutes) if minutes else None)
    assert rule.comparison is comparison
    assert rule.waits == waits
    assert rule.answers is answers
    assert (rule.sample, rule.decision) == (is_sample, is_decision)


def test_the_table_has_no_other_clock(procedure: Procedure) -> None:
    assert sorted(rule.kind for rule in procedure.clocks) == sorted(row[1] for row in TABLE) == sorted(ClockKind)


def test_P4_1_P4_2_P4_3_travel_by_band(procedure: Procedure) -> None:
    travel = clock(procedure, "travel")
    assert travel.target_for(Band.MAIN) == timedelta(hours=3)
    assert travel.range_for(Band.MAIN) == (timedelta(hours=1.5), timedelta(hours=3))
    assert travel.target_for(Band.INTERMEDIATE) == timedelta(hours=6)
    assert travel.range_for(Band.INTERMEDIATE) is None
    assert travel.target_for(Band.REMOTE) is None
    assert travel.range_for(Band.REMOTE) is None


def test_P4_3_the_next_decision_is_as_somebody_sets_it(procedure: Procedure) -> None:
    rule = clock(procedure, "next_decision")
    assert rule.target.as_set
    assert rule.target_for(Band.REMOTE) is None
    decided = {Moment.DECISION_SET, Moment.DISPATCH_AGREED, Moment.VISIT_RESUMED}
    assert set(rule.starts) == decided
    assert set(rule.stops) == {*decided, Moment.DEPARTED, Moment.ARRIVED}


def test_P4_3_a_remote_site_is_told_conditions_and_a_decision_and_no_hour(procedure: Procedure) -> None:
    remote = procedure.band(Band.REMOTE)
    assert remote.conditions == ("flights", "weather", "public_order", "roads", "river")
    assert remote.needs == ("forecast_range", "conditions", "next_decision")


def test_P4_4_the_work_permit_is_outside_the_four_hours_and_escalates_nobody(procedure: Procedure) -> None:
    assert clock(procedure, "field_solution").excludes is ClockKind.WORK_PERMIT
    assert not clock(procedure, "work_permit").escalates


def test_P4_a_visit_under_way_is_not_asked_for_again(procedure: Procedure) -> None:
    rule = clock(procedure, "dispatch_agreed")
    assert rule.is_started("diagnosed", "visit", frozenset())
    assert not rule.is_started("diagnosed", "visit", frozenset({ClockKind.TRAVEL}))
    assert not rule.is_started("diagnosed", "remote", frozenset())
    assert rule.is_started("dispatch_decided", None, frozenset({ClockKind.FIELD_SOLUTION}))


def test_P3_a_service_that_came_back_by_itself_goes_to_P5(procedure: Procedure) -> None:
    assert "recovered" in clock(procedure, "diagnosis").stops
    assert "recovered" in clock(procedure, "verification").starts


def test_P6_a_relapse_goes_back_to_P3_and_no_later_promise_stays(procedure: Procedure) -> None:
    assert "relapsed" in clock(procedure, "diagnosis").starts
    assert all("relapsed" in clock(procedure, kind).drops for kind in ("verification", "stability", "closure"))


def test_P1_a_caller_who_hangs_up_was_not_answered(procedure: Procedure) -> None:
    assert "call_abandoned" in clock(procedure, "reception").drops


@pytest.mark.parametrize("kind", ClockKind)
def test_a_withdrawn_case_keeps_no_clock(procedure: Procedure, kind: ClockKind) -> None:
    rule = procedure.clock(kind)
    assert "cancelled" in (*rule.drops, *rule.stops)


def test_E_acknowledgement_by_level(procedure: Procedure) -> None:
    rule = clock(procedure, "acknowledgement")
    minutes = [rule.target_for(level=level).total_seconds() / 60 for level in (1, 2, 3, 4)]
    assert minutes == [10, 15, 15, 15]


IN_OFFICE_HOURS = ("first_answer", "solution", "ruling")


def test_A3_P7_administrative_clocks_and_rulings_count_office_hours(procedure: Procedure) -> None:
    for kind in IN_OFFICE_HOURS:
        assert (clock(procedure, kind).unit, clock(procedure, kind).calendar) == (Unit.OFFICE, "office")
    others = [rule for rule in procedure.clocks if rule.kind not in IN_OFFICE_HOURS]
    assert all((rule.unit, rule.calendar) == (Unit.ELAPSED, "always") for rule in others)


def test_A2_a_request_has_no_stage_of_an_incident(procedure: Procedure) -> None:
    kinds = {rule.kind.value for rule in procedure.clocks_for(CaseKind.REQUEST)}
    asked_about = {"acknowledgement", "movement", "call_task", "third_party", "ruling"}
    assert kinds == {"first_answer", "solution", "complaint", *asked_about}


def test_half_of_the_time_gone_is_the_first_warning(procedure: Procedure) -> None:
    assert {rule.warnings for rule in procedure.clocks} == {(50, 80)}


def test_P1_to_P7_stages_stand_in_their_order_with_their_published_time(procedure: Procedure) -> None:
    assert [rule.clause for rule in procedure.stages] == [f"P{number}" for number in range(1, 8)]
    assert [rule.stage for rule in procedure.stages] == list(Stage)
    assert [str(rule.time.es) for rule in procedure.stages] == [
        "No superior a un minuto.",
        "No superior a cuatro minutos.",
        "No superior a veinte minutos.",
        "Tiempo estimado: Entre 1.5 horas y 6 horas dependiendo la ciudad.",
        "Inferior a 10 minutos.",
        "No superior a 6 horas.",
        "30 minutos.",
    ]


def test_P_requirements_of_the_stages(procedure: Procedure) -> None:
    needed = procedure.requirements
    assert (needed.tests_to_diagnose, needed.confirmation_attempts, needed.ruling_office_days) == (2, 3, 5)
    assert needed.green_window == timedelta(minutes=30)
    assert "green_window" in needed.sample


@pytest.mark.parametrize(
    ("moment", "variant", "clause", "items"),
    [
        ("registered", None, "P2", {"number", "symptoms", "next", "by_when"}),
        ("diagnosed", "visit", "P3", {"cause", "plan"}),
        ("confirmed", "customer", "P5", {"plan_executed", "hour", "confirmer"}),
        ("confirmed", "supervisor", "P5", {"plan_executed", "hour", "attempts"}),
        ("stabilised", None, "P6", {"evidence"}),
        ("closed", None, "P7", {"fault", "solution", "affected_time"}),
        ("wait_started", "customer", "W1", {"clock", "asked_by", "reason", "proof"}),
    ],
)
def test_P_notices_and_what_they_tell(
    procedure: Procedure, moment: str, variant: str | None, clause: str, items: set[str]
) -> None:
    rule = procedure.notice_for(moment, variant)
    assert rule is not None
    assert rule.clause == clause
    assert items <= set(rule.must_contain)
    assert "configured_contacts" in rule.recipients


@pytest.mark.parametrize("moment", ["dispatch_agreed", "departed", "arrived", "blocked", "restored", "relapsed"])
def test_P4_P6_decided_news_is_told_too(procedure: Procedure, moment: str) -> None:
    assert procedure.notice_for(moment).decision


@pytest.mark.parametrize("moment", ["noted", "tested", "assigned", "paged", "flapped", "call_waiting", "breached"])
def test_nothing_else_is_told(procedure: Procedure, moment: str) -> None:
    assert procedure.notice_for(moment) is None


def test_A3_a_request_out_of_hours_is_told_when_the_desk_opens(procedure: Procedure) -> None:
    assert "desk_opens" in procedure.notice_for("admin_taken", of=CaseKind.REQUEST).must_contain


def test_L1_L2_L3_lines_with_their_option_and_desk(procedure: Procedure) -> None:
    lines = [(line.clause, line.number, line.option, line.desk) for line in procedure.lines]
    assert lines == [
        ("L1", "(02) 4004040", "2", "sales"),
        ("L2", "(02) 4004040", "3", "billing"),
        ("L3", "1800-400404", None, "technical"),
        ("L3", "(02) 4005080", None, "technical"),
        ("L3", "(02) 4004040", "1", "technical"),
        ("L3", "(02) 3318670", None, "technical"),
        ("L3", "(04) 2881157", None, "technical"),
    ]


def test_A1_A3_hours_of_the_desks(procedure: Procedure) -> None:
    assert procedure.hours(procedure.desk("technical").hours).always
    office = procedure.hours(procedure.desk("billing").hours)
    assert [office.on(day) for day in range(7)] == [((510, 1050),)] * 5 + [()] * 2
    assert office.rest_days is RestDays.CLOSED
    assert [desk.key for desk in procedure.desks if desk.others] == ["sales"]


def test_E5_the_night_line_has_its_own_calendar(procedure: Procedure) -> None:
    night = procedure.hours(procedure.escalation.night.hours)
    assert procedure.escalation.night.number == "+593 2 400 5124"
    assert night.on(0) == ((0, 480), (1080, 1440))
    assert night.on(6) == ((0, 1440),)
    assert night.rest_days is RestDays.OPEN_ALL_DAY


def test_E2_E3_E4_three_levels_and_both_of_the_first_together(procedure: Procedure) -> None:
    levels = [(rule.clause, rule.level, rule.persons, rule.together) for rule in procedure.escalation.levels]
    assert levels == [("E2", 1, 2, True), ("E3", 2, 1, False), ("E4", 3, 1, False)]
    assert all(procedure.steps_for(stage)[0].after == timedelta(0) for stage in Stage)


def test_A4_offices(procedure: Procedure) -> None:
    assert [office.city for office in procedure.offices] == ["Quito", "Guayaquil"]


def test_a_text_is_said_in_every_language(procedure: Procedure) -> None:
    title = procedure.title
    assert title.in_language("pt-br") == title.pt
    assert title.in_language("fr") == title.es == "Procedimiento de atención al cliente"
    assert len({title.in_language(language) for language in language_codes()}) == 3


def test_a_procedure_goes_through_the_database_unchanged(procedure: Procedure) -> None:
    stored = json.loads(json.dumps(procedure.model_dump(mode="json")))
    assert stored["clocks"][0]["target"]["duration"] == 60
    assert Procedure.model_validate(stored) == procedure
