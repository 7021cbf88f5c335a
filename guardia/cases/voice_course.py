"""What is told by voice in a case, derived from what has happened: no database, no time of day.

One call is open at most: newer news takes its place, so that whoever rings tells the latest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardia.escalation.course import Happened
from guardia.procedure.vocabulary import CaseKind, Impact, Moment

BACK = frozenset({Moment.RESTORED, Moment.RECOVERED})
OVER = frozenset({Moment.CLOSED, Moment.CANCELLED, Moment.ADMIN_SOLVED})
ENDING = (*BACK, *OVER, Moment.DETAILS_UPDATED, Moment.TRANSFERRED)
"""The moments that `ends` looks at; some of them end a call only by what they say."""

Tried = tuple[int, int]
"""A number that was rung: whose (the contact's id), and which of that person's."""


@dataclass(frozen=True)
class Owed:
    """A call that somebody on shift owes. ``n`` counts the calls of the case, ``round`` how often all were tried."""

    n: int
    about: int
    due_at: datetime
    number: Tried | None
    tried: tuple[Tried, ...]
    round: int


class VoiceCourse:
    """After each happening so far: the open call, the last one that nobody answered, who was reached last.

    ``happened``: number, moment and variant of each event; ``told``: the news that was told last, by its number;
    ``failed``: the contacts whom a notice did not reach by any way, with the number of the event that says so;
    ``instead``: those who got it in their place.
    """

    def __init__(self) -> None:
        self.count = 0
        self.open: Owed | None = None
        self.unanswered: Owed | None = None
        self.reached: Tried | None = None
        self.told: int = 0
        self.happened: list[tuple[int, str, str]] = []
        self.failed: dict[int, int] = {}
        self.instead: dict[int, int] = {}

    def apply_all(self, happenings: Iterable[Happened]) -> "VoiceCourse":
        for happening in happenings:
            self.apply(happening)
        return self

    def failed_since(self, seq: int) -> set[int]:
        """The contacts whom a notice did not reach by any way after this event."""
        return {contact for contact, at in self.failed.items() if at > seq}

    def instead_since(self, seq: int) -> set[int]:
        """The contacts to whom a notice went on after this event, in place of one whom it did not reach."""
        return {contact for contact, at in self.instead.items() if at > seq}

    def apply(self, happening: Happened) -> None:
        """The events of a case are numbered without a gap, in the order in which they come here."""
        seq = len(self.happened) + 1
        self.happened.append((seq, happening.moment, happening.variant))
        if happening.moment == Moment.NOTICE_FAILED:
            self._failed(happening.data, seq)
        elif happening.moment == Moment.VOICE_OWED:
            self.open, self.unanswered = owed_by(happening.data), None
            self.count = self.open.n
        elif happening.moment == Moment.VOICE_TOLD:
            self._told(happening)
        elif ends(happening.moment, happening.data):
            self.open = self.unanswered = None

    def _failed(self, data: Mapping[str, Any], seq: int) -> None:
        """While the contact's next way is tried, it has not failed: that way has a word of its own if it fails too."""
        if data.get("next_channel"):
            return
        if contact := data.get("contact"):
            self.failed[contact] = seq
        if deputy := data.get("next_contact"):
            self.instead[deputy] = seq

    def _told(self, happening: Happened) -> None:
        """A call that is no longer the open one is on record and moves nothing."""
        if self.open is None or self.open.n != happening.data.get("n"):
            return
        if happening.variant == "answered":
            self.reached, self.told, self.unanswered = self.open.number, self.open.about, None
        else:
            self.unanswered = self.open
        self.open = None


def owed_by(data: Mapping[str, Any]) -> Owed:
    """The call that a VOICE_OWED event speaks of."""
    number = data.get("number")
    return Owed(
        n=data["n"],
        about=data["about"],
        due_at=datetime.fromisoformat(data["due_at"]),
        number=(number[0], number[1]) if number else None,
        tried=tuple((one[0], one[1]) for one in data.get("tried", ())),
        round=data.get("round", 1),
    )


def ends(moment: str, data: Mapping[str, Any]) -> bool:
    """Whether nothing need be told by voice any more: the service is back, its mail with it, the case is over, or it
    was no fault (A3).
    """
    if moment in BACK or moment in OVER or (moment == Moment.TRANSFERRED and data.get("case_kind") == CaseKind.REQUEST):
        return True
    return impact_after(moment, data) not in (None, Impact.DOWN)


def impact_after(moment: str, data: Mapping[str, Any]) -> str | None:
    """How the service is felt by this event of the case; None where it says nothing of that."""
    impact = data.get("impact") if moment == Moment.DETAILS_UPDATED else None
    return impact.get("to") if isinstance(impact, Mapping) else None
