"""A change of what is tested of a service, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.evidence.target_editing import RECORDED
from guardia.people.setting_change import SettingChange

NOUNS: dict[str, Promise] = {RECORDED: _("Test of a service")}
FIELDS: dict[str, Promise] = {
    "address": _("Address"),
    "pinned": _("Address that is tested"),
    "port": _("Port"),
    "asks": _("What is asked"),
    "expects": _("What is expected"),
    "max_loss": _("Lost at most (%)"),
    "max_ms": _("On average at most (ms)"),
    "at_registration": _("Run by itself when a case is opened"),
    "active": _("Active"),
}


def about(change: SettingChange) -> str:
    """Its address, as it was written."""
    address: str = (change.after or change.before or {}).get("address", change.key)
    return address
