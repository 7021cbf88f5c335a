"""A change of the telephone's settings in words: which exchange or agent, and each thing before and after."""

from collections.abc import Mapping

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.calls.exchange import Exchange, ExchangeAgent
from guardia.calls.exchanges import AGENT, EXCHANGE
from guardia.people.setting_change import SettingChange
from guardia.web.desk.settings.told_things import Named, kept, named

NOUNS: dict[str, Promise] = {
    EXCHANGE: gettext_lazy("Telephone exchange"),
    AGENT: gettext_lazy("Name at the exchange"),
}
FIELDS: dict[str, Promise] = {
    "extension": gettext_lazy("Extension"),
    "token": gettext_lazy("Address with its token"),
    "signed": gettext_lazy("Only signed messages"),
    "country": gettext_lazy("Country"),
    "queues": gettext_lazy("Queues and their desks"),
    "contexts": gettext_lazy("Trunk contexts"),
    "since": pgettext_lazy("hour", "From"),
}


def of(change: SettingChange) -> Named | None:
    if change.noun == EXCHANGE:
        return None if kept(change).get("name") else named(Exchange, change.key)
    return named(ExchangeAgent, change.key)


def about(change: SettingChange, thing: Model | None) -> str:
    """The name of the exchange; of an agent the name that the exchange calls it by, and of which exchange."""
    if isinstance(thing, ExchangeAgent):
        return f"{thing.name}, {thing.exchange.name}"
    return str(thing or kept(change).get("name") or change.key)


def said(value: Mapping[str, str]) -> str:
    """``technical → technical, ventas → sales``."""
    return ", ".join(_("%(queue)s to %(desk)s") % {"queue": each, "desk": desk} for each, desk in value.items())
