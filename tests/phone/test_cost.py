"""P1: what one more word of the exchange costs does not grow with the calls that are on record."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST = 32


def test_p1_one_more_word_is_a_few_questions(board):
    for number in range(10):
        board.rings(f"05990003{number:02}").ends()
    caller = board.rings()
    board.seconds_pass(2)
    with CaptureQueriesContext(
        connection,
    ) as few:
        caller.is_answered()
    assert len(few) <= MOST, [query["sql"][:120] for query in few.captured_queries]
