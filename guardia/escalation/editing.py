"""Rotas and the levels' own numbers as a supervisor writes them; each change is on record. Covers: ``covering``.

What has been is never rewritten: a rota that is replaced held until then.
Every function keeps all of what it was given or raises ValidationError by field, each with its remedy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from guardia.customers.values import Reader, line, read
from guardia.escalation import fitting
from guardia.escalation.change_facts import hour, level_values, names_of, place, rota_values
from guardia.escalation.level import Level
from guardia.escalation.rota import Rota
from guardia.escalation.turning import first_turn
from guardia.people.editing import one_phone
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

Fields = Mapping[str, Any]
NEVER = DateTimeTZRange(empty=True)
LEVEL: dict[str, Reader] = {"phone": one_phone, "phone_name": line(80), "hidden": bool}


def save_level(level: int, fields: Fields, *, by: Staff | None, at: datetime, reason: str = "") -> Level:
    """Keep the number that belongs to the level itself, and its name; an empty one takes it away (E2 to E4).

    ``hidden``: its people and numbers are left out of the published document, and stay on the customers' own pages.
    """
    kept = read(LEVEL, fields)
    if kept["phone_name"] and not kept["phone"]:
        raise ValidationError({"phone": _("The number is missing. Write it, or leave its name empty too.")})
    thing = Level.objects.select_for_update().filter(level=level).first() or Level(level=level)
    before = level_values(thing) if thing.pk else None
    thing.phone, thing.phone_name, thing.hidden = kept["phone"], kept["phone_name"], kept.get("hidden", False)
    thing.save()
    put_on_record("level", level, before, level_values(thing), by=by, at=at, reason=reason)
    return thing


def save_rota(
    fields: Fields, *, by: Staff | None, at: datetime, replaces: Rota | None = None, reason: str = ""
) -> Rota:
    """A rota for a seat: ``level``, ``seat``, ``members`` (ids), ``every_days``, ``starts_on``, ``turns_at``, ``zone``.

    It holds from its first turn, or from ``at`` where that is past, until it is replaced; the one before it holds until
    then. ``replaces``: the one being corrected, which is withdrawn if its time has not come. Raises ValidationError.
    """
    if problems := fitting.rota_problems(fields, at):
        raise ValidationError(problems)
    rota = Rota(**{name: fields[name] for name in fitting.ROTA_FIELDS})
    rota.valid = DateTimeTZRange(max(first_turn(rota), at), None)
    take_turn("rota", place(rota))  # a button pressed twice at once finds its work done
    with transaction.atomic():
        plan = _locked(rota).filter(pk=replaces.pk, valid__startswith__gt=at).first() if replaces else None
        old = plan or _in_the_way(rota, at, plan)
        if old and _same_turns(old, rota):
            return old
        before = rota_values(old) if old else None
        _make_room(rota, at, plan)
        _keep(rota)
    put_on_record("rota", place(rota), before, rota_values(rota), by=by, at=at, reason=reason)
    return rota


def end_rota(rota: Rota, ends_at: datetime, *, by: Staff | None, at: datetime, reason: str = "") -> Rota:
    """The seat has no rota from ``ends_at`` on. One whose time has not come is withdrawn. Raises ValidationError."""
    if ends_at < at:
        raise ValidationError({"ends_at": _("This hour is past. Leave it empty to end the rota now.")})
    rota = Rota.objects.select_for_update().get(pk=rota.pk)
    if rota.valid.isempty or (rota.valid.upper and rota.valid.upper <= ends_at):
        raise ValidationError({"ends_at": _("It ends before that already. Nothing has to be done.")})
    before = rota_values(rota)
    if ends_at <= rota.valid.lower:
        _withdraw_plan(rota, None)
    else:
        rota.valid = DateTimeTZRange(rota.valid.lower, ends_at)
        rota.save()
    put_on_record("rota", place(rota), before, rota_values(rota), by=by, at=at, reason=reason)
    return rota


def rota_again(rota: Rota, *, by: Staff | None, at: datetime) -> Rota:
    """Take up the turns of a rota that was ended, withdrawn or replaced, from now on. Raises ValidationError."""
    return save_rota({name: getattr(rota, name) for name in fitting.ROTA_FIELDS}, by=by, at=at)


def _make_room(rota: Rota, at: datetime, plan: Rota | None) -> None:
    """End what holds the seat at the new rota's start; the plan that it corrects never holds."""
    begins = rota.valid.lower
    if plan:
        _withdraw_plan(plan, begins)
    if old := _in_the_way(rota, at, plan):
        old.valid = DateTimeTZRange(old.valid.lower, begins)
        old.save()


def _in_the_way(rota: Rota, at: datetime, plan: Rota | None) -> Rota | None:
    """The rota that holds the seat when the new one begins. Raises ValidationError where another is planned later."""
    found = list(_locked(rota).filter(valid__overlap=rota.valid).exclude(pk=plan.pk if plan else None))
    for old in found:
        if old.valid.lower > at and old.valid.lower >= rota.valid.lower:
            raise ValidationError({"starts_on": _planned(old)})
    return found[0] if found else None


def _locked(rota: Rota) -> Any:
    return Rota.objects.select_for_update().filter(level=rota.level, seat=rota.seat).order_by("valid")


def _withdraw_plan(plan: Rota, until: datetime | None) -> None:
    """A plan whose time has not come never holds; the rota that was to end for it goes on until ``until``."""
    starts = plan.valid.lower
    plan.valid = NEVER
    plan.save()
    before = _locked(plan).filter(valid__endswith=starts).first()
    if before:
        before.valid = DateTimeTZRange(before.valid.lower, until)
        before.save()


def _same_turns(one: Rota, other: Rota) -> bool:
    """Whether both name the same people at the same hours, for good."""
    return one.valid.upper is None and all(getattr(one, f) == getattr(other, f) for f in fitting.ROTA_FIELDS)


def _keep(rota: Rota) -> None:
    """Somebody else may be quicker and the database refuse the overlap: then say whose it is."""
    try:
        with transaction.atomic():
            rota.save()
    except IntegrityError as trouble:
        other = Rota.objects.filter(level=rota.level, seat=rota.seat, valid__overlap=rota.valid).last()
        if other is None:
            raise
        raise ValidationError({"starts_on": _planned(other)}) from trouble


def _planned(other: Rota) -> str:
    words = {"names": _names(other.members), "hour": hour(other.valid.lower)}
    return _("From %(hour)s this seat has another rota: %(names)s. End that one first, or correct it.") % words


def _names(ids: Iterable[int]) -> str:
    return ", ".join(names_of(ids))
