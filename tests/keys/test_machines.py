"""The account of a machine acts by its keys: it signs in nowhere, and nobody pages, assigns or waits for it."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from guardia.cases import mentions
from guardia.cases.group_editing import members
from guardia.cases.refusals import NotAPerson
from guardia.customers.values import Misfit, Unfit
from guardia.escalation import rota
from guardia.people import access_link, lookup, password_reset, shifts
from guardia.people.api_key_editing import make, make_account
from guardia.people.editing import save_staff
from guardia.people.sign_in_backend import StaffBackend
from guardia.people.staff import Actor, Role, StaffPassword
from guardia.reports.by_word import supervisors
from guardia.web.desk.settings.setting_form import people_choices
from tests.keys.conftest import Keys, operators

PASSWORD = "correcta-batería-grapa"


def test_it_has_no_password_and_no_way_to_one(keys: Keys):
    machine = keys.machine
    assert not StaffPassword.objects.filter(pk=machine.pk).exists()
    assert not machine.has_usable_password()
    with pytest.raises(ValidationError):
        access_link.token(machine, by=None, at=keys.now)
    fields = {"username": machine.username, "name": "Robot", "email": "noc@example.com", "role": "engineer"}
    with pytest.raises(ValidationError) as refused:
        save_staff(machine, fields | {"language": "es", "password": PASSWORD}, by=None, at=keys.now)
    assert list(refused.value.message_dict) == ["password"]
    save_staff(machine, fields | {"language": "es", "password": ""}, by=None, at=keys.now)
    assert password_reset.whose("noc@example.com") is None
    assert lookup.staff_of_address("noc@example.com") is None


def test_it_signs_in_nowhere_even_with_a_password_in_the_table(keys: Keys):
    keys.machine.set_password(PASSWORD)
    assert StaffBackend().get_user(keys.machine.pk) is None
    answer = Client().post("/entrar", {"username": keys.machine.username, "password": PASSWORD})
    assert answer.status_code != 302
    assert lookup.staff_called(keys.machine.username, is_active=True) is None


def test_no_list_of_people_has_it(keys: Keys):
    machine = keys.machine
    lists = (
        *(lookup.case_handlers(), lookup.active_staff(), lookup.staff_by_role(), lookup.technicians_first(None)),
        *(mentions.colleagues(), supervisors()),
    )
    assert all(machine.pk not in {one.pk for one in found} for found in lists)
    assert str(machine.pk) not in {pk for pk, _name in lookup.engineers_of("")}
    assert str(machine.pk) not in {pk for _group, found in people_choices() for pk, _name in found}
    assert list(lookup.machines()) == [machine]
    assert lookup.name_of_staff(machine.pk) == "Integración Zabbix"


def test_it_is_on_no_shift_in_no_group_and_in_no_rota(keys: Keys):
    with pytest.raises(ValidationError):
        shifts.enter(keys.machine, shifts.TECHNICAL, keys.now)
    with pytest.raises(Misfit):
        members([keys.machine.pk])
    assert rota._members_problem([keys.machine.pk])
    assert not keys.machine.is_reachable


def test_a_case_that_it_opens_is_nobodys_and_is_assigned_to_people_alone(keys: Keys):
    story = keys.story
    story.by, story.engineer = Actor.of_staff(keys.machine), keys.machine
    story.open_case()
    assert story.case.assigned is None
    assert story.case.events.first().actor_id == keys.machine.pk
    with pytest.raises(NotAPerson):
        story.case.assign(keys.machine, by=story.by, at=story.now)
    story.case.assign(story.colleague, by=story.by, at=story.now)
    assert story.case.assigned == story.colleague


def test_a_case_that_is_escalated_is_never_answered_by_it(keys: Keys):
    keys.story.open_case()
    keys.story.case.escalate("no avanza", by=keys.story.by, at=keys.now)
    with pytest.raises(NotAPerson):
        keys.story.case.acknowledge(keys.machine, by=Actor.of_staff(keys.machine), at=keys.now)


def test_its_account_is_named_once_and_has_a_role(keys: Keys):
    for name, role, field in (
        ("Integración Zabbix", "engineer", "name"),
        ("…", "engineer", "name"),
        ("x y", "x", "role"),
    ):
        with pytest.raises(Unfit) as refused:
            make_account(name, role, by=None, at=keys.now)
        assert field in refused.value.problems


def test_a_key_is_made_for_a_machine_alone_and_each_field_says_what_is_wrong(keys: Keys):
    with pytest.raises(Unfit):
        make(keys.story.engineer, operators(name="Otra"), by=None, at=keys.now)
    for wrong in ({"name": ""}, {"name": "Zabbix"}, {"scopes": ""}, {"scopes": "cases.[a-z]"}, {"networks": "192.0.2"}):
        with pytest.raises(Unfit) as refused:
            make(keys.machine, operators(**{"name": "Otra", **wrong}), by=None, at=keys.now)
        assert set(refused.value.problems) == set(wrong)
    for days in ("0", "731", "mañana"):
        with pytest.raises(Unfit) as refused:
            make(keys.machine, operators(name="Otra", days=days), by=None, at=keys.now)
        assert set(refused.value.problems) == {"days"}


def test_an_administrator_who_is_a_machine_does_not_count_as_the_last_one(keys: Keys):
    robot = make_account("Robot", Role.ADMINISTRATOR, by=None, at=keys.now)
    from guardia.people.editing import _is_last_administrator

    assert _is_last_administrator(robot)
