"""Who is on the line, and what that company has: found by index while the telephone still rings."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Case, Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.folding import beginning_with, fold, words_of
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.reach import with_reach
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


def service_of(customer: Customer, pk: int) -> Service | None:
    """The company's active service of this id."""
    return services_of(customer).filter(pk=pk).first()


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


# --- what the screens list and offer ---------------------------------------------------------------------------------


def listed(words: str) -> QuerySet[Customer]:
    """Every company by its name; where words are given, those that ``found_by`` finds."""
    return found_by(words) if words else Customer.objects.order_by("folded_name", "pk")


def active_ones(companies: QuerySet[Customer], *, vip: bool = False) -> QuerySet[Customer]:
    """Of these companies those that buy something, or of them the VIP ones alone."""
    return companies.filter(vip=True, active=True) if vip else companies.filter(active=True)


def inactive_ones(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """Of these companies those that no longer buy anything."""
    return companies.filter(active=False)


def with_counts(ids: Sequence[int]) -> dict[int, Customer]:
    """These companies by id, each with whether somebody of it can be reached and with how many active contacts, sites
    and services it has.
    """
    companies = with_reach(Customer.objects.filter(pk__in=ids))
    counts = {"contact_count": _count(Contact), "site_count": _count(Site), "service_count": _count(Service)}
    return companies.annotate(**counts).in_bulk()


def _count(model: type[Contact] | type[Site] | type[Service]) -> Coalesce:
    of_company = model.objects.filter(customer=OuterRef("pk"), active=True).order_by().values("customer")
    return Coalesce(Subquery(of_company.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def locked_companies() -> QuerySet[Customer]:
    """Every company; whoever reads one of these holds it until the transaction ends."""
    return Customer.objects.select_for_update(of=("self",), no_key=True)


def active_contacts(company: Customer) -> QuerySet[Contact]:
    """The people of the company whom it has not taken out."""
    return company.contacts.filter(active=True)


def all_sites() -> QuerySet[Site]:
    """Every site of every company."""
    return Site.objects.all()


def sites_to_choose(customer_id: int, also: int | None) -> QuerySet[Site]:
    """The company's active sites by name with their cities, and the one of the id ``also`` whether active or not."""
    sites = Site.objects.filter(customer_id=customer_id).select_related("city").order_by("name")
    return sites.filter(Q(active=True) | Q(pk=also))


def sites_in_use() -> QuerySet[Site]:
    """The active sites of active companies."""
    return Site.objects.filter(active=True, customer__active=True)


def active_sites_of(company_ids: Sequence[int]) -> QuerySet[Site]:
    """The active sites of these companies with their cities, by company and name."""
    sites = Site.objects.filter(customer__in=company_ids, active=True).select_related("customer", "city")
    return sites.order_by("customer__name", "name")


def services_with_names() -> QuerySet[Service]:
    """Every service with its company, its site and the site's city."""
    return Service.objects.select_related("customer", "site__city")


def services_of_ids(ids: Sequence[int]) -> QuerySet[Service]:
    """The services of these ids with their companies, sites and cities."""
    return services_with_names().filter(pk__in=ids)


def services_to_choose(customer_id: int, also: int | None) -> QuerySet[Service]:
    """The company's active services by circuit, and the one of the id ``also`` whether active or not."""
    services = Service.objects.filter(customer_id=customer_id).select_related("site").order_by("circuit")
    return services.filter(Q(active=True) | Q(pk=also))


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


def active_customer(pk: int) -> Customer | None:
    """The company of this id, if it is active."""
    return Customer.objects.filter(pk=pk, active=True).first()


def contacts_of_company(customer_id: int) -> QuerySet[Contact]:
    """Everybody of the company by name, those in use first."""
    return Contact.objects.filter(customer=customer_id).order_by("-active", "name", "pk")


def contact_of_company(pk: int, customer_id: int, *, locked: bool = False) -> Contact | None:
    """The contact of this id, if it is the company's; ``locked``: held until the transaction ends."""
    found = Contact.objects.select_for_update(of=("self",), no_key=True) if locked else Contact.objects.all()
    return found.filter(pk=pk, customer=customer_id).select_related("customer").first()


NAMED = ("id", "title", "name", "position")
"""What a colleague of another contact reads of somebody."""


def contacts_in_bulk(ids: Collection[int]) -> dict[int, Contact]:
    """These contacts by id, of each the name and position alone."""
    return Contact.objects.only(*NAMED).in_bulk(list(ids))


def colleagues_besides(customer_id: int, ids: Collection[int]) -> QuerySet[Contact]:
    """The active contacts of the company but these, by name, of each the name and position alone."""
    others = Contact.objects.filter(customer=customer_id, active=True).exclude(pk__in=list(ids))
    return others.only(*NAMED).order_by("name", "pk")
