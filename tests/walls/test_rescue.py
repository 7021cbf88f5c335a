"""The way back in when no administrator can sign in: on the server itself, and on record."""

import pytest

from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.audit import AuditKind
from guardia.people.staff import Role, Staff
from tests.walls.conftest import PASSWORD, journal


@pytest.fixture
def chief(transactional_db) -> Staff:
    with behind(DatabaseRole.STAFF):
        return Staff.objects.create_user("jefa", PASSWORD, role=Role.ADMINISTRATOR, name="Jefa")


def test_whoever_runs_the_server_makes_a_link(chief, capsys, browser):
    assert main(["people", "rescue", "JEFA", "--second-step"]) == 0
    said = capsys.readouterr().out
    link = "/entrar/enlace/" + said.split("/entrar/enlace/")[1].split()[0]
    assert browser.get(link).status_code == 200
    with behind(DatabaseRole.STAFF):
        kinds = [(entry.kind, entry.staff, entry.address) for entry in journal()]
    assert kinds == [(AuditKind.STEP_REMOVED, None, None), (AuditKind.LINK_MADE, None, None)]


def test_who_is_not_known_is_said(chief, capsys):
    assert main(["people", "rescue", "nadie"]) == 1
    assert "Nobody signs in as 'nadie'" in capsys.readouterr().err


def test_everybody_is_listed_without_secrets(chief, capsys):
    assert main(["people", "list"]) == 0
    assert capsys.readouterr().out == "jefa\tadministrator\tpassword only\n"


def test_the_first_administrator_of_a_house_is_made_on_the_server(transactional_db, capsys, browser):
    assert main(["people", "first", "jefa", "--name", "Jefa"]) == 0
    link = "/entrar/enlace/" + capsys.readouterr().out.split("/entrar/enlace/")[1].split()[0]
    assert browser.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert browser.post("/entrar", {"username": "jefa", "password": PASSWORD})["Location"] == "/"
    assert main(["people", "first", "otra"]) == 1
    assert "jefa is an administrator already" in capsys.readouterr().err


def test_a_user_name_that_does_not_fit_is_said(transactional_db, capsys):
    assert main(["people", "first", "Señora Jefa"]) == 1
    assert capsys.readouterr().err
