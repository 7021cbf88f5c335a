"""P1: what an exchange says beside a call: its recording, its area code, and what was heard before the wait began."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from guardia.calls import exchange_editing, recordings
from guardia.calls.call import Call
from guardia.calls.exchange import Exchange
from guardia.cases.phone_place import number_of
from guardia.web.desk.phone.call_view import course
from tests.phone.recorded import heard

PATTERN = "https://pbx.example.com/rec/{year}/{month}/{day}/{number}-{id}.wav"


def words_of(call: Call) -> list[tuple[str, str]]:
    return [(step.words, step.beside) for step in course(call, call.arrived_at)]


def test_the_recording_of_an_answered_call_is_a_link_by_the_exchanges_pattern(board):
    """Of the recorded exchange: its own id, and the day in the operator's zone."""
    exchange_editing.change(board.exchange, {"recording": PATTERN}, desks=[], by=None, at=board.now)
    board.hears(heard("answered"))
    call = Call.objects.select_related("exchange").get()
    link = recordings.link_of(call)
    assert link.startswith("https://pbx.example.com/rec/2026/11/24/%2B970599000101-")
    assert link.endswith(f"{call.reference}.wav")


@pytest.mark.parametrize("name", ["abandoned", "abandoned_in_ivr", "no_agents"])
def test_what_nobody_answered_has_no_recording(board, name):
    exchange_editing.change(board.exchange, {"recording": PATTERN}, desks=[], by=None, at=board.now)
    board.hears(heard(name))
    for call in Call.objects.select_related("exchange").filter(answered_at=None):
        assert recordings.link_of(call) == ""


def test_without_a_pattern_there_is_no_link(board):
    board.hears(heard("answered"))
    assert recordings.link_of(Call.objects.select_related("exchange").get()) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "pbx/{id}.wav",
        "javascript:alert({id})",
        "https://pbx.example.com/all.wav",
        "https://pbx.example.com/{caller}.wav",
        "https://pbx.example.com/{id.__class__}.wav",
        "https://pbx.example.com/{id!r}.wav",
        "https://pbx.example.com/{id:>900}.wav",
        "https://pbx.example.com/{id",
        "https://pbx.example.com/{}",
        "https://pbx.example.com/{id}" + "x" * 300,
        "https://[x/{id}",
    ],
)
def test_a_pattern_that_leads_nowhere_is_refused_with_what_may_stand_there(board, pattern):
    with pytest.raises(ValidationError) as refused:
        exchange_editing.change(board.exchange, {"recording": pattern}, desks=[], by=None, at=board.now)
    assert "recording" in refused.value.message_dict


@pytest.mark.parametrize(
    ("written", "area", "number"),
    [
        ("2550148", "7", "+59372550148"),
        ("255-0148", "7", "+59372550148"),
        ("2550148", "", "2550148"),
        ("072550148", "2", "+59372550148"),
        ("0990000001", "7", "+593990000001"),
        ("+14155550100", "7", "+14155550100"),
        ("101", "7", "101"),
        ("anonymous", "7", ""),
        ("", "7", ""),
    ],
)
def test_a_number_without_its_area_code_is_completed_by_the_exchanges(as_staff, written, area, number):
    assert number_of(written, "EC", area) == number


def test_a_caller_of_the_exchanges_own_area_is_known_by_the_whole_number(board, customer):
    customer.has_contact("+59372550148")
    changed = {"area": "07", "country": "EC"}
    board.exchange = exchange_editing.change(board.exchange, changed, desks=[], by=None, at=board.now)
    assert board.exchange.area == "7"
    call = board.rings(number="2550148").call
    assert (call.from_number, call.customer) == ("+59372550148", customer.customer)


@pytest.mark.parametrize("area", ["siete", "1234567", "7a"])
def test_an_area_code_is_digits(board, area):
    with pytest.raises(ValidationError) as refused:
        exchange_editing.change(board.exchange, {"area": area}, desks=[], by=None, at=board.now)
    assert "area" in refused.value.message_dict
    assert Exchange.objects.get(pk=board.exchange.pk).area == ""


def test_p1_an_announcement_before_the_queue_is_told_apart_and_no_wait(board):
    """The recorded menu took 1.2 s; here it is an announcement of 25 s, and the wait begins behind it."""
    caller = board.rings(queue="")
    board.seconds_pass(25)
    caller.joins()
    board.seconds_pass(10)
    caller.is_answered()
    told = [beside for _words, beside in words_of(caller.call) if "25" in beside]
    assert len(told) == 1
    assert caller.clock("reception").taken_seconds == 10


def test_p1_an_announcement_that_is_heard_in_the_queue_counts_as_waiting(board):
    """The caller has joined: whatever is played there, it waits."""
    caller = board.rings(queue="")
    caller.joins()
    board.seconds_pass(65)
    caller.is_answered()
    assert caller.call.waiting_at == caller.call.arrived_at
    assert all("de menú" not in beside for _words, beside in words_of(caller.call))
    assert caller.clock("reception").outcome == "breached"


def test_p1_the_menu_of_the_recorded_exchange_stands_before_its_wait(board):
    board.hears(heard("answered"))
    call = Call.objects.get()
    before = call.waiting_at - call.arrived_at
    assert timedelta(seconds=1) < before < timedelta(seconds=2)
    (beside,) = [beside for words, beside in words_of(call) if "Centro de Gestión" in words]
    assert "menú" in beside
