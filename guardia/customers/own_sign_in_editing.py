"""A company's own sign-in as an administrator writes it. Its secret is sealed, and nobody reads it again."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers import sessions
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.provider_calls import is_safe
from guardia.customers.values import Misfit, Reader, flag, line, read
from guardia.people import sealing
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

RECORDED = "own_sign_in"
SECRET = "guardia.customers.own_sign_in"
WELL_KNOWN = "/.well-known/openid-configuration"
MOST_DOMAINS = 20
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class Standing(StrEnum):
    """OFF: codes by mail alone. OFFERED: both. REQUIRED: the company's own alone."""

    OFF = "off"
    OFFERED = "offered"
    REQUIRED = "required"


def standing_of(own: OwnSignIn | None) -> Standing:
    if own is None or not own.active:
        return Standing.OFF
    return Standing.REQUIRED if own.required else Standing.OFFERED


def issuer(value: str) -> str:
    """The address of a provider. Raises Misfit."""
    address = line(300)(value).removesuffix(WELL_KNOWN)
    if not is_safe(address) or any(mark in address for mark in "?#@"):
        raise Misfit(_("Write the address of the provider as it calls itself, such as https://login.example.com."))
    return address


def domains(value: str) -> list[str]:
    """The domains of the company's mailboxes, each once. Raises Misfit naming the one that is none."""
    written = [one.removeprefix("@").lower() for one in re.split(r"[\s,;]+", line(2000)(value)) if one]
    for one in written:
        if not _DOMAIN.fullmatch(one):
            raise Misfit(
                _("“%s” is no domain. Write what stands after the @ of its mailboxes, such as example.com.") % one[:60]
            )
    if not written or len(written) > MOST_DOMAINS:
        raise Misfit(_("Write from one to %d domains, such as example.com.") % MOST_DOMAINS)
    return list(dict.fromkeys(written))


def client_id(value: str) -> str:
    """As the provider gave it. Raises Misfit."""
    written = line(200)(value)
    if not written:
        raise Misfit(_("Write the client identifier that the provider gave."))
    return written


READERS: dict[str, Reader] = {
    "issuer": issuer,
    "client_id": client_id,
    "secret": line(500),
    "domains": domains,
    "vouches": flag,
    "standing": lambda value: Standing(value),
}


def save(company: Customer, fields: Mapping[str, Any], *, by: Staff, at: datetime) -> OwnSignIn:
    """Keep the provider of a company; on record as changed ``by`` whom ``at`` (UTC).

    An empty secret leaves the old one, but for another provider: that one must be told its own. Where what lets people
    in has changed, those whom the provider let in sign in again. Raises Unfit.
    """
    kept = read(READERS, fields)
    own = OwnSignIn.objects.select_for_update().filter(customer=company).first() or OwnSignIn(customer=company)
    before, was = recorded_values(own) if own.pk else None, lets_in(own)
    if kept["issuer"] != own.issuer:
        own.secret = ""
    if kept["secret"]:
        own.secret = sealing.seal(SECRET, kept["secret"])
    for name in ("issuer", "client_id", "domains", "vouches"):
        setattr(own, name, kept[name])
    own.active, own.required = kept["standing"] != Standing.OFF, kept["standing"] == Standing.REQUIRED
    own.changed_at = at
    own.save()
    after = recorded_values(own) | ({"secret": "set"} if kept["secret"] else {})
    put_on_record(RECORDED, company.pk, before, after, by=by, at=at)
    if own.pk and was != lets_in(own):
        sessions.end_of_company(company.pk, at, by_own=True)
    return own


def lets_in(own: OwnSignIn) -> tuple[object, ...]:
    return (own.issuer, own.client_id, list(own.domains), own.vouches, own.active)


def secret_of(own: OwnSignIn) -> str:
    """What the provider gave; nothing where it gave none. Raises CannotBeUnsealed."""
    return sealing.unseal(SECRET, own.secret) if own.secret else ""


def recorded_values(own: OwnSignIn) -> dict[str, Any]:
    """As the record keeps it: without the secret."""
    names = ("issuer", "client_id", "domains", "vouches")
    return {name: getattr(own, name) for name in names} | {"standing": standing_of(own).value}
