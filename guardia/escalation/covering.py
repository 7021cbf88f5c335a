"""Who stands in on a seat, as a supervisor writes it; each change is on record.

What has been is never rewritten: a cover that is withdrawn lasted until then. Every function keeps all of what it was
given or raises ValidationError by field, each with its remedy.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from guardia.customers.values import line
from guardia.escalation import fitting
from guardia.escalation.change_facts import cover_values, hour, place
from guardia.escalation.rota import Cover
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

Fields = Mapping[str, Any]


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
    problems = fitting.cover_problems(fields, at)
    other = None if problems else _other_cover(fields)
    if other:
        problems = {"start": _already_covered(other)}
    if problems:
        raise ValidationError(problems)
    during = DateTimeTZRange(fields["start"], fields["end"])
    cover = Cover(level=fields["level"], seat=fields["seat"], staff=fields["staff"], during=during)
    cover.reason = line(200)(fields.get("reason", ""))
    _keep(cover)
    put_on_record("cover", place(cover), None, cover_values(cover), by=by, at=at)
    return cover


def withdraw_cover(cover: Cover, *, by: Staff | None, at: datetime) -> Cover:
    """It lasts no longer: one that has begun ends at ``at``, one to come never begins. One that is over stays."""
    cover = Cover.objects.select_for_update().select_related("staff").get(pk=cover.pk)
    if cover.withdrawn or cover.during.upper <= at:
        raise ValidationError(_("This cover is over already. Nothing has to be done."))
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


def _keep(cover: Cover) -> None:
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
    sentence = _("%(name)s covers this seat from %(start)s to %(end)s. Withdraw that first, or choose other hours.")
    return sentence % words
