"""Who works at the sample operator: people by their role, shifts of eight hours, crews; for a demo only."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from guardia.demo.crews import write_crews
from guardia.field.crew import Crew
from guardia.people.staff import Role, Staff

PASSWORD = "clave-de-demostracion"
CUSTOMER = "sistemas@banco-austral.example.com"
"""The mailbox of a contact who administers the own company; ``data/companies.toml`` says so."""
ZONE = ZoneInfo("America/Guayaquil")
PEOPLE = (
    ("ingeniero1", "Ingeniero 1", Role.ENGINEER),
    ("ingeniero2", "Ingeniero 2", Role.ENGINEER),
    ("ingeniero3", "Ingeniero 3", Role.ENGINEER),
    ("ingeniero4", "Ingeniero 4", Role.ENGINEER),
    ("despacho", "Despacho", Role.DISPATCHER),
    ("supervisora1", "Supervisora 1", Role.SUPERVISOR),
    ("supervisor2", "Supervisor 2", Role.SUPERVISOR),
    ("supervisora3", "Supervisora 3", Role.SUPERVISOR),
    ("gerente", "Gerente de operaciones", Role.SUPERVISOR),
    ("gerente_senior", "Gerente sénior", Role.SUPERVISOR),
    ("ventas1", "Ventas 1", Role.SALES),
    ("facturacion1", "Facturación 1", Role.BILLING),
    ("calidad", "Gerente de calidad", Role.QUALITY),
    ("administrador", "Administrador", Role.ADMINISTRATOR),
    ("tecnico1", "Personal de campo 1", Role.TECHNICIAN),
)
LOGINS: list[tuple[str, str, str]] = [(username, PASSWORD, role.value) for username, _, role in PEOPLE]
# The two engineers of each shift: 22–06, 06–14, 14–22.
SHIFTS = ((1, 2), (0, 3), (2, 0))


@dataclass(frozen=True)
class Team:
    """Everybody, by username; crews in the order of their names."""

    people: dict[str, Staff]
    crews: list[Crew]

    @property
    def engineers(self) -> list[Staff]:
        return [self.people[f"ingeniero{number}"] for number in (1, 2, 3, 4)]

    @property
    def dispatcher(self) -> Staff:
        return self.people["despacho"]

    @property
    def supervisor(self) -> Staff:
        return self.people["supervisora1"]

    def on_shift(self, at: datetime) -> list[Staff]:
        """The engineers at the desk at that hour (Ecuador's)."""
        shift = SHIFTS[(at.astimezone(ZONE).hour + 2) // 8 % 3]
        return [self.engineers[number] for number in shift]


def hire() -> Team:
    """Write the people and the crews; one password, hashed once, for all."""
    secret = make_password(PASSWORD)
    people = Staff.objects.bulk_create(
        Staff(username=username, name=name, role=role, password=secret) for username, name, role in PEOPLE
    )
    team = {person.username: person for person in people}
    return Team(team, write_crews(team["tecnico1"]))
