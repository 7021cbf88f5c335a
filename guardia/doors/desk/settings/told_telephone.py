"""A change of the telephone's settings in words: which exchange or agent, and each thing before and after."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.calls.exchange import Exchange, ExchangeAgent
from guardia.calls.exchanges import AGENT, EXCHANGE
from guardia.people.setting_change import SettingChange

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


def about(change: SettingChange) -> str:
    """The name of the exchange; of an agent the name that the exchange calls it by, and of which exchange."""
    pk = int(change.key) if change.key.isdigit() and len(change.key) < 19 else 0
    kept: dict[str, Any] = {**(change.before or {}), **(change.after or {})}
    if change.noun == EXCHANGE:
        return str(kept.get("name") or Exchange.objects.filter(pk=pk).first() or change.key)
    agent = ExchangeAgent.objects.select_related("exchange").filter(pk=pk).first()
    return f"{agent.name}, {agent.exchange.name}" if agent else str(kept.get("name", change.key))


def said(value: Mapping[str, str]) -> str:
    """``technical → technical, ventas → sales``."""
    return ", ".join(_("%(queue)s to %(desk)s") % {"queue": each, "desk": desk} for each, desk in value.items())
