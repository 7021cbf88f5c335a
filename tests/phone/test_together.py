"""P1: the same call told twice at once, and written down by a person meanwhile, is one call. Real locks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.config.database_roles import DatabaseRole, behind
from tests.phone.recorded import heard
from tests.phone.switchboard import Switchboard


@pytest.fixture
def board(transactional_db) -> Switchboard:
    with behind(DatabaseRole.STAFF):
        return Switchboard()


def at_once(*acts):
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=30)
            with behind(DatabaseRole.STAFF):
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("recording", ["abandoned", "over_a_minute"])
def test_p1_told_several_times_at_once_it_is_one_call(board, recording):
    events = list(heard(recording))
    half = len(events) // 2
    board.now = events[-1].received_at
    number = "+970599000104" if recording == "abandoned" else "+970599000108"
    results = at_once(
        lambda: board.hears(events),
        lambda: board.hears(events[half:]),
        lambda: board.hears(list(reversed(events))),
        lambda: board.hears(events[:half]),
        lambda: reception.written_down(from_number=number, line="1800400404", version=board.version, at=board.now),
    )
    assert len(results) == 5
    with behind(DatabaseRole.STAFF):
        told = Call.objects.get(exchange=board.exchange)
        assert (told.from_number, bool(told.answered_at or told.abandoned_at)) == (number, True)
        assert ExchangeEvent.objects.values("key").distinct().count() == ExchangeEvent.objects.count()
        assert list(rebuild()) == []
