"""A change of mail or messages in words: which connection, and each setting before and after; no secret."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.people.connections import NAMES, RECORDED, SECRETS, Kind
from guardia.people.setting_change import SettingChange

NOUNS: dict[str, Promise] = {RECORDED: _("Mail and messages")}
FIELDS: dict[str, str] = {name: name for names in NAMES.values() for name in names}
ANEW: Mapping[str, Promise] = {"set": _("a new one"), "removed": _("taken away")}
CODED: dict[str, Mapping[str, Promise]] = dict.fromkeys(SECRETS, ANEW)
KINDS: dict[str, Promise | str] = {
    Kind.SMTP: pgettext_lazy("channel", "Mail that leaves"),
    Kind.SENDER: _("Sent as"),
    Kind.IMAP: pgettext_lazy("channel", "Mail that comes in"),
    Kind.SMS: _("SMS"),
    Kind.WHATSAPP: _("WhatsApp"),
}


def about(change: SettingChange) -> str:
    return str(KINDS.get(change.key, change.key))
