"""Who answers now, level by level, until when and by which numbers (E2 to E5): one look at the live matrix."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.escalation.level import Level, own_levels
from guardia.escalation.roster import Roster
from guardia.people.staff import Staff
from guardia.procedure.escalation_rules import LevelRule

LOOKS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class OnDuty:
    """Somebody who holds a level now; ``until`` (UTC) is None where nothing changes within a fortnight."""

    staff: Staff
    until: datetime | None
    is_cover: bool = False


@dataclass(frozen=True)
class LevelNow:
    """A level with who holds it, and the telephone that belongs to the level itself."""

    rule: LevelRule
    persons: tuple[OnDuty, ...]
    phone: str = ""
    phone_name: str = ""
    hidden: bool = False

    @property
    def number(self) -> int:
        return self.rule.level

    @property
    def is_empty(self) -> bool:
        """Neither a person nor a number: a page to it is skipped at once (design §4.10)."""
        return not self.persons and not self.phone


def levels_now(rules: Iterable[LevelRule], at: datetime, only: Sequence[str] = ()) -> list[LevelNow]:
    """Every level of the procedure at ``at`` (UTC), from the lowest up, in five short questions.

    ``only``: the columns of a person that are read; behind the portal's wall ``roster.KNOWN_TO_CUSTOMERS``.
    """
    in_order = sorted(rules, key=lambda rule: rule.level)
    horizon = at + LOOKS_AHEAD
    roster = Roster.between(at, horizon, [rule.level for rule in in_order], only)
    own = own_levels()
    return [_level_now(rule, roster, own.get(rule.level), at, horizon) for rule in in_order]


def _level_now(rule: LevelRule, roster: Roster, own: Level | None, at: datetime, horizon: datetime) -> LevelNow:
    found: dict[int, OnDuty] = {}
    for turn in roster.turns(rule.level, at, horizon):
        if turn.start == at and turn.staff and turn.staff.pk not in found:
            until = turn.end if turn.end < horizon else None
            found[turn.staff.pk] = OnDuty(turn.staff, until, turn.is_cover)
    if own is None:
        return LevelNow(rule, tuple(found.values()))
    return LevelNow(rule, tuple(found.values()), own.phone, own.phone_name, own.hidden)
