"""The operator of `bin/faults`: engineers with a crew each, levels that are paged by mail, companies with services.

Its own numbers are short, so that promises break, levels are paged and cases close within minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from bench._operator import PROCEDURE, hold, person
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.field.crew import Crew, CrewMember
from guardia.people.staff import Role, Staff, StaffPassword
from guardia.procedure import version

PASSWORD = "clave-para-las-averias"
DESKS, LINES = 3, 60
DIAGNOSIS = (
    "    starts: [registered, relapsed]\n    stops: [diagnosed, recovered]\n    drops: [cancelled]\n    target: "
)
SHORTER = (("green_window: 30 min", "green_window: 1 s"), (DIAGNOSIS + "20 min", DIAGNOSIS + "3 s"))


@dataclass(frozen=True)
class Seat:
    """Who works at one desk: an engineer, the technician of a crew, and the services of as many companies."""

    engineer: str
    technician: str
    crew: int
    services: list[int]


def found(at: datetime) -> list[Seat]:
    """As it stands at ``at`` (UTC): one seat for each desk."""
    with behind(DatabaseRole.STAFF):
        text = PROCEDURE.read_text(encoding="utf-8")
        for published, short in SHORTER:
            assert published in text, published
            text = text.replace(published, short)
        version.publish(text, PROCEDURE.name, None, at - timedelta(days=1))
        for level, place in ((1, 1), (1, 2), (2, 1), (3, 1)):
            hold(person(f"nivel{level}-{place}", Role.SUPERVISOR), level, place, at - timedelta(days=1))
        city = City.objects.create(name="Quito", province="Pichincha", band="main")
        secret = make_password(PASSWORD)
        return [seat(number, city, secret) for number in range(1, DESKS + 1)]


def seat(number: int, city: City, secret: str) -> Seat:
    engineer = Staff.objects.create(username=f"ingeniero{number}", name=f"Ingeniero {number}", role=Role.ENGINEER)
    technician = Staff.objects.create(
        username=f"tecnico{number}", name=f"Personal de campo {number}", role=Role.TECHNICIAN,
        email=f"tecnico{number}@example.com",
    )  # fmt: skip
    StaffPassword.objects.bulk_create(StaffPassword(one.pk, secret) for one in (engineer, technician))
    crew = Crew.objects.create(name=f"Cuadrilla {number}")
    CrewMember.objects.create(crew=crew, staff=technician, name=technician.name)
    lines = [line(number, each, city) for each in range(LINES)]
    return Seat(engineer.username, technician.username, crew.pk, lines)


def line(number: int, each: int, city: City) -> int:
    """A company of its own with one service and two contacts: nobody gets so many letters that they are gathered."""
    name = f"Banco {number}-{each:02}"
    company = Customer.objects.create(name=name, folded_name=name.lower())
    Contact.objects.bulk_create(
        Contact(
            customer=company, name=f"Contacto {which}", email=f"contacto{number}-{each:02}-{which}@example.com",
            phones=["+59325550100"], position="Jefe de Sistemas", language=language,
        )
        for which, language in ((1, "es"), (2, "en"))
    )  # fmt: skip
    site = Site.objects.create(customer=company, name="Matriz", city=city)
    circuit = f"ENL-{number}{each:02}"
    found = Service(customer=company, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace")
    found.save()
    return found.pk
