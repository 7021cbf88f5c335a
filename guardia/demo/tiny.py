"""The smallest operator that can be walked through: one of each, for a check that must be quick."""

from datetime import datetime, timedelta

from guardia.config.walls import Wall, behind
from guardia.customers.cities import Gazetteer, load_cities
from guardia.customers.city import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.demo.seed import PROCEDURE, take_turn
from guardia.demo.staffing import PASSWORD
from guardia.field.crew import Crew
from guardia.people.staff import Role, Staff
from guardia.procedure import version

# A walk cannot wait half an hour for the green window (P6 D); this is the operator's own number, so it may be short.
GREEN_WINDOW = ("green_window: 30 min", "green_window: 1 s")
USERNAME = "ingeniero1"


def tiny(now: datetime) -> dict[str, str | int]:
    """One procedure, company, site, service, crew and engineer, as of ``now`` (UTC). The login and the ids."""
    with behind(Wall.STAFF):
        take_turn()
        text = PROCEDURE.read_text(encoding="utf-8").replace(*GREEN_WINDOW)
        published = version.publish(text, PROCEDURE.name, None, now - timedelta(days=1))
        engineer = Staff.objects.create_user(USERNAME, PASSWORD, name="Ingeniero 1", role=Role.ENGINEER)
        crew = Crew.objects.create(name="Cuadrilla 1", phone="+59375550404", base="Cuenca")
        load_cities()
        ids = company_in_cuenca()
    ids |= {"procedure": published.pk, "staff": engineer.pk, "crew": crew.pk}
    return {"username": USERNAME, "password": PASSWORD, **ids}


def company_in_cuenca() -> dict[str, int]:
    """A bank with two persons who are told everything, in Spanish and in English, and service ENL-0001."""
    company = save_company(Customer(), {"name": "Banco Austral", "vip": True})
    head = {"name": "Jefe de Sistemas", "email": "jefe@example.com", "phones": "+593725550148", "language": "es"}
    desk = {"name": "Help Desk", "email": "helpdesk@example.com", "phones": "07 555 0149", "language": "en"}
    people = [save_contact(Contact(customer=company), fields) for fields in (head, desk)]
    city = Gazetteer.of(City.objects.all()).find("Cuenca")
    place = {"name": "agencia matriz", "city": city, "contact_on_site": "Guardia de turno", "access_hours": "24 h"}
    site = save_site(Site(customer=company), place)
    line = {"circuit": "ENL-0001", "type": "Enlace de datos por fibra", "capacity": "100 Mbps", "site": site}
    service = save_service(Service(customer=company), line)
    ids = {"customer": company.pk, "site": site.pk, "service": service.pk}
    return ids | {"jefe": people[0].pk, "helpdesk": people[1].pk}
