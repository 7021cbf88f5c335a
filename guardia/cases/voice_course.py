"""What is told by voice in a case, derived from what has happened: no database, no time of day.

By voice go the registration, the agreed visit, the arrival, a breach and the restoration, and a relapse, which takes
the restoration back; for the rest the customer agrees on an hour (docs/adr/0058). One call is open at most: newer news
takes its place, so that whoever rings tells all that was not told yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guardia.escalation.course import Happened
from guardia.procedure.vocabulary import CaseKind, ClockKind, Impact, Moment

BACK = frozenset({Moment.RESTORED, Moment.RECOVERED})
OVER = frozenset({Moment.CLOSED, Moment.CANCELLED, Moment.ADMIN_SOLVED})
CONFIRMED = frozenset({Moment.CONFIRMED})
"""P5: who confirms has heard that the service is back; a supervisor goes on without once nobody could be reached."""

RINGS = BACK | {Moment.REGISTERED, Moment.DISPATCH_AGREED, Moment.ARRIVED, Moment.RELAPSED}
BREACHES_THAT_RING = frozenset(
    {
        ClockKind.DIAGNOSIS,
        ClockKind.DISPATCH_AGREED,
        ClockKind.TRAVEL,
        ClockKind.NEXT_DECISION,
        ClockKind.FIELD_SOLUTION,
        ClockKind.REMOTE_SOLUTION,
    }
)
"""The promises of a service that is out. What a late next news owes is that news: for it an hour is agreed on. Of P5
the customer is rung anyway, to confirm.
"""

BEFORE = timedelta(minutes=10)
"""How long before the agreed hour the call is put before the desk: it is made at the hour, not looked for then."""

ENDING = (*BACK, *OVER, *CONFIRMED, Moment.DETAILS_UPDATED, Moment.TRANSFERRED, Moment.VOICE_AGREED)
"""The moments that `ends` looks at; some of them end a call only by what they say."""

LOOKED_AT = frozenset({*RINGS, *ENDING, Moment.BREACHED, Moment.NOTICE_FAILED, Moment.VOICE_OWED, Moment.VOICE_TOLD})
"""An event of any other moment changes nothing here."""

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


@dataclass(frozen=True)
class Agreed:
    """The hour (UTC) at which the customer asked to be rung, with the number of the event that says so."""

    seq: int
    hour: datetime


class VoiceCourse:
    """After each happening so far: the open call, the last one that nobody answered, who was reached last.

    ``rang``: number, moment and variant of each event that is told by voice; ``agreed``: the hour at which the customer
    asked to be rung, until that was done; ``told``: the number of the call that was answered last;
    ``failed``: the contacts whom a notice did not reach by any way, with the number of the event that says so;
    ``instead``: those who got it in their place.
    """

    def __init__(self) -> None:
        self.count = 0
        self.open: Owed | None = None
        self.unanswered: Owed | None = None
        self.reached: Tried | None = None
        self.told: int = 0
        self.seq = 0
        self.agreed: Agreed | None = None
        self.rang: list[tuple[int, str, str]] = []
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
        """One whose number is not said is the next after the last that came here: no number of a case is left out."""
        self.seq = seq = happening.seq or self.seq + 1
        if news := rings(happening.moment, happening.variant, happening.data):
            self.rang.append((seq, *news))
        if happening.moment == Moment.NOTICE_FAILED:
            self._failed(happening.data, seq)
        elif happening.moment == Moment.VOICE_OWED:
            self.open, self.unanswered = owed_by(happening.data), None
            self.count = self.open.n
        elif happening.moment == Moment.VOICE_TOLD:
            self._told(happening, seq)
        elif ends(happening.moment, happening.data):
            self.open = self.unanswered = None
        if happening.moment == Moment.VOICE_AGREED:
            hour = happening.data.get("hour")
            self.agreed = Agreed(seq, datetime.fromisoformat(hour)) if hour else None
        elif is_over(happening.moment, happening.data):
            self.agreed = None

    def _failed(self, data: Mapping[str, Any], seq: int) -> None:
        """While the contact's next way is tried, it has not failed: that way has a word of its own if it fails too."""
        if data.get("next_channel"):
            return
        if contact := data.get("contact"):
            self.failed[contact] = seq
        if deputy := data.get("next_contact"):
            self.instead[deputy] = seq

    def _told(self, happening: Happened, seq: int) -> None:
        """A call that is no longer the open one is on record and moves nothing. Whoever is reached shortly before the
        agreed hour, or after it, is not rung once more for it.
        """
        if self.agreed and happening.variant == "answered" and happening.data.get("about") == self.agreed.seq:
            self.agreed = None
        if self.open is None or self.open.n != happening.data.get("n"):
            return
        if happening.variant == "answered":
            self.reached, self.told, self.unanswered = self.open.number, seq, None
            if self.agreed and happening.at >= self.agreed.hour - BEFORE:
                self.agreed = None
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


def rings(moment: str, variant: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The event as news that is told by voice: moment and variant, which of a breach is its clock; None: it is not.

    Who agreed on a visit has heard of it (P4 D).
    """
    if moment == Moment.BREACHED:
        return (moment, str(data["clock"])) if data.get("clock") in BREACHES_THAT_RING else None
    return (moment, variant) if moment in RINGS and not data.get("heard") else None


def is_over(moment: str, data: Mapping[str, Any]) -> bool:
    """Whether nobody is rung for the case any more, also who asked for it: it is confirmed that the service is back
    (P5), the case is over, or it was no fault (A3).
    """
    is_request = moment == Moment.TRANSFERRED and data.get("case_kind") == CaseKind.REQUEST
    return moment in OVER or moment in CONFIRMED or is_request


def ends(moment: str, data: Mapping[str, Any]) -> bool:
    """Whether the open call is not to be made any more: the service is back, which is told by another one, or is not
    out after all; another hour was agreed on than the one it waits for; nobody is rung any more.
    """
    if moment in BACK or is_over(moment, data) or (moment == Moment.VOICE_AGREED and data.get("over")):
        return True
    return impact_after(moment, data) not in (None, Impact.DOWN)


def impact_after(moment: str, data: Mapping[str, Any]) -> str | None:
    """How the service is felt by this event of the case; None where it says nothing of that."""
    impact = data.get("impact") if moment == Moment.DETAILS_UPDATED else None
    return impact.get("to") if isinstance(impact, Mapping) else None
