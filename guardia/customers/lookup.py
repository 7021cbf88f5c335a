"""Who is on the line, and what that company has: found by index while the telephone still rings."""

from typing import Any

from django.db.models import Case, Model, Q, QuerySet, Value, When

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.folding import beginning_with, fold, words_of
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.service import Service
from guardia.customers.site import Site

LOOKED_AT = 100
"""A word that more names have tells nobody which of them is meant."""


def by_phone(number: str) -> Contact | None:
    """The person whose number this is, or None. A switchboard's extension is tried first, then the number alone.

    A number that several persons share names nobody unless they are of one company: then its first contact.
    """
    try:
        normal = normalise(number)
    except NotANumber:
        return None
    return next((found for one in dict.fromkeys([normal, normal.split(";")[0]]) if (found := _only(one))), None)


def _only(number: str) -> Contact | None:
    reached = Contact.objects.filter(phones__contains=[number], active=True, customer__active=True)
    found = list(reached.select_related("customer").order_by("pk")[:20])
    return found[0] if len({contact.customer_id for contact in found}) == 1 else None


def companies_named(words: str, limit: int = 10) -> list[Customer]:
    """Active companies by name: those that begin with the words first, then those with a word that begins so."""
    return _prefixed_first(Customer.objects.filter(active=True), words, limit)


def companies_with(words: str, limit: int = 10) -> list[Customer]:
    """Active companies by name, circuit or telephone, for a search that takes whatever the caller says."""
    found = companies_named(words, limit)
    if contact := by_phone(words):
        found.insert(0, contact.customer)
    found += [service.customer for service in services_called(words, limit)]
    return list(dict.fromkeys(found))[:limit]


def found_by(words: str) -> QuerySet[Customer]:
    """Every company by name, circuit or a contact's telephone; those that begin with the words first."""
    folded, query = fold(words), beginning_with(words)
    if query is None:
        return Customer.objects.none()
    named = Customer.objects.alias(named=words_of("folded_name")).filter(named=query).order_by().values("pk")
    begun = Customer.objects.filter(folded_name__startswith=folded).order_by().values("pk")
    parts = Service.objects.alias(parts=words_of("folded_circuit")).filter(parts=query)
    circuits = parts.order_by().values("customer_id")
    reached = [contact.customer_id] if (contact := by_phone(words)) else []
    found = Q(pk__in=named.union(begun, circuits)) | Q(pk__in=reached)
    begins = Case(When(folded_name__startswith=folded, then=Value(0)), default=Value(1))
    return Customer.objects.filter(found).order_by(begins, "folded_name", "pk")


def services_of(customer: Customer) -> QuerySet[Service]:
    """The company's active services with their sites and cities, by circuit."""
    active = Service.objects.filter(customer=customer, active=True)
    return active.select_related("site__city", "customer").order_by("site__name", "circuit")


def services_matching(customer: Customer, words: str) -> QuerySet[Service]:
    """The company's active services of which each word is in the circuit, the site's name or the city's; those whose
    circuit begins with the words first.

    Sites are looked through one by one: a company has no more of them than services, and their names are short.
    """
    found = services_of(customer)
    parts = fold(words).split()
    sites = Site.objects.filter(customer=customer).values_list("pk", "name", "city__name") if parts else ()
    named = [(pk, fold(f"{name} {city}")) for pk, name, city in sites]
    for part in parts:
        there = [pk for pk, name in named if part in name]
        found = found.filter(Q(folded_circuit__contains=part) | Q(site__in=there))
    if not parts:
        return found
    begins = Case(When(folded_circuit__startswith=fold(words), then=Value(0)), default=Value(1))
    return found.order_by(begins, "site__name", "circuit")


def services_called(words: str, limit: int = 10) -> list[Service]:
    """Active services of active companies whose circuit begins with the words, or has a part that begins so."""
    folded, query = fold(words), beginning_with(words)
    if query is None:
        return []
    active = Service.objects.filter(active=True, customer__active=True).select_related("customer", "site__city")
    first = list(active.filter(folded_circuit__startswith=folded).order_by("folded_circuit", "pk")[:limit])
    parts = Service.objects.alias(parts=words_of("folded_circuit")).filter(parts=query)
    rest = active.filter(pk__in=some_of(parts)).exclude(pk__in=[service.pk for service in first])
    rest = rest.order_by("folded_circuit", "pk")
    return [*first, *rest[: limit - len(first)]]


def _prefixed_first(companies: QuerySet[Customer], words: str, limit: int) -> list[Customer]:
    folded, query = fold(words), beginning_with(words)
    if query is None:
        return []
    first = list(companies.filter(folded_name__startswith=folded).order_by("folded_name", "pk")[:limit])
    named = Customer.objects.alias(named=words_of("folded_name")).filter(named=query)
    rest = companies.filter(pk__in=some_of(named)).exclude(pk__in=[company.pk for company in first])
    return [*first, *rest.order_by("folded_name", "pk")[: limit - len(first)]]


def some_of[Row: Model](found: QuerySet[Row]) -> QuerySet[Row, Any]:
    """The ids of what has a word, so many at most: asked for in an order at once, PostgreSQL would go through all names
    in that order and look for the word in each.
    """
    return found.order_by().values("pk")[:LOOKED_AT]
