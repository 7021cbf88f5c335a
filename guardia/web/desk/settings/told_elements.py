"""A change of an element of the network, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.network.element import ElementKind
from guardia.network.element_editing import RECORDED
from guardia.people.setting_change import SettingChange

NOUNS: dict[str, Promise] = {RECORDED: _("Element of the network")}
KINDS: dict[str, Promise | str] = {kind.value: kind.label for kind in ElementKind}
FIELDS: dict[str, Promise] = {
    "code": _("Code"),
    "city": _("City"),
    "public_name": _("As customers read it"),
    "uppers": _("It hangs on"),
    "protected_uppers": _("With another way"),
    "services": _("Services that end here"),
}


def about(change: SettingChange) -> str:
    """Its code."""
    code: str = (change.after or change.before or {}).get("code", change.key)
    return code
