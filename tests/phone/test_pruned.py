"""The raw words of an exchange go after a while; the calls stay as they are, whatever is told again afterwards."""

from datetime import timedelta
from threading import Event

import pytest
from django.forms.models import model_to_dict

from guardia.calls import exchange_seen, queue_log
from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent
from guardia.calls.exchange_seen import PRUNED
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.intake import late_calls, phone
from guardia.worker import rounds
from tests.phone.test_pushed import Pushed

OLD = timedelta(days=91)


def kept(**which) -> list[str]:
    return sorted(ExchangeEvent.objects.filter(**which).values_list("name", flat=True))


def state(call: Call) -> dict:
    clocks = [model_to_dict(clock) for clock in call.clocks.order_by("pk")]
    visits = [model_to_dict(visit) for visit in call.visits.order_by("ordinal")]
    return {"call": model_to_dict(Call.objects.get(pk=call.pk)), "clocks": clocks, "visits": visits}


def prune(board, before=None) -> None:
    looked = late_calls.BEGINNING
    while looked is not None:
        looked = late_calls.prune(before or board.now, looked, most=2)


def a_settled_call(board, number: str = "0599000201"):
    caller = board.rings(number)
    board.seconds_pass(10)
    caller.is_answered()
    board.seconds_pass(60)
    caller.ends()
    reception.settle(reception.locked(caller.call.pk), as_="not_a_fault", at=board.now)
    return caller


def test_what_was_said_of_settled_calls_goes_and_the_calls_stay(board):
    callers = [a_settled_call(board, f"05990003{place:02}") for place in range(5)]
    before = [state(caller.call) for caller in callers]
    board.looks_around([exchange_seen.listed([])], board.now)
    board.now += OLD
    prune(board, board.now - timedelta(days=90))
    assert kept() == [PRUNED] * 5
    assert [state(caller.call) for caller in callers] == before
    prune(board, board.now - timedelta(days=90))
    assert kept() == [PRUNED] * 5
    assert list(rebuild()) == []


def test_what_is_told_again_afterwards_changes_nothing(board):
    caller = a_settled_call(board)
    before = state(caller.call)
    board.now += OLD
    prune(board)
    for packet in [*caller.said, *reversed(caller.said)]:
        board.hears([board.heard_of(packet)])
    text = f"{int(caller.call.arrived_at.timestamp()) + 1}|{caller.reference}|technical|NONE|ABANDON|1|1|20"
    board.reads_log([packet for packet in [queue_log.packet_of(text)] if packet])
    assert state(caller.call) == before
    board.now += OLD
    prune(board)
    assert kept() == [PRUNED]
    assert Call.objects.count() == 1


def test_a_call_that_is_owed_something_keeps_all_that_was_said_of_it(board):
    owed, waits = board.rings(), board.rings("0599000202")
    owed.gives_up()
    told = kept()
    board.now += OLD
    prune(board)
    assert kept() == told
    waits.is_answered()
    assert waits.call.answered_at == board.now
    assert owed.call.is_owed_a_call_back


def test_a_call_of_another_desk_that_was_answered_and_is_over_is_owed_nothing(board):
    caller = board.rings(queue="sales")
    caller.is_answered("Ventas 1", "103", queue="sales")
    caller.ends()
    board.now += OLD
    prune(board)
    assert kept() == [PRUNED]


def test_a_restart_is_forgotten_with_the_last_call_of_its_time(board):
    waits = board.rings()
    board.seconds_pass(20)
    board.looks_around([exchange_seen.restarted()], board.now)
    assert waits.call.is_owed_a_call_back
    board.now += OLD
    prune(board)
    phone.follow(board.exchange, [waits.reference], board.now)
    assert waits.call.is_owed_a_call_back
    reception.settle(reception.locked(waits.call.pk), as_="not_a_fault", at=board.now)
    board.now += OLD
    prune(board)
    assert kept() == [PRUNED]


def test_what_is_no_call_of_ours_goes_without_a_trace(board):
    board.dials("0599000201", "101")
    board.now += OLD
    prune(board)
    assert kept() == []


def test_a_call_so_long_ago_is_made_no_more(board):
    board.exchange.refresh_from_db()
    at = int((board.now - OLD + timedelta(days=61)).timestamp())  # a procedure was in force then
    lines = [f"{at}|x.1|technical|NONE|ENTERQUEUE||0599000209|1", f"{at + 9}|x.1|technical|NONE|ABANDON|1|1|9"]
    packets = [packet for line in lines if (packet := queue_log.packet_of(line))]
    board.now += timedelta(days=70)
    board.reads_log(packets)
    assert Call.objects.count() == 0


@pytest.mark.parametrize("same", [True, False])
def test_an_id_that_an_exchange_uses_anew_afterwards_is_another_call(board, same):
    pushed = Pushed(board)
    pushed.says("newCall", 0)
    pushed.says("hangup", 25, cause="cancel")
    first = pushed.call
    reception.settle(reception.locked(first.pk), as_="not_a_fault", at=board.now)
    before = state(first)
    board.now += OLD
    prune(board)
    pushed.begun = board.now
    words = [("hangup", 25, {"cause": "cancel"}), ("newCall", 0, {} if same else {"from": "0990000002"})]
    for event, seconds, more in words:
        pushed.says(event, seconds, **more)
    second = Call.objects.exclude(pk=first.pk).get()
    assert second.is_owed_a_call_back
    assert state(first) == before


@pytest.mark.parametrize(("days", "left"), [(90, [PRUNED]), (0, None), (365, None)])
def test_the_round_keeps_it_as_long_as_it_is_told_to(board, settings, monkeypatch, days, left):
    a_settled_call(board)
    told = kept()
    settings.EXCHANGE_DAYS = days
    monkeypatch.setattr(rounds, "now", lambda: board.now + OLD)
    rounds.prune_journal(Event())
    assert kept() == (told if left is None else left)
