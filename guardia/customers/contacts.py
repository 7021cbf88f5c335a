"""The contacts of a company, found: by id, by name or number, by what a page lists of them."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from guardia.customers.contact import Contact

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
