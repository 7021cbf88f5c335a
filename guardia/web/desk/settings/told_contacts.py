"""A change of what a contact is told, in words: codes and marks only, as the record keeps it."""

from collections.abc import Iterable, Mapping

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.words import CASE_KIND_NAMES, TOPIC_NAMES
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.setting_change import SettingChange
from guardia.web.desk.companies.forms import WAY_NAMES
from guardia.web.desk.settings.told_things import Named, named

NOUNS: dict[str, Promise] = {
    "company": _("What new contacts are told"),
    "contact": _("What a contact is told"),
}
FIELDS: dict[str, Promise] = {
    "told": _("Is told about"),
    "kinds": _("Kinds of case"),
    "mail": _("E-mail"),
    "email_independent": _("Mailbox works without the service"),
    "administers": _("Administers the company's contacts"),
    "active": _("Active"),
    "ways_depending": _("Ways that need the service"),
    **{f"way_{kind}": name for kind, name in WAY_NAMES.items()},
}
CODES: Mapping[str, Mapping[str, Promise]] = {
    "told": {topic.value: name for topic, name in TOPIC_NAMES.items()},
    "kinds": {kind.value: name for kind, name in CASE_KIND_NAMES.items()},
    "ways_depending": WAY_NAMES,
}


def said(field: str, value: Iterable[str]) -> str:
    return ", ".join(str(CODES[field].get(code, code)) for code in value)


def of(change: SettingChange) -> Named | None:
    return named(Customer if change.noun == "company" else Contact, change.key)


def about(change: SettingChange, thing: Model | None) -> str:
    """The company; of a contact its company too. The record itself names nobody."""
    if isinstance(thing, Contact):
        return f"{thing}, {thing.customer}"
    return str(thing or change.key)
