"""Two supervisors press at once, each with a connection of their own: one change holds, the other person is told so."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, localtime

from guardia.clocks.calendars import CalendarChange
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation.escalation import Level
from guardia.escalation.rota import Cover, Rota
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.procedure.version import ProcedureVersion
from tests.breaking.browser import Browser
from tests.breaking.test_together import at_once
from tests.procedure import story as stories


@pytest.fixture
def two(transactional_db) -> tuple[Browser, Browser]:
    """Two supervisors at work, committed; nobody holds a level."""
    with behind(DatabaseRole.STAFF):
        stories.Story()
        return tuple(Browser(stories.staff(f"jefatura{n}", Role.SUPERVISOR)) for n in (1, 2))


def both(two: tuple[Browser, Browser], address: str, fields: dict) -> list[int]:
    """What each is answered, the one who came first at the head."""
    presses = [lambda browser=browser: browser.send(address, fields).status_code for browser in two]
    return sorted(at_once(*presses))


def test_two_rotas_at_once_are_one(two):
    with behind(DatabaseRole.STAFF):
        person = stories.staff("turno", Role.SUPERVISOR).pk
        begins = localdate(now()).isoformat()
    turns = {
        "members": person,
        "every_days": "7",
        "starts_on": begins,
        "turns_at": "00:00",
        "zone": "America/Guayaquil",
    }
    assert both(two, "/ajustes/rotaciones/1/1", {**turns, "seen": "0", "guardar": "1"}) == [302, 409]
    with behind(DatabaseRole.STAFF):
        assert Rota.objects.filter(valid__isempty=False).count() == SettingChange.objects.count() == 1


def test_two_covers_at_once_are_one(two):
    with behind(DatabaseRole.STAFF):
        person = stories.staff("turno", Role.SUPERVISOR).pk
        start = localtime(now() + timedelta(days=1))
    hours = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start + timedelta(hours=8):%Y-%m-%dT%H:%M}"}
    address = "/ajustes/rotaciones/1/1/reemplazo"
    assert both(two, address, {**hours, "staff": person, "reason": "", "seen": "0"}) == [302, 409]
    with behind(DatabaseRole.STAFF):
        assert Cover.objects.count() == SettingChange.objects.count() == 1


def test_two_numbers_of_a_level_at_once_are_one(two):
    fields = {"phone": "0999 000 010", "phone_name": "Celular", "reason": "", "seen": "0"}
    assert both(two, "/ajustes/niveles/1", fields) == [302, 409]
    with behind(DatabaseRole.STAFF):
        assert Level.objects.count() == SettingChange.objects.count() == 1


def test_two_versions_at_once_are_one(two):
    with behind(DatabaseRole.STAFF):
        base = ProcedureVersion.objects.get()
    typed = two[0].get("/ajustes/matriz/editar").context["doing"].typed
    fields = {**typed, "step-diagnosis-2": "15 min", "base": base.pk, "reason": "Acuerdo", "publicar": "1"}
    assert both(two, "/ajustes/matriz/editar", fields) == [302, 409]
    with behind(DatabaseRole.STAFF):
        assert ProcedureVersion.objects.count() == 2


def test_two_decrees_at_once_are_one(two):
    with behind(DatabaseRole.STAFF):
        day = localdate(now()) + timedelta(days=9)
    fields = {"day": f"{day}", "kind": "rest", "reason": "Decreto", "edition": "0", "hacer": "1"}
    assert both(two, "/ajustes/calendario/dia", fields) == [302, 409]
    with behind(DatabaseRole.STAFF):
        assert CalendarChange.objects.count() == 1
