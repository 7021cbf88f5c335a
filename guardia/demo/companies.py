"""The sample companies of ``data/companies.toml``, kept as the desk would keep them, and who calls about what."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardia.customers.cities import City, Gazetteer, load_cities
from guardia.customers.contact import Contact
from guardia.customers.customer import EVERYTHING, Customer, Service, Site
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.procedure.vocabulary import Band

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Circuit:
    """A service with what the stories need: its medium and the company's people, who calls first standing first."""

    service: Service
    medium: str
    contacts: list[Contact]

    @property
    def caller(self) -> Contact:
        return self.contacts[0]

    @property
    def band(self) -> Band:
        return Band(self.service.site.band)


def found_companies() -> dict[str, Circuit]:
    """Write cities, companies, contacts, sites and services. Returns the circuits by their id."""
    load_cities()
    cities = Gazetteer.of(City.objects.all())
    sample = tomllib.loads((DATA / "companies.toml").read_text(encoding="utf-8"))
    circuits = (circuit for company in sample["company"] for circuit in _company(company, cities))
    return {circuit.service.circuit: circuit for circuit in circuits}


def _company(written: dict[str, Any], cities: Gazetteer) -> list[Circuit]:
    fields = {"name": written["name"], "vip": written.get("vip", False), "crm_number": written["crm"]}
    company = save_company(Customer(), fields)
    contacts = [_contact(company, written["mailbox"], person) for person in written["contacts"]]
    return [circuit for site in written["site"] for circuit in _site(company, site, cities, contacts)]


def _contact(company: Customer, domain: str, person: dict[str, Any]) -> Contact:
    mailbox = person.get("mailbox")
    fields = {
        "name": person["position"],
        "position": person["position"],
        "email": f"{mailbox}@{domain}.example.com" if mailbox else "",
        "email_independent": person.get("email_independent", True),
        "phones": person["phone"],
        "language": person.get("language", "es"),
        "told": person.get("told", EVERYTHING),
        "administers": person.get("administers", False),
    }
    return save_contact(Contact(customer=company), fields)


def _site(company: Customer, written: dict[str, Any], cities: Gazetteer, contacts: list[Contact]) -> list[Circuit]:
    fields = {
        "name": written["name"],
        "address": written["address"],
        "city": cities.find(written["city"]),
        "own_band": written.get("own_band", ""),
        "own_reason": written.get("own_reason", ""),
        "contact_on_site": written["contact"],
        "access_hours": written["access"],
    }
    site = save_site(Site(customer=company), fields)
    return [_circuit(company, site, service, contacts) for service in written["services"]]


def _circuit(company: Customer, site: Site, written: dict[str, Any], contacts: list[Contact]) -> Circuit:
    fields = {name: written[name] for name in ("circuit", "type", "capacity")}
    service = save_service(Service(customer=company), {**fields, "site": site})
    return Circuit(service, written["medium"], contacts)
