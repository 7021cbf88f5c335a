"""L4, P2: a company, site or service that is not on file is put there while the caller waits, marked as provisional.

What is there already is never put there again: the same words give the same rows.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from guardia.customers.cities import City
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import circuit_taken
from guardia.customers.values import Unfit, fold

UNNAMED = "PROV"
"""How the circuit begins of a service of which the caller knew none."""


@dataclass(frozen=True)
class NotOnFile:
    """What the caller says. ``company``: the one that is on file, where it is; else ``company_name``. ``circuit`` and
    ``place`` (the site, or its address) may be empty.
    """

    city: City
    company: Customer | None = None
    company_name: str = ""
    circuit: str = ""
    place: str = ""


def put_on_file(said: NotOnFile) -> Service:
    """The provisional service, with its site and its company where these are not on file either. Within the caller's
    transaction, which holds the turn.

    Raises Unfit: a company or a circuit that is on file and not provisional, with what to do.
    """
    circuit = said.circuit.strip()
    if circuit and (there := Service.objects.filter(folded_circuit=fold(circuit)).select_related("customer").first()):
        mine = there.provisional and (said.company is None or there.customer_id == said.company.pk)
        if mine:
            return there
        raise Unfit({"circuit": circuit_taken(there)})
    company = said.company or _company(said.company_name.strip())
    site = _site(company, said)
    if not circuit and (
        same := site.services.filter(provisional=True, active=True, circuit__startswith=f"{UNNAMED}-").first()
    ):
        return same
    service = Service(customer=company, site=site, provisional=True, circuit=circuit or f"{UNNAMED}-{site.pk}")
    if Service.objects.filter(circuit=service.circuit).exists():
        service.circuit = f"{service.circuit}-{site.services.count() + 1}"
    service.folded_circuit = fold(service.circuit)
    service.save()
    return service


def _company(name: str) -> Customer:
    if not name:
        raise Unfit({"company_name": _("Write what the company is called, as the caller says it.")})
    same = Customer.objects.filter(folded_name=fold(name), active=True).first()
    if same and not same.provisional:
        words = _("“%s” is on file. Choose it above instead: it has its services and its contacts.")
        raise Unfit({"company_name": words % same.name})
    return same or Customer.objects.create(name=name, folded_name=fold(name), provisional=True)


def _site(company: Customer, said: NotOnFile) -> Site:
    """One of that city and that name, provisional or not; else a new one that is provisional."""
    name = said.place.strip()[:160] or _("site not known yet")
    there = Site.objects.filter(customer=company, city=said.city, active=True).order_by("pk")
    same = next((site for site in there if fold(site.name) == fold(name)), None)
    if same:
        return same
    return Site.objects.create(customer=company, city=said.city, name=name, address=said.place, provisional=True)


def waiting() -> QuerySet[Service]:
    """The provisional services that are still to be tidied, the oldest first, with ``open_cases`` and ``all_cases``."""
    counted = {"all_cases": Count("cases"), "open_cases": Count("cases", filter=Q(cases__closed_at=None))}
    found = Service.objects.filter(provisional=True, active=True).select_related("customer", "site__city")
    return found.annotate(**counted).order_by("pk")


def keep(service: Service) -> None:
    """It was none of those on file: service, site and company are what they are, and no longer provisional."""
    Service.objects.filter(pk=service.pk).update(provisional=False)
    Site.objects.filter(pk=service.site_id).update(provisional=False)
    Customer.objects.filter(pk=service.customer_id).update(provisional=False)


def discard(service: Service) -> bool:
    """It was put on file and no case came of it: it ends, and its site and company with it where nothing else is
    there. False where it has a case.
    """
    if service.cases.exists():
        return False
    Service.objects.filter(pk=service.pk, provisional=True).update(active=False)
    if not Service.objects.filter(site=service.site_id, active=True).exists():
        Site.objects.filter(pk=service.site_id, provisional=True).update(active=False)
    if not Service.objects.filter(customer=service.customer_id, active=True).exists():
        Customer.objects.filter(pk=service.customer_id, provisional=True).update(active=False)
    return True
