"""What this process remembers for as long as nobody writes to the database.

PostgreSQL's snapshot is another after each transaction that wrote and has ended, in whatever process. The first
statement of a request brings it along. So a memory is right without any act having to say what it changes, and somebody
who has acted sees it on the next page. A request that sends something, one that is not the operator's own people's, and
one inside a transaction that has written already remember nothing and are told nothing from memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import Any

from django.http import HttpRequest

SNAPSHOT = "CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END"
"""For the first statement of a transaction: its snapshot, or NULL where the transaction has written already."""
MOST_NAMED = 1000
"""More transactions than these between two requests are news in any case."""
MOST_REMEMBERED = 4000
SAFE = frozenset({"GET", "HEAD"})

_only_looks: ContextVar[bool] = ContextVar("only_looks", default=False)
_is_poll: ContextVar[bool] = ContextVar("is_poll", default=False)
_state: ContextVar[int | None] = ContextVar("state_of_the_database", default=None)


class States:
    """Numbers the states of the database in which the requests of this process found it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.snapshot = ""
        self.number = 0
        self.overlooked: set[int] = set()

    def number_of(self, snapshot: str) -> int:
        """The same number as before where nothing has ended since but what is overlooked."""
        with self.lock:
            if snapshot != self.snapshot:
                ended = ended_since(self.snapshot, snapshot) if self.snapshot else None
                if not ended or not ended <= self.overlooked:
                    self.number += 1
                self.overlooked = set() if ended is None else self.overlooked - ended
                self.snapshot = snapshot
            return self.number

    def overlook(self, transaction: int) -> None:
        with self.lock:
            self.overlooked.add(transaction)


states = States()
"""Of this process."""


def ended_since(before: str, after: str) -> set[int] | None:
    """The transactions that ended between two snapshots (``xmin:xmax:running``); None if they are too many to name.

    Nothing where the second one is the older: two requests may come here the other way round than they asked.
    """
    first, last = (snapshot.split(":") for snapshot in (before, after))
    if int(last[1]) - int(first[1]) > MOST_NAMED:
        return None
    ran, runs = (set(map(int, snapshot[2].split(","))) if snapshot[2] else set() for snapshot in (first, last))
    return ran.union(range(int(first[1]), int(last[1]))) - runs


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """A request that sends something finds nothing remembered; what a poll writes may be overlooked."""
    looks = request.method in SAFE
    tokens = _only_looks.set(looks), _is_poll.set(looks and request.headers.get("HX-Request") == "true")
    try:
        yield
    finally:
        _only_looks.reset(tokens[0])
        _is_poll.reset(tokens[1])


@contextmanager
def standing(snapshot: str | None) -> Iterator[None]:
    """A transaction whose first statement answered with this ``SNAPSHOT``; None: nothing is remembered in it."""
    token = _state.set(states.number_of(snapshot) if snapshot and _only_looks.get() else None)
    try:
        yield
    finally:
        _state.reset(token)


def overlook(transaction: str | None) -> None:
    """The transaction of this poll, of this number (``pg_current_xact_id``), writes no more than a sign of life: its
    end changes no page. That of any other request may write more, and is not overlooked.
    """
    if transaction and _is_poll.get():
        states.overlook(int(transaction))


class Memory:
    """Answers by key, each for as long as nobody has written since it was asked for, and for so many ``seconds`` at
    most: what moves by the hour alone comes so much later. All threads of the process share it; nobody changes what it
    holds.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.lock = seconds, Lock()
        self.found: OrderedDict[Hashable, tuple[int, float, Any]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """What was put under this key and is right still; None where there is no such thing."""
        state, now = _state.get(), monotonic()
        with self.lock:
            of_state, until, value = self.found.get(key, (None, now, None))
            return value if state is not None and state == of_state and now < until else None

    def put(self, key: Hashable, value: Any) -> None:
        """Remember what the transaction under way was answered."""
        if (state := _state.get()) is not None:
            with self.lock:
                self.found[key] = state, monotonic() + self.seconds, value
                self.found.move_to_end(key)
                if len(self.found) > MOST_REMEMBERED:
                    self.found.popitem(last=False)

    def of[Value](self, key: Hashable, read: Callable[[], Value]) -> Value:
        """What is remembered under this key, else what ``read`` returns, which is remembered then."""
        if (found := self.get(key)) is not None:
            value: Value = found[0]
            return value
        value = read()
        self.put(key, (value,))
        return value

    def forget(self) -> None:
        with self.lock:
            self.found.clear()
