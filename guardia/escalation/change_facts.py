"""Levels, rotas and covers as the record of changes keeps them, and their hours and people in sentences."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from guardia.escalation.level import Level
from guardia.escalation.rota import Cover, Rota
from guardia.people.staff import Staff


def level_values(level: Level) -> dict[str, Any]:
    return {"phone": level.phone, "phone_name": level.phone_name, "hidden": level.hidden}


def rota_values(rota: Rota) -> dict[str, Any]:
    """``from`` and ``until`` are instants in UTC; a rota that was withdrawn before its time has neither."""
    return {
        "members": list(rota.members),
        "every_days": rota.every_days,
        "starts_on": rota.starts_on.isoformat(),
        "turns_at": f"{rota.turns_at:%H:%M}",
        "zone": rota.zone,
        "from": _utc(rota.valid.lower),
        "until": _utc(rota.valid.upper),
        "withdrawn": rota.valid.isempty,
    }


def cover_values(cover: Cover) -> dict[str, Any]:
    return {
        "staff": cover.staff_id,
        "from": _utc(cover.during.lower),
        "until": _utc(cover.during.upper),
        "reason": cover.reason,
        "withdrawn": cover.withdrawn,
    }


def place(thing: Rota | Cover) -> str:
    """Under which key a seat's changes are on record: ``1.2`` is level 1, seat 2."""
    return f"{thing.level}.{thing.seat}"


def names_of(ids: Iterable[int]) -> list[str]:
    """The people's names, in the order given."""
    wanted = list(ids)
    people = Staff.objects.in_bulk(wanted)
    return [people[one].name for one in wanted if one in people]


def hour(at: datetime) -> str:
    """Day and hour in the operator's zone, as a sentence needs them."""
    return f"{localtime(at):%d/%m/%Y %H:%M}"


def _utc(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
