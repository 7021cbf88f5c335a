"""Who holds a level of the matrix at a given hour (E2 to E4): the seats' rotas, and the covers that stand in for them.

A cover beats the rota. A person who has left the operator holds nothing: a cover falls back to the rota, and a turn
goes to the next member. Nothing is kept between two questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from guardia.escalation.escalation import Level, own_levels
from guardia.escalation.rota import Cover, Rota, changes, in_turn
from guardia.people.staff import OF_THE_SIGN_IN, Staff
from guardia.procedure.rules import LevelRule

KNOWN_TO_CUSTOMERS = ("name", "position", "mobile", "desk_phone", "email", "is_active", "is_machine", "language")
"""What the matrix publishes of a person (E2 to E4), and nothing else."""


class Turn(NamedTuple):
    """A seat from when until when (UTC), and by whom; ``staff`` is None where nobody holds it."""

    seat: int
    staff: Staff | None
    start: datetime
    end: datetime
    is_cover: bool


def on_duty(level: int, at: datetime, only: Sequence[str] = ()) -> list[Staff]:
    """The people who hold a level at ``at``, by seat, each once; an empty list where nobody does.

    ``only``: the columns of a person that are read; under the portal's database role these are KNOWN_TO_CUSTOMERS.
    """
    return Roster.between(at, at, [level], only).on_duty(level, at)


def own_number(level: int) -> tuple[str, str]:
    """The telephone that belongs to the level itself (E.164) and its name; empty where it has none (E2 to E4)."""
    return Level.objects.filter(level=level).values_list("phone", "phone_name").first() or ("", "")


def published_staff(ids: Iterable[int]) -> dict[int, Staff]:
    """These people by id, of each no more than the matrix publishes (E2 to E4)."""
    wanted = set(ids)
    return Staff.objects.only(*KNOWN_TO_CUSTOMERS).in_bulk(wanted) if wanted else {}


@dataclass(frozen=True)
class Roster:
    """All that was decided about a stretch of time, read once (three queries) for any number of questions."""

    rotas: list[Rota]
    covers: list[Cover]
    people: dict[int, Staff]

    @classmethod
    def between(
        cls, start: datetime, end: datetime, levels: Iterable[int] | None = None, only: Sequence[str] = ()
    ) -> "Roster":
        """What holds at some hour from ``start`` to ``end``, both included; ``levels`` None: of every level."""
        stretch = DateTimeTZRange(start, end, "[]")
        rotas = Rota.objects.filter(valid__overlap=stretch).order_by("level", "seat", "valid")
        covers = Cover.objects.filter(during__overlap=stretch, withdrawn=False).defer("reason")
        covers = covers.order_by("level", "seat", "during")
        if levels is not None:
            rotas, covers = rotas.filter(level__in=list(levels)), covers.filter(level__in=list(levels))
        found_rotas, found_covers = list(rotas), list(covers)
        ids = {member for rota in found_rotas for member in rota.members} | {c.staff_id for c in found_covers}
        people = Staff.objects.only(*only) if only else Staff.objects.defer(*OF_THE_SIGN_IN)
        return cls(found_rotas, found_covers, people.in_bulk(ids) if ids else {})

    def seats(self, level: int) -> list[int]:
        by_rota = {rota.seat for rota in self.rotas if rota.level == level}
        return sorted(by_rota | {cover.seat for cover in self.covers if cover.level == level})

    def on_duty(self, level: int, at: datetime) -> list[Staff]:
        """See the function of this name."""
        held = (self.held(level, seat, at)[0] for seat in self.seats(level))
        return list(dict.fromkeys(staff for staff in held if staff))

    def held(self, level: int, seat: int, at: datetime) -> tuple[Staff | None, bool]:
        """Who holds a seat at ``at``, and whether as a cover."""
        for cover in self.covers:
            if (cover.level, cover.seat) == (level, seat) and within(at, cover.during) and self._active(cover.staff_id):
                return self.people[cover.staff_id], True
        for rota in self.rotas:
            if (rota.level, rota.seat) == (level, seat) and within(at, rota.valid):
                return next(filter(None, map(self._active, in_turn(rota, at))), None), False
        return None, False

    def turns(self, level: int, start: datetime, end: datetime) -> list[Turn]:
        """Who holds each seat of a level from ``start`` to ``end``, without gaps: a seat that is empty says so.

        Both ends lie within what was read.
        """
        found: list[Turn] = []
        for seat in self.seats(level):
            for begin, over in pairwise(self._edges(level, seat, start, end)):
                staff, is_cover = self.held(level, seat, begin)
                last = found[-1] if found else None
                if last and (last.seat, last.staff, last.is_cover) == (seat, staff, is_cover):
                    found[-1] = last._replace(end=over)
                else:
                    found.append(Turn(seat, staff, begin, over, is_cover))
        return found

    def _edges(self, level: int, seat: int, start: datetime, end: datetime) -> list[datetime]:
        """Every hour at which the holder of a seat may change, with both ends."""
        covers = [cover.during for cover in self.covers if (cover.level, cover.seat) == (level, seat)]
        rotas = [rota for rota in self.rotas if (rota.level, rota.seat) == (level, seat)]
        edges = {edge for span in (*covers, *(r.valid for r in rotas)) for edge in (span.lower, span.upper) if edge}
        edges |= {change for rota in rotas for change in changes(rota, start, end)}
        return sorted({start, end, *(edge for edge in edges if start < edge < end)})

    def _active(self, staff_id: int) -> Staff | None:
        staff = self.people.get(staff_id)
        return staff if staff and staff.is_active and not staff.is_machine else None


def within(at: datetime, span: DateTimeTZRange) -> bool:
    """Whether an hour is in a stretch that begins with its lower end and is over at its upper one."""
    return (span.lower is None or span.lower <= at) and (span.upper is None or at < span.upper)


# Who answers now, level by level, until when and by which numbers (E2 to E5): one look at the live matrix.


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
        """Neither a person nor a number: a page to it is skipped at once."""
        return not self.persons and not self.phone


def levels_now(rules: Iterable[LevelRule], at: datetime, only: Sequence[str] = ()) -> list[LevelNow]:
    """Every level of the procedure at ``at`` (UTC), from the lowest up, in five short questions.

    ``only``: the columns of a person that are read; under the portal's database role ``roster.KNOWN_TO_CUSTOMERS``.
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


# What is planned for a seat of the matrix (E2 to E4): its rotas and its covers, now and to come. Hours are UTC.


def rotas_from(at: datetime) -> QuerySet[Rota]:
    """The rotas of every seat that hold at this hour or later."""
    return Rota.objects.filter(valid__overlap=DateTimeTZRange(at, None))


def covers_from(at: datetime) -> QuerySet[Cover]:
    """The covers of every seat that last beyond this hour."""
    return Cover.objects.filter(withdrawn=False, during__endswith__gt=at)


def levels_held(at: datetime) -> dict[int, set[int]]:
    """The levels that each person holds at this hour or later, in turn or as a cover, by the person's id."""
    held: dict[int, set[int]] = {}
    for rota in rotas_from(at):
        for member in rota.members:
            held.setdefault(member, set()).add(rota.level)
    for cover in covers_from(at):
        held.setdefault(cover.staff_id, set()).add(cover.level)
    return held


def rotas_of_seat(level: int, seat: int, at: datetime) -> QuerySet[Rota]:
    """The rota that holds the seat at this hour and those that are to come, in the order of time."""
    return rotas_from(at).filter(level=level, seat=seat).order_by("valid")


def covers_of_seat(level: int, seat: int, at: datetime) -> QuerySet[Cover]:
    """The covers of the seat that last beyond this hour with their people, in the order of time."""
    return covers_from(at).filter(level=level, seat=seat).select_related("staff").order_by("during")


def cover_of_seat(pk: int, level: int, seat: int, at: datetime) -> Cover | None:
    """The cover of this id, if it is of the seat and lasts beyond this hour."""
    return covers_of_seat(level, seat, at).filter(pk=pk).first()


def rota_of_seat(level: int, seat: int, at: datetime) -> Rota | None:
    """The rota that holds the seat at this hour."""
    return Rota.objects.filter(level=level, seat=seat, valid__contains=at).first()


def planned_rota(pk: int, level: int, seat: int, at: datetime) -> Rota | None:
    """The rota of this id, if it is of the seat and has not begun at this hour."""
    return Rota.objects.filter(pk=pk, level=level, seat=seat, valid__startswith__gt=at).first()
