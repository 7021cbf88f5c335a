"""The sign-in of a company's own: a provider (OpenID Connect) that says who its people are, in place of a code."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from guardia.customers import contacts, sessions
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.provider_calls import ProviderFailed, Trouble, is_safe, is_sayable
from guardia.customers.values import Misfit, Reader, flag, line, read
from guardia.people import sealing, signed
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

# By which road each company lets its people in: by a code to the mailbox, by a provider of its own, or by both.


@dataclass(frozen=True)
class Roads:
    """The contacts whom a code lets in; the companies that have a provider, and those of them that require it."""

    by_code: Sequence[Contact] = ()
    by_own: Sequence[Customer] = ()
    by_own_alone: Sequence[Customer] = ()

    @property
    def has_several(self) -> bool:
        """Whether the mailbox is known at more than one company."""
        return len({one.customer_id for one in self.by_code} | {one.pk for one in self.by_own_alone}) > 1


def roads_of(contacts: Iterable[Contact]) -> Roads:
    """Of the contacts with one mailbox, each with its company."""
    known = list(contacts)
    found = OwnSignIn.objects.filter(customer__in={one.customer_id for one in known}, active=True)
    required = dict(found.values_list("customer_id", "required"))
    companies = {one.customer_id: one.customer for one in known}
    return Roads(
        by_code=[one for one in known if not required.get(one.customer_id)],
        by_own=[company for pk, company in companies.items() if pk in required],
        by_own_alone=[company for pk, company in companies.items() if required.get(pk)],
    )


class OwnSignIn(models.Model):
    """One for a company. ``required``: then no code by mail opens what is the company's."""

    customer = models.OneToOneField("guardia.Customer", models.PROTECT, related_name="own_sign_in")
    issuer = models.CharField(max_length=300, help_text="its address; what it says of itself is asked below it")
    client_id = models.CharField(max_length=200)
    secret = models.TextField(blank=True, help_text="sealed with SECRET_KEY; empty: it gave none (PKCE alone)")
    domains = models.JSONField(default=list, help_text="of the mailboxes that its word counts for")
    vouches = models.BooleanField(
        default=False, help_text="it says nothing of email_verified: an address of its domains counts as checked"
    )
    required = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "own_sign_in"

    def __str__(self) -> str:
        return self.issuer


def own_sign_in_of(company: Customer) -> OwnSignIn | None:
    """The company's own way to sign in; None where it has none."""
    return OwnSignIn.objects.filter(customer=company).first()


# A company's own sign-in as an administrator writes it. Its secret is sealed, and nobody reads it again.


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
                _("“%s” is not a domain. Write what follows the @ of its email addresses, such as example.com.")
                % one[:60]
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


# Whom a company's provider lets in: a contact of that company, never another's, by a mailbox that it has checked.


def contact_of_claims(own: OwnSignIn, claims: Mapping[str, Any]) -> tuple[Contact, str]:
    """The contact of these claims, and the mailbox. Raises ProviderFailed.

    Where the provider says nothing of whether it has checked the address, its word counts if the operator has written
    that it vouches for its domains; where it says that it has not, it never does.
    """
    mailbox = str(claims.get("email") or "").strip()
    if "@" not in mailbox or not is_sayable(mailbox):
        raise ProviderFailed(Trouble.NO_EMAIL)
    is_checked = claims.get("email_verified", own.vouches or None)
    if is_checked is not True and is_checked != "true":
        raise ProviderFailed(Trouble.UNCHECKED)
    if mailbox.rpartition("@")[2].lower() not in own.domains:
        raise ProviderFailed(Trouble.DOMAIN, mailbox.rpartition("@")[2])
    found = [one for one in contacts.contacts_at(mailbox) if one.customer_id == own.customer_id]
    if not found:
        raise ProviderFailed(Trouble.NOBODY)
    return found[0], mailbox


# The address of a company's own sign-in: an address that nobody can make up, so that it tells nobody who is here.


SALT = "guardia.customers.sign_in_address"
GOOD_FOR = timedelta(days=3650)
"""It may be bookmarked, or stand among the programs of a company: it only leads to the company's own provider."""


def token(customer_id: int) -> str:
    return signed.short_token(SALT, customer_id)


def company_in(written: str) -> int | None:
    """The company that the address names, by id; None where it is none of ours."""
    try:
        return signed.read_short(written, SALT, GOOD_FOR)[0]
    except signed.LinkIsInvalid:
        return None


def of(customer_id: int) -> OwnSignIn | None:
    """The sign-in that this company has in use, with the company, if that is active."""
    found = OwnSignIn.objects.filter(customer=customer_id, active=True, customer__active=True)
    return found.select_related("customer").first()
