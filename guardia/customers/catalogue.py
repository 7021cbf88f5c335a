"""Companies, sites, services, contacts and cities as lists that are narrowed by filters, with the names they bear."""

from django.db.models import Q, QuerySet

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.lookup import found_by, services_with_names
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.values import beginning_with, fold, words_of


def _equal(columns: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in columns.items() if value is not None}


def companies(words: str = "", **columns: object) -> QuerySet[Customer]:
    """The companies whose columns have these values (None narrows nothing); ``words`` as ``found_by`` reads them."""
    return (found_by(words) if words else Customer.objects.all()).filter(**_equal(columns))


def sites(words: str = "", **columns: object) -> QuerySet[Site]:
    """The sites with their companies and cities; each of the words is in the name of the site or of its city."""
    found = Site.objects.select_related("customer", "city").filter(**_equal(columns))
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(city__name__icontains=word))
    return found


def services(words: str = "", **columns: object) -> QuerySet[Service]:
    """The services with their companies and sites; their circuit, or a part of it, begins with the words."""
    found = services_with_names().select_related("moves_to").filter(**_equal(columns))
    if not words:
        return found
    query = beginning_with(words)
    begun = Q(folded_circuit__startswith=fold(words))
    parts = Service.objects.alias(parts=words_of("folded_circuit")).filter(parts=query).order_by().values("pk")
    return found.filter(begun | Q(pk__in=parts)) if query else found.none()


def contacts(words: str = "", phone: str = "", email: str = "", **columns: object) -> QuerySet[Contact]:
    """The contacts with their companies and further ways; each of the words is in the name.

    ``phone``: who has this number, as somebody writes it; ``email``: whose mailbox it is.
    """
    found = Contact.objects.select_related("customer").prefetch_related("ways").filter(**_equal(columns))
    for word in words.split():
        found = found.filter(name__icontains=word)
    if phone:
        try:
            found = found.filter(phones__contains=[normalise(phone)])
        except NotANumber:
            return found.none()
    return found.filter(email__iexact=email) if email else found


def cities(words: str = "", **columns: object) -> QuerySet[City]:
    """The cities whose columns have these values; each of the words is in the name or the province."""
    found = City.objects.filter(**_equal(columns))
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(province__icontains=word))
    return found
