"""What changes of the settings are about, where the record names it by its id: looked up once for all of a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from guardia.calls.exchange import ExchangeAgent
from guardia.customers.contact import Contact
from guardia.people.setting_change import SettingChange
from guardia.web.desk.settings.frame import number_in

Named = tuple[type[Model], int]
Things = Mapping[Named, Model]
WITH: dict[type[Model], str] = {Contact: "customer", ExchangeAgent: "exchange"}
"""What the name of a thing is said with."""


def named(model: type[Model], key: str) -> Named | None:
    """The thing of this id; None where the key is none."""
    pk = number_in(key)
    return (model, pk) if pk else None


def kept(change: SettingChange) -> dict[str, Any]:
    """What the record holds of it: as it is now, and what it no longer has."""
    return {**(change.before or {}), **(change.after or {})}


def things_of(wanted: Iterable[Named | None]) -> Things:
    """Those that are still there, a question for each kind of them."""
    ids: dict[type[Model], set[int]] = {}
    for one in wanted:
        if one:
            ids.setdefault(one[0], set()).add(one[1])
    return {(model, pk): thing for model, pks in ids.items() for pk, thing in _in_bulk(model, pks).items()}


def _in_bulk(model: type[Model], pks: set[int]) -> dict[int, Model]:
    rows = model._default_manager.all()
    return (rows.select_related(WITH[model]) if model in WITH else rows).in_bulk(pks)
