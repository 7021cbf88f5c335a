"""P1, P2: a person presses while the exchange tells on: nobody waits in a circle, and nothing that was said is lost."""

import random
from threading import Event

import pytest

from guardia.calls.call import Call
from guardia.cases import phone_owed
from guardia.cases.case import Case
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Refused
from guardia.cases.stages import reception
from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import late_calls, phone
from guardia.people.staff import Actor
from guardia.worker import dead_man
from tests.phone.conftest import Company
from tests.phone.switchboard import Switchboard
from tests.phone.test_together import at_once

NUMBER = "0599000201"


@pytest.fixture
def board(transactional_db) -> Switchboard:
    with behind(DatabaseRole.STAFF):
        return Switchboard()


@pytest.fixture
def company(board) -> Company:
    with behind(DatabaseRole.STAFF):
        return Company()


def pressed(act):
    """As a door does it: a refusal is said to the person and leaves nothing written."""

    def run():
        try:
            return act()
        except (Refused, Case.DoesNotExist) as refusal:
            return refusal

    return run


@pytest.mark.parametrize("seed", range(6))
def test_p1_whatever_is_pressed_while_the_exchange_tells_on_is_kept(board, company, seed):
    dice = random.Random(seed)
    with behind(DatabaseRole.STAFF):
        first, second = board.rings(NUMBER), board.rings(NUMBER)
        board.seconds_pass(20)
        if dice.random() < 0.5:
            first.gives_up()
        for caller in (first, second):
            caller.silent, caller.said = True, []
        second.is_answered()
        board.seconds_pass(30)
        second.ends()
        first.gives_up()
        one, other = first.call.pk, second.call.pk
    at, by = board.now, board.engineer

    def opens():
        call = reception.locked(other)
        return company.opens_a_case(reception.answer(call, by=by, at=at), at) if not call.settled_at else None

    acts = [
        lambda: board.hears([board.heard_of(packet) for packet in second.said]),
        lambda: board.hears([board.heard_of(packet) for packet in first.said]),
        lambda: board.hears([board.heard_of(p) for p in [*reversed(second.said), *first.said]]),
        pressed(lambda: reception.answer(reception.locked(one), by=by, at=at)),
        pressed(opens),
        pressed(lambda: reception.settle(reception.locked(one), as_="not_a_fault", at=at))
        if seed % 2
        else pressed(lambda: reception.reach(reception.locked(one), by=by, at=at)),
        lambda: board.the_sweep_runs(),
    ]
    dice.shuffle(acts)
    at_once(*acts)
    with behind(DatabaseRole.STAFF):
        late_calls.settle_forgotten(at)
        stands = list(Call.objects.order_by("pk").values())
        phone.follow(board.exchange, [first.reference, second.reference], at)
        assert list(Call.objects.order_by("pk").values()) == stands
        assert Case.objects.count() == 1
        assert second.call.case_id
        assert list(rebuild()) == []


def test_p1_a_call_is_attached_to_one_case_while_it_is_told_to_be_over(board, company):
    with behind(DatabaseRole.STAFF):
        opener, caller = board.rings("0599000209"), board.rings(NUMBER)
        for each in (opener, caller):
            each.is_answered()
        case = company.opens_a_case(reception.locked(opener.call.pk), board.now)
        caller.silent, caller.said = True, []
        board.seconds_pass(30)
        caller.ends()
        pk = caller.call.pk

    def joins():
        return case.join(reception.locked(pk), by=Actor.of_staff(board.engineer), at=board.now)

    at_once(pressed(joins), pressed(joins), lambda: board.hears([board.heard_of(p) for p in caller.said]))
    with behind(DatabaseRole.STAFF):
        call = caller.call
        assert (call.case_id, call.settled_as, call.ended_at) == (case.pk, "joined", board.now)
        assert case.events.filter(moment="noted", data__call=pk).count() == 1


@pytest.mark.parametrize("twice", [False, True])
def test_call_back_d_what_two_left_to_each_other_is_settled_by_the_next_round(board, monkeypatch, twice):
    with behind(DatabaseRole.STAFF):
        first = board.rings(NUMBER)
        first.gives_up()
        board.seconds_pass(9)
        monkeypatch.setattr(phone_owed, "settle_caller", lambda *_args, **_more: None)
        written = reception.ring(from_number="+970599000201", line="x", version=board.version, at=board.now)
        written = reception.locked(written.pk)
        if twice:
            reception.abandon(written, at=board.now)
        else:
            reception.answer(written, by=board.engineer, at=board.now)
        assert first.call.is_owed_a_call_back
    monkeypatch.setattr(dead_man, "now", lambda: board.now)
    dead_man.calls(Event())
    with behind(DatabaseRole.STAFF):
        written.refresh_from_db()
        assert (first.call.settled_as, written.settled_as) == (("", "same_caller") if twice else ("called_again", ""))
        assert late_calls.settle_forgotten(board.now) == []
