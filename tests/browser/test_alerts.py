"""What fires, in a real browser: keys walk the rows, a poll brings what is new, a stray alert is led by hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network import alerts_sources as sources
from guardia.network.alert import AlertSource
from guardia.network.alert_message import AlertMessage, Message, fingerprint_of
from guardia.network.alert_store import keep


@pytest.fixture
def says(story) -> Callable[..., None]:
    """A source says of an alert that it fires, or that it is over; committed."""
    with behind(DatabaseRole.STAFF):
        source, _token = sources.add({"name": "Zabbix NOC", "kind": "generic"}, by=None, at=now())

    def said(key: str, fires: bool = True, **labels: str) -> None:
        with behind(DatabaseRole.STAFF):
            one = AlertMessage(fingerprint_of((key,)), fires, key, None, "critical", "", labels)
            keep(AlertSource.objects.get(pk=source.pk), Message((one,)), now())

    return said


def test_the_keys_walk_the_alerts_and_enter_opens_one(desk, says):
    says("enlace caído", circuit="ENL-0042")
    says("equipo sin respuesta", host="equipo-9")
    page = desk(at="/alertas")
    expect(page.locator(".alert-row")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".alert-row").last.locator(".row-link")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="enlace caído")).to_be_visible()


def test_what_is_new_comes_by_itself_and_what_is_over_goes_below(desk, says):
    page = desk(at="/alertas")
    expect(page.get_by_text("No alert is firing.")).to_be_visible()
    says("enlace caído", circuit="ENL-0042")
    expect(page.locator('[data-alert="firing"]')).to_have_count(1)
    says("enlace caído", fires=False)
    expect(page.locator('[data-alert="resolved"]')).to_have_count(1)
    expect(page.get_by_text("Ended in the last hours")).to_be_visible()


def test_a_stray_alert_is_led_to_its_circuit(desk, says):
    says("equipo sin respuesta", host="equipo-9")
    page = desk(at="/alertas")
    page.get_by_role("link", name="Direct it").click()
    page.get_by_label("Circuit, or code of an element").fill("enl-0042")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".alert-where")).to_contain_text("ENL-0042")


def test_a_source_is_connected_and_its_message_tried(desk, story):
    page = desk("supervisora", at="/ajustes/alertas")
    page.get_by_role("link", name="Connect a source").click()
    page.get_by_label("Name", exact=True).fill("Sistema propio")
    page.get_by_label("Kind").select_option("generic")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is shown only once.")).to_be_visible()
    page.get_by_role("link", name="I have copied it").click()
    message = '{"fingerprint": "a", "status": "firing", "name": "PON", "labels": {"circuit": "ENL-0042"}}'
    page.get_by_label("A message of this source").fill(message)
    page.get_by_role("button", name="Show where it leads").click()
    expect(page.locator(".trial-rows")).to_contain_text("ENL-0042 · Banco Austral")


def test_paths_are_tried_as_they_are_typed_and_then_saved(desk, story):
    with behind(DatabaseRole.STAFF):
        source, _token = sources.add({"name": "NMS propio", "kind": "by_path"}, by=None, at=now())
    page = desk("supervisora", at=f"/ajustes/alertas/{source.pk}")
    page.get_by_label("Identity of the alert").fill("$.id")
    page.get_by_label("State", exact=True).fill("$.s")
    page.get_by_label("Circuit", exact=False).first.fill("$.c")
    page.get_by_label("A message of this source").fill('{"id": 7, "s": "down", "c": "ENL-0042"}')
    page.get_by_role("button", name="Show where it leads").click()
    expect(page.locator(".trial-rows")).to_contain_text("ENL-0042 · Banco Austral")
    expect(page.get_by_label("Identity of the alert")).to_have_value("$.id")
    page.get_by_role("button", name="Save the paths").click()
    expect(page.get_by_text("Saved: NMS propio.")).to_be_visible()
    expect(page.get_by_label("Identity of the alert")).to_have_value("$.id")


@pytest.mark.parametrize("place", ["/alertas", "/ajustes/alertas", "/ajustes/alertas/nueva"])
def test_nothing_is_wider_than_a_telephone(desk, says, place):
    says("un nombre de alerta muy largo que no cabe en ninguna pantalla de teléfono " * 2, circuit="ENL-0042")
    page = desk("supervisora", width=360)
    page.goto(place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
