"""How long each kind is kept in this house: the operator's word, else Guardia's; never less than the least."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff
from guardia.privacy.retention_kinds import BY_KEY, KINDS
from guardia.privacy.retention_rule import RetentionRule
from guardia.privacy.retention_shape import Kind

NOUN = "retention"
LONGEST = 36500
"""Days: a hundred years. What is kept for longer is kept for good."""


def in_force(using: str = "default") -> dict[str, int | None]:
    """Days by kind; None: kept for good. What is below the least counts as the least, whoever wrote it."""
    own = dict(RetentionRule.objects.using(using).values_list("kind", "days"))
    return {kind.key: at_least(kind, own.get(kind.key, kind.days)) for kind in KINDS}


def at_least(kind: Kind, days: int | None) -> int | None:
    return None if days is None else max(days, kind.least)


def up_to(days: int, at: datetime) -> datetime:
    """What is older than this (UTC) goes."""
    return at - timedelta(days=days)


def keep_for(key: str, days: int | None, *, by: Staff, at: datetime, reason: str = "") -> None:
    """From now on this kind is kept so many days, or for good. On record as every setting. Raises ValidationError."""
    kind = BY_KEY[key]
    if days is not None and not kind.least <= days <= LONGEST:
        words = _("Write a number of days from %(least)d to %(most)d, or leave it empty: kept for good.")
        raise ValidationError({"days": words % {"least": kind.least, "most": LONGEST}})
    take_turn(NOUN, key)
    before = in_force()[key]
    RetentionRule.objects.update_or_create(kind=key, defaults={"days": days})
    put_on_record(NOUN, key, {"days": before}, {"days": days}, by=by, at=at, reason=reason)
