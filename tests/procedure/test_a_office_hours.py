"""A2, A3: an administrative request is taken at any hour; its time counts while its desk is open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guardia.cases import calendar_change, desk_hours
from guardia.cases.refusals import Missing, NoSuchDesk, NotAnIncident, NotARequest
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import ChangeKind
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.office import FRIDAY, MONDAY, TUESDAY, Office, follow, is_whole

TWELVE_29 = datetime(2026, 11, 30, 17, 29, tzinfo=UTC)  # 12:29 on Monday


@pytest.fixture
def story(story):
    story.now = FRIDAY
    return story


@pytest.fixture
def office(story) -> Office:
    return Office(story)


def test_a3_a_call_on_friday_at_17_29_counts_from_then(story, office):
    office.takes(call=office.rings())
    assert story.moments() == ["call_waiting", "call_answered", "admin_taken", "admin_desk_opened"]
    clock = story.clock("first_answer")
    assert (clock.started_at, clock.due_at) == (FRIDAY, TWELVE_29)
    assert story.clock("solution").due_at == datetime(2026, 12, 1, 22, 29, tzinfo=UTC)
    assert {clock.kind for clock in story.case.clocks.all()} == {"first_answer", "solution"}
    (notice,) = story.is_told("admin_taken", story.head)
    assert notice.facts["next"] == {"kind": "first_answer", "due_at": TWELVE_29.isoformat(), "from_at": None}
    assert is_whole()


def test_a3_taken_down_at_17_32_it_counts_from_the_hour_of_the_call(story, office):
    call = office.rings()
    story.minutes_pass(3)
    case = office.takes(call=call)
    assert case.opens_at is None
    assert story.clock("first_answer").due_at == TWELVE_29


def test_a3_a_call_at_17_31_waits_for_monday_and_is_told_so(story, office):
    story.minutes_pass(2)
    case = office.takes(call=office.rings())
    assert (case.opens_at, case.next_step_at, case.next_due_at) == (MONDAY, MONDAY, None)
    assert not case.clocks.exists()
    (notice,) = story.is_told("admin_taken", story.head)
    assert notice.facts["opens_at"] == MONDAY.isoformat()
    story.now = MONDAY - timedelta(seconds=1)
    assert story.the_sweep_runs() == 0
    assert story.case.opens_at == MONDAY
    assert is_whole()


def test_a3_the_desk_opens_at_its_hour_however_late_the_sweep_comes(story, office):
    story.minutes_pass(2)
    office.takes(call=office.rings())
    story.now = MONDAY + timedelta(hours=3)
    story.the_sweep_runs()
    opened = story.case.events.get(moment="admin_desk_opened")
    assert (opened.occurred_at, opened.recorded_at) == (MONDAY, story.now)
    assert (story.case.opens_at, story.case.next_step_at) == (None, None)
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=4)
    assert story.the_sweep_runs() == 0
    assert is_whole()


def test_a3_what_the_caller_is_told(story, office):
    def said(language, at=FRIDAY):
        return desk_hours.spoken(story.version.pk, "billing", at, language)

    assert said("en") == (
        "Billing is open now. Billing will answer you before 12:29 on Monday November 30 (Ecuador time)."
    )
    closed = said("en", FRIDAY + timedelta(minutes=2))
    assert closed.startswith("Billing is closed now and opens on Monday November 30 at 08:30 (Ecuador time).")
    assert closed.endswith("Billing will answer you before 12:30 on Monday November 30.")
    assert "Facturación" in said("es")
    assert "Faturamento" in said("pt")


def test_a3_on_a_moved_holiday_the_desk_is_closed(make_story):
    """25 December 2027 is a Saturday: the law moves the rest to Friday the 24th."""
    story = make_story()
    story.now = datetime(2027, 12, 24, 15, 0, tzinfo=UTC)  # Friday, 10:00
    case = Office(story).takes(desk="sales")
    assert case.opens_at == datetime(2027, 12, 27, 13, 30, tzinfo=UTC)


def decree(story, day, kind=ChangeKind.REST):
    return calendar_change.announce(kind, day=day, by=story.supervisor, at=story.now, reason="Decreto 77")


def test_a3_a_decree_announced_after_the_call_moves_the_opening_and_is_told(story, office):
    story.minutes_pass(2)
    office.takes()
    story.is_told("admin_taken", story.head)
    story.minutes_pass(60)
    change = decree(story, date(2026, 11, 30))
    assert follow(story) == 1
    assert (story.case.opens_at, story.case.next_step_at) == (TUESDAY, TUESDAY)
    notice, _other = story.is_told("calendar_changed", story.head, story.desk)
    assert notice.facts["opens_at"] == TUESDAY.isoformat()
    due = {"was": MONDAY + timedelta(hours=4), "due_at": TUESDAY + timedelta(hours=4)}
    assert notice.facts["data"]["moved"] == [
        {"clock": "first_answer", **{name: hour.isoformat() for name, hour in due.items()}}
    ]
    assert follow(story) == 0
    calendar_change.withdraw(change, by=story.supervisor, at=story.now, reason="derogado")
    assert follow(story) == 1
    assert story.case.opens_at == MONDAY
    assert story.moments().count("calendar_changed") == 2
    assert is_whole()


def test_a3_before_a_decree_one_sees_which_requests_it_would_move(story, office):
    story.minutes_pass(2)
    office.takes()
    found, count = calendar_change.would_move(ChangeKind.REST, now=story.now, day=date(2026, 11, 30))
    assert [(one.case.number, one.kind, one.was_due_at) for one in found] == [
        (story.number, "first_answer", MONDAY + timedelta(hours=4))
    ]
    assert (found[0].due_at, count) == (TUESDAY + timedelta(hours=4), 1)
    assert story.case.opens_at == MONDAY
    change = decree(story, date(2026, 11, 30))
    follow(story)
    found, _count = calendar_change.would_move(ChangeKind.WITHDRAW, now=story.now, withdraws=change)
    assert [one.due_at for one in found] == [MONDAY + timedelta(hours=4)]


def test_a3_a_decree_that_nobody_followed_yet_puts_the_opening_off_all_the_same(story, office):
    story.minutes_pass(2)
    office.takes()
    decree(story, date(2026, 11, 30))
    story.now = MONDAY + timedelta(minutes=1)
    assert story.the_sweep_runs() == 0
    assert story.case.next_step_at == TUESDAY
    assert "admin_desk_opened" not in story.moments()
    story.now = TUESDAY
    story.the_sweep_runs()
    assert story.clock("first_answer").started_at == TUESDAY
    assert is_whole()


def test_a3_a_saturday_that_is_worked_opens_the_desk(story, office):
    story.minutes_pass(2)
    office.takes()
    decree(story, date(2026, 11, 28), ChangeKind.WORK)
    follow(story)
    assert story.case.opens_at == datetime(2026, 11, 28, 13, 30, tzinfo=UTC)


def test_a3_a_decree_taken_back_while_the_day_runs_opens_the_desk_at_once(story, office):
    story.minutes_pass(2)
    change = decree(story, date(2026, 11, 30))
    case = office.takes()
    assert case.opens_at == TUESDAY
    story.now = MONDAY + timedelta(hours=2)
    calendar_change.withdraw(change, by=story.supervisor, at=story.now, reason="derogado")
    follow(story)
    assert story.case.opens_at is None
    assert story.clock("first_answer").started_at == story.now
    assert is_whole()


def test_a3_the_desk_answers_and_solves(story, office):
    office.takes(fields={"invoice": " 001-002-000123 ", "unknown": "x"})
    assert story.case.fields == {"invoice": "001-002-000123"}
    story.is_told("admin_taken", story.head)
    story.now = MONDAY + timedelta(hours=1)
    event = office.answers()
    assert office.answers().pk == event.pk
    assert (story.case.stage, story.clock("first_answer").outcome) == ("answered", "kept")
    story.is_told("admin_answered", story.head)
    story.minutes_pass(60)
    event = office.solves()
    assert office.solves().pk == event.pk
    assert (story.case.stage, story.case.status, story.clock("solution").outcome) == ("solved", "closed", "kept")
    story.is_told("admin_solved", story.head)
    assert story.case.closed_at == story.now
    assert is_whole()


def test_a3_a_desk_that_answers_before_it_opens_attends_to_it_from_then_on(story, office):
    story.minutes_pass(2)
    office.takes()
    story.now = MONDAY - timedelta(hours=1)
    office.answers()
    assert story.clock("first_answer").outcome == "kept"
    assert story.clock("solution").due_at == datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    story.now = MONDAY
    assert story.the_sweep_runs() == 0
    assert is_whole()


def test_a3_an_answer_before_the_late_sweep_finds_the_desk_open_since_its_hour(story, office):
    story.minutes_pass(2)
    office.takes()
    story.now = MONDAY + timedelta(hours=2)
    office.solves()
    assert story.clock("first_answer").taken_seconds == 7200
    assert story.clock("solution").outcome == "kept"
    assert is_whole()


def test_a3_a_late_answer_is_on_record_and_pages_nobody(story, office):
    office.takes()
    story.now = TWELVE_29 + timedelta(minutes=1)
    story.the_sweep_runs()
    breach = story.case.events.get(moment="breached")
    assert breach.occurred_at == TWELVE_29
    assert "escalated" not in story.moments()
    assert story.case.escalated_level == 0
    assert is_whole()


def test_w1_the_desk_may_wait_for_the_customer(story, office):
    office.takes()
    story.is_told("admin_taken", story.head)
    story.now = MONDAY
    why = WaitReason(WaitCause.CUSTOMER, "Facturación 1", "falta la orden de compra", "correo")
    story.case.wait(why, by=office.by, at=story.now)
    assert story.case.status == "pending"
    story.now = MONDAY + timedelta(hours=2)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.clock("first_answer").due_at == TWELVE_29 + timedelta(hours=2)
    assert is_whole()


def test_a3_news_and_withdrawal_work_as_in_any_case(story, office):
    story.minutes_pass(2)
    office.takes()
    story.is_told("admin_taken", story.head)
    story.case.tell("Pedimos el dato a su asesor.", by=office.by, at=story.now)
    story.is_told("news_sent", story.head, story.desk)
    story.case.cancel("se resolvió solo", by=office.by, at=story.now)
    assert (story.case.status, story.case.opens_at, story.case.next_step_at) == ("cancelled", None, None)
    story.is_told("cancelled", story.head, story.desk, story.manager)
    story.now = MONDAY
    assert story.the_sweep_runs() == 0


def test_a3_what_belongs_to_a_fault_is_refused_in_a_request_and_the_other_way_round(story, office):
    office.takes()
    with pytest.raises(NotAnIncident, match="A3"):
        story.test_shows("ping")
    with pytest.raises(NotAnIncident):
        story.case.restore("listo", by=story.by, at=story.now)
    story.open_case()
    with pytest.raises(NotARequest, match="P"):
        office.answers()
    with pytest.raises(NotARequest):
        office.solves()


def test_a3_pressed_twice_it_is_one_request(story, office):
    assert office.takes() == office.takes()
    assert story.case.events.filter(moment="admin_taken").count() == 1
    call = office.rings()
    assert office.takes(call=call, text="otra") == office.takes(call=call, text="otra cosa")


def test_a3_it_needs_a_desk_of_requests_and_words(story, office):
    for desk in ("technical", "soporte", ""):
        with pytest.raises(NoSuchDesk, match=r"Ventas, Facturación|Sales, Billing"):
            office.takes(desk=desk)
    with pytest.raises(Missing):
        office.takes(text="  ")


def test_a3_who_is_no_contact_gets_the_number_by_voice_and_nothing_else(story, office):
    story.head = None
    office.takes(details={"reporter_name": "Alguien", "call_back_number": "07 555 0100"})
    assert story.case.reporter_name == "Alguien"
    story.nobody_is_told()
