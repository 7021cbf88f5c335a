"""P1: a call by a way that nobody named is no silence: it is shown, named by one click, and then it is on the desk."""

from datetime import timedelta

import pytest

from guardia.calls import exchange_editing
from guardia.calls.call import Call
from guardia.calls.exchange import Exchange
from guardia.calls.exchange_editing import unnamed_contexts
from guardia.customers.phones import normalise
from guardia.intake.phone_first_call import seen_calls, take_in, unnamed
from guardia.people.setting_change import SettingChange
from guardia.procedure import version as versions
from tests.phone.recorded import heard, names

INBOUND = [name for name in names() if name not in ("robots", "snapshot", "closed")]


@pytest.fixture
def elsewhere(board):
    """The exchange's trunk is called otherwise than somebody has said."""
    Exchange.objects.filter(pk=board.exchange.pk).update(contexts=["from-isp"])
    board.exchange.refresh_from_db()
    return board


def procedure_of(board):
    return versions.of(board.version.pk)


@pytest.mark.parametrize("name", INBOUND)
def test_p1_every_recorded_call_by_an_unnamed_context_is_shown_and_then_on_the_desk(board, name):
    """Against a real exchange's traffic: the same calls come out as if the context had been named before."""
    board.hears(heard(name))
    before = list(Call.objects.order_by("reference").values("reference", "arrived_at", "answered_at", "line", "desk"))
    assert before
    Call.objects.all().update(settled_at=None)
    other = Exchange.objects.create(name="otra", kind="ami", country="PS", contexts=["from-isp"])
    board.exchange = other
    board.hears(heard(name))
    assert not Call.objects.filter(exchange=other).exists()
    (context,) = unnamed_contexts(other, board.now)
    assert (context.name, context.count) == ("from-trunk", len(before))
    assert unnamed(other, board.now)
    exchange_editing.name_context(other, context.name, outside=True, by=None, at=board.now)
    take_in(other, board.now)
    after = Call.objects.filter(exchange=other).order_by("reference")
    assert list(after.values("reference", "arrived_at", "answered_at", "line", "desk")) == before
    assert not unnamed_contexts(other, board.now)


def test_p1_what_the_house_dials_and_what_rings_inside_is_no_call_by_an_unnamed_context(elsewhere):
    elsewhere.dials("0990000123", "101")
    elsewhere.dials("102", "101")
    assert unnamed_contexts(elsewhere.exchange, elsewhere.now) == []


def test_p1_a_hidden_number_by_an_unnamed_context_is_shown(elsewhere):
    elsewhere.rings(number="anonymous", queue="")
    (context,) = unnamed_contexts(elsewhere.exchange, elsewhere.now)
    assert (context.caller, context.dialled) == ("", ["1800400404"])


def test_p1_a_context_that_is_the_houses_own_is_asked_for_no_more(elsewhere):
    elsewhere.rings()
    kept = exchange_editing.name_context(elsewhere.exchange, "from-trunk", outside=False, by=None, at=elsewhere.now)
    assert unnamed_contexts(kept, elsewhere.now) == []
    assert not Call.objects.exists()
    back = exchange_editing.name_context(kept, "from-trunk", outside=True, by=None, at=elsewhere.now)
    assert (back.inside, back.contexts) == ([], ["from-isp", "from-trunk"])
    take_in(back, elsewhere.now)
    assert Call.objects.get().is_waiting
    assert SettingChange.objects.filter(noun="exchange").count() == 2


def test_p1_naming_one_context_keeps_those_that_need_no_name(board):
    """Without any name from-trunk and from-pstn-… are known: naming a third must not end them."""
    Exchange.objects.filter(pk=board.exchange.pk).update(contexts=[])
    board.exchange.refresh_from_db()
    caller = board.rings()
    gsm = type(caller)(board, "testpbx-gsm.1", "0599000888")
    gsm.say("Newchannel", Context="from-gsm", Exten="1800400404", ChannelState="4")
    other = type(caller)(board, "testpbx-e1.1", "0599000777")
    other.say("Newchannel", Context="from-pstn-e1", Exten="1800400404", ChannelState="4")
    kept = exchange_editing.name_context(board.exchange, "from-gsm", outside=True, by=None, at=board.now)
    assert set(kept.contexts) == {"from-trunk", "from-pstn", "from-pstn-e1", "from-gsm"}


def test_p1_calls_of_long_ago_are_not_taken_in_as_if_they_were_owed_something_now(elsewhere):
    elsewhere.rings().gives_up()
    elsewhere.seconds_pass(2 * 3600)
    newer = elsewhere.rings(number="0599000333")
    kept = exchange_editing.name_context(elsewhere.exchange, "from-trunk", outside=True, by=None, at=elsewhere.now)
    take_in(kept, elsewhere.now)
    assert Call.objects.get() == newer.call


def test_l_a_number_that_is_no_line_is_shown_and_named(board):
    """It wins over what its queue would say, and over the technical desk."""
    board.exchange.country = "EC"
    caller = board.rings(dialled="6000099", queue="cola-x")
    found = unnamed(board.exchange, board.now)
    assert ([one.name for one in found.numbers], [one.name for one in found.queues]) == (["6000099"], ["cola-x"])
    lines = [line.key for line in procedure_of(board).lines]
    kept = exchange_editing.name_number(board.exchange, "6000099", "024004040/3", lines=lines, by=None, at=board.now)
    take_in(kept, board.now)
    assert (caller.call.line, caller.call.desk) == ("024004040/3", "billing")
    assert not unnamed(kept, board.now)
    forgotten = exchange_editing.forget_number(kept, "6000099", by=None, at=board.now)
    assert [one.name for one in unnamed(forgotten, board.now).numbers] == []
    take_in(forgotten, board.now)
    assert [one.name for one in unnamed(forgotten, board.now).numbers] == ["6000099"]


def test_l_a_queue_that_leads_nowhere_is_shown_and_named(board):
    caller = board.rings(dialled="", queue="cobros")
    assert [one.name for one in unnamed(board.exchange, board.now).queues] == ["cobros"]
    desks = [desk.key for desk in procedure_of(board).desks]
    kept = exchange_editing.name_queue(board.exchange, "cobros", "billing", desks=desks, by=None, at=board.now)
    take_in(kept, board.now)
    assert caller.call.desk == "billing"
    assert not unnamed(kept, board.now)


@pytest.mark.parametrize("is_named", [False, True])
def test_p1_the_first_call_shows_context_number_queue_and_member(board, is_named):
    """The recording of an answered call, before and after its context is named."""
    contexts = ["from-trunk"] if is_named else ["from-isp"]
    Exchange.objects.filter(pk=board.exchange.pk).update(contexts=contexts)
    board.exchange.refresh_from_db()
    events = heard("answered")
    opened = events[0].received_at - timedelta(seconds=5)
    seen = []
    for place, _one in enumerate(events):  # it is looked at after every single word
        board.hears(events[place : place + 1])
        seen.append(seen_calls(board.exchange, procedure_of(board), opened))
    (call,) = seen[-1]
    assert (call.context, call.is_outside) == ("from-trunk", is_named)
    assert (call.dialled, call.line.partition("/")[0]) == ("1800400404", "1800400404")
    assert call.queues == [("technical", "technical")]
    assert normalise(call.caller, "PS") == normalise("0599000101", "PS")
    assert list(call.members) == [("Ingeniera 1", board.engineer)]
    assert (call.is_answered, call.is_over) == (True, True)
    assert all(len(each) <= 1 for each in seen)
    assert [each[0].context for each in seen if each] == ["from-trunk"] * len([each for each in seen if each])
    assert seen_calls(board.exchange, procedure_of(board), events[-1].received_at + timedelta(seconds=1)) == []
