"""P1: a call that goes through several queues, or through none, is one call with one answer."""

from guardia.calls import queue_log
from guardia.calls.call import Call, LeftAs
from guardia.cases.rebuild import rebuild


def visits(call: Call) -> list[tuple[str, str]]:
    return list(call.visits.order_by("ordinal").values_list("queue", "result"))


def test_p1_the_queue_gives_up_and_the_next_one_answers(board):
    caller = board.rings()
    board.seconds_pass(30)
    caller.say("QueueCallerAbandon", Queue="technical")
    caller.say("QueueCallerLeave", Queue="technical")
    assert (visits(caller.call), caller.call.abandoned_at) == ([("technical", "unknown")], None)
    board.seconds_pass(2)
    caller.joins("segunda")
    assert caller.call.is_waiting
    board.seconds_pass(5)
    caller.is_answered("Ingeniero 2", "102", queue="segunda")
    assert visits(caller.call) == [("technical", "timed_out"), ("segunda", "answered")]
    assert caller.clock("reception").taken_seconds == 37
    assert not caller.call.is_owed_a_call_back
    assert list(rebuild()) == []


def test_p1_handed_on_to_another_queue_the_first_answer_counts(board):
    caller = board.rings()
    board.seconds_pass(5)
    caller.is_answered()
    answered = board.now
    board.seconds_pass(40)
    caller.say(
        "BlindTransfer", TransfereeLinkedid=caller.reference, Extension="600", TransfererCallerIDName="Ingeniera 1"
    )
    talk = {"MemberName": "Ingeniera 1", "Interface": "PJSIP/101", "HoldTime": "5", "TalkTime": "40"}
    caller.say("AgentComplete", Queue="technical", Reason="transfer", **talk)
    board.seconds_pass(1)
    caller.joins("sales")
    board.seconds_pass(70)
    caller.is_answered("Ventas 1", "103", queue="sales")
    board.seconds_pass(10)
    caller.ends()
    call = caller.call
    assert (call.answered_at, call.answered_by, call.desk) == (answered, board.engineer, "technical")
    assert visits(call) == [("technical", "answered"), ("sales", "answered")]
    assert call.transfers.get().staff == board.staff["Ventas 1"]
    assert caller.clock("reception").outcome == "kept"
    assert list(rebuild()) == []


def test_p1_twice_in_the_same_queue_is_two_visits(board):
    caller = board.rings()
    board.seconds_pass(30)
    caller.say("QueueCallerAbandon", Queue="technical", HoldTime="30")
    board.seconds_pass(1)
    caller.joins()
    board.seconds_pass(20)
    caller.gives_up()
    assert visits(caller.call) == [("technical", "timed_out"), ("technical", "abandoned")]
    assert caller.call.left_as == LeftAs.ABANDONED


def test_p1_who_presses_a_key_to_leave_and_hangs_up_is_owed_a_call_back(board):
    caller = board.rings()
    board.seconds_pass(10)
    stamp = int(board.now.timestamp())
    board.reads_log([queue_log.packet_of(f"{stamp}|{caller.reference}|technical|NONE|EXITWITHKEY|0|1|1|10") or []])
    assert caller.call.abandoned_at is None
    board.seconds_pass(5)
    caller.ends()
    assert (caller.call.left_as, caller.call.is_owed_a_call_back) == (LeftAs.ABANDONED, True)


def test_p1_a_plain_telephone_answers_without_a_queue(board):
    caller = board.rings(dialled="024005080", queue="")
    board.seconds_pass(8)
    dest = {"DestUniqueid": "leg.9", "DestChannel": "PJSIP/104-0000000a", "DestCallerIDNum": "104"}
    caller.say("DialEnd", DialStatus="ANSWER", DestContext="from-agents", **dest)
    call = caller.call
    assert (call.answered_by, call.line, call.waiting_at) == (board.staff["Supervisor"], "024005080", None)
    assert {clock.kind for clock in call.clocks.all()} == {"registration"}


def test_p1_a_telephone_that_is_pressed_away_is_no_answer(board):
    caller = board.rings()
    member = {"Queue": "technical", "MemberName": "Ingeniera 1", "Interface": "PJSIP/101", "DestUniqueid": "leg.1"}
    caller.say("AgentCalled", **member)
    assert caller.call.visits.get().attempts.get().staff == board.engineer
    board.seconds_pass(2)
    caller.say("AgentRingNoAnswer", RingTime="0", **member)
    caller.say("DialEnd", DialStatus="BUSY", DestUniqueid="leg.1")
    assert caller.call.visits.get().attempts.get().result == "rejected"
    assert caller.call.is_waiting


def test_p1_a_call_from_a_telephone_of_the_house_is_none_of_ours(board):
    caller = board.rings()
    assert Call.objects.count() == 1
    inside = type(caller)(board, "testpbx-inside.1", "105")
    inside.say("Newchannel", Context="from-agents", Exten="600", ChannelState="4")
    inside.joins()
    assert Call.objects.count() == 1
