"""Companies, contacts, sites, services and cities as the desk writes them. Nothing is deleted: it ends, and may resume.

Every function either keeps all of what it was given or raises Unfit, which names each field and its remedy.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.customers import records
from guardia.customers.city import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.folding import fold
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.customers.values import Unfit, read

Fields = Mapping[str, Any]


def save_company(company: Customer, fields: Fields) -> Customer:
    """Keep a company, new or known. Raises Unfit: a name that another active company has, an import code in use."""
    kept = read(records.COMPANY, fields)
    kept["folded_name"] = fold(kept["name"])
    if "external_id" in kept:
        kept["external_id"] = _kept_code(company, kept["external_id"])
    same = Customer.objects.filter(folded_name=kept["folded_name"], active=True).exclude(pk=company.pk).first()
    if same:
        raise Unfit({"name": _("There is already a company called “%s”. Open that one instead.") % same.name})
    return _keep(company, kept)


def save_contact(contact: Contact, fields: Fields) -> Contact:
    """Keep a contact: numbers become E.164 (Ecuador unless they say another country). Raises Unfit."""
    return _keep(contact, read(records.CONTACT, fields))


def save_site(site: Site, fields: Fields) -> Site:
    """Keep a site. A band or zone that differs from its city's needs its reason (P4 D). Raises Unfit."""
    kept = read(records.SITE, fields)
    if problem := reason_missing(kept):
        raise Unfit({"own_reason": problem})
    return _keep(site, kept)


def reason_missing(kept: Fields) -> str:
    """What is wrong with the overrides of a site, or nothing."""
    if (kept.get("own_band") or kept.get("own_zone")) and not kept.get("own_reason"):
        return _("This site departs from its city. Write why: the customer is told the band beforehand.")
    return ""


def save_service(service: Service, fields: Fields) -> Service:
    """Keep a service. Raises Unfit: a circuit that is another's, a site of another company."""
    kept = read(records.SERVICE, fields)
    kept["folded_circuit"] = fold(kept["circuit"])
    if kept["site"].customer_id != service.customer_id:
        raise Unfit({"site": _("That site belongs to another company. Choose one of this company's.")})
    same = Service.objects.filter(folded_circuit=kept["folded_circuit"]).exclude(pk=service.pk).first()
    if same:
        raise Unfit({"circuit": circuit_taken(same)})
    return _keep(service, kept)


def circuit_taken(service: Service) -> str:
    """Who has the circuit already, and what to do about it."""
    sentence = _("Circuit %(circuit)s is already a service of %(company)s. Correct it here, or change it there first.")
    return sentence % {"circuit": service.circuit, "company": service.customer.name}


def save_city(city: City, fields: Fields) -> City:
    """Keep a city's band and zone; from now on loading the list leaves it alone. Raises Unfit."""
    kept = read(records.CITY, fields)
    same = [c for c in City.objects.filter(province__iexact=kept["province"]) if fold(c.name) == fold(kept["name"])]
    if any(other.pk != city.pk for other in same):
        words = {"city": kept["name"], "province": kept["province"]}
        raise Unfit({"name": _("%(city)s is already in the list of %(province)s.") % words})
    return _keep(city, {**kept, "edited": True})


def end(thing: Customer | Contact | Site | Service) -> None:
    """No longer offered for new cases nor told anything; what is open goes on. Raises Unfit for a site in use."""
    if isinstance(thing, Site) and (used := thing.services.filter(active=True).count()):
        raise Unfit({"active": site_in_use(used)})
    _keep(thing, {"active": False})


def site_in_use(services: int) -> str:
    """Why a site cannot end."""
    return (
        ngettext(
            "%d service still ends at this site. Move or deactivate it first.",
            "%d services still end at this site. Move or deactivate them first.",
            services,
        )
        % services
    )


def resume(thing: Customer | Contact | Site | Service) -> None:
    """Offered again. Raises Unfit for a company whose name another active one has taken meanwhile."""
    if isinstance(thing, Customer):
        save_company(thing, {"name": thing.name, "active": True})
    else:
        _keep(thing, {"active": True})


def _kept_code(company: Customer, code: str) -> str | None:
    """The key of the import is given once and kept for good."""
    return company.external_id or code or None


def _keep[Thing: models.Model](thing: Thing, fields: Fields) -> Thing:
    for name, value in fields.items():
        setattr(thing, name, value)
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as trouble:
        raise Unfit(_taken_meanwhile(trouble)) from trouble
    return thing


def _taken_meanwhile(trouble: IntegrityError) -> dict[str, str]:
    """Which field the database refused: somebody else was quicker, or the code is another's."""
    constraint = getattr(getattr(trouble.__cause__, "diag", None), "constraint_name", "") or ""
    by_constraint = {
        "service_circuit_once": ("circuit", _("This circuit is already a service. Search for it and correct it.")),
        "city_once": ("name", _("This city is already in the list.")),
    }
    if "external_id" in constraint:
        return {"external_id": _("This import code is already in use. Write another, or leave it empty.")}
    if constraint in by_constraint:
        field, sentence = by_constraint[constraint]
        return {field: sentence}
    raise trouble
