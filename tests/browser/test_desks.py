"""The other desks on a screen: a mail for billing until it is solved; a call by night; a request that is a fault."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.stages import reception
from guardia.cases.stages.administrative import Ask
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import ClockKind, Moment
from tests.browser.looks import fits, looks, photographed
from tests.hours import entry_points_read
from tests.mailin.house import House
from tests.procedure import story as stories

MORNING = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # Thursday 10:00 in Ecuador
NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # Friday 21:00: the desks open on Monday 30 November, 08:30


@pytest.fixture
def the_hour_is(monkeypatch):
    """Every door reads this hour (UTC) from now on."""

    def set_to(at: datetime) -> None:
        entry_points_read(monkeypatch, lambda: at)

    return set_to


@pytest.fixture
def story(transactional_db, monkeypatch, the_hour_is) -> stories.Story:
    """Thursday morning; the people of each desk read English."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", MORNING - timedelta(minutes=12))
        told = stories.Story()
        stories.staff("facturacion1", Role.BILLING)
        stories.staff("ventas1", Role.SALES)
        Staff.objects.update(language="en")
        told.now = MORNING
    the_hour_is(MORNING)
    return told


def taken(story, desk: str = "billing", at: datetime = MORNING) -> Case:
    with behind(DatabaseRole.STAFF):
        ask = Ask(story.bank, desk, "La factura llegó dos veces", reporter=story.head, fields={"invoice": "77"})
        return Case.take(ask, by=story.by, at=at)


def the_case() -> Case:
    with behind(DatabaseRole.STAFF):
        return Case.objects.select_related("service").get()


def test_a_mail_for_billing_is_answered_and_solved(story, desk, settings):
    settings.MAIL_IN, settings.DESK_MAILBOXES = True, {"facturacion@example.com": "billing"}
    with behind(DatabaseRole.STAFF):
        House(story).writes(
            story.head.email, "La factura llegó dos veces", to="facturacion@example.com", subject="Factura"
        )
    case = the_case()
    page = desk("facturacion1")
    page.get_by_role("link", name="Answer the request").click()
    page.wait_for_url(f"**/casos/{case.number}/**")
    page.get_by_label("What you answer").fill("La segunda está anulada")
    page.get_by_role("button", name="Answer and notify").click()
    page.get_by_role("heading", name="Solve the request").wait_for()
    assert page.locator(".rail [data-now] .name").inner_text() == "Solved"
    page.get_by_label("How it was solved").fill("Enviamos la nota de crédito")
    page.get_by_role("button", name="Solve and notify").click()
    page.get_by_text("Closed at").wait_for()
    with behind(DatabaseRole.STAFF):
        case.refresh_from_db()
        assert (case.stage, case.desk, case.source) == ("solved", "billing", "mail")
        told = set(case.notices.filter(contact=story.head).values_list("moment", flat=True))
    assert told == {Moment.ADMIN_TAKEN, Moment.ADMIN_ANSWERED, Moment.ADMIN_SOLVED}


def test_a_call_by_night_is_taken_down_and_told_when_the_desk_opens(story, desk, the_hour_is):
    the_hour_is(NIGHT)
    with behind(DatabaseRole.STAFF):
        call = reception.ring(
            from_number="+593725550148", line="024004040/3", version=story.version, at=NIGHT, contact=story.head
        )
        reception.answer(reception.locked(call.pk), by=story.engineer, at=NIGHT)
    page = desk("ingeniero1", at=f"/casos/nuevo?llamada={call.pk}")
    page.get_by_label("Symptoms", exact=True).fill("Les cobraron dos veces")
    page.get_by_label("Symptoms", exact=True).press("Escape")
    page.keyboard.press("t")
    page.wait_for_url("**/requerimientos/nuevo?**")
    assert page.get_by_label("What is asked").input_value() == "Les cobraron dos veces", "what was typed goes along"
    page.get_by_role("radio", name="Sales").check()
    page.get_by_label("Quotation number").wait_for()
    page.get_by_label("Contract number").fill("C-1")
    page.get_by_role("radio", name="Billing").check()
    page.get_by_label("Invoice number").fill("77")
    assert page.get_by_label("Contract number").input_value() == "C-1", "what both desks ask for stays"
    page.locator(".say-aloud", has_text="Facturación").wait_for()
    assert "lunes 30 de noviembre" in page.locator(".say-aloud").inner_text(), "in the caller's language"
    page.get_by_label("What is asked").press("Control+Enter")
    page.get_by_role("heading", name="Request taken").wait_for()
    case = the_case()
    assert page.locator(".read-aloud").inner_text() == case.display_number
    assert "08:30" in page.locator(".say-aloud").inner_text()
    assert (case.fields, case.assigned_id) == ({"invoice": "77", "contract": "C-1"}, None)
    bench = desk("facturacion1")
    assert "Mon 30 08:30" in bench.locator(f"#case-{case.pk}").inner_text()


def test_a_request_that_is_a_fault_passes_to_the_technical_desk(story, desk):
    case = taken(story)
    page = desk("facturacion1", at=f"/casos/{case.number}/")
    page.get_by_role("link", name="Pass to Operations Centre / Sales").click()
    page.get_by_role("radio", name="Operations Centre").check()
    page.get_by_label("Why").fill("No tienen servicio")
    page.get_by_label("Service", exact=True).select_option(index=1)
    page.get_by_label("Symptoms").fill("No hay enlace desde las 9")
    page.get_by_role("button", name="Pass it on and notify").click()
    page.locator(".rail .name", has_text="Diagnosis").wait_for()
    case = the_case()
    assert (case.desk, case.stage, case.service) == ("technical", "diagnosis", story.service)
    with behind(DatabaseRole.STAFF):
        kinds = set(case.clocks.filter(ended_at=None).values_list("kind", flat=True))
    assert ClockKind.DIAGNOSIS in kinds
    assert ClockKind.FIRST_ANSWER not in kinds


def test_a_paper_is_taken_in_at_an_office_with_its_photograph(story, desk):
    page = desk("ventas1", width=360, at=f"/oficinas/recibir?compania={story.bank.pk}")
    page.get_by_role("radio", name="Guayaquil").check()
    page.get_by_label("Stamped at").fill("09:40")
    page.get_by_role("radio", name="Billing: ").check()
    page.get_by_label("What it says").fill("Reclaman la factura 77")
    picture = page.screenshot()
    page.locator('input[name="scan"]').set_input_files(
        {"name": "carta.png", "mimeType": "image/png", "buffer": picture}
    )
    assert page.locator("[data-chosen]").inner_text() == "carta.png"
    page.get_by_role("button", name="Receive it and print the receipt").click()
    page.get_by_role("heading", name="Receipt of a written request").wait_for()
    case = the_case()
    assert page.locator(".read-aloud").inner_text() == case.display_number
    with behind(DatabaseRole.STAFF):
        paper = WrittenRequest.objects.get()
        assert (paper.office, paper.received_at, paper.scans.count()) == (
            "Guayaquil",
            MORNING - timedelta(minutes=20),
            1,
        )
    page.goto(f"/casos/{case.number}/")
    shown = page.locator(".scan-list img")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_the_screens_fit(story, desk, the_hour_is):
    case = taken(story)
    taken(story, at=NIGHT - timedelta(days=1, hours=20))
    the_hour_is(NIGHT)
    places = {
        "bench": "/?area=todas",
        "case": f"/casos/{case.number}/",
        "transfer": f"/casos/{case.number}/transferir",
        "who": "/requerimientos/nuevo?q=ban",
        "new": f"/requerimientos/nuevo?compania={story.bank.pk}&area=billing",
        "taken": f"/requerimientos/{case.number}/tomado",
        "office": f"/oficinas/recibir?compania={story.bank.pk}",
        "tray": "/correo",
    }
    page = desk("facturacion1")
    for name, place in places.items():
        page.goto(place)
        for look in looks(page, 1280, 360):
            assert fits(page), (name, look)
            photographed(page, f"{name}-{look}")


def test_the_menu_of_desks_leads_from_bench_to_bench(story, desk):
    case = taken(story, desk="sales")
    page = desk("ingeniero1")
    assert page.locator(f"#case-{case.pk}").count() == 0
    page.locator("details.desk summary").click()
    page.locator("details.desk").get_by_role("link", name="Sales").click()
    page.locator(f"#case-{case.pk}").wait_for()
    assert page.url.endswith("?area=sales")
    page.keyboard.press("n")
    page.wait_for_url("**/requerimientos/nuevo?area=sales")
