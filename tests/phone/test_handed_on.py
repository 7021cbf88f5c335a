"""P1: a call that is handed on is on somebody's screen at every moment: one clock and one desk per wait, one owner.

The exchange's recorded traffic is heard packet by packet; after each the desk is asked what it shows to whom.
"""

from datetime import timedelta

import pytest

from guardia.calls import exchange_seen, journal
from guardia.calls.ami import value
from guardia.calls.call import Call, RingAttempt
from guardia.cases import alarms
from guardia.cases.call_rows import calls_with_clocks
from guardia.cases.case import Case
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.cases.stages.registration import Report
from guardia.intake import phone
from guardia.people.staff import Actor, Role, Staff
from guardia.web.desk.phone.ringing import phone_of
from tests.phone.recorded import heard

SECOND = timedelta(seconds=1)


@pytest.fixture
def billing(board) -> Staff:
    return Staff.objects.create(username="cobros", name="Persona de cobros", role=Role.BILLING)


def shows(staff: Staff, board) -> tuple[str, str]:
    """What the desk shows this person: the desk of the card that rings, and since when this person is on the line."""
    seen = phone_of(staff, calls_with_clocks(), board.now)
    since = seen.on_the_line_since
    return seen.cards[0].desk if seen.cards else "", since.isoformat() if since else ""


def desk_after_each_packet(board, name: str, *people: Staff):
    """(event, what each of them sees) after each packet that says something of the call."""
    for one in heard(name):
        if board.hears([one]):
            yield value(one.packet, "Event"), [shows(person, board) for person in people]


def changes(seen) -> list:
    """Without what repeats."""
    states = [state for _event, state in seen]
    return [state for place, state in enumerate(states) if not place or state != states[place - 1]]


def words_of(states) -> list[list[str]]:
    """``rings at …``, ``on the line`` or nothing, for each person."""
    return [[f"rings {desk}" if desk else "on the line" if line else "" for desk, line in state] for state in states]


def test_p1_a_blind_transfer_rings_on_the_screen_and_the_owner_moves_with_the_call(board):
    first, second = board.engineer, board.staff["Supervisor"]
    desk = "Centro de Operaciones"
    seen = words_of(changes(list(desk_after_each_packet(board, "blind_transfer", first, second))))
    seen = [state for place, state in enumerate(seen) if not place or state != seen[place - 1]]
    assert [[words.split()[0] if words.startswith("rings") else words for words in state] for state in seen] == [
        ["", ""],
        ["rings", "rings"],
        ["on the line", ""],
        ["rings", "rings"],
        ["", "on the line"],
        ["", ""],
    ], desk
    call = Call.objects.get()
    assert (call.answered_by, call.speaker) == (first, second)
    assert [(c.kind, c.ordinal, c.outcome) for c in call.clocks.order_by("kind", "ordinal")] == [
        ("reception", 1, "kept"),
        ("reception", 2, "kept"),
        ("registration", 1, "running"),
    ]
    again = call.clocks.get(kind="reception", ordinal=2)
    assert (again.ended_at - again.started_at).total_seconds() == pytest.approx(3.0, abs=0.01)
    assert list(rebuild()) == []


def test_p1_an_attended_transfer_moves_the_owner_and_nobody_waits(board):
    first, second = board.engineer, board.staff["Supervisor"]
    seen = words_of(changes(list(desk_after_each_packet(board, "attended_transfer", first, second))))
    lines = [["line" if words == "on the line" else "" for words in state] for state in seen]
    assert [state for place, state in enumerate(lines) if not place or state != lines[place - 1]] == [
        ["", ""],
        ["line", ""],
        ["", "line"],
        ["", ""],
    ]
    call = Call.objects.get()
    assert (call.answered_by, call.speaker, call.at_desk) == (first, second, "technical")
    assert call.clocks.filter(kind="reception").count() == 1


def test_p1_a_second_queue_is_another_desk_s_wait_and_ends_p2_of_the_technical_one(board, billing):
    first = board.engineer
    states = []
    for one in heard("transfer_to_queue"):
        if board.hears([one]):
            call = Call.objects.get()
            running = sorted(call.clocks.filter(ended_at=None).values_list("kind", flat=True))
            states.append((call.at_desk, call.is_waiting, call.is_on_the_line, running))
            if call.is_waiting:
                assert shows(billing, board)[0] == ("" if call.at_desk == "technical" else shows(first, board)[0])
    assert [state for place, state in enumerate(states) if not place or state != states[place - 1]] == [
        ("technical", False, False, []),
        ("technical", True, False, ["reception"]),
        ("technical", False, True, ["registration"]),
        ("technical", True, False, ["registration"]),  # handed on, not in the other queue yet
        ("billing", True, False, []),
        ("billing", False, True, []),
        ("billing", False, False, []),
    ]
    call = Call.objects.get()
    assert (call.desk, call.desk_now, call.answered_by) == ("technical", "billing", first)
    assert call.speaker == board.staff["Ingeniero 2"]
    assert list(rebuild()) == []


def hands_on(caller, queue: str) -> None:
    to = {"TransfereeLinkedid": caller.reference, "Extension": "600", "TransfererCallerIDName": "Ingeniera 1"}
    caller.say("BlindTransfer", **to)
    caller.board.seconds_pass(1)
    caller.joins(queue)


def test_p1_a_second_technical_wait_has_its_own_minute_and_gives_an_alarm(board):
    caller = board.rings()
    board.seconds_pass(5)
    caller.is_answered()
    board.seconds_pass(20)
    hands_on(caller, "technical")
    board.seconds_pass(61)
    board.the_sweep_runs()
    clocks = {(c.kind, c.ordinal): c for c in caller.call.clocks.all()}
    assert clocks["reception", 1].outcome == "kept"
    assert (clocks["reception", 2].outcome, clocks["reception", 2].breached_at) == ("running", board.now - SECOND)
    caller.is_answered("Ingeniero 2", "102")
    assert caller.call.clocks.get(kind="reception", ordinal=2).outcome == "breached"
    assert shows(board.staff["Ingeniero 2"], board) == ("", board.now.isoformat())
    assert list(rebuild()) == []


def test_call_back_d_whoever_gives_up_the_second_wait_is_rung_back(board):
    caller = board.rings()
    board.seconds_pass(5)
    caller.is_answered()
    board.seconds_pass(20)
    hands_on(caller, "technical")
    board.seconds_pass(30)
    caller.gives_up()
    call = caller.call
    assert (call.is_owed_a_call_back, call.is_on_the_line, call.lost_again_at) == (True, False, board.now)
    assert caller.clock("call_back").outcome == "running"
    board.seconds_pass(60)
    board.dials("0599000201", "102")
    call = caller.call
    assert (call.reached_at, call.answered_by, call.speaker) == (
        board.now,
        board.engineer,
        board.staff["Ingeniero 2"],
    )
    assert caller.clock("call_back").outcome == "kept"
    assert list(rebuild()) == []


def test_p1_whoever_has_a_number_already_and_is_handed_on_waits_on_the_screen_with_a_minute(board, customer):
    caller = board.rings()
    caller.is_answered()
    board.seconds_pass(60)
    case = customer.opens_a_case(reception.locked(caller.call.pk), board.now)
    events = case.events.count()
    hands_on(caller, "technical")
    shown = phone_of(board.staff["Ingeniero 2"], calls_with_clocks(), board.now)
    assert [card.id for card in shown.cards] == [caller.call.pk]
    assert shown.cards[0].clock.due_at == board.now + timedelta(minutes=1)
    caller.is_answered("Ingeniero 2", "102")
    shown = phone_of(board.staff["Ingeniero 2"], calls_with_clocks(), board.now)
    assert (shown.cards, caller.call.speaker) == ([], board.staff["Ingeniero 2"])
    assert case.events.count() == events
    assert list(rebuild()) == []


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("name", ["blind_transfer", "attended_transfer", "transfer_to_queue"])
def test_p1_cut_and_back_anywhere_of_a_transfer_the_end_is_the_same_or_unknown(board, name, place):
    """What was not heard is not made up: nobody is on the line at the end."""
    events = list(heard(name))
    lost, back = len(events) * place // 8, len(events) * (place + 1) // 8
    board.hears(events[:lost])
    journal.lost(board.exchange, events[max(lost - 1, 0)].received_at)
    reference = next(iter(Call.objects.values_list("reference", flat=True)), "")
    at = events[back - 1].received_at
    board.looks_around([exchange_seen.listed([reference] if reference and back < len(events) else [])], at)
    phone.follow(board.exchange, journal.back(board.exchange, at), max(board.now, at))
    board.hears(events[back:])
    for call in Call.objects.all():
        assert not call.is_waiting
        assert not call.is_on_the_line
        assert call.answered_by in (board.engineer, board.staff["Supervisor"], board.staff["Ingeniero 2"], None)
        assert not call.clocks.filter(kind="reception", outcome="breached").exists()
    assert list(rebuild()) == []


def test_p1_a_ring_group_rings_on_the_screen_with_its_minute(board):
    """An exchange without queues: Dial(101&102)."""
    engineer, other = board.engineer, board.staff["Ingeniero 2"]
    seen = words_of(changes(list(desk_after_each_packet(board, "ring_group_answered", engineer, other))))
    short = [[words.split()[0] if words.startswith("rings") else words for words in state] for state in seen]
    assert [state for place, state in enumerate(short) if not place or state != short[place - 1]] == [
        ["", ""],
        ["rings", "rings"],
        ["", "on the line"],
        ["", ""],
    ]
    clock = Call.objects.get().clocks.get(kind="reception")
    assert (clock.outcome, clock.taken_seconds) == ("kept", 12)
    rang = RingAttempt.objects.order_by("ordinal").values_list("staff__extension", "result")
    assert list(rang) == [("101", "cancelled"), ("102", "answered")]


def test_call_back_d_whoever_gives_up_while_a_ring_group_rings_was_not_in_a_menu(board):
    board.hears(heard("ring_group_given_up"))
    call = Call.objects.get()
    assert (call.left_as, call.is_owed_a_call_back) == ("abandoned", True)
    assert (call.abandoned_at - call.waiting_at).total_seconds() == pytest.approx(8.008, abs=0.001)


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("name", ["ring_group_answered", "ring_group_given_up"])
def test_call_back_d_without_a_log_whoever_was_cut_off_is_owed_one(board, name, place):
    """Unless it is known that somebody answered: of two evils a needless call is the smaller."""
    events = list(heard(name))
    last = max(place for place, one in enumerate(events) if value(one.packet, "Event") == "Hangup")
    lost = max(1, last * place // 6)
    board.hears(events[:lost])
    if not Call.objects.exists():
        return
    journal.lost(board.exchange, board.now)
    board.looks_around([exchange_seen.listed([])], events[-1].received_at)
    phone.follow(board.exchange, journal.back(board.exchange, board.now), board.now)
    call = Call.objects.get()
    assert (call.is_waiting, call.is_on_the_line, call.end_unseen) == (False, False, True)
    assert call.is_owed_a_call_back == (call.answered_at is None)
    if call.answered_at is None:
        assert (call.left_as, call.measure) == ("unseen", "gap")
        assert not call.clocks.filter(kind="reception", outcome="breached").exists()
    assert list(rebuild()) == []


def test_call_back_d_who_rang_back_is_known_where_the_dial_plan_shows_the_house_s_number(board):
    caller = board.rings("0599000201")
    board.seconds_pass(5)
    caller.gives_up()
    board.seconds_pass(60)
    ours = type(caller)(board, "testpbx-out.1", "042881157")  # the operator's number, from the first packet on
    leg = {"Channel": "PJSIP/102-00000042", "CallerIDNum": "042881157"}
    ours.say("Newchannel", Context="from-agents", Exten="90599000201", ChannelState="4", **leg)
    dest = {"DestUniqueid": "leg.out", "DestContext": "from-trunk", "DestCallerIDNum": "042881157"}
    ours.say("DialBegin", DialString="PJSIP/0599000201@trunk", DestChannel="PJSIP/trunk-00000043", **leg, **dest)
    assert caller.call.is_owed_a_call_back
    board.seconds_pass(9)
    ours.say("DialEnd", DialStatus="ANSWER", DestChannel="PJSIP/trunk-00000043", **leg, **dest)
    call = caller.call
    assert (call.reached_at, call.answered_by) == (board.now, board.staff["Ingeniero 2"])
    assert Call.objects.count() == 1
    assert list(rebuild()) == []


def test_p1_who_answered_stays_in_the_log_whoever_registers_the_case(board, customer):
    caller = board.rings()
    board.seconds_pass(5)
    caller.is_answered()
    board.seconds_pass(60)
    report = Report(customer.service, "No tienen servicio")
    other = board.staff["Ingeniero 2"]
    case = Case.register(report, by=Actor.of_staff(other), at=board.now, call=reception.locked(caller.call.pk))
    authors = {event.moment: event.actor_id for event in case.events.all()}
    assert (authors["call_answered"], authors["registered"]) == (board.engineer.pk, other.pk)


def test_p1_whom_the_exchange_names_and_nobody_knows_is_no_colleague_in_the_log(board, customer):
    caller = board.rings()
    caller.is_answered("Robot 3", "993")
    report = Report(customer.service, "No tienen servicio")
    by = Actor.of_staff(board.engineer)
    case = Case.register(report, by=by, at=board.now, call=reception.locked(caller.call.pk))
    answered = case.events.get(moment="call_answered")
    assert (answered.actor_kind, answered.texts.get(name="answered_as").text) == ("system", "Robot 3")


def test_p1_a_call_that_was_handed_on_tells_its_waits_in_the_log_of_its_case(board, customer):
    caller = board.rings()
    board.seconds_pass(5)
    caller.is_answered()
    board.seconds_pass(20)
    hands_on(caller, "technical")
    board.seconds_pass(7)
    caller.is_answered("Ingeniero 2", "102")
    case = Case.register(
        Report(customer.service, "No tienen servicio"),
        by=Actor.of_staff(board.staff["Ingeniero 2"]),
        at=board.now,
        call=reception.locked(caller.call.pk),
    )
    told = [(e.moment, e.actor_id) for e in case.events.filter(moment__startswith="call_").order_by("seq")]
    second = board.staff["Ingeniero 2"].pk
    assert told == [
        ("call_waiting", second),
        ("call_answered", board.engineer.pk),
        ("call_waiting", second),
        ("call_answered", second),
    ]
    kept = case.clocks.filter(kind="reception").order_by("ordinal").values_list("outcome", "taken_seconds")
    assert list(kept) == [("kept", 5), ("kept", 7)]
    assert list(rebuild()) == []


def test_a1_whoever_takes_a_call_that_was_handed_on_is_there_and_who_handed_it_on_was_until_then(board):
    caller = board.rings()
    caller.is_answered()
    board.seconds_pass(600)
    handed_at = board.now
    hands_on(caller, "technical")
    caller.is_answered("Ingeniero 2", "102")
    board.seconds_pass(600)
    first, second = board.engineer.pk, board.staff["Ingeniero 2"].pk
    assert alarms.calls_answered([first, second], board.now) == {first: handed_at + SECOND, second: board.now}
