"""The telephone's pages in a browser: narrow and wide, light and dark; a token is copied; the field is read by hour."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from guardia.calls.call import Call, LeftAs, Measure, QueueVisit
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeGap
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.people.staff import Staff
from guardia.procedure.version import in_force
from tests.browser.looks import fits, looks

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
LINES = (
    ("1800400404", "technical"),
    ("024005080", "technical"),
    ("024004040/2", "sales"),
    ("024004040/3", "billing"),
    ("042881157", "technical"),
)


@pytest.fixture
def telephone(story) -> Exchange:
    """Some hundred calls of a few days, an exchange that was lost twice, and what it said last."""
    with behind(DatabaseRole.STAFF):
        at, chance = now(), random.Random(5)
        pbx = Exchange.objects.create(
            name="central-uio",
            kind="ami",
            seen_at=at,
            connected_at=at - HOUR,
            queues={"soporte": "technical", "ventas": "sales"},
            contexts=["from-trunk"],
        )
        lost = at - 5 * HOUR
        ExchangeGap.objects.create(exchange=pbx, lost_at=lost, back_at=lost + 0.2 * HOUR, read_again_at=lost + HOUR)
        ExchangeGap.objects.create(exchange=pbx, lost_at=at - 50 * HOUR, back_at=at - 49 * HOUR)
        Exchange.objects.create(name="nube", kind="cti", token_digest="0" * 64)
        Call.objects.bulk_create(a_call(pbx, number, at, chance) for number in range(400))
        for call in Call.objects.exclude(exchange=None).filter(arrived_at__gte=at - 20 * HOUR)[:5]:
            QueueVisit.objects.create(
                call=call, ordinal=1, queue="nocturna", joined_at=call.arrived_at, member="Lina H."
            )
        ExchangeAgent.objects.create(exchange=pbx, name="Omar", staff=Staff.objects.first(), since=at - 90 * HOUR)
        ExchangeEvent.objects.bulk_create(
            ExchangeEvent(
                exchange=pbx,
                key=f"{number:064}",
                reference=f"pbx-{number}",
                source="ami",
                name="QueueCallerJoin",
                happened_at=at - number * SECOND,
                received_at=at - number * SECOND + timedelta(milliseconds=2),
                packet=[
                    ["Event", "QueueCallerJoin"],
                    ["CallerIDNum", "0599000101"],
                    ["Channel", "PJSIP/trunk-" + "0" * 60],
                ],
            )
            for number in range(25)
        )
        Staff.objects.filter(username="ingeniero1").update(extension="101")
    return pbx


def a_call(pbx: Exchange, number: int, at, chance: random.Random) -> Call:
    line, desk = chance.choice(LINES)
    arrived = at - chance.random() * 96 * HOUR
    contact = Contact.objects.order_by("pk").first() if number % 3 == 0 else None
    call = Call(
        procedure_version=in_force(at),
        exchange=pbx,
        reference=str(number),
        line=line,
        desk=desk,
        measure=chance.choice([Measure.EXCHANGE] * 12 + [Measure.LOG, Measure.RECEIPT, Measure.GAP]),
        from_number=f"+5937255501{number % 60:02}",
        contact=contact,
        customer=contact.customer if contact else None,
        arrived_at=arrived,
        waiting_at=arrived,
        settled_at=arrived + HOUR,
        settled_as="not_a_fault",
    )
    waited = chance.choice([4, 9, 20, 31, 44, 58, 60.4, 95]) * SECOND
    if chance.random() < 0.8:
        call.answered_at, call.answered_as = arrived + waited, "Ingeniera 9"
    else:
        call.abandoned_at, call.left_as = arrived + waited, chance.choice(LeftAs.values)
    return call


def pages(pbx: Exchange) -> tuple[str, ...]:
    return (
        "/informes/recepcion?periodo=semana",
        "/informes/recepcion?periodo=dia&dia=2020-01-01",
        "/informes/",
        "/llamadas/historial",
        "/llamadas/historial?resultado=rechazada",
        "/ajustes/telefonia",
        "/ajustes/telefonia/nueva",
        f"/ajustes/telefonia/{pbx.pk}",
        "/procedimiento",
        reverse("company", args=[pbx.calls.exclude(customer=None)[0].customer_id]),
    )


def test_no_page_of_the_telephone_is_wider_than_its_window(telephone, desk):
    page = desk("supervisora")
    with behind(DatabaseRole.STAFF):
        addresses = pages(telephone)
    for address in addresses:
        page.goto(address)
        for look in looks(page, 360, 1280):
            assert fits(page), (address, look)
        assert page.locator("h1").count() == 1, address


def test_on_a_telephone_each_hour_stands_above_its_number(telephone, desk):
    page = desk("supervisora", width=360, at="/informes/recepcion?periodo=semana")
    cell = page.locator(".heat tbody tr").first.locator("td").nth(9)
    assert cell.evaluate("each => getComputedStyle(each, '::before').content") == '"09 h"'
    assert cell.bounding_box()["width"] >= 44


@pytest.mark.parametrize("script", [True, False])
def test_an_exchange_is_added_and_its_address_shown_once(telephone, desk, script):
    page = desk("supervisora", script=script, at="/ajustes/telefonia")
    page.get_by_role("link", name="Add an exchange that pushes events").click()
    page.get_by_label("Name").fill("otra nube")
    page.get_by_role("button", name="Save").click()
    address = page.get_by_label("Address for its messages")
    assert "/telefonia/" in address.input_value()
    if script:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == address.input_value()
    page.get_by_role("link", name="I have copied it").click()
    assert page.locator("h1").inner_text().startswith("otra nube")


def test_a_name_seen_lately_is_given_to_somebody_by_keyboard(telephone, desk):
    page = desk("supervisora", at=f"/ajustes/telefonia/{telephone.pk}")
    page.get_by_role("link", name="Lina H.").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#give").get_by_label("Name at the exchange")).to_have_value("Lina H.")
    page.get_by_label("Person").select_option(label="ingeniero2")
    page.get_by_role("button", name="Give the name").click()
    expect(page.get_by_role("cell", name="Lina H.", exact=True)).to_be_visible()


def test_the_history_goes_on_to_older_calls_and_back(telephone, desk):
    page = desk("ingeniero1", at="/llamadas/historial")
    first = page.locator(".past tbody tr").first.inner_text()
    page.get_by_role("link", name="Older").click()
    assert page.locator(".past tbody tr").first.inner_text() != first
    page.get_by_role("link", name="The latest").click()
    expect(page.locator(".past tbody tr").first).to_contain_text(first.split()[0])
