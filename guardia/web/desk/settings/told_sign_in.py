"""A change of a company's own sign-in in words."""

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from guardia.customers.customer import Customer
from guardia.customers.own_sign_in_editing import RECORDED, Standing
from guardia.people.setting_change import SettingChange
from guardia.web.desk.settings.told_things import Named, named

NOUNS: dict[str, Promise] = {RECORDED: gettext_lazy("Sign-in of a company’s people")}
FIELDS: dict[str, Promise] = {
    "issuer": gettext_lazy("Address of the provider (issuer)"),
    "client_id": gettext_lazy("Client identifier"),
    "secret": gettext_lazy("Client secret"),
    "domains": gettext_lazy("Domains of its mailboxes"),
    "vouches": gettext_lazy("Vouches for its domains"),
    "standing": gettext_lazy("How its people come in"),
}
STANDINGS: dict[str, Promise] = {
    Standing.OFF: gettext_lazy("By a code alone"),
    Standing.OFFERED: gettext_lazy("By a code or by its own"),
    Standing.REQUIRED: gettext_lazy("By its own alone"),
}


def of(change: SettingChange) -> Named | None:
    return named(Customer, change.key)


def about(change: SettingChange, thing: Model | None) -> str:
    """Of which company."""
    return str(thing or change.key)
