"""Everybody of the desk reads the settings; supervisors and administrators change them; nothing is ever an error."""

import pytest
from django.urls import reverse

from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.settings.conftest import make_rota, words

READ = (
    "settings",
    "settings_levels",
    "settings_rotas",
    "settings_matrix",
    "settings_hours",
    "settings_calendar",
    "settings_delivery",
    "settings_people",
    "settings_record",
)
WRITE = (
    ("settings_level", [1]),
    ("settings_seat", [1, 1]),
    ("settings_cover", [1, 1]),
    ("settings_matrix_edit", []),
    ("settings_hours_edit", ["office"]),
    ("settings_day", []),
    ("settings_canton", []),
    ("settings_limit_new", []),
)
MAY_CHANGE = {Role.SUPERVISOR, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_and_changes_what_it_may(sign_in, people, role):
    make_rota(people[:1])
    browser = sign_in(role)
    read = {name: browser.get(reverse(name)).status_code for name in READ}
    assert read == dict.fromkeys(READ, 403 if role is Role.TECHNICIAN else 200)
    changed = {name: browser.get(reverse(name, args=args)).status_code for name, args in WRITE}
    assert changed == {name: 200 if role in MAY_CHANGE else 403 for name, _ in WRITE}


@pytest.mark.parametrize(("name", "args"), [*WRITE, ("settings_rota_end", []), ("settings_cover_withdraw", [])])
def test_an_engineer_who_posts_is_refused_by_a_clear_page(sign_in, name, args):
    refused = sign_in(Role.ENGINEER).post(reverse(name, args=args), {"phone": "02 555 0100", "guardar": "1"})
    assert refused.status_code == 403
    assert "You are not allowed to open this." in words(refused)
    assert not SettingChange.objects.exists()


def test_whoever_only_reads_is_told_so_and_offered_no_button(sign_in, people):
    make_rota(people[:1])
    browser = sign_in(Role.ENGINEER)
    for name in ("settings_levels", "settings_rotas", "settings_matrix", "settings_hours", "settings_calendar"):
        page = words(browser.get(reverse(name)))
        assert "You may read this." in page
        assert "Edit</a>" not in page
        assert "/reemplazo" not in page


def test_without_a_procedure_the_summary_teaches_and_the_rest_is_not_found(sign_in, version, supervisor, monkeypatch):
    monkeypatch.setattr("guardia.procedure.version.version_at", lambda at: None)
    assert "No procedure is published yet" in words(supervisor.get(reverse("settings")))
    assert supervisor.get(reverse("settings_levels")).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/ajustes/rotaciones?desde=x",
        "/ajustes/rotaciones?desde=9999-12-31",
        "/ajustes/rotaciones?desde=0001-01-01",
        "/ajustes/rotaciones?desde=%00",
        "/ajustes/calendario?anio=99999999999999999999",
        "/ajustes/calendario?anio=2017",
        "/ajustes/calendario?anio=2030",
        "/ajustes/calendario?anio=%00",
        "/ajustes/cambios?que=x&quien=99999999999999999999&desde=x&hasta=9999-99-99&antes=-1",
        "/ajustes/cambios?quien=%00&que=%00",
        "/ajustes/rotaciones/1/1?plan=99999999999999999999",
        "/ajustes/rotaciones/1/1/reemplazo?reemplazo=abc",
    ],
)
def test_an_address_nobody_would_write_is_no_error(supervisor, people, address):
    make_rota(people[:1])
    assert supervisor.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/ajustes/niveles/9",
        "/ajustes/niveles/99999999999999999999",
        "/ajustes/rotaciones/7/1",
        "/ajustes/rotaciones/1/0",
        "/ajustes/rotaciones/1/21",
        "/ajustes/rotaciones/1/21/reemplazo",
        "/ajustes/horarios/always/editar",
        "/ajustes/horarios/nada/editar",
        "/ajustes/calendario/99999999999999999999/retirar",
    ],
)
def test_what_does_not_exist_is_not_found(supervisor, address):
    assert supervisor.get(address).status_code == 404


@pytest.mark.parametrize("name", ["settings_rota_end", "settings_rota_again"])
@pytest.mark.parametrize("value", ["", "x", "0", "99999999999999999999", "\0"])
def test_a_rota_nobody_has_is_not_found(supervisor, name, value):
    assert supervisor.post(reverse(name), {"rota": value}).status_code == 404
    assert supervisor.post(reverse("settings_cover_withdraw"), {"cover": value}).status_code == 404


def test_the_pages_ask_few_questions_however_many_levels_and_people(supervisor, people, django_assert_max_num_queries):
    for level in (1, 2, 3):
        for seat in (1, 2, 3):
            make_rota(people, level=level, seat=seat)
    for name in ("settings", "settings_levels", "settings_rotas", "settings_people"):
        with django_assert_max_num_queries(50):
            supervisor.get(reverse(name))
