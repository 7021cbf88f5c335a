"""Whose mailbox an address is: the contacts who are written to at it, or who once wrote from it."""

import re
from collections.abc import Sequence

from django.db.models import Q

from guardia.customers.contact import Contact
from guardia.customers.folding import fold
from guardia.customers.service import Service
from guardia.customers.way import ContactWay, WayKind

MOST, MOST_WORDS = 50, 2000
CIRCUIT = re.compile(r"[\w.\-/:]{3,60}")


def contacts_at(address: str) -> list[Contact]:
    """The active contacts of active companies with this mailbox, of whatever spelling; none for an empty address."""
    if not address:
        return []
    # One after the other, each by its index: joined by OR in one question, neither would be asked.
    # PostgreSQL writes an ``ı`` large as ``I``: a mailbox with such a letter is the one that is spelled so, no other.
    same = "iexact" if address.isascii() else "exact"
    ways = ContactWay.objects.filter(**{f"address__{same}": address}, kind=WayKind.MAIL, active=True)
    elsewhere = list(ways.values_list("contact_id", flat=True)[:MOST])
    found = Contact.objects.filter(Q(**{f"email__{same}": address}) | Q(pk__in=elsewhere))
    active = found.filter(active=True, customer__active=True).select_related("customer")
    return list(active.order_by("pk")[:MOST])


def only_one(contacts: Sequence[Contact]) -> Contact | None:
    """The person who wrote; where several of one company share a mailbox, the first. None: of several companies."""
    return contacts[0] if len({contact.customer_id for contact in contacts}) == 1 else None


def by_circuit(contacts: Sequence[Contact], words: str) -> Contact | None:
    """Of several companies' contacts with one mailbox the one whose company alone has a circuit that is named there."""
    companies = {contact.customer_id for contact in contacts}
    named = {fold(word.strip(".,-/:")) for word in CIRCUIT.findall(words)[:MOST_WORDS]}
    if not companies or not named:
        return None
    own = Service.objects.filter(customer__in=companies, folded_circuit__in=named, active=True)
    found = set(own.values_list("customer_id", flat=True).distinct())
    return next((one for one in contacts if one.customer_id in found), None) if len(found) == 1 else None


def add_address(contact: Contact, address: str) -> None:
    """From now on this address is known to be the contact's. News goes there only where the contact has no mailbox,
    or the mailbox takes nothing: nobody asked for more. Raises nothing for an address that is known already.
    """
    if contact.email.lower() == address.lower():
        return
    if not contact.email:
        contact.email = address
        Contact.objects.filter(pk=contact.pk).update(email=address)
        return
    known = {"customer_id": contact.customer_id, "independent": False, "active": True}
    last = contact.ways.order_by("-position").values_list("position", flat=True).first()
    ContactWay.objects.update_or_create(
        contact=contact,
        kind=WayKind.MAIL,
        address=address,
        defaults={"active": True},
        create_defaults={**known, "position": 0 if last is None else last + 1},
    )
