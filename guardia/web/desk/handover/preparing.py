"""What was written before the signature: kept for who writes it, and put before whoever signs in that person's place.

A draft holds only what differs from what is known anyway: where the case moves on, the known step moves with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.handing_over import new_responsible
from guardia.people.staff import Staff
from guardia.web.desk.handover import reading
from guardia.web.desk.handover.steps import LONGEST, known_step

LONGEST_NOTE = 4000
NOTE, STEP, TO, SEEN_TO = "nota", "paso-", "a-", "hasta"


@dataclass(frozen=True)
class Prepared:
    """The fields of a hand-over: its note, and by case the next step and the id of the new responsible (as text).

    ``seen_to`` is the id of the newest case that whoever wrote had before them; 0 where nobody has written.
    """

    note: str = ""
    steps: dict[int, str] = field(default_factory=dict)
    to: dict[int, str] = field(default_factory=dict)
    seen_to: int = 0

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "Prepared":
        """From a form, or from a draft. What no field of a hand-over is called is not read."""
        return cls(
            note=storable(fields.get(NOTE, ""), LONGEST_NOTE),
            steps={pk: storable(words, LONGEST) for pk, words in of_cases(fields, STEP)},
            to={pk: words for pk, words in of_cases(fields, TO)},
            seen_to=as_id(fields.get(SEEN_TO, "")) or 0,
        )

    def over(self, below: "Prepared") -> "Prepared":
        """These fields where they are filled, else those below; an empty responsible is not filled."""
        chosen = {pk: to for pk, to in self.to.items() if to}
        steps, to = {**below.steps, **self.steps}, {**below.to, **chosen}
        return Prepared(self.note or below.note, steps, to, self.seen_to or below.seen_to)


def of_cases(fields: Mapping[str, str], prefix: str) -> list[tuple[int, str]]:
    named = ((name.removeprefix(prefix), str(fields[name])) for name in fields if name.startswith(prefix))
    return [(found, words) for pk, words in named if (found := as_id(pk)) is not None]


def as_id(words: object) -> int | None:
    """The id that a form or a draft names; None for what cannot be one."""
    text = str(words)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def storable(words: str, longest: int) -> str:
    return words.replace("\0", "").replace("\r\n", "\n")[:longest]


def defaults(cases: list[Case], incoming: Staff | None, outgoing: Staff | None, at: datetime) -> Prepared:
    """What is known without anybody writing: the step of each case, and who answers for it from now on."""
    to = {case.pk: new_responsible(case, incoming, outgoing) for case in cases}
    return Prepared(
        steps={case.pk: known_step(case, at) for case in cases},
        to={pk: str(staff.pk) if staff else "" for pk, staff in to.items()},
    )


def own_words(fields: Mapping[str, str], known: Prepared) -> dict[str, str]:
    """The fields that say something else than what is known, as they are kept."""
    written = Prepared.read(fields)
    steps = {f"{STEP}{pk}": words for pk, words in written.steps.items() if words != known.steps.get(pk)}
    to = {f"{TO}{pk}": words for pk, words in written.to.items() if words != known.to.get(pk)}
    return {NOTE: written.note, SEEN_TO: str(written.seen_to), **steps, **to}


def as_prepared(mine: Draft | None, theirs: Draft | None, known: Prepared) -> Prepared:
    """My own words over those of the one who goes, over what is known."""
    written = [Prepared.read(draft.fields) for draft in (mine, theirs) if draft]
    found = known
    for one in reversed(written):
        found = one.over(found)
    return found


def draft_key(due_at: datetime) -> str:
    """Each change of shift has its own draft: the words of yesterday's never come back."""
    return f"{reading.DRAFTS}{due_at.astimezone(UTC):%Y%m%d%H%M}"
