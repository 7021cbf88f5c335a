"""Who folds a call, or settles what a number is owed, does so alone; the others wait for their turn.

Turns are shared by a few calls each: after a long silence thousands are folded in one transaction, and a turn for each
would be more locks than a database has.
"""

from collections.abc import Iterable
from zlib import crc32

from guardia.calls.exchange import Exchange
from guardia.cases import writes

SHARES = 256


def take_calls(exchange: Exchange | int, references: Iterable[str]) -> None:
    """The turns of these calls of one exchange, until the transaction ends. Before any turn of a number."""
    pk = exchange.pk if isinstance(exchange, Exchange) else exchange
    writes.take_turns({f"call {pk} {_share(reference)}" for reference in references})


def take_numbers(numbers: Iterable[str]) -> None:
    writes.take_turns({f"number {_share(number)}" for number in numbers})


def _share(name: str) -> int:
    return crc32(name.encode(errors="replace")) % SHARES
