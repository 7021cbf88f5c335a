"""The facts of a notice as its wording reads them: what was true when it was owed, and nothing of what came later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guardia.notices.notice import Notice
from guardia.notices.wording.hours import Hours, hours_of
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind

LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class NoticeFacts:
    """One notice to be told at ``now`` (UTC), in the active language."""

    facts: Mapping[str, Any]
    procedure: Procedure
    hours: Hours
    owed_at: datetime

    @classmethod
    def of(cls, notice: Notice, procedure: Procedure, now: datetime) -> "NoticeFacts":
        return cls(notice.facts, procedure, hours_of(notice.facts["zone"], procedure, now), notice.owed_at)

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name) or ""

    @property
    def now(self) -> datetime:
        return self.hours.now

    @property
    def moment(self) -> str:
        return self["moment"]

    @property
    def variant(self) -> str:
        return self["variant"]

    @property
    def at(self) -> datetime:
        """When it happened."""
        return datetime.fromisoformat(self["at"])

    @property
    def is_late(self) -> bool:
        """True if the mail leaves so late that it must say of what hour it speaks."""
        return self.now - self.owed_at > LATE_AFTER

    @property
    def data(self) -> Mapping[str, Any]:
        return self["data"] or {}

    @property
    def visit(self) -> Mapping[str, Any]:
        return self["visit"] or {}

    def text(self, name: str) -> str:
        """Prose of the event, as it was written; empty if there is none."""
        return (self["texts"] or {}).get(name) or ""

    def hour(self, name: str) -> datetime | None:
        """An hour among the facts of the case."""
        return moment_of(self[name])

    def clock_name(self, kind: str) -> str:
        """The promise as the procedure publishes it: “Cause and plan of solution”."""
        return str(self.procedure.clock(ClockKind(kind)).name)


def moment_of(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
