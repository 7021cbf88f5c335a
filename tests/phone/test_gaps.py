"""P1: what happened while the exchange was not heard is read in its log, or is not measured; it is never "kept"."""

from datetime import timedelta

import pytest

from guardia.calls import exchange_seen, journal, queue_log
from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import ExchangeAgent, ExchangeGap
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.intake import late_calls, phone


def is_lost(board) -> None:
    journal.lost(board.exchange, board.now)


def is_back(board, *present: str, talking: str = "") -> None:
    packets = [exchange_seen.listed([*present, *([talking] if talking else [])])]
    if talking:
        about = {"Event": "CoreShowChannel", "Uniqueid": talking, "Linkedid": talking, "BridgeId": "b.1"}
        packets.append(list({**about, "ConnectedLineNum": "101", "ConnectedLineName": "Ingeniera 1"}.items()))
    board.looks_around(packets, board.now)
    phone.follow(board.exchange, journal.back(board.exchange, board.now), board.now)


def log_is_read(board, *lines: tuple[str, float, str]) -> None:
    """Each line: the call, so many seconds ago, the rest of the line."""
    texts = [f"{int(board.now.timestamp() - ago)}|{call}|technical|{rest}" for call, ago, rest in lines]
    board.reads_log([packet for text in texts if (packet := queue_log.packet_of(text))])
    phone.follow(board.exchange, journal.read_again(board.exchange, board.now), board.now)


def test_p1_a_wait_whose_end_nobody_saw_is_not_measured(board):
    agent = {"name": "Ingeniera 1", "staff": board.engineer, "since": board.now}
    ExchangeAgent.objects.create(exchange=board.exchange, **agent)  # the log names a member, no telephone
    caller = board.rings()
    board.seconds_pass(3)
    is_lost(board)
    board.seconds_pass(100)
    assert board.the_sweep_runs() == 1  # as far as anybody knows it still waits
    is_back(board)
    call = caller.call
    assert (call.measure, call.left_as, call.answered_at) == (Measure.GAP, "unseen", None)
    clock = caller.clock("reception")
    assert (clock.outcome, clock.taken_seconds, clock.breached_at) == ("dropped", 0, None)
    assert call.is_owed_a_call_back  # until the log says that somebody answered
    assert not call.is_waiting
    assert late_calls.late_calls(board.now) == []
    assert list(rebuild()) == []
    log_is_read(board, (caller.reference, 98, "Ingeniera 1|CONNECT|5|leg.1|4"))
    call = caller.call
    assert (call.measure, call.settled_as, call.answered_by) == (Measure.LOG, "", board.engineer)
    assert caller.clock("reception").outcome == "kept"
    assert list(rebuild()) == []


def test_p1_the_log_tells_of_a_call_that_gave_up_meanwhile(board):
    caller = board.rings()
    is_lost(board)
    board.seconds_pass(30)
    is_back(board)
    log_is_read(board, (caller.reference, 10, "NONE|ABANDON|1|1|20"))
    assert caller.call.left_as == LeftAs.ABANDONED
    assert caller.clock("call_back").outcome == "running"


def test_p1_a_call_that_came_and_went_unheard_is_found_in_the_log(board):
    board.rings().ends()
    is_lost(board)
    board.seconds_pass(60)
    is_back(board)
    unheard = "testpbx-made.99"
    log_is_read(board, (unheard, 50, "NONE|ENTERQUEUE||0599000209|1"), (unheard, 40, "NONE|ABANDON|1|1|10"))
    call = Call.objects.get(reference=unheard)
    assert (call.from_number, call.desk, call.measure) == ("+970599000209", "technical", Measure.LOG)
    assert call.is_owed_a_call_back
    assert list(rebuild()) == []


def test_p1_somebody_talks_when_it_is_heard_again_since_when_the_end_of_the_talk_tells(board):
    caller = board.rings()
    board.seconds_pass(2)
    is_lost(board)
    board.seconds_pass(30)
    is_back(board, talking=caller.reference)
    call = caller.call
    assert (call.measure, call.answered_by) == (Measure.GAP, board.engineer)
    assert caller.clock("reception").outcome == "dropped"
    assert caller.clock("registration").outcome == "running"
    board.seconds_pass(60)
    talk = {"Queue": "technical", "MemberName": "Ingeniera 1", "Interface": "PJSIP/101", "TalkTime": "85"}
    caller.say("AgentComplete", HoldTime="7", Reason="caller", **talk)
    call = caller.call
    assert (call.measure, call.answered_at) == (Measure.LOG, board.now - timedelta(seconds=85))
    assert caller.clock("reception").outcome == "kept"
    assert list(rebuild()) == []


def test_p1_a_case_opened_from_a_call_that_was_not_seen_has_no_verdict_on_the_minute(board, customer):
    caller = board.rings()
    is_lost(board)
    board.seconds_pass(90)
    is_back(board, talking=caller.reference)
    board.seconds_pass(60)
    case = customer.opens_a_case(reception.locked(caller.call.pk), board.now)
    assert case.clocks.get(kind="reception").outcome == "dropped"
    assert case.clocks.get(kind="registration").outcome == "kept"
    assert list(rebuild()) == []


def test_p1_who_left_the_menu_unheard_is_not_said_to_have_left_it(board):
    caller = board.rings(queue="")
    is_lost(board)
    board.seconds_pass(20)
    is_back(board, caller.reference)
    caller.ends()
    assert (caller.call.left_as, caller.call.measure) == ("unseen", Measure.GAP)
    log_is_read(board)
    assert caller.call.left_as == LeftAs.TURNED_AWAY
    assert caller.clock("call_back").outcome == "running"


def test_p1_whoever_waits_still_is_measured_as_ever(board):
    caller = board.rings()
    is_lost(board)
    board.seconds_pass(20)
    is_back(board, caller.reference)
    board.seconds_pass(20)
    caller.is_answered()
    assert caller.call.measure == Measure.EXCHANGE
    assert caller.clock("reception").taken_seconds == 40


def test_p1_a_restart_of_the_exchange_ends_what_was_open(board):
    waits, talks = board.rings("0599000203"), board.rings("0599000204")
    talks.is_answered()
    board.seconds_pass(20)
    log_is_read(board, *[])
    board.reads_log([packet for packet in [queue_log.packet_of(line(board, "NONE|NONE|NONE|QUEUESTART|"))] if packet])
    assert (waits.call.left_as, waits.call.is_owed_a_call_back) == (LeftAs.RESTARTED, True)
    assert (talks.call.left_as, talks.call.ended_at is not None) == ("", True)
    assert [visit.result for visit in waits.call.visits.all()] == ["restarted"]
    later = board.rings("0599000205")
    assert later.call.is_waiting
    assert list(rebuild()) == []


def line(board, rest: str) -> str:
    return f"{int(board.now.timestamp())}|{rest}"


def test_a_gap_is_one_until_it_is_heard_again(board):
    first = journal.lost(board.exchange, board.now)
    board.seconds_pass(5)
    assert journal.lost(board.exchange, board.now) == first
    board.seconds_pass(5)
    journal.back(board.exchange, board.now)
    assert journal.back(board.exchange, board.now) == set()
    board.seconds_pass(5)
    second = journal.lost(board.exchange, board.now)
    assert second != first
    journal.read_again(board.exchange, board.now)
    read = dict(ExchangeGap.objects.values_list("pk", "read_again_at"))
    assert read == {first.pk: board.now, second.pk: None}  # what goes on cannot have been read


@pytest.mark.parametrize(("seconds", "outcome"), [(59.9999, "kept"), (60, "kept"), (60.000002, "breached")])
def test_p1_the_minute_is_judged_by_fractions_of_a_second(board, seconds, outcome):
    caller = board.rings()
    board.seconds_pass(seconds)
    caller.is_answered()
    assert caller.clock("reception").outcome == outcome


def test_a3_after_hours_the_technical_desk_answers_for_sales(board, customer):
    contact = customer.has_contact("+970599000201")
    caller = board.rings(queue="sales")
    call = caller.call
    assert (call.after_hours, phone.attending_desk(call), call.contact) == (True, "technical", contact)
    board.now -= timedelta(hours=3)  # 14:45 in Ecuador
    by_day = board.rings("0599000207", queue="sales").call
    assert (by_day.after_hours, phone.attending_desk(by_day)) == (False, "sales")


def test_l4_without_a_published_procedure_nothing_is_promised(board):
    board.now -= timedelta(days=60)
    caller = board.rings()
    assert not Call.objects.exists()
    assert journal.facts_about_call(board.exchange, caller.reference)
