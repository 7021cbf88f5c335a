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
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.customers.values import Reader, line, read
from guardia.escalation.escalation import Level
from guardia.escalation.rota import ROTA_FIELDS, Cover, Rota, cover_problems, first_turn, rota_problems
from guardia.people.editing import one_phone
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

# Levels, rotas and covers as the record of changes keeps them, and their hours and people in sentences.


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
    if problems := rota_problems(fields, at):
        raise ValidationError(problems)
    rota = Rota(**{name: fields[name] for name in ROTA_FIELDS})
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
        raise ValidationError({"ends_at": _("This time is past. Leave it empty to end the rota now.")})
    rota = Rota.objects.select_for_update().get(pk=rota.pk)
    if rota.valid.isempty or (rota.valid.upper and rota.valid.upper <= ends_at):
        raise ValidationError({"ends_at": _("It already ends before that. Nothing needs to be done.")})
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
    return save_rota({name: getattr(rota, name) for name in ROTA_FIELDS}, by=by, at=at)


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
    return one.valid.upper is None and all(getattr(one, f) == getattr(other, f) for f in ROTA_FIELDS)


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


# Who stands in on a seat, as a supervisor writes it; each change is on record.
#
# What has been is never rewritten: a cover that is withdrawn lasted until then. Every function keeps all of what it
# was given or raises ValidationError by field, each with its remedy.


def save_cover(fields: Fields, *, by: Staff | None, at: datetime, replaces: Cover | None = None) -> Cover:
    """Somebody stands in: ``level``, ``seat``, ``staff``, ``start``, ``end`` (UTC), ``reason``.

    ``replaces``: the one being changed. One that has begun lasts until ``at`` and the new one goes on from there; one
    to come never begins. Raises ValidationError: hours in the wrong order or past, a person who has left, another
    cover at these hours.
    """
    take_turn("cover", f"{fields['level']}.{fields['seat']}")  # the same as that of whoever edits the seat's page
    if replaces:
        with transaction.atomic():
            before = withdraw_cover(replaces, by=by, at=at)
            begun = not before.withdrawn
            return save_cover({**fields, "start": max(fields["start"], at)} if begun else fields, by=by, at=at)
    problems = cover_problems(fields, at)
    other = None if problems else _other_cover(fields)
    if other:
        problems = {"start": _already_covered(other)}
    if problems:
        raise ValidationError(problems)
    during = DateTimeTZRange(fields["start"], fields["end"])
    cover = Cover(level=fields["level"], seat=fields["seat"], staff=fields["staff"], during=during)
    cover.reason = line(200)(fields.get("reason", ""))
    _keep_cover(cover)
    put_on_record("cover", place(cover), None, cover_values(cover), by=by, at=at)
    return cover


def withdraw_cover(cover: Cover, *, by: Staff | None, at: datetime) -> Cover:
    """It lasts no longer: one that has begun ends at ``at``, one to come never begins. One that is over stays."""
    cover = Cover.objects.select_for_update().select_related("staff").get(pk=cover.pk)
    if cover.withdrawn or cover.during.upper <= at:
        raise ValidationError(_("This cover is over already. There is nothing to do."))
    before = cover_values(cover)
    if cover.during.lower < at:
        cover.during = DateTimeTZRange(cover.during.lower, at)
    else:
        cover.withdrawn = True
    cover.save()
    put_on_record("cover", place(cover), before, cover_values(cover), by=by, at=at)
    return cover


def restore_cover(cover: Cover, *, by: Staff | None, at: datetime) -> Cover:
    """A cover that was withdrawn before it began holds after all. Raises ValidationError as ``save_cover`` does."""
    fields = {"level": cover.level, "seat": cover.seat, "staff": cover.staff, "reason": cover.reason}
    return save_cover({**fields, "start": cover.during.lower, "end": cover.during.upper}, by=by, at=at)


def _other_cover(fields: Fields) -> Cover | None:
    during = DateTimeTZRange(fields["start"], fields["end"])
    same = Cover.objects.filter(level=fields["level"], seat=fields["seat"], withdrawn=False, during__overlap=during)
    return same.select_related("staff").order_by("during").first()


def _keep_cover(cover: Cover) -> None:
    """Somebody else may be quicker and the database refuse the overlap: then say whose it is."""
    try:
        with transaction.atomic():
            cover.save()
    except IntegrityError as trouble:
        same = Cover.objects.filter(level=cover.level, seat=cover.seat, during__overlap=cover.during)
        other = same.filter(withdrawn=False).last()
        if other is None:
            raise
        raise ValidationError({"start": _already_covered(other)}) from trouble


def _already_covered(other: Cover) -> str:
    words = {"name": other.staff.name, "start": hour(other.during.lower), "end": hour(other.during.upper)}
    sentence = _(
        "%(name)s covers this seat from %(start)s to %(end)s. Withdraw that cover first, or choose other times."
    )
    return sentence % words
