"""Between which hours what `guardia verify` finds must have happened, and by what that is known.

Nothing more is said than follows. A row that differs from the events was right when the event was recorded that wrote
it last. What a comparison of everything had looked at, and found right, happened after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from guardia.people.audit import AuditEntry, AuditKind

type Key = tuple[str, str, str]
"""Part, place and words of a finding, by which it is known again."""


class Ground(StrEnum):
    """Why it was right still at an hour."""

    EVENTS = "events"
    ROW = "row"
    LOGGED = "logged"
    SIGNED = "signed"
    COMPARED = "compared"
    NOTHING = ""


class SinceWhen(NamedTuple):
    """The hours (UTC) between which it happened. ``was_found``: a night had found it by ``not_after`` already.

    ``not_before`` is None where nothing says it; ``ground`` is NOTHING then.
    """

    not_before: datetime | None
    not_after: datetime
    ground: Ground = Ground.NOTHING
    was_found: bool = False


@dataclass(frozen=True)
class PastNights:
    """What the comparisons of earlier nights say, as they stand in the journal of the audit.

    ``clean_at``: as at which hour the last one that found nothing saw the database; None where there was none.
    ``found_at``: when what is found now stood among the first findings of a night since then.
    """

    clean_at: datetime | None = None
    found_at: dict[Key, datetime] = field(default_factory=dict)


@cache
def release() -> str:
    """A later release may look at more: that an earlier one found nothing says nothing of that."""
    return version("guardia")


def past_nights() -> PastNights:
    """Only to be asked where the journal of the audit is whole."""
    found_at: dict[Key, datetime] = {}
    nights = AuditEntry.objects.filter(kind=AuditKind.VERIFIED).order_by("-at", "-pk")
    for night in nights.iterator(chunk_size=100):
        facts = night.facts
        if not facts["breaks"]:
            looked_at_as_much = "as_at" in facts and facts.get("release") == release()
            return PastNights(datetime.fromisoformat(facts["as_at"]) if looked_at_as_much else None, found_at)
        found_at |= {(part, place, what): night.at for part, place, what in facts.get("first", ())}
    return PastNights(None, found_at)


def since_when(
    not_before: datetime | None, ground: Ground, key: Key, nights: PastNights, found_at: datetime
) -> SinceWhen:
    """``not_before`` and ``ground``: what is known of the thing itself; ``found_at``: now. All hours are UTC."""
    if not_before is None:
        ground = Ground.NOTHING
    if nights.clean_at and (not_before is None or nights.clean_at > not_before):
        not_before, ground = nights.clean_at, Ground.COMPARED
    by_night = nights.found_at.get(key)
    return SinceWhen(not_before, by_night or found_at, ground, by_night is not None)


def in_words(since: SinceWhen, hour: Callable[[datetime], str]) -> str:
    """Two sentences in the language of now; ``hour`` writes an hour out, and may leave seconds away: the later one is
    that of the next full minute.
    """
    until = since.not_after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    facts = {"hour": hour(since.not_before) if since.not_before else "", "until": hour(until)}
    return " ".join((GROUNDS[since.ground](), _found(since))) % facts


def _found(since: SinceWhen) -> str:
    if since.was_found:
        return _("Not after %(until)s: that night’s comparison already found it.")
    return _("Not after %(until)s: it was found then.")


GROUNDS: dict[Ground, Callable[[], str]] = {
    Ground.EVENTS: lambda: _("Not before %(hour)s: it cannot be older, by the events of the case."),
    Ground.ROW: lambda: _("Not before %(hour)s: it is no older than that, according to its own row."),
    Ground.LOGGED: lambda: _("Not before %(hour)s: it entered the signed log then, according to the log row."),
    Ground.SIGNED: lambda: _("Not before %(hour)s: the log was signed then, if that checkpoint is right."),
    Ground.COMPARED: lambda: _(
        "Not before %(hour)s: a nightly comparison checked everything at that time and found nothing."
    ),
    Ground.NOTHING: lambda: _("Nothing here says since when: a backup does, or a checkpoint kept elsewhere."),
}


def as_facts(since: SinceWhen) -> list[Any]:
    """For the journal of the audit, from which ``of_facts`` reads it again."""
    not_before = since.not_before.isoformat() if since.not_before else None
    return [not_before, since.not_after.isoformat(), since.ground.value, since.was_found]


def of_facts(facts: list[Any]) -> SinceWhen:
    not_before, not_after, ground, was_found = facts
    return SinceWhen(
        datetime.fromisoformat(not_before) if not_before else None,
        datetime.fromisoformat(not_after),
        Ground(ground),
        was_found,
    )
