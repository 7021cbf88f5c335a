"""The contacts of a company, found: by id, by name or number; what they asked for; whom a notice reaches (P2)."""

import re
from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from guardia.customers.contact import ChangeKind, Contact, ContactChange, ContactWay, WayKind
from guardia.customers.customer import Customer, Service
from guardia.customers.values import fold
from guardia.people.connections import setting

NAMED = ("id", "title", "name", "position")
"""What a colleague of another contact reads of somebody."""


def contact_of_id(pk: int) -> Contact | None:
    """The contact of this id with the company."""
    return Contact.objects.select_related("customer").filter(pk=pk).first()


def contacts_to_tell() -> QuerySet[Contact]:
    """The active contacts of active companies."""
    return Contact.objects.filter(active=True, customer__active=True)


def contacts_matching(words: str, number: str = "") -> QuerySet[Contact]:
    """The contacts whose name has the words, whose address they are or whose number (E.164) it is, by name."""
    wanted = Q(ways__address__iexact=words) | Q(name__icontains=words) | Q(email__iexact=words)
    if number:
        wanted |= Q(phones__contains=[number]) | Q(ways__address=number)
    return Contact.objects.filter(wanted).select_related("customer").distinct().order_by("name", "pk")


def contacts_of_company(customer_id: int) -> QuerySet[Contact]:
    """Everybody of the company by name, those in use first."""
    return Contact.objects.filter(customer=customer_id).order_by("-active", "name", "pk")


def contact_of_company(pk: int, customer_id: int, *, locked: bool = False) -> Contact | None:
    """The contact of this id, if it is the company's; ``locked``: held until the transaction ends."""
    found = Contact.objects.select_for_update(of=("self",), no_key=True) if locked else Contact.objects.all()
    return found.filter(pk=pk, customer=customer_id).select_related("customer").first()


def contacts_in_bulk(ids: Collection[int]) -> dict[int, Contact]:
    """These contacts by id, of each the name and position alone."""
    return Contact.objects.only(*NAMED).in_bulk(list(ids))


def colleagues_besides(customer_id: int, ids: Collection[int]) -> QuerySet[Contact]:
    """The active contacts of the company but these, by name, of each the name and position alone."""
    others = Contact.objects.filter(customer=customer_id, active=True).exclude(pk__in=list(ids))
    return others.only(*NAMED).order_by("name", "pk")


# Whose mailbox an address is: the contacts who are written to at it, or who once wrote from it.


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


def changes_waiting() -> QuerySet[ContactChange]:
    """What nobody has settled yet, the oldest first."""
    found = ContactChange.objects.filter(settled_at=None).order_by("at", "pk")
    return found.select_related("customer", "by", "about", "case", "change__by_contact").defer("case__search")


def changes_requested_by(customer_id: int) -> QuerySet[ContactChange]:
    """What the company's people have asked to be changed and nobody has settled, the oldest first."""
    asked = ContactChange.objects.filter(customer=customer_id, kind=ChangeKind.ASKED, settled_at=None)
    return asked.select_related("by", "case").defer("case__search").order_by("at")


def with_reach(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each company with ``is_reachable``: an active contact with an address that messages are sent to."""
    return companies.annotate(is_reachable=Exists(_reachable().filter(customer=OuterRef("pk"))))


def unreachable(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """The companies nobody of which can be told anything."""
    return companies.exclude(Exists(_reachable().filter(customer=OuterRef("pk"))))


def is_reachable(company: Customer) -> bool:
    return _reachable().filter(customer=company).exists()


def _reachable() -> QuerySet[Contact]:
    """The active contacts with a mailbox, or with a number for which the operator has a gateway."""
    ways = ContactWay.objects.filter(contact=OuterRef("pk"), active=True, kind__in=kinds_sent())
    return Contact.objects.filter(active=True).filter(~Q(email="") | Q(Exists(ways)))


def kinds_sent() -> list[str]:
    """The kinds of ways that carry messages here: a number without a gateway carries none, nor does a voice."""
    gateways = {WayKind.SMS: setting("SMS_URL"), WayKind.WHATSAPP: setting("WHATSAPP_URL")}
    return [WayKind.MAIL.value, *(kind.value for kind, url in gateways.items() if url)]
