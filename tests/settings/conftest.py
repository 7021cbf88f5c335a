"""A published procedure, a level's people, and somebody of a role at a browser; every page in English."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import translation

from guardia.config.now import now
from guardia.demo.seed import publish_sample
from guardia.escalation.rota import Rota, first_turn
from guardia.people.staff import Role, Staff
from guardia.procedure.version import ProcedureVersion

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(as_staff) -> ProcedureVersion:
    return publish_sample(datetime(2025, 1, 1, tzinfo=UTC))


@pytest.fixture
def people(as_staff) -> list[Staff]:
    """Two supervisors and their two managers, without a password."""
    names = ("Supervisora 1", "Supervisor 2", "Gerente", "Gerente senior")
    return [
        Staff.objects.create(username=f"s{place}", name=name, role=Role.SUPERVISOR, email=f"s{place}@example.com")
        for place, name in enumerate(names, start=1)
    ]


@pytest.fixture
def sign_in(as_staff, version):
    """A browser in which somebody of this role has signed in."""

    def signed_in(role: Role, name: str = "") -> Client:
        member = Staff.objects.create(username=name or role.value, name=name or role.value, role=role, language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(member)
        return client

    return signed_in


@pytest.fixture
def supervisor(sign_in) -> Client:
    return sign_in(Role.SUPERVISOR)


@pytest.fixture
def administrator(sign_in) -> Client:
    return sign_in(Role.ADMINISTRATOR)


def make_rota(members: list[Staff], *, level: int = 1, seat: int = 1, since: datetime | None = None) -> Rota:
    """A rota that began in the past and turns each week."""
    rota = Rota(level=level, seat=seat, members=[m.pk for m in members], starts_on=date(2026, 1, 5), turns_at=time(8))
    rota.valid = DateTimeTZRange(since or first_turn(rota), None)
    rota.save()
    return rota


def seen(page: str) -> str:
    """What a form brings back of what its page had shown."""
    return page.split('name="seen" value="')[1].split('"')[0]


def words(response) -> str:
    """The page's text with its spaces made one."""
    return " ".join(response.content.decode().split())


__all__ = ["DAY", "make_rota", "now", "seen", "words"]
