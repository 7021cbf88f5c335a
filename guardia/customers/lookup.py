"""Who is on the line, and what that company has: found by index while the telephone still rings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from guardia.config.sql_rows import columns_of, knowing, object_of, rows_of
from guardia.customers.cities import City
from guardia.customers.contact import Contact, ContactWay
from guardia.customers.contacts import with_reach
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.values import beginning_with, fold, words_of

MOST_SERVICES = 200
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


def contacts_named(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these contacts by id."""
    return dict(Contact.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def contacts_with_ways_of(customer_id: int, *, have_ways: bool = True) -> list[Contact]:
    """The active contacts with their further ways, in two queries; in one where it is known that nobody has any."""
    active = Contact.objects.filter(customer_id=customer_id, active=True)
    return list(active.order_by("pk").prefetch_related(ways_of(have_ways))[:50])


def active_company(pk: str) -> Customer | None:
    """Return the active company with this id, as an address or a form writes it."""
    return Customer.objects.filter(pk=int(pk), active=True).first() if _is_id(pk) else None


def company_with_external_id(external_id: str) -> Customer | None:
    """Return the active company that the import knows by this key."""
    return Customer.objects.filter(external_id=external_id, active=True).first()


def active_service(pk: str) -> Service | None:
    """Return the active service with this id, as an address or a form writes it, with its company, site and city."""
    found = rows_of(ACTIVE_SERVICE, [int(pk)]) if _is_id(pk) else []
    for row in found:
        values = iter(row)
        service, site = object_of(Service, values), object_of(Site, values)
        knowing(site, city=object_of(City, values))
        return knowing(service, site=site, customer=object_of(Customer, values))
    return None


# By hand, since each registration asks it.
ACTIVE_SERVICE = f"""
    SELECT {columns_of(Service)}, {columns_of(Site)}, {columns_of(City)}, {columns_of(Customer)}
    FROM service JOIN site ON site.id = service.site_id JOIN city ON city.id = site.city_id
    JOIN customer ON customer.id = service.customer_id
    WHERE service.id = %s AND service.active AND customer.active
"""


def service_chosen(company: Customer, fields: Mapping[str, str]) -> Service | None:
    """The service that the fields name, if it is the company's; its only one otherwise."""
    return own_or_only(company, active_service(str(fields.get("service", ""))))


def own_or_only(company: Customer, chosen: Service | None) -> Service | None:
    """The chosen service if it is the company's; else its only one, if it has no more."""
    if chosen and chosen.customer_id == company.pk:
        return chosen
    services = services_of(company)[:2]
    return services[0] if len(services) == 1 else None


def services_of_company(company: Customer) -> list[Service]:
    """Return the active services of the company, as many as a form offers."""
    return list(services_of(company)[:MOST_SERVICES])


def services_found(company: Customer, words: str, chosen: Service | None) -> tuple[list[Service], int]:
    """The company's services with these words, the chosen one always among them, first where nothing is
    looked for and last where it has none of the words; and how many have the words."""
    matching = services_matching(company, words)
    found = list(matching[: MOST_SERVICES + 1])
    count = matching.count() if len(found) > MOST_SERVICES else len(found)
    found = found[:MOST_SERVICES]
    if chosen and (not words or chosen not in found):
        others = [service for service in found if service != chosen]
        found = [*others, chosen] if words else [chosen, *others]
    return found, count


def places_of(companies: Iterable[Customer]) -> dict[int, str]:
    """Where each company has sites, by the names of the cities."""
    found: dict[int, list[str]] = {}
    sites = Site.objects.filter(customer__in=[one.pk for one in companies], active=True)
    for customer_id, city in sites.values_list("customer_id", "city__name").distinct().order_by("city__name")[:200]:
        found.setdefault(customer_id, []).append(city)
    return {pk: ", ".join(cities[:4]) + ("…" if len(cities) > 4 else "") for pk, cities in found.items()}


def _is_id(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 16


def company_of_id(pk: str) -> Customer | None:
    """Return the company with this id, active or not, as an address or a form writes it."""
    return Customer.objects.filter(pk=int(pk)).first() if _is_id(pk) else None


def contacts_of(company: Customer | int | None) -> QuerySet[Contact]:
    """Return the active contacts of the company, by name."""
    return Contact.objects.filter(customer=company, active=True).order_by("name", "pk")


def active_contact(contact_id: str) -> Contact | None:
    """Return the active contact with this id of an active company, as an address or a form writes it."""
    if not _is_id(contact_id):
        return None
    found = Contact.objects.filter(pk=int(contact_id), active=True, customer__active=True)
    return found.select_related("customer").first()


def services_offered_to(company: Customer | None) -> QuerySet[Service]:
    """Return the active services of the company with their sites, in no order."""
    return Service.objects.filter(active=True, customer=company).select_related("site__city", "customer")


def service_of_id(pk: int) -> Service | None:
    """Return the service with this id, active or not, with its company and site."""
    return Service.objects.select_related("customer", "site").filter(pk=pk).first()


def circuits_of(ids: Collection[int]) -> dict[int, str]:
    """Return the circuits of these services by id, in the order of the circuits."""
    return dict(Service.objects.filter(pk__in=ids).order_by("circuit").values_list("pk", "circuit")) if ids else {}


def company_name(pk: int) -> str:
    """Return the name of the company with this id, active or not; "" where there is none."""
    return Customer.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def companies_containing(words: str) -> QuerySet[Customer]:
    """Return the companies, active or not, whose name has these words anywhere."""
    return Customer.objects.filter(folded_name__contains=fold(words))


def companies_with_services(ids: Iterable[int]) -> QuerySet[Customer]:
    """Return the companies that have one of these services, each once."""
    return Customer.objects.filter(services__in=ids).distinct()


def vips_among(companies: QuerySet[Customer], most: int) -> list[str]:
    """Return the names of those of these companies that are VIP."""
    return list(companies.filter(vip=True).order_by("name").values_list("name", flat=True)[:most])


def contact_of(company: Customer, pk: str) -> Contact | None:
    """Return the active contact of this company that has this id, as an address or a form writes it."""
    return Contact.objects.filter(pk=int(pk), customer=company, active=True).first() if _is_id(pk) else None


def contact_at_work(pk: int) -> Contact | None:
    """Return the active contact with this id."""
    return Contact.objects.filter(pk=pk, active=True).first()


def contacts_with_mail() -> QuerySet[Contact]:
    """Return the active contacts of active companies that have a mail address, by company and name."""
    known = Contact.objects.filter(active=True, customer__active=True).exclude(email="")
    return known.select_related("customer").order_by("customer__name", "name")


def add_ways(contacts: Sequence[Contact], *, have_ways: bool = True) -> None:
    """Give these contacts their further ways, in one query; in none where it is known that nobody has any."""
    prefetch_related_objects(contacts, ways_of(have_ways))


def ways_of(have_ways: bool) -> Prefetch:
    return Prefetch("ways", ContactWay.objects.all() if have_ways else ContactWay.objects.none())


def ids_found_by(words: str, most: int) -> list[int]:
    """Return the ids of the companies that ``found_by`` finds."""
    return list(found_by(words).values_list("pk", flat=True)[:most])


def service_of(customer: Customer, pk: int) -> Service | None:
    """The company's active service of this id."""
    return services_of(customer).filter(pk=pk).first()


def service_of_circuit(customer: Customer, circuit: str) -> Service | None:
    """The company's active service with this circuit, however it is written."""
    return services_of(customer).filter(folded_circuit=fold(circuit)).first()


def services_of_circuit(circuit: str) -> list[Service]:
    """The active services with this circuit, however it is written, with their companies; two at most."""
    found = Service.objects.filter(folded_circuit=fold(circuit), active=True)
    return list(found.select_related("customer", "site__city").order_by("pk")[:2])


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


def service_with_names(pk: int) -> Service | None:
    """The service of this id, in use or not, with its company, its site and the site's city."""
    return services_with_names().filter(pk=pk).first()


def services_of_ids(ids: Sequence[int]) -> QuerySet[Service]:
    """The services of these ids with their companies, sites and cities."""
    return services_with_names().filter(pk__in=ids)


def services_to_choose(customer_id: int, also: int | None) -> QuerySet[Service]:
    """The company's active services by circuit, and the one of the id ``also`` whether active or not."""
    services = Service.objects.filter(customer_id=customer_id).select_related("site").order_by("circuit")
    return services.filter(Q(active=True) | Q(pk=also))
