"""A change of the limit of a domain, in words: which domain, and how many mails a minute before and after."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.notices.domain_limits import NOUN
from guardia.people.setting_change import SettingChange

NOUNS: dict[str, Promise] = {NOUN: _("Limit of a domain")}
FIELDS: dict[str, Promise] = {"per_minute": _("Mails a minute")}


def about(change: SettingChange) -> str:
    """The domain, whole; the key of a long one is cut."""
    domain: str = (change.after or change.before or {}).get("domain", change.key)
    return domain
