"""Rotas, covers and numbers as a supervisor writes them: what is kept, what is refused, what is on record."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.escalation import editing
from guardia.escalation.editing import (
    end_rota,
    restore_cover,
    rota_again,
    save_cover,
    save_level,
    save_rota,
    withdraw_cover,
)
from guardia.escalation.roster import on_duty, own_number
from guardia.escalation.rota import Cover, Rota
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Staff
from tests.escalation.conftest import DAY, MONDAY, make_cover, make_rota

WEEK = 7 * DAY


def fields(members, **more):
    return {
        "level": 1,
        "seat": 1,
        "members": [member.pk for member in members],
        "every_days": 7,
        "starts_on": date(2026, 3, 30),
        "turns_at": time(8),
        "zone": "America/Guayaquil",
        **more,
    }


def cover(staff, start, end, **more):
    return {"level": 1, "seat": 1, "staff": staff, "start": start, "end": end, "reason": "", **more}


def refused(act) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal.value.message_dict


def record() -> list[tuple]:
    return list(SettingChange.objects.order_by("pk").values_list("noun", "key", "before", "after"))


# --- rotas ---


def test_a_rota_holds_from_its_first_turn_and_is_on_record(people):
    one, two, *_ = people
    rota = save_rota(fields([one, two]), by=one, at=MONDAY - DAY)
    assert (rota.valid.lower, rota.valid.upper) == (MONDAY, None)
    assert on_duty(1, MONDAY) == [one]
    ((noun, key, before, after),) = record()
    assert (noun, key, before) == ("rota", "1.1", None)
    assert (after["members"], after["from"], after["until"]) == ([one.pk, two.pk], MONDAY.isoformat(), None)
    assert SettingChange.objects.get().by == one


def test_turns_counted_from_the_past_hold_from_now_on(people):
    one, two, *_ = people
    now = MONDAY + WEEK + DAY
    rota = save_rota(fields([one, two]), by=one, at=now)
    assert rota.valid.lower == now
    assert on_duty(1, now) == [two]
    assert on_duty(1, now - DAY) == []


def test_a_new_rota_ends_the_old_one_and_rewrites_nothing(people):
    one, two, three, _ = people
    old = save_rota(fields([one, two]), by=one, at=MONDAY)
    new = save_rota(fields([three], starts_on=date(2026, 4, 8)), by=one, at=MONDAY + DAY)
    old.refresh_from_db()
    assert old.valid == DateTimeTZRange(MONDAY, new.valid.lower)
    assert [on_duty(1, MONDAY + n * DAY) for n in (0, 8, 9)] == [[one], [two], [three]]
    assert [change[2] and change[2]["members"] for change in record()] == [None, [one.pk, two.pk]]


def test_the_same_rota_again_writes_nothing(people):
    first = save_rota(fields(people), by=None, at=MONDAY)
    assert save_rota(fields(people), by=None, at=MONDAY + DAY) == first
    assert (Rota.objects.count(), len(record())) == (1, 1)


def test_a_later_plan_is_named_and_not_run_over(people):
    one, two, three, _ = people
    save_rota(fields([one]), by=one, at=MONDAY)
    save_rota(fields([two], starts_on=date(2026, 5, 4)), by=one, at=MONDAY)
    problems = refused(lambda: save_rota(fields([three], starts_on=date(2026, 4, 20)), by=one, at=MONDAY))
    assert problems == {
        "starts_on": [
            "From 04/05/2026 08:00 this seat has another rota: Supervisor 2. End that one first, or correct it."
        ]
    }
    assert Rota.objects.count() == 2


def test_a_plan_that_is_corrected_never_holds_and_leaves_no_gap(people):
    one, two, three, _ = people
    save_rota(fields([one]), by=one, at=MONDAY)
    plan = save_rota(fields([two], starts_on=date(2026, 4, 6)), by=one, at=MONDAY)
    save_rota(fields([three], starts_on=date(2026, 4, 20)), by=one, at=MONDAY, replaces=plan)
    assert [on_duty(1, MONDAY + n * WEEK) for n in (0, 1, 2, 3)] == [[one], [one], [one], [three]]
    plan.refresh_from_db()
    assert plan.valid.isempty


def test_a_plan_that_is_ended_gives_the_seat_back(people):
    one, two, *_ = people
    save_rota(fields([one]), by=one, at=MONDAY)
    plan = save_rota(fields([two], starts_on=date(2026, 4, 6)), by=one, at=MONDAY)
    end_rota(plan, MONDAY, by=one, at=MONDAY)
    assert on_duty(1, MONDAY + 2 * WEEK) == [one]
    assert record()[-1][3]["withdrawn"] is True


def test_a_rota_ends_and_the_seat_is_empty(people):
    rota = save_rota(fields(people[:1]), by=None, at=MONDAY)
    end_rota(rota, MONDAY + DAY, by=None, at=MONDAY)
    assert on_duty(1, MONDAY + DAY - timedelta(seconds=1)) == people[:1]
    assert on_duty(1, MONDAY + DAY) == []
    assert refused(lambda: end_rota(rota, MONDAY, by=None, at=MONDAY + DAY)) == {
        "ends_at": ["This time is past. Leave it empty to end the rota now."]
    }
    assert refused(lambda: end_rota(rota, MONDAY + 2 * DAY, by=None, at=MONDAY)) == {
        "ends_at": ["It already ends before that. Nothing needs to be done."]
    }


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("members", [], "Nobody is selected. Choose who takes the first turn."),
        ("members", [1, 1], "Somebody is named twice. Each person takes one turn per round."),
        ("members", [-1], "One of these people does not work for the operator. Choose from the list."),
        ("seat", 0, "Levels are 1 to 9 and seats 1 to 20."),
        ("seat", 21, "Levels are 1 to 9 and seats 1 to 20."),
        ("every_days", 0, "A turn lasts 1 to 366 days."),
        ("every_days", 367, "A turn lasts 1 to 366 days."),
        ("starts_on", date(2062, 4, 1), "This day is more than two years away. Check its year."),
        ("starts_on", date.min, "This day is more than two years away. Check its year."),
        ("starts_on", date.max, "This day is more than two years away. Check its year."),
        ("zone", "Ecuador/Quito", "Choose a time zone from the list."),
    ],
)
def test_what_a_rota_may_not_say(people, field, value, sentence):
    assert refused(lambda: save_rota(fields(people) | {field: value}, by=None, at=MONDAY)) == {field: [sentence]}
    assert not Rota.objects.exists()
    assert not SettingChange.objects.exists()


def test_who_has_left_takes_no_turn(people):
    Staff.objects.filter(pk=people[1].pk).update(is_active=False)
    problems = refused(lambda: save_rota(fields(people), by=None, at=MONDAY))
    assert problems == {
        "members": ["Supervisor 2 is not active any more. Choose somebody else, or activate this person."]
    }


def test_the_database_refuses_what_was_written_meanwhile(people, monkeypatch):
    one, two, *_ = people
    save_rota(fields([one], starts_on=date(2026, 4, 20)), by=one, at=MONDAY)
    monkeypatch.setattr(editing, "_in_the_way", lambda *said: None)
    assert "another rota: Supervisora 1" in refused(lambda: save_rota(fields([two]), by=two, at=MONDAY))["starts_on"][0]


# --- covers ---


def test_a_cover_is_kept_and_on_record(people):
    one, two, *_ = people
    make_rota([one])
    save_cover(cover(two, MONDAY + DAY, MONDAY + 2 * DAY, reason=" Vacaciones "), by=one, at=MONDAY)
    assert on_duty(1, MONDAY + DAY) == [two]
    assert record() == [
        (
            "cover",
            "1.1",
            None,
            {
                "staff": two.pk,
                "from": (MONDAY + DAY).isoformat(),
                "until": (MONDAY + 2 * DAY).isoformat(),
                "reason": "Vacaciones",
                "withdrawn": False,
            },
        )
    ]


def test_two_covers_of_one_seat_do_not_overlap(people):
    one, two, *_ = people
    save_cover(cover(two, MONDAY, MONDAY + DAY), by=one, at=MONDAY)
    save_cover(cover(one, MONDAY + DAY, MONDAY + 2 * DAY), by=one, at=MONDAY)
    save_cover(cover(one, MONDAY, MONDAY + DAY, seat=2), by=one, at=MONDAY)
    assert refused(lambda: save_cover(cover(one, MONDAY, MONDAY + DAY), by=one, at=MONDAY)) == {
        "start": [
            "Supervisor 2 covers this seat from 30/03/2026 08:00 to 31/03/2026 08:00. "
            "Withdraw that cover first, or choose other times."
        ]
    }


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        (DAY, DAY, "end", "It ends before it starts. Enter a later time."),
        (-13 * DAY / 24, DAY, "start", "This was more than 12 hours ago. The past is not rewritten: begin later."),
        (-DAY / 4, -DAY / 8, "end", "It would already be over. Enter a time in the future."),
        (800 * DAY, 801 * DAY, "start", "This is more than two years away. Check its year."),
        (DAY, 94 * DAY, "end", "A cover lasts 92 days at most. For longer, create a new rota."),
    ],
)
def test_what_a_cover_may_not_say(people, start, end, field, sentence):
    wrong = cover(people[0], MONDAY + start, MONDAY + end)
    assert refused(lambda: save_cover(wrong, by=None, at=MONDAY)) == {field: [sentence]}


def test_a_cover_by_telephone_may_be_written_down_afterwards(people):
    save_cover(cover(people[0], MONDAY - DAY / 4, MONDAY + DAY), by=None, at=MONDAY)
    assert on_duty(1, MONDAY) == people[:1]


def test_a_withdrawn_cover_lasted_until_then(people):
    one, two, *_ = people
    make_rota([one])
    begun = make_cover(two, MONDAY, MONDAY + 2 * DAY)
    coming = make_cover(two, MONDAY + 3 * DAY, MONDAY + 4 * DAY)
    withdraw_cover(begun, by=one, at=MONDAY + DAY)
    withdraw_cover(coming, by=one, at=MONDAY + DAY)
    assert [on_duty(1, MONDAY + n * DAY / 2) for n in (0, 1, 2, 6)] == [[two], [two], [one], [one]]
    with pytest.raises(ValidationError, match="over already"):
        withdraw_cover(begun, by=one, at=MONDAY + 2 * DAY)
    with pytest.raises(ValidationError, match="over already"):
        withdraw_cover(coming, by=one, at=MONDAY + DAY)
    assert [change[3]["withdrawn"] for change in record()] == [False, True]


def test_the_database_refuses_a_cover_written_meanwhile(people, monkeypatch):
    one, two, *_ = people
    save_cover(cover(two, MONDAY, MONDAY + DAY), by=one, at=MONDAY)
    monkeypatch.setattr(editing, "_other_cover", lambda *said: None)
    problems = refused(lambda: save_cover(cover(one, MONDAY, MONDAY + DAY), by=one, at=MONDAY))
    assert problems["start"][0].startswith("Supervisor 2 covers this seat")
    assert Cover.objects.count() == 1


def test_a_cover_that_is_changed_holds_at_its_new_hours_and_what_has_been_stays(people):
    one, two, three, _ = people
    make_rota([one])
    running = save_cover(cover(two, MONDAY, MONDAY + 2 * DAY), by=one, at=MONDAY)
    changed = cover(three, MONDAY, MONDAY + 3 * DAY)
    save_cover(changed, by=one, at=MONDAY + DAY, replaces=running)
    assert [on_duty(1, MONDAY + n * DAY / 2) for n in (0, 1, 2, 5, 6)] == [[two], [two], [three], [three], [one]]


def test_a_change_of_a_cover_that_is_refused_changes_nothing(people):
    one, two, three, _ = people
    coming = save_cover(cover(two, MONDAY + DAY, MONDAY + 2 * DAY), by=one, at=MONDAY)
    wrong = cover(three, MONDAY + 2 * DAY, MONDAY + DAY)
    assert list(refused(lambda: save_cover(wrong, by=one, at=MONDAY, replaces=coming))) == ["end"]
    assert on_duty(1, MONDAY + DAY) == [two]
    assert len(record()) == 1


def test_a_withdrawn_cover_is_restored_unless_another_stands_there(people):
    one, two, three, _ = people
    coming = save_cover(cover(two, MONDAY + DAY, MONDAY + 2 * DAY), by=one, at=MONDAY)
    withdraw_cover(coming, by=one, at=MONDAY)
    restore_cover(coming, by=one, at=MONDAY)
    assert on_duty(1, MONDAY + DAY) == [two]
    withdraw_cover(Cover.objects.get(withdrawn=False), by=one, at=MONDAY)
    save_cover(cover(three, MONDAY + DAY, MONDAY + 2 * DAY), by=one, at=MONDAY)
    assert list(refused(lambda: restore_cover(coming, by=one, at=MONDAY))) == ["start"]


def test_a_rota_that_was_replaced_is_taken_up_again_from_now_on(people):
    one, two, three, _ = people
    old = save_rota(fields([one, two]), by=one, at=MONDAY)
    save_rota(fields([three]), by=one, at=MONDAY + DAY)
    rota_again(old, by=one, at=MONDAY + 2 * DAY)
    assert [on_duty(1, MONDAY + n * DAY) for n in (0, 1, 2, 7)] == [[one], [three], [one], [two]]


def test_the_reason_of_a_change_stands_in_its_record(people):
    rota = save_rota(fields(people[:1]), by=people[0], at=MONDAY, reason="Equipo nuevo")
    end_rota(rota, MONDAY + DAY, by=people[0], at=MONDAY, reason="Se fue")
    assert [after["reason"] for _, _, _, after in record()] == ["Equipo nuevo", "Se fue"]


# --- the level's own number ---


def test_a_level_gets_a_number_changes_it_and_loses_it(people):
    for phone, name in (("099 555 0101", "Celular de Operaciones"), ("02 555 0100 ext. 12", "Sala"), ("", "")):
        save_level(1, {"phone": phone, "phone_name": name}, by=people[0], at=MONDAY)
    assert own_number(1) == ("", "")
    assert [change[3]["phone"] for change in record()] == ["+593995550101", "+59325550100;ext=12", ""]
    assert [change[2] and change[2]["phone"] for change in record()] == [None, "+593995550101", "+59325550100;ext=12"]


def test_a_number_that_is_none_is_refused(people):
    wrong = {"phone": "12", "phone_name": "x"}
    assert list(refused(lambda: save_level(1, wrong, by=None, at=MONDAY))) == ["phone"]
    assert list(refused(lambda: save_level(1, {"phone": "", "phone_name": "x"}, by=None, at=MONDAY))) == ["phone"]


def test_hours_of_sentences_are_the_operators(people):
    quito = MONDAY.astimezone(ZoneInfo("Asia/Tokyo"))
    save_cover(cover(people[0], quito, quito + DAY), by=None, at=MONDAY)
    assert on_duty(1, MONDAY) == people[:1]
