"""Whom a company's provider lets in: a contact of that company, never another's, by a mailbox that it has checked."""

from collections.abc import Mapping
from typing import Any

from guardia.customers import by_mail
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.provider_calls import ProviderFailed, Trouble, is_sayable


def contact_of_claims(own: OwnSignIn, claims: Mapping[str, Any]) -> tuple[Contact, str]:
    """The contact of these claims, and the mailbox. Raises ProviderFailed.

    Where the provider says nothing of whether it has checked the address, its word counts if the house has written that
    it vouches for its domains; where it says that it has not, it never does.
    """
    mailbox = str(claims.get("email") or "").strip()
    if "@" not in mailbox or not is_sayable(mailbox):
        raise ProviderFailed(Trouble.NO_EMAIL)
    is_checked = claims.get("email_verified", own.vouches or None)
    if is_checked is not True and is_checked != "true":
        raise ProviderFailed(Trouble.UNCHECKED)
    if mailbox.rpartition("@")[2].lower() not in own.domains:
        raise ProviderFailed(Trouble.DOMAIN, mailbox.rpartition("@")[2])
    found = [one for one in by_mail.contacts_at(mailbox) if one.customer_id == own.customer_id]
    if not found:
        raise ProviderFailed(Trouble.NOBODY)
    return found[0], mailbox
