"""L1 to L3: the number that was dialled and the key that was pressed tell the line, and the line its desk."""

from dataclasses import replace

import pytest

from guardia.calls.course_model import Course
from guardia.calls.course_visits import Person
from guardia.calls.exchange import ExchangeAgent
from guardia.cases.phone_place import number_of, place_of, significant, staff_of
from guardia.people.staff import Staff
from guardia.procedure import version as versions


@pytest.fixture
def course(board) -> Course:
    return Course("c.1", True, board.now)


@pytest.mark.parametrize(
    ("dialled", "option", "queue", "line", "desk"),
    [
        ("1800400404", "", "", "1800400404", "technical"),
        ("024004040", "1", "", "024004040/1", "technical"),
        ("024004040", "2", "technical", "024004040/2", "sales"),
        ("+59324004040", "3", "", "024004040/3", "billing"),
        ("59324004040", "3", "", "024004040/3", "billing"),
        ("4004040", "3", "", "024004040/3", "billing"),
        ("0059342881157", "", "", "042881157", "technical"),
        ("024004040", "", "billing", "024004040/3", "billing"),
        ("024004040", "", "", "024004040", "technical"),
        ("1800400404", "2", "sales", "1800400404/2", "sales"),
        ("1800400404", "", "cola-noche", "1800400404", "sales"),
        ("1800400404", "7", "sin-nombre", "1800400404", "technical"),
        ("", "", "billing", "024004040/3", "billing"),
        ("040", "", "", "040", "technical"),
    ],
)
def test_l_the_line_and_its_desk(board, course, dialled, option, queue, line, desk):
    board.exchange.country, board.exchange.queues = "EC", {"cola-noche": "sales"}
    called = replace(course, dialled=dialled, option=option, queue=queue)
    place = place_of(called, board.exchange, versions.of(board.version.pk))
    expected = (line, desk) if dialled else ("", desk)
    assert (place.line, place.desk) == expected


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0990000001", "+593990000001"),
        ("+970599000123", "+970599000123"),
        ("", ""),
        ("*55", "*55"),
        ("9" * 60, "9" * 40),
    ],
)
def test_l_the_caller_s_number(written, number):
    assert number_of(written, "EC") == number


def test_l_the_same_number_however_it_is_written():
    written = ["(02) 4004040", "+593 2 400 4040", "0059324004040", "59324004040", "24004040"]
    assert {significant(each, "EC") for each in written} == {"24004040"}


def test_p1_who_answered_is_told_by_the_names_of_that_hour(board):
    other = board.staff["Supervisor"]
    exchange, at = board.exchange, board.now
    assert staff_of(Person("Ingeniera 1", "PJSIP/101"), exchange, at) == board.engineer
    assert staff_of(Person("Ingeniero 2", "Local/102@from-queue/n"), exchange, at) == board.staff["Ingeniero 2"]
    ExchangeAgent.objects.create(exchange=exchange, name="Ingeniera 1", staff=other, since=at)
    board.seconds_pass(-1)
    assert staff_of(Person("Ingeniera 1", "PJSIP/101"), exchange, board.now) == board.engineer
    assert staff_of(Person("Ingeniera 1", "PJSIP/101"), exchange, at) == other
    assert staff_of(Person("Nadie", "PJSIP/999"), exchange, at) is None
    named = Staff.objects.create(username="por-nombre", name="Ventas 2")
    assert staff_of(Person("Ventas 2", "SIP/300"), exchange, at) == named
    Staff.objects.create(username="otra", name="Ventas 2")
    assert staff_of(Person("Ventas 2", "SIP/300"), exchange, at) is None
    assert staff_of(None, exchange, at) is None
