"""Answers that are the same for everybody, cached by this process for seconds: a thousand requests cost one query.

Whoever finds an answer too old makes it anew, alone; the others get the old one meanwhile.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

from django.db import Error as DatabaseError

SECONDS = 5.0
OUTLIVES_SECONDS = 600.0
"""How long an answer is still given when the database cannot be asked."""


@dataclass(frozen=True)
class Answer:
    content: bytes
    tag: str
    made: float

    @classmethod
    def of(cls, content: bytes, made: float) -> "Answer":
        return cls(content, f'"{sha256(content).hexdigest()[:24]}"', made)


@dataclass
class _Place:
    answer: Answer | None = None
    makes: Lock = field(default_factory=Lock)


class CachedPage:
    """By a key; there are as few keys as there are languages. ``clock`` counts seconds and never goes back."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self.places: dict[str, _Place] = {}
        self.finding = Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> Answer:
        """The answer of this key, no older than it may be. Raises what ``make`` raises, if there is none to give."""
        with self.finding:
            place = self.places.setdefault(key, _Place())
        if self._is_fresh(place.answer):
            return place.answer  # type: ignore[return-value]
        if not place.makes.acquire(blocking=place.answer is None):
            return place.answer  # type: ignore[return-value]
        try:
            if not self._is_fresh(place.answer):
                place.answer = self._made(place.answer, make)
            return place.answer  # type: ignore[return-value]
        finally:
            place.makes.release()

    def forget(self) -> None:
        with self.finding:
            self.places.clear()

    def _is_fresh(self, answer: Answer | None) -> bool:
        return answer is not None and self.clock() - answer.made < self.seconds

    def _made(self, old: Answer | None, make: Callable[[], bytes]) -> Answer:
        try:
            return Answer.of(make(), self.clock())
        except DatabaseError:
            if old is None or self.clock() - old.made > OUTLIVES_SECONDS:
                raise
            return old
