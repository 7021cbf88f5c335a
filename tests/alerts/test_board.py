"""The desk: what fires, by its element; what leads nowhere; an alert is led, or said to be over."""

import pytest
from django.test import Client
from django.urls import reverse

from guardia.network.alert import AlertState
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.alerts.noc import Noc

PAGE, NEW, BOARD = reverse("settings_alerts"), reverse("settings_alert_source_new"), reverse("alerts")


def words(response) -> str:
    """The page's text with its spaces made one."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def sign_in(noc_of):
    def signed_in(role: Role) -> Client:
        member = Staff.objects.create(username=role.value, name=role.value, role=role, language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(member)
        return client

    return signed_in


@pytest.fixture
def supervisor(sign_in) -> Client:
    return sign_in(Role.SUPERVISOR)


@pytest.fixture
def engineer(sign_in) -> Client:
    return sign_in(Role.ENGINEER)


def at(name: str, noc: Noc) -> str:
    return reverse(name, args=[noc.source.pk])


def test_what_fires_stands_by_its_element_and_what_leads_nowhere_last(noc, engineer):
    node = noc.element("NODO-1", noc.story.service)
    noc.fires("servicio", circuit="ENL-0042")
    noc.fires("nodo", element="NODO-1")
    noc.fires("perdida", circuit="NADIE-9")
    page = words(engineer.get(BOARD))
    assert page.index(f"{node.name} ({node.code})") < page.index("Not mapped yet") < page.index("perdida")
    assert page.index("servicio") < page.index("Not mapped yet")
    assert "Banco Austral" in page
    assert "Direct it" in page


def test_a_poll_is_answered_304_while_nothing_changes(noc, engineer):
    noc.fires("a", circuit="ENL-0042")
    first = engineer.get(f"{BOARD}?vivo=1", headers={"HX-Request": "true"})
    tag = first["HX-PTag"]
    assert engineer.get(f"{BOARD}?vivo=1", headers={"HX-Request": "true", "HX-PTag": tag}).status_code == 304
    noc.is_over("a")
    assert engineer.get(f"{BOARD}?vivo=1", headers={"HX-Request": "true", "HX-PTag": tag}).status_code == 200


def test_an_alert_is_led_from_its_page(noc, engineer):
    noc.fires("perdida", host="equipo-9")
    alert = noc.alert("perdida")
    page = words(engineer.get(reverse("alert", args=[alert.pk])))
    assert "equipo-9" in page
    assert "It leads nowhere yet" in page
    wrong = engineer.post(reverse("alert_lead", args=[alert.pk]), {"leads_to": "NADIE"})
    assert wrong.status_code == 422
    engineer.post(reverse("alert_lead", args=[alert.pk]), {"leads_to": "enl-0042"})
    alert.refresh_from_db()
    assert alert.service == noc.story.service
    assert "ENL-0042" in words(engineer.get(reverse("alert", args=[alert.pk])))


def test_somebody_says_that_it_is_over_and_it_is_on_record(noc, engineer, supervisor):
    noc.fires("a", circuit="ENL-0042")
    alert = noc.alert("a")
    engineer.post(reverse("alert_close", args=[alert.pk]))
    alert.refresh_from_db()
    assert alert.state == AlertState.RESOLVED
    assert noc.turns(alert) == [True, False]
    assert SettingChange.objects.get(noun="alert").by.role == Role.ENGINEER
    assert "Ended in the last hours" in words(engineer.get(BOARD))
    engineer.post(reverse("alert_close", args=[alert.pk]))
    assert noc.turns(alert) == [True, False]
    assert "intermittent" not in words(supervisor.get(reverse("settings_record") + "?que=alert"))


def test_whoever_only_looks_changes_nothing(noc, sign_in):
    auditor = sign_in(Role.AUDITOR)
    assert auditor.get(PAGE).status_code == 200
    assert auditor.get(BOARD).status_code == 200
    for name in ("settings_alert_source_edit", "settings_alert_source_rules", "settings_alert_source_address"):
        assert auditor.post(at(name, noc)).status_code == 403
    noc.fires("a")
    assert auditor.post(reverse("alert_lead", args=[noc.alert("a").pk])).status_code == 403


def test_a_number_that_no_row_can_have_is_none(noc, supervisor):
    for name in ("settings_alert_source", "alert"):
        assert supervisor.get(reverse(name, args=[10**20])).status_code == 404
