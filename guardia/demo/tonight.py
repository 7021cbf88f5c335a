"""The desk as it stands when the demo opens: who tells a case of the last hours, in minutes before now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from guardia.demo.companies import Circuit
from guardia.demo.course import PHRASES, Span
from guardia.demo.staffing import Team
from guardia.demo.story import Story
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Impact

NEWS_EVERY = 20  # minutes; the promise is thirty
Tests = list[tuple[str, str]]  # which test, what it measured


@dataclass
class OpenStory(Story):
    """A story whose hours are named by how long ago they were."""

    present: datetime | None = None

    def ago(self, minutes: float) -> None:
        """The hour that was so many minutes before the demo opens."""
        self.until((self.present or self.now) - timedelta(minutes=minutes))

    def minutes_ago(self, hour: datetime | None) -> float:
        return ((self.present or self.now) - (hour or self.now)).total_seconds() / 60

    def goes_to_execution(self, kind: str, minutes_ago: float, tests: Tests, words: tuple[str, str]) -> None:
        """P3 with these tests, a minute apart, then cause and plan (``words``); ``kind`` is remote or visit."""
        for back, (name, result) in zip(range(len(tests), 0, -1), tests, strict=True):
            self.ago(minutes_ago + back)
            self.tests(name, result)
        self.ago(minutes_ago)
        self.diagnoses(*words, kind)

    def is_sent(
        self,
        crew: int,
        agreed: float,
        departed: float = 0,
        arrived: float = 0,
        forecast: Span = (90, 180),
        letter: bool = True,
        **more: Any,
    ) -> None:
        """A crew goes there, by minutes ago (0: not yet), forecast to arrive so many minutes after the agreement."""
        self.ago(agreed)
        self.agrees(crew, *forecast, **more)
        if letter:
            self.ago(agreed - 2)
            self.sends_the_letter()
        if departed:
            self.ago(departed)
            self.departs()
        if arrived:
            self.hears("travelling", until=arrived + 12, words="La cuadrilla está por llegar.")
            self.ago(arrived)
            self.arrives()

    def hears(self, kind: str, until: float, words: str) -> None:
        """The customer hears a phrase of this kind every 20 minutes, and these words ``until`` minutes ago."""
        phrases = cycle(PHRASES[kind])
        while (since := self.minutes_ago(self.told_at)) - NEWS_EVERY > until + 9:
            self.ago(since - NEWS_EVERY)
            self.tells(next(phrases))
        self.ago(until)
        self.tells(words)


@dataclass(frozen=True)
class Tonight:
    """What the open cases share: the operator and the hour at which the demo opens (UTC)."""

    team: Team
    version: ProcedureVersion
    circuits: dict[str, Circuit]
    present: datetime

    def story(self, circuit: str, engineer: int, minutes_ago: float) -> OpenStory:
        """A story that begins so many minutes ago; ``engineer`` counts from 1."""
        begun = self.present - timedelta(minutes=minutes_ago)
        who = self.team.engineers[engineer - 1]
        return OpenStory(self.team, self.version, self.circuits[circuit], who, begun, present=self.present)

    def called(
        self,
        circuit: str,
        engineer: int,
        minutes_ago: float,
        symptoms: str,
        impact: Impact = Impact.DOWN,
        **details: str,
    ) -> OpenStory:
        """A case that came by telephone: answered after 22 s, registered so many minutes ago."""
        story = self.story(circuit, engineer, minutes_ago + 3.5)
        story.rings()
        story.ago(minutes_ago + 3.1)
        story.is_answered()
        story.ago(minutes_ago)
        story.registers(symptoms, impact, since=story.now - timedelta(minutes=9), **details)
        return story
