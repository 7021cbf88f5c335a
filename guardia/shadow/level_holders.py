"""Who holds each level in the database beside: as the operator's own rotas and covers say, or a stand-in (E2 to E4).

Of the operator's people the copy has the name and the language, and whether they can be paged and dialled at all; no
mailbox and no telephone. Where an installation has no rota, or before its first one begins, a stand-in holds the level.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.escalation.escalation import Level, own_levels
from guardia.escalation.roster import Roster
from guardia.escalation.rota import ROTA_FIELDS, Cover, Rota, first_turn
from guardia.people.staff import Role, Staff
from guardia.procedure.rules import LevelRule

MAILBOX = "nobody-%d@example.invalid"
TELEPHONE = "+10000000000"
"""Rings nowhere; it stands where the operator's own has a number."""
ON_ROTA, STAND_IN = "rota-", "level-"
"""How the user names begin of whoever is on a rota of the operator's, and of who stands in for a level."""
DAY = timedelta(days=1)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Holders:
    """``stand_in_until``: by level until when somebody stands in since its first rota begins later (ISO 8601 UTC).

    ``nobody``: levels without a rota, where others have one: they are skipped, as Guardia would.
    """

    has_rotas: bool = False
    stand_in_until: dict[str, str] = field(default_factory=dict)
    nobody: list[int] = field(default_factory=list)


# --- the copy ---------------------------------------------------------------------------------------------------------
def rotas_to_copy() -> dict[str, Any]:
    """All rotas, covers and their people, as JSON has them; empty where there is no rota."""
    roster = Roster.between(FIRST, FIRST + timedelta(days=365_000))
    if not (roster.rotas or roster.covers):
        return {}
    return {
        "people": [person_to_copy(staff) for staff in roster.people.values()],
        "rotas": [rota_to_copy(rota) for rota in roster.rotas],
        "covers": [
            {"level": each.level, "seat": each.seat, "staff": each.staff_id, "during": span_of(each.during)}
            for each in roster.covers
        ],
        "numbers": sorted(level for level, own in own_levels().items() if own.phone),
    }


def person_to_copy(staff: Staff) -> dict[str, Any]:
    return {
        "pk": staff.pk,
        "name": staff.name,
        "language": staff.language,
        "is_active": staff.is_active,
        "has_a_way": staff.has_a_way,
        "has_a_number": bool(staff.mobile or staff.desk_phone),
    }


def rota_to_copy(rota: Rota) -> dict[str, Any]:
    fields = {name: getattr(rota, name) for name in ROTA_FIELDS}
    texts = {"starts_on": rota.starts_on.isoformat(), "turns_at": rota.turns_at.isoformat()}
    return fields | texts | {"valid": span_of(rota.valid)}


def span_of(span: DateTimeTZRange) -> list[str | None]:
    return [edge.isoformat() if edge else None for edge in (span.lower, span.upper)]


def span_from(edges: Iterable[str | None]) -> DateTimeTZRange:
    return DateTimeTZRange(*(datetime.fromisoformat(edge) if edge else None for edge in edges))


# --- in the database beside -------------------------------------------------------------------------------------------
def hold_the_levels(levels: Iterable[LevelRule], since: datetime, copied: Mapping[str, Any]) -> Holders:
    """Whoever holds each level from a day before ``since`` (UTC) on, written; what had to be made up is returned."""
    found = Holders(has_rotas=bool(copied))
    begins: dict[int, datetime] = {}
    if copied:
        begins = write_rotas(copied)
    for rule in levels:
        first = begins.get(rule.level)
        if copied and first is None:
            found.nobody.append(rule.level)
        elif first is None or first > since:
            stand_in(rule, since - DAY, first)
            if first:
                found.stand_in_until[str(rule.level)] = first.isoformat()
    return found


def write_rotas(copied: Mapping[str, Any]) -> dict[int, datetime]:
    """The copies, and by level when its first rota or cover begins."""
    people = {each["pk"]: write_person(each).pk for each in copied["people"]}
    begins: dict[int, datetime] = {}
    for each in copied["rotas"]:
        rota = Rota(**{name: each[name] for name in ROTA_FIELDS if name not in ("members", "starts_on", "turns_at")})
        rota.members = [people[pk] for pk in each["members"] if pk in people]
        rota.starts_on = date.fromisoformat(each["starts_on"])
        rota.turns_at = time.fromisoformat(each["turns_at"])
        span = span_from(each["valid"])
        begin = max(span.lower or FIRST, first_turn(rota))
        if span.upper is None or begin < span.upper:
            rota.valid = DateTimeTZRange(begin, span.upper)
            rota.save()
            begins[rota.level] = min(begin, begins.get(rota.level, begin))
    for each in copied["covers"]:
        during = span_from(each["during"])
        Cover.objects.create(level=each["level"], seat=each["seat"], staff_id=people[each["staff"]], during=during)
        if during.lower:
            begins[each["level"]] = min(during.lower, begins.get(each["level"], during.lower))
    for level in copied["numbers"]:
        Level.objects.update_or_create(level=level, defaults={"phone": TELEPHONE})
    return begins


def write_person(each: Mapping[str, Any]) -> Staff:
    return Staff.objects.create(
        username=f"{ON_ROTA}{each['pk']}",
        name=each["name"],
        language=each["language"],
        is_active=each["is_active"],
        email=MAILBOX % each["pk"] if each["has_a_way"] else "",
        mobile=TELEPHONE if each["has_a_number"] else "",
        role=Role.SUPERVISOR,
    )


def stand_in(rule: LevelRule, since: datetime, until: datetime | None) -> None:
    staff = Staff.objects.create(
        username=f"{STAND_IN}{rule.level}",
        name=rule.name.es[:160],
        email=MAILBOX % rule.level,
        role=Role.SUPERVISOR,
    )
    Rota.objects.create(
        level=rule.level,
        seat=1,
        members=[staff.pk],
        starts_on=(since - DAY).date(),
        turns_at=time(8),
        valid=DateTimeTZRange(since, until),
    )


def names_on_rota() -> dict[int, str]:
    """By id everybody who is on a rota of the operator's or covers one; a stand-in has no name."""
    return dict(Staff.objects.filter(username__startswith=ON_ROTA).values_list("pk", "name"))


def named(page: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """Who of these people was paged, by the facts of the event."""
    return [names[pk] for pk in page.get("staff", ()) if pk in names]
