"""Who holds a level: rotas by seat, covers that stand in, and people who have left."""

from datetime import timedelta

from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation.escalation import Level
from guardia.escalation.reachability import last_proven, put
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS, Roster, Turn, on_duty, own_number
from guardia.people.staff import Staff
from tests.escalation.conftest import DAY, MONDAY, make_cover, make_rota

WEEK = 7 * DAY


def leaves(person: Staff) -> None:
    Staff.objects.filter(pk=person.pk).update(is_active=False)


def turns(level, start, end) -> list[Turn]:
    return Roster.between(start, end, [level]).turns(level, start, end)


def test_a_level_without_a_rota_is_empty(as_staff):
    assert on_duty(1, MONDAY) == []
    assert turns(1, MONDAY, MONDAY + WEEK) == []
    assert own_number(1) == ("", "")


def test_every_seat_names_its_person_in_the_order_of_the_seats(people):
    one, two, three, four = people
    make_rota([three, four], seat=2)
    make_rota([one, two], seat=1)
    make_rota([four], level=2)
    assert on_duty(1, MONDAY) == [one, three]
    assert on_duty(1, MONDAY + WEEK) == [two, four]
    assert on_duty(2, MONDAY + WEEK) == [four]
    assert on_duty(1, MONDAY - timedelta(seconds=1)) == []


def test_a_person_in_two_seats_is_named_once(people):
    make_rota(people[:1], seat=1)
    make_rota(people[:1], seat=2)
    assert on_duty(1, MONDAY) == people[:1]


def test_a_cover_beats_the_rota_while_it_lasts_and_unless_it_was_withdrawn(people):
    one, two, three, four = people
    make_rota([one, two])
    make_cover(three, MONDAY + DAY, MONDAY + 2 * DAY)
    make_cover(four, MONDAY + DAY, MONDAY + 3 * DAY, withdrawn=True)
    before, during, after = (MONDAY + n * DAY for n in (0, 1, 2))
    assert [on_duty(1, at) for at in (before, during, after)] == [[one], [three], [one]]


def test_a_cover_alone_makes_a_seat(people):
    make_cover(people[0], MONDAY, MONDAY + DAY, level=3)
    assert on_duty(3, MONDAY) == people[:1]
    assert on_duty(3, MONDAY + DAY) == []


def test_who_has_left_is_skipped_to_the_next_member_and_a_cover_falls_back(people):
    one, two, three, four = people
    make_rota([one, two, three])
    make_cover(four, MONDAY + WEEK, MONDAY + 2 * WEEK)
    leaves(one)
    leaves(four)
    assert on_duty(1, MONDAY) == [two]
    assert on_duty(1, MONDAY + WEEK) == [two]
    leaves(two)
    leaves(three)
    assert on_duty(1, MONDAY) == []


def test_a_rota_holds_only_while_it_is_valid(people):
    one = people[0]
    make_rota([one], until=MONDAY + DAY)
    assert on_duty(1, MONDAY + DAY - timedelta(microseconds=1)) == [one]
    assert on_duty(1, MONDAY + DAY) == []


def test_who_when_has_no_gaps_and_marks_covers_and_empty_hours(people):
    one, two, three, _ = people
    make_rota([one, two], until=MONDAY + 2 * WEEK)
    make_cover(three, MONDAY + 6 * DAY, MONDAY + 8 * DAY)
    told = [(t.staff, t.start - MONDAY, t.end - MONDAY, t.is_cover) for t in turns(1, MONDAY - DAY, MONDAY + 3 * WEEK)]
    assert told == [
        (None, -DAY, 0 * DAY, False),
        (one, 0 * DAY, 6 * DAY, False),
        (three, 6 * DAY, 8 * DAY, True),
        (two, 8 * DAY, 2 * WEEK, False),
        (None, 2 * WEEK, 3 * WEEK, False),
    ]


def test_few_questions_to_the_database(people, django_assert_max_num_queries):
    for seat in (1, 2, 3):
        make_rota(people, seat=seat)
        make_cover(people[0], MONDAY, MONDAY + DAY, seat=seat)
    with django_assert_max_num_queries(3):
        on_duty(1, MONDAY)
    with django_assert_max_num_queries(3):
        roster = Roster.between(MONDAY, MONDAY + 4 * WEEK)
        assert len(roster.turns(1, MONDAY, MONDAY + 4 * WEEK)) == 3 * 5


def test_a_level_has_a_number_of_its_own(as_staff):
    Level.objects.create(level=1, phone="+593995550101", phone_name="Celular de Operaciones")
    assert own_number(1) == ("+593995550101", "Celular de Operaciones")


def test_the_last_attempt_at_each_address_is_told(people):
    phone, mail = "+593995550101", "turno@example.com"
    put(phone, how="drill", reached=True, at=MONDAY, level=1, answered_by="Supervisora 1")
    put(phone, how="call", reached=False, at=MONDAY + DAY, by=people[0])
    put(mail, how="page", reached=True, at=MONDAY)
    known = last_proven([phone, mail, "never@example.com", ""])
    assert {address: proof.reached for address, proof in known.items()} == {phone: False, mail: True}
    assert known[phone].by == people[0]
    assert last_proven([""]) == {}


def test_the_customers_page_sees_who_answers_and_no_more(people):
    make_rota(people[:1])
    put("s1@example.com", how="page", reached=True, at=MONDAY, staff=people[0])
    with behind(DatabaseRole.PORTAL):
        assert [person.name for person in on_duty(1, MONDAY, KNOWN_TO_CUSTOMERS)] == ["Supervisora 1"]
        assert own_number(1) == ("", "")
        assert last_proven(["s1@example.com"])["s1@example.com"].reached
