"""P1: thousands of calls at once (a long silence, then the log) fit into one transaction."""

from datetime import timedelta

from django.db import connection

from guardia.calls import journal
from guardia.calls.exchange import ExchangeGap
from guardia.cases import phone_owed
from guardia.intake import phone


def locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return cursor.fetchone()[0]


def test_p1_the_turns_of_many_calls_are_few_locks(board):
    before = locks()
    phone.follow(board.exchange, [f"none.{place}" for place in range(20_000)], board.now)
    phone_owed.take_numbers(f"+59399{place:07}" for place in range(20_000))
    assert locks() - before <= 2 * phone_owed.SHARES


def test_p1_one_word_more_does_not_read_every_silence_there_ever_was(board):
    """Gaps that nobody can fill any more stay on record; the calls of today are not asked about them."""
    long_ago = board.now - timedelta(days=20)
    ExchangeGap.objects.bulk_create(
        ExchangeGap(
            exchange=board.exchange,
            lost_at=long_ago + timedelta(minutes=place),
            back_at=long_ago + timedelta(minutes=place, seconds=30),
        )
        for place in range(50)
    )
    assert journal.unheard(board.exchange, board.now) == []
    journal.lost(board.exchange, board.now)
    assert len(journal.unheard(board.exchange, board.now)) == 1
    assert len(journal.unheard(board.exchange, long_ago + timedelta(minutes=49))) == 2
