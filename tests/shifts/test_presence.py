"""A1: who is on shift is there. Signs of life, a lost session, a question, the last one who goes, a late hand-over."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession

from guardia.cases import alarms as looks
from guardia.cases.alarms import watch_hand_over, watch_shifts
from guardia.config.now import now
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Delivery, Notice
from guardia.notices.page import render
from guardia.people import presence, shifts
from guardia.people.setting_change import SettingChange
from guardia.people.shifts import EndedAs, Shift
from tests.desk.conftest import words
from tests.notices.sender import link
from tests.shifts.conftest import SIX, no_change_is_near, reachable

DESK = shifts.TECHNICAL
MINUTE = timedelta(minutes=1)
QUIET = 15 * MINUTE


class AtTheDesk:
    """The engineer enters the night shift at 02:00, by a page of the desk; the worker has looked since."""

    def __init__(self, night) -> None:
        self.story, self.began = night, night.now
        shifts.enter(night.engineer, DESK, night.now, is_seen=True)
        self.looked = -1
        self.look(0)

    def at(self, minutes: float):
        return self.began + minutes * MINUTE

    def page_is_open(self, minutes: float) -> None:
        presence.heard(self.story.engineer.pk, self.at(minutes))

    def does(self, minutes: float) -> None:
        presence.sign(self.story.engineer.pk, self.at(minutes))

    def look(self, minutes: float) -> None:
        """The worker looks every half minute until then, while the page stays open: only the last look is told of."""
        self.looked = minutes
        looks.look_at_shifts(self.at(minutes))

    def watched_until(self, minutes: int, *, open_page: bool = True) -> None:
        for minute in range(int(self.looked) + 1, minutes + 1):
            if open_page:
                self.page_is_open(minute)
            self.look(minute)

    @property
    def shift(self) -> Shift:
        return Shift.objects.filter(staff=self.story.engineer).latest("pk")

    @property
    def there(self) -> int:
        return len(shifts.on_shift(DESK, self.at(self.looked)))


@pytest.fixture
def desk(night) -> AtTheDesk:
    return AtTheDesk(night)


# --- the rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "heard", "asked", "waits", "follows"),
    [
        (14, 0, None, True, ""),
        (15, 0, None, True, "ask"),
        (15, 0, None, False, ""),  # nothing waits: hourly
        (59, 0, None, False, ""),
        (60, 0, None, False, "ask"),
        (20, 0, 4, True, ""),
        (20, 0, 5, True, "silent"),
        (4, 4, None, True, ""),  # a lost session has five minutes
        (5, 5, None, True, "lost"),
        (1, 40, None, True, ""),  # a call answered at a telephone, without any page
    ],
)
def test_a1_what_follows_from_how_long_nothing_was_heard(night, seen, heard, asked, waits, follows):
    at = night.now

    def ago(minutes):
        return None if minutes is None else at - minutes * MINUTE

    shift = Shift(seen_at=ago(seen), heard_at=ago(heard), asked_at=ago(asked))
    assert presence.judged(shift, at, waits=waits, quiet=QUIET) == follows


def test_a1_who_is_in_a_queue_at_the_telephone_has_lost_no_session_and_is_asked_all_the_same(night):
    shift = Shift(seen_at=night.now - 15 * MINUTE, heard_at=night.now - 15 * MINUTE)
    assert presence.judged(shift, night.now, waits=True, quiet=QUIET) == "lost"
    assert presence.judged(shift, night.now, waits=True, quiet=QUIET, is_member=True) == "ask"


# --- silence --------------------------------------------------------------------------------------------------------


def test_a1_a_page_that_is_open_all_night_is_nobody_at_the_desk(desk):
    reachable(desk.story)
    desk.watched_until(8 * 60)
    assert desk.there == 0
    assert desk.shift.ended_as == EndedAs.SILENT
    assert desk.shift.ended_at == desk.at(65)  # asked after an hour, since nothing waited
    assert [page.staff.username for page in watch_shifts(desk.at(66))] == ["supervisora"]


def test_a1_while_something_waits_it_is_asked_after_a_quarter_of_an_hour(desk):
    desk.story.open_case()
    desk.watched_until(14)
    assert desk.shift.asked_at is None
    assert desk.story.case.next_warn_at < desk.at(25)
    desk.watched_until(25)
    assert desk.there == 0
    answered_at = desk.at(0) + timedelta(seconds=20)  # the call was answered then: a sign of life
    close_at = max(answered_at + QUIET, desk.story.case.next_warn_at)
    assert timedelta() <= desk.shift.asked_at - close_at < MINUTE


def test_a1_one_key_answers(desk):
    desk.watched_until(60)
    assert desk.shift.asked_at == desk.at(60)
    desk.does(62)
    desk.watched_until(119)
    assert desk.there == 1
    assert desk.shift.asked_at is None
    desk.watched_until(122)
    assert desk.shift.asked_at == desk.at(122)


def test_a1_the_operator_says_after_how_long_it_is_asked_and_that_is_on_record(night):
    shifts.ask_after(DESK, 20, by=night.supervisor, at=night.now)
    assert shifts.quiet_of(DESK) == 20 * MINUTE
    assert shifts.hours_of(DESK) == ["06:00", "14:00", "22:00"]
    change = SettingChange.objects.get(noun="shift_plan")
    assert (change.before, change.after) == ({"quiet_minutes": 15}, {"quiet_minutes": 20})


def test_a1_a_call_answered_is_a_sign_of_life(desk):
    desk.watched_until(50)
    desk.story.now = desk.at(50)
    desk.story.caller_rings(desk.story.head)
    desk.story.engineer_answers()
    desk.watched_until(100)
    assert desk.there == 1
    assert desk.shift.seen_at == desk.at(50)


def test_a1_a_page_acknowledged_is_a_sign_of_life(desk):
    desk.watched_until(60)
    presence.answers_by_page(desk.story.engineer, desk.at(61))
    desk.watched_until(70)
    assert desk.there == 1
    assert desk.shift.seen_at == desk.at(61)


def test_a1_who_comes_back_to_a_key_is_on_shift_again_and_the_gap_stays(desk):
    reachable(desk.story)
    desk.watched_until(65)
    watch_shifts(desk.at(66))
    desk.does(70)
    assert [(s.started_at, s.ended_as) for s in Shift.objects.order_by("pk")] == [
        (desk.at(0), EndedAs.SILENT),
        (desk.at(70), ""),
    ]
    watch_shifts(desk.at(71))
    assert Alarm.objects.get().ended_at == desk.at(70)


def test_a1_who_said_that_the_shift_is_over_is_not_brought_back_by_a_key(desk):
    shifts.leave(desk.story.engineer, desk.at(5))
    desk.does(6)
    assert shifts.on_shift(DESK, desk.at(7)) == []


# --- a lost session -------------------------------------------------------------------------------------------------


def test_a1_a_lost_session_has_five_minutes(desk):
    reachable(desk.story)
    desk.watched_until(10)
    desk.watched_until(14, open_page=False)
    assert desk.there == 1
    desk.watched_until(15, open_page=False)
    assert desk.there == 0
    assert desk.shift.ended_as == EndedAs.LOST
    page = watch_shifts(desk.at(16))[0]
    assert page.facts["last"] == "ingeniero1"
    text = text_of(page)
    assert "ingeniero1, última señal de vida:" in text


def test_a1_a_page_that_comes_back_within_them_loses_nothing(desk):
    desk.watched_until(10)
    desk.watched_until(14, open_page=False)
    desk.watched_until(30)
    assert desk.there == 1


def test_a1_nobody_is_absent_for_a_time_in_which_nobody_looked(desk):
    desk.watched_until(10)
    desk.look(90)
    assert desk.there == 1
    desk.watched_until(94, open_page=False)
    assert desk.there == 1
    desk.watched_until(95, open_page=False)
    assert desk.there == 0


def test_a1_only_the_last_ones_absence_pages_and_once(desk):
    reachable(desk.story)
    shifts.enter(desk.story.colleague, DESK, desk.at(1), is_seen=True)
    for minute in range(1, 66):
        desk.page_is_open(minute)
        presence.sign(desk.story.colleague.pk, desk.at(minute))
        desk.look(minute)
    assert [shift.staff for shift in shifts.on_shift(DESK, desk.at(66))] == [desk.story.colleague]
    assert watch_shifts(desk.at(66)) == []
    desk.watched_until(71)  # the colleague's page is gone
    assert desk.there == 0
    assert [page.staff.username for page in watch_shifts(desk.at(71))] == ["supervisora"]
    assert watch_shifts(desk.at(75)) == []
    assert Notice.objects.count() == 1


def test_a1_a_shift_that_no_page_ever_spoke_for_ends_with_its_change(night):
    shifts.enter(night.engineer, DESK, night.now)
    looks.look_at_shifts(SIX + 14 * MINUTE)
    assert len(shifts.on_shift(DESK, SIX)) == 1
    looks.look_at_shifts(SIX + 15 * MINUTE)
    assert shifts.on_shift(DESK, SIX) == []


# --- a late hand-over -----------------------------------------------------------------------------------------------


def test_a1_a_late_hand_over_is_an_alarm_that_level_1_is_told_of_once(desk):
    reachable(desk.story)
    reachable(desk.story, 2, "gerente")
    assert watch_hand_over(SIX + 15 * MINUTE) == []
    told = watch_hand_over(SIX + 16 * MINUTE)
    assert [page.staff.username for page in told] == ["supervisora"]
    assert Alarm.objects.get().began_at == SIX
    assert "ingeniero1" in text_of(told[0])
    for minutes in (26, 36, 240):
        assert watch_hand_over(SIX + minutes * MINUTE) == []
    shifts.leave(desk.story.engineer, SIX + 250 * MINUTE)
    over = watch_hand_over(SIX + 251 * MINUTE)
    assert [page.moment for page in over] == ["alarm_ended"]
    assert "no se le pide nada más" in text_of(over[0])
    assert alarms.open_alarm(DESK, alarms.HANDOVER_LATE) is None


def text_of(notice: Notice) -> str:
    return render(Delivery(address="a@example.com", message_id="<a@example.com>"), [notice], notice.owed_at, link).text


# --- at the screen --------------------------------------------------------------------------------------------------


def test_a1_the_last_one_who_signs_out_is_told_that_nobody_is_left(story, engineer):
    engineer.post("/turno/entrar")
    asked = engineer.post("/salir")
    assert asked.status_code == 409
    assert "You are the only one on shift." in words(asked)
    assert "Sign out anyway" in words(asked)
    assert len(shifts.on_shift(DESK, now())) == 1
    gone = engineer.post("/salir", {"seguro": "si"})
    assert gone.status_code == 302
    assert shifts.on_shift(DESK, now()) == []
    assert Shift.objects.get().ended_as == EndedAs.SIGNED_OUT
    assert engineer.get("/").status_code == 302


def test_a1_who_signs_out_while_others_are_there_is_off_shift_at_once(story, engineer, colleague):
    engineer.post("/turno/entrar")
    colleague.post("/turno/entrar")
    assert engineer.post("/salir").status_code == 302
    assert [shift.staff for shift in shifts.on_shift(DESK, now())] == [story.colleague]


def test_a1_signing_out_of_one_of_two_browsers_leaves_no_desk(story, engineer, sign_in):
    engineer.post("/turno/entrar")
    other = sign_in(story.engineer)
    used = {"ip": "192.0.2.7", "user_agent": "Firefox", "last_seen_at": now() - MINUTE}
    UserSession.objects.create(user=story.engineer, session_key=other.session.session_key, **used)
    assert engineer.post("/salir").status_code == 302
    assert len(shifts.on_shift(DESK, now())) == 1


def test_a1_a_poll_says_that_the_page_is_open_and_a_key_that_somebody_is_there(story, engineer):
    engineer.post("/turno/entrar")
    Shift.objects.update(seen_at=now() - 20 * MINUTE, heard_at=now() - 20 * MINUTE, asked_at=now() - MINUTE)
    poll = words(engineer.get("/turno/vivo?vivo=1", headers={"HX-Request": "true"}))
    shift = Shift.objects.get()
    assert shift.heard_at - shift.seen_at > 19 * MINUTE
    assert "Are you still on shift?" in poll
    assert "data-asks" in poll
    pressed = engineer.get("/turno/vivo?vivo=1", headers={"HX-Request": "true", "Guardia-Person": "1"})
    assert "Are you still on shift?" not in words(pressed)
    assert now() - Shift.objects.get().seen_at < MINUTE


def test_a1_nobody_else_is_asked_for_somebody(story, engineer, colleague):
    engineer.post("/turno/entrar")
    Shift.objects.update(asked_at=now())
    assert "Are you still on shift?" not in words(colleague.get("/"))


def test_a1_who_is_brought_back_by_an_act_is_told_so(story, engineer):
    no_change_is_near()
    engineer.post("/turno/entrar")
    shifts.leave(story.engineer, now(), EndedAs.SILENT)
    assert "ingeniero1 did not respond" in words(engineer.get("/"))
    engineer.post("/turno/sigo")
    assert "You have been on shift again since" in words(engineer.get("/"))
    assert len(shifts.on_shift(DESK, now())) == 1


def test_a1_minutes_that_cannot_be_are_refused_with_the_field_named(story, sign_in):
    supervisor = sign_in(story.supervisor)
    back = supervisor.post("/relevo/turnos", {"hours": "06:00 14:00 22:00", "quiet": "2"})
    assert back.status_code == 422
    assert shifts.quiet_of(DESK) == QUIET
    supervisor.post("/relevo/turnos", {"hours": "06:00 14:00 22:00", "quiet": "20"})
    assert shifts.quiet_of(DESK) == 20 * MINUTE
