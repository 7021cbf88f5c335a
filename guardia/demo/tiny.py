"""The smallest house a case can be run in, for the walk of `guardia demo --check`: one of each."""

from datetime import datetime

from guardia.config.walls import Wall, behind
from guardia.customers.city import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.demo.seed import PROCEDURE
from guardia.people.staff import Role, Staff
from guardia.procedure.version import publish

LOGIN = {"username": "ingeniero1", "password": "clave-de-prueba"}
CONTACTS: tuple[tuple[str, str, list[str]], ...] = (
    ("Jefe de Sistemas", "jefe@example.com", ["+593725550148"]),
    ("Help Desk", "helpdesk@example.com", []),
)


def tiny(now: datetime) -> dict[str, str]:
    """A procedure whose green window is one second, a company with two contacts, a circuit, an engineer: the login."""
    promise = PROCEDURE.read_text(encoding="utf-8").replace("green_window: 30 min", "green_window: 1 s")
    with behind(Wall.STAFF):
        publish(promise, PROCEDURE.name, None, now)
        Staff.objects.create_user(**LOGIN, name="Ingeniero 1", role=Role.ENGINEER)
        company = save_company(Customer(), {"name": "Banco Austral"})
        for name, email, phones in CONTACTS:
            save_contact(Contact(customer=company), {"name": name, "position": name, "email": email, "phones": phones})
        city = City.objects.create(name="Cuenca", province="Azuay", band="main")
        where = {"name": "agencia matriz", "city": city, "contact_on_site": "Portería", "access_hours": "24 horas"}
        site = save_site(Site(customer=company), where)
        save_service(Service(customer=company), {"site": site, "circuit": "ENL-0001", "type": "Enlace"})
    return LOGIN
