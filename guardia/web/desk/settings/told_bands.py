"""A change of the band of sites, and that a company was told of it, in words (P4.1 to P4.3)."""

from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.band_change import NOUN
from guardia.cases.band_told import TOLD
from guardia.cases.words import BAND_NAMES
from guardia.customers.customer import Customer
from guardia.people.setting_change import SettingChange
from guardia.procedure.vocabulary import Band
from guardia.web.desk.settings.told_things import Named, named

NOUNS: dict[str, Promise] = {NOUN: _("Band of sites"), TOLD: _("Change of band told")}
FIELDS: dict[str, Promise] = {
    "band": _("Band"),
    "cases": _("Told by the case"),
    "how": _("How it was told"),
    "undone": _("Taken back"),
}
HIDDEN = frozenset({"sites", "undo", "customer"})
HOW: dict[str, Promise] = {"mail": _("by mail"), "phone": _("by telephone"), "person": _("in person")}


def of(change: SettingChange) -> Named | None:
    key = str((change.after or {}).get("customer", "")) if change.noun == TOLD else change.key
    return named(Customer, key)


def about(change: SettingChange, thing: Model | None) -> str:
    """The company."""
    return str(thing or change.key)


def said(field: str, value: Any) -> str | None:
    """The value in words; None where it says itself."""
    if field == "band" and value in set(Band):
        return str(BAND_NAMES[Band(value)])
    return str(HOW[value]) if field == "how" and value in HOW else None
