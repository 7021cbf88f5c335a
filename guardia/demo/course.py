"""How a sample case goes from its arrival to its closing: what takes how long, what goes wrong, by a fixed chance."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

from guardia.demo.companies import DATA
from guardia.demo.faults import Fault
from guardia.demo.story import Story

PHRASES: dict[str, Any] = tomllib.loads((DATA / "phrases.toml").read_text(encoding="utf-8"))
Span = tuple[float, float]


@dataclass
class Course:
    """A story with its fault and its luck. ``calm``: nothing that takes long, for the cases of the last hours."""

    story: Story
    fault: Fault
    chance: Random
    calm: bool = False
    _phrases: dict[str, Iterator[str]] = field(default_factory=dict)

    def happens(self, percent: float) -> bool:
        return self.chance.random() * 100 < percent

    def in_trouble(self, percent: float) -> bool:
        """Something that takes long happens; never in the last hours."""
        return not self.calm and self.happens(percent)

    def minutes(self, span: Span) -> float:
        """Whole seconds within the span of minutes, shorter ones being more frequent."""
        low, high = span
        return round(self.chance.triangular(low, high, low + (high - low) / 3) * 60) / 60

    def takes(self, kept: Span, late: Span, late_percent: float) -> float:
        """How long a promise takes: within its target, or for this share of cases beyond it."""
        return self.minutes(late if self.happens(late_percent) else kept)

    def pick(self, among: Sequence[Any]) -> Any:
        return self.chance.choice(among)

    def phrase(self, kind: str) -> str:
        """The next of the phrases of a kind, beginning anywhere."""
        if kind not in self._phrases:
            start = self.chance.randrange(len(PHRASES[kind]))
            self._phrases[kind] = cycle(PHRASES[kind][start:] + PHRASES[kind][:start])
        return next(self._phrases[kind])

    def goes_by(self, minutes: float, kind: str) -> None:
        """Time passes and the customer hears of it within the half hour (now and then too late)."""
        story = self.story
        left = minutes
        while (pause := self._until_next_word()) < left:
            story.passes(max(pause, 0))
            story.tells(self.phrase(kind))
            left -= max(pause, 0)
        story.passes(left)

    def _until_next_word(self) -> float:
        told = self.story.told_at or self.story.now
        since = (self.story.now - told).total_seconds() / 60
        return self.takes((23, 28), (31, 40), 2) - since
