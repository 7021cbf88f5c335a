"""What every page of the desk says: who is on shift, that nobody is, that nobody watches the deadlines."""

from datetime import timedelta

import pytest

from guardia.cases.alarms import watch_shifts
from guardia.clocks import watch
from guardia.config.now import now
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.people import shifts
from guardia.people.shifts import Shift
from guardia.people.staff import Role
from guardia.web.desk.handover.standing import banners, standing_at
from tests.desk.conftest import words
from tests.procedure.story import staff
from tests.shifts.conftest import SIX, reachable

DESK = shifts.TECHNICAL
MINUTE = timedelta(minutes=1)


def said(story, at, by=None) -> list[tuple[str, str]]:
    return [(banner.kind, banner.words) for banner in banners(standing_at(at), by or story.engineer)]


def deserted(story) -> None:
    """Somebody was there and has left: two hours and a half before the change of 06:00."""
    shifts.enter(story.engineer, DESK, SIX - timedelta(hours=4))
    shifts.leave(story.engineer, SIX - timedelta(hours=2, minutes=30))


def test_a_desk_that_uses_no_shifts_says_nothing(night):
    assert said(night, SIX) == []


def test_nobody_on_shift_is_a_banner_and_says_who_was_asked(night):
    reachable(night)
    deserted(night)
    at = SIX - timedelta(hours=2)
    watch_shifts(at)
    banner = banners(standing_at(at + MINUTE), night.engineer)[0]
    assert banner.kind == "alarm"
    assert banner.words == "Nobody has been on shift at the technical desk since 03:30."
    assert "Level 1 was paged at 04:00" in banner.more
    assert [act.words for act in banner.acts] == ["Enter shift", "I will handle it"]


def test_who_sees_to_it_is_named_and_nobody_else_is_asked_to(night):
    deserted(night)
    at = SIX - timedelta(hours=2)
    watch_shifts(at)
    alarms.acknowledge(Alarm.objects.get(), night.supervisor, at + MINUTE)
    banner = banners(standing_at(at + 2 * MINUTE), night.engineer)[0]
    assert "supervisora has been handling it since 04:01." in banner.more
    assert [act.words for act in banner.acts] == ["Enter shift"]


def test_who_cannot_enter_a_shift_gets_no_button(night):
    deserted(night)
    auditor = staff("auditora", Role.AUDITOR)
    assert banners(standing_at(SIX - timedelta(hours=2)), auditor)[0].acts == ()


def test_a_take_over_that_is_a_little_late_is_no_alarm_yet(night):
    shifts.enter(night.engineer, DESK, night.now)
    shifts.leave(night.engineer, SIX)
    words_ = "Nobody has been on shift since 06:00: the incoming shift has not arrived yet."
    assert said(night, SIX + 10 * MINUTE) == [("due", words_)]
    assert said(night, SIX + 15 * MINUTE)[0][0] == "alarm"


def test_a_shift_that_runs_on_is_reminded_after_a_quarter_of_an_hour(night):
    shifts.enter(night.engineer, DESK, night.now)
    assert said(night, SIX + 15 * MINUTE) == []
    assert said(night, SIX + 16 * MINUTE) == [("alarm", "Hand-over due since 06:00.")]


def test_no_sweep_for_60_seconds_is_a_red_banner(night, monkeypatch):
    watch.seen("sweep", SIX)
    assert said(night, SIX + MINUTE) == []
    seen = watch.monotonic()
    monkeypatch.setattr(watch, "monotonic", lambda: seen + 61)
    kind, words_ = said(night, SIX + 2 * MINUTE)[0]
    assert kind == "stopped"
    assert words_ == "Deadlines have not been monitored since 06:00: the worker is not running."


# --- on the pages themselves ---


@pytest.mark.parametrize("address", ["/", "/llamadas/", "/relevo", "/relevo/firmados", "/casos/nuevo"])
def test_the_banner_stands_on_every_page(story, engineer, address):
    shifts.enter(story.engineer, DESK, story.now)
    shifts.leave(story.engineer, story.now)
    Shift.objects.update(started_at=now() - timedelta(hours=9), ended_at=now() - timedelta(hours=9))
    watch.seen("sweep", now() - 5 * MINUTE)
    page = words(engineer.get(address))
    assert 'data-kind="stopped"' in page
    assert 'data-kind="alarm"' in page


def test_the_menu_says_who_is_on_shift_and_lets_me_come_and_go(story, engineer):
    assert "no shift entered yet" in words(engineer.get("/"))
    back = engineer.post("/turno/entrar", follow=True)
    assert "You have been on shift since" in words(back)
    page = words(engineer.get("/"))
    assert "1 on shift" in page
    assert "Leave shift" in page


def test_the_last_one_to_leave_is_asked_once_more(story, engineer):
    engineer.post("/turno/entrar")
    asked = engineer.post("/turno/salir")
    assert asked.status_code == 409
    assert "Nobody would be at the desk" in words(asked)
    assert shifts.open_shift(story.engineer)
    engineer.post("/turno/salir", {"seguro": "si"})
    assert shifts.open_shift(story.engineer) is None


def test_with_a_colleague_there_one_leaves_without_a_question(story, engineer, colleague):
    engineer.post("/turno/entrar")
    colleague.post("/turno/entrar")
    assert "Your shift is over." in words(engineer.post("/turno/salir", follow=True))
    assert "You are not on shift." in words(engineer.post("/turno/salir", follow=True))


def test_one_sees_to_the_alarm_with_one_press(story, engineer, colleague):
    deserted(story)
    watch_shifts(now())
    assert "Nobody else is paged for half an hour." in words(engineer.post("/turno/atiendo", follow=True))
    assert Alarm.objects.get().acknowledged_by == story.engineer
    assert "ingeniero1 is handling it." in words(colleague.post("/turno/atiendo", follow=True))


def test_without_an_alarm_there_is_nothing_to_see_to(engineer):
    assert "The alarm has cleared." in words(engineer.post("/turno/atiendo", follow=True))


def test_a_poll_is_answered_304_until_somebody_comes_or_goes(story, engineer, colleague):
    first = engineer.get("/turno/vivo", headers={"HX-Request": "true"})
    tag = {"HX-Request": "true", "HX-PTag": first.headers["HX-PTag"]}
    assert engineer.get("/turno/vivo", headers=tag).status_code == 304
    colleague.post("/turno/entrar")
    moved = engineer.get("/turno/vivo", headers=tag)
    assert moved.status_code == 200
    assert "ingeniero2" in words(moved)


def test_who_may_only_look_neither_comes_nor_goes(story, sign_in):
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    for address in ("/turno/entrar", "/turno/salir", "/turno/atiendo"):
        assert auditor.post(address).status_code == 403
    assert not Shift.objects.exists()
