"""The desk as it stands when the demo opens: who tells a case of the last hours, in minutes before now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.demo.companies import Circuit
from guardia.demo.staffing import Team
from guardia.demo.story import Story
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Impact

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
