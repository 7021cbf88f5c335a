"""Companies, contacts, sites, services and cities as the desk writes them. Nothing is deleted: it ends, and may resume.

Every function either keeps all of what it was given or raises Unfit, which names each field and its remedy.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from guardia.config.asking import atomic
from guardia.customers import confirming, telling, values, ways
from guardia.customers.bands import needs_reason
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import Reader, Unfit, fold, line, lines, read
from guardia.people.staff import Staff

Fields = Mapping[str, Any]


def save_company(company: Customer, fields: Fields, *, by: Staff | None = None, at: datetime | None = None) -> Customer:
    """Keep a company, new or known; what its new contacts are told is on record, as changed ``by`` whom ``at`` (UTC).

    Raises Unfit: a name that another active company has, an import code in use.
    """
    before = telling.of_company(company)
    kept = read(COMPANY, fields)
    kept["folded_name"] = fold(kept["name"])
    if "external_id" in kept:
        kept["external_id"] = _import_code(company, kept["external_id"])
    same = Customer.objects.filter(folded_name=kept["folded_name"], active=True).exclude(pk=company.pk).first()
    if same:
        raise Unfit({"name": _("There is already a company called “%s”. Open that one instead.") % same.name})
    _keep(company, kept)
    telling.record_company(company, before, by, at)
    return company


def save_contact(
    contact: Contact,
    fields: Fields,
    *,
    by: Staff | None = None,
    at: datetime | None = None,
    by_contact: int | None = None,
) -> Contact:
    """Keep a contact with the further ways: numbers become E.164 (Ecuador unless they say another country).

    What this person is told and by which ways is on record, as changed ``by`` whom ``at`` (UTC), or ``by_contact``: the
    company's own administrator, of which the desk is told; an address that is new then waits for its owner's word
    (``confirming``). Raises Unfit.
    """
    kept = read(CONTACT, fields)
    kept, wanted = confirming.held_back(contact, kept) if by_contact else (kept, [])
    before = telling.of_contact(contact)
    if before is None:
        kept.setdefault("told", list(contact.customer.told))
    _keep(contact, {name: value for name, value in kept.items() if name not in ways.READERS})
    if kept.keys() & ways.READERS.keys():
        ways.keep([(contact, kept)])
    telling.record_contact(contact, before, by, at, by_contact)
    if wanted and by_contact and at:
        confirming.ask(contact, wanted, by_contact, at)
    return contact


def save_site(site: Site, fields: Fields) -> Site:
    """Keep a site. A band or zone that differs from its city's needs its reason (P4 D). Raises Unfit."""
    return _keep(site, read_site(fields))


def read_site(fields: Fields) -> dict[str, Any]:
    """The fields of a site as they would be kept. Raises Unfit."""
    kept = read(SITE, fields)
    if lacking := half_missing(kept):
        raise Unfit({lacking: _(HALF)})
    if problem := reason_missing(kept):
        raise Unfit({"own_reason": problem})
    return kept


HALF = gettext_noop("Write latitude and longitude, or neither of them.")


def half_missing(kept: Fields) -> str:
    """The name of the coordinate of a site that is missing beside the other one, or nothing."""
    has = {name: kept.get(name) is not None for name in ("latitude", "longitude")}
    return next((name for name, there in has.items() if not there), "") if any(has.values()) else ""


def reason_missing(kept: Fields) -> str:
    """What is wrong with the overrides of a site, or nothing."""
    if (kept.get("own_band") or kept.get("own_zone")) and not kept.get("own_reason"):
        return _("This site differs from its city. Write why: the customer is told the band beforehand.")
    return ""


def save_service(service: Service, fields: Fields) -> Service:
    """Keep a service. Raises Unfit: a circuit that is another's, a site of another company."""
    kept = read(SERVICE, fields)
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
    """Keep a city's band and zone; from now on loading the list leaves it alone.

    A band that is not the rule's, or is changed where the rule says nothing, needs its reason (P4.1 to P4.3 D).
    Raises Unfit.
    """
    return _keep(city, {**read_city(city, fields), "edited": True})


def read_city(city: City, fields: Fields) -> dict[str, Any]:
    """The fields of a city as they would be kept; ``city`` is as it is still. Raises Unfit."""
    kept = read(CITY, fields)
    same = [c for c in City.objects.filter(province__iexact=kept["province"]) if fold(c.name) == fold(kept["name"])]
    if any(other.pk != city.pk for other in same):
        words = {"city": kept["name"], "province": kept["province"]}
        raise Unfit({"name": _("%(city)s is already in the list of %(province)s.") % words})
    population = kept.get("population", city.population)
    if not kept.get("band_reason") and needs_reason(city, kept["name"], kept["province"], kept["band"], population):
        raise Unfit({"band_reason": _("This band is not the one of the rule. Write why: the companies are told.")})
    return kept


def set_active(contact: Contact, is_active: bool, *, by_contact: int, at: datetime) -> None:
    """The company's own administrator ends a contact, or lets one be told again; on record, and the desk is told."""
    before = telling.of_contact(contact)
    _keep(contact, {"active": is_active})
    telling.record_contact(contact, before, None, at, by_contact)


def end(thing: Customer | Contact | Site | Service, *, by: Staff | None = None, at: datetime | None = None) -> None:
    """No longer offered for new cases nor told anything; what is open goes on. Raises Unfit for a site in use."""
    if isinstance(thing, Site) and (used := thing.services.filter(active=True).count()):
        raise Unfit({"active": site_in_use(used)})
    _set_active(thing, False, by, at)


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


def resume(thing: Customer | Contact | Site | Service, *, by: Staff | None = None, at: datetime | None = None) -> None:
    """Offered again. Raises Unfit for a company whose name another active one has taken meanwhile."""
    if isinstance(thing, Customer):
        save_company(thing, {"name": thing.name, "active": True}, by=by, at=at)
    else:
        _set_active(thing, True, by, at)


def _set_active(thing: Any, is_active: bool, by: Staff | None, at: datetime | None) -> None:
    if not isinstance(thing, Contact):
        _keep(thing, {"active": is_active})
        return
    before = telling.of_contact(thing)
    _keep(thing, {"active": is_active})
    telling.record_contact(thing, before, by, at)


def _import_code(company: Customer, code: str) -> str | None:
    """The key of the import is given once and kept for good."""
    return company.external_id or code or None


def _keep[Thing: models.Model](thing: Thing, fields: Fields) -> Thing:
    for name, value in fields.items():
        setattr(thing, name, value)
    try:
        with atomic():
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


# The fields of each noun of this package that may be written, and how each is read.


COMPANY: dict[str, Reader] = {
    "external_id": line(80),
    "name": line(200, needed=True),
    "vip": values.flag,
    "crm_number": line(80),
    "carrier_number": line(80),
    "language": values.language,
    "told": values.topics,
    "active": values.flag,
}
CONTACT: dict[str, Reader] = {
    "external_id": line(80),
    "title": line(40),
    "name": line(160, needed=True),
    "position": line(120),
    "email": values.email,
    "phones": values.phones,
    "email_independent": values.flag,
    **ways.READERS,
    "language": values.language,
    "told": values.topics,
    "kinds": values.kinds,
    "administers": values.flag,
    "active": values.flag,
}
SITE: dict[str, Reader] = {
    "external_id": line(80),
    "name": line(160, needed=True),
    "address": line(300),
    "city": lambda city: city,
    "own_band": values.own_band,
    "own_zone": values.own_zone,
    "own_reason": line(200),
    "latitude": values.degrees(90),
    "longitude": values.degrees(180),
    "contact_on_site": line(200),
    "access_hours": line(200),
    "active": values.flag,
}
SERVICE: dict[str, Reader] = {
    "external_id": line(80),
    "circuit": line(80, needed=True),
    "type": line(80),
    "capacity": line(80),
    "site": lambda site: site,
    "to_test": lines(4000),
    "active": values.flag,
}
CITY: dict[str, Reader] = {
    "name": line(120, needed=True),
    "province": line(120, needed=True),
    "band": values.band,
    "band_reason": line(200),
    "code": values.canton_code,
    "population": values.population,
    "zone": values.zone,
    "latitude": values.degrees(90),
    "longitude": values.degrees(180),
}
