"""Two supervisors at level 1, their managers above, and a rota for whoever asks for one."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation

from guardia.escalation.rota import Cover, Rota, first_turn
from guardia.people.staff import Role, Staff

MONDAY = datetime(2026, 3, 30, 13, tzinfo=UTC)
"""Monday 30 March 2026, 08:00 in Quito: the first turn of every rota here."""
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def people(as_staff) -> list[Staff]:
    """Four supervisors, without a password."""
    names = ("Supervisora 1", "Supervisor 2", "Supervisor 3", "Supervisora 4")
    return [
        Staff.objects.create(username=f"s{place}", name=name, role=Role.SUPERVISOR)
        for place, name in enumerate(names, start=1)
    ]


def make_rota(members: list[Staff], *, level: int = 1, seat: int = 1, until: datetime | None = None) -> Rota:
    rota = Rota(level=level, seat=seat, members=[m.pk for m in members], starts_on=date(2026, 3, 30), turns_at=time(8))
    rota.valid = DateTimeTZRange(first_turn(rota), until)
    rota.save()
    return rota


def make_cover(staff: Staff, start: datetime, end: datetime, *, level: int = 1, seat: int = 1, **more) -> Cover:
    return Cover.objects.create(level=level, seat=seat, staff=staff, during=DateTimeTZRange(start, end), **more)
