"""Pages go to whoever was on the operator's own rota at that hour (E2 to E4); of people only names are copied."""

import json
from datetime import date, time, timedelta

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.cases.event import CaseEvent
from guardia.escalation.rota import Cover, Rota
from guardia.people.staff import Staff
from guardia.shadow.level_holders import rotas_to_copy
from tests.procedure.story import TWO_IN_THE_MORNING
from tests.shadow.logs import LOG, MEANS, NIGHT, log, replayed

LATE = {0: "open", 10: "told", 35: "told", 45: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
WEEK = timedelta(days=7)
SECRET = "eva.rios@operator.example"
pytestmark = pytest.mark.usefixtures("as_staff")


def a_person(name, **more):
    return Staff.objects.create(
        username=name, name=name, email=more.pop("email", SECRET), mobile="+593999111222", **more
    )


def copied(make):
    """What would be copied of an installation that has what ``make`` makes; nothing of it stays."""
    with transaction.atomic():
        make()
        found = json.loads(json.dumps(rotas_to_copy()))
        transaction.set_rollback(True)
    return found


def two_in_turn(level=1, begins=TWO_IN_THE_MORNING - 8 * WEEK):
    """Eva and Raúl, a week each from a Monday on at eight; on 21 November 2026 it is the first one's turn."""
    ids = [a_person(f"{name} {level}").pk for name in ("Eva", "Raúl")]
    Rota.objects.create(
        level=level, members=ids, starts_on=date(2026, 11, 2), turns_at=time(8), valid=DateTimeTZRange(begins, None)
    )
    return ids


def paged(tmp_path, rotas, night=NIGHT):
    """Names by level of everybody who was paged, and what is told of the rotas."""
    done = replayed(tmp_path, log(A=(night, LATE)), LOG, means=MEANS, rotas=rotas)
    names = dict(Staff.objects.values_list("pk", "name"))
    rows = CaseEvent.objects.filter(moment="paged").order_by("seq").values_list("data", flat=True)
    return [
        (data["level"], *(names[pk] for pk in data["staff"])) for data in rows if data["staff"]
    ], done.findings.by_whom


def test_e2_the_turn_of_that_week_is_paged(tmp_path):
    rotas = copied(lambda: [two_in_turn(level) for level in (1, 2, 3)])
    who, _whom = paged(tmp_path, rotas)
    assert who == [(1, "Eva 1"), (2, "Eva 2")]


def test_e2_a_week_later_it_is_the_others_turn(tmp_path):
    rotas = copied(lambda: [two_in_turn(level) for level in (1, 2, 3)])
    who, whom = paged(tmp_path, rotas, NIGHT + WEEK)
    assert who == [(1, "Raúl 1"), (2, "Raúl 2")]
    assert [(each["name"], each["levels"], each["promises"], each["pages"]) for each in whom["on_call"]] == [
        ("Raúl 1", [1], 1, 1),
        ("Raúl 2", [2], 1, 1),
    ]


def test_the_film_and_the_worst_cases_name_who_is_paged(tmp_path):
    rotas = copied(lambda: [two_in_turn(level) for level in (1, 2, 3)])
    done = replayed(tmp_path, log(A=(NIGHT, LATE)), LOG, means=MEANS, rotas=rotas)
    assert [each[3:5] for each in done.film["happens"] if each[1] == "page"] == [["1", "Eva 1"], ["2", "Eva 2"]]
    course = done.findings.worst[0]["course"]
    assert [facts["names"] for _at, moment, _variant, facts, _is_assumed in course if moment == "paged"] == [
        ["Eva 1"],
        ["Eva 2"],
    ]


def test_e2_a_cover_stands_in_for_the_rota(tmp_path):
    def make():
        for level in (1, 2, 3):
            two_in_turn(level)
        span = DateTimeTZRange(TWO_IN_THE_MORNING, TWO_IN_THE_MORNING + timedelta(hours=1))
        Cover.objects.create(level=1, staff=a_person("Sol"), during=span)

    assert paged(tmp_path, copied(make))[0][0] == (1, "Sol")


def test_whoever_has_left_is_not_paged_and_the_next_one_is(tmp_path):
    def make():
        first, _second = two_in_turn(1)
        Staff.objects.filter(pk=first).update(is_active=False)

    assert paged(tmp_path, copied(make))[0] == [(1, "Raúl 1")]


def test_a_level_without_a_rota_is_passed_over_and_told(tmp_path):
    who, whom = paged(tmp_path, copied(two_in_turn))
    assert who[0] == (1, "Eva 1")
    assert whom["nobody"] == [2, 3]
    assert whom["skipped"]["2"] == 1


def test_before_the_first_rota_somebody_stands_in_and_that_is_told(tmp_path):
    begins = TWO_IN_THE_MORNING + timedelta(minutes=30)
    rotas = copied(lambda: [two_in_turn(level, begins) for level in (1, 2, 3)])
    who, whom = paged(tmp_path, rotas)
    assert [name for _level, name in who][1] == "Eva 2"
    assert who[0][1] not in ("Eva 1", "Raúl 1")
    assert set(whom["stand_in_until"]) == {"1", "2", "3"}
    assert [each["name"] for each in whom["on_call"]] == ["Eva 2"]


def test_no_mailbox_and_no_telephone_is_copied():
    written = json.dumps(copied(two_in_turn))
    assert SECRET not in written
    assert "593999111222" not in written


def test_without_rotas_somebody_stands_in_for_each_level(tmp_path):
    assert copied(lambda: None) == {}
    who, whom = paged(tmp_path, {})
    assert [level for level, _name in who] == [1, 2]
    assert (whom["has_rotas"], whom["on_call"]) == (False, [])


def test_each_promise_counts_for_the_shift_in_which_it_broke(tmp_path):
    """Opened at 21:50 and broken at 22:10: the shift that began at 22:00."""
    night = NIGHT.replace(hour=21, minute=50)
    done = replayed(tmp_path, log(A=(night, LATE)), LOG, means=MEANS, shifts=("06:00", "14:00", "22:00"))
    shifts = done.findings.by_whom["shifts"]
    assert shifts["14:00–22:00"] == {"cases": 1, "broken": 0, "pages": 0}
    assert shifts["22:00–06:00"] == {"cases": 0, "broken": 1, "pages": 2}
