"""Cases of a former tool in a browser: sent, explained, looked at, brought in while the page is open, found again."""

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.history import history_import
from guardia.history.import_work import Turn, carry_out
from guardia.people.staff import Role, Staff
from tests.browser.looks import fits, looks, photographed

FILE = (
    "Ticket;Cliente;Circuito;Detalle;Reportado por;Abierto el;Listo el;Fase;Notas\n"
    "N-1;{bank};;Sin enlace en la matriz;Ana Pérez;13/04/2024 08:10;14/04/2024 09:00;Finalizado;corte de fibra\n"
    "N-2;{bank};;Lento en las tardes;Luis Vera;15/04/2024 08:10;;Zona gris;\n"
    "N-3;{bank};XX-1;Caído;Ana Pérez;16/04/2024 08:10;17/04/2024 24:00;Finalizado;\n"
    "N-4;Ferretería Ñandú;;Caído desde la mañana;;16/04/2024 08:10;ayer;Finalizado;\n"
    "N-5;Cooperativa Ñandú;;Intermitente;;18/04/2024 08:10;19/04/2024 10:00;Finalizado;\n"
)


@pytest.fixture
def administrator(story, desk):
    """A browser of an administrator, of this width and theme."""
    with behind(DatabaseRole.STAFF):
        Staff.objects.create(username="jefa", name="Jefa", role=Role.ADMINISTRATOR, language="en")

    def opened(**how):
        return desk("jefa", **how)

    return opened


def the_worker_works() -> None:
    with behind(DatabaseRole.WORKER):
        one = history_import.claim(now())
    assert one
    carry_out(Turn(one.pk, one.turn, lambda: behind(DatabaseRole.WORKER), now))


def fits_everywhere(page, name: str) -> None:
    for look in looks(page, 360, 1440):
        assert fits(page), (name, look)
        photographed(page, f"{name}-{look}")


def test_from_the_file_to_the_search(administrator, tmp_path):
    with behind(DatabaseRole.STAFF):
        bank = Customer.objects.order_by("pk")[0].name
    path = tmp_path / "cerrados 2024.csv"
    path.write_text(FILE.format(bank=bank), encoding="utf-8")
    page = administrator()
    page.goto("/ajustes/importar")
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
    fits_everywhere(page, "import-1-empty")
    page.get_by_label("Files of its export").set_input_files(path)
    page.get_by_role("button", name="Check the files").click()
    expect(page.locator("#following")).to_contain_text("It starts as soon as the worker picks it")
    fits_everywhere(page, "import-2-reading")
    the_worker_works()
    expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
    page.get_by_label("Abierto el: What it tells").select_option("opened")
    page.get_by_label("Listo el: What it tells").select_option("closed")
    page.get_by_label("Fase: What it tells").select_option("state")
    page.get_by_label("Detalle: What it tells").select_option("subject")
    page.get_by_label("Name of the former tool").fill("Mesa vieja")
    page.get_by_label("Companies that are not on file").select_option("create")
    fits_everywhere(page, "import-3-columns")
    page.get_by_role("button", name="Try it").click()
    page.get_by_label("Zona gris: What it means").select_option("waiting third_party")
    fits_everywhere(page, "import-4-states")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#following")).to_be_visible()
    the_worker_works()
    expect(page.get_by_role("button", name="Import 3 cases")).to_be_visible()
    fits_everywhere(page, "import-5-preview")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="as CSV").click()
    assert "24:00" in fetched.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="Import 3 cases").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    fits_everywhere(page, "import-6-bringing")
    the_worker_works()
    expect(page.get_by_role("link", name="N-1", exact=True)).to_be_visible()
    fits_everywhere(page, "import-7-done")
    page.get_by_role("link", name="N-1", exact=True).click()
    expect(page.locator("main")).to_contain_text("Sin enlace en la matriz")
    page.goto("/ajustes/importar")
    expect(page.locator("tbody tr")).to_contain_text(["cerrados 2024.csv"])
    fits_everywhere(page, "import-8-list")


def test_the_text_says_what_is_wrong_by_line_and_keeps_what_was_typed(administrator, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(FILE.format(bank="Banco"), encoding="utf-8")
    page = administrator(width=1440, script=False)
    page.goto("/ajustes/importar")
    page.get_by_label("Files of its export").set_input_files(path)
    page.get_by_role("button", name="Check the files").click()
    the_worker_works()
    page.reload()
    page.get_by_text("The same as text").click()
    page.get_by_label("Mapping").fill("system: X\nrows:\n  - columns: {number: Ticket, bogus: Cliente}\n")
    page.get_by_role("button", name="Try the text").click()
    expect(page.locator(".refusal").first).to_contain_text("line 3 of the text")
    expect(page.get_by_label("Mapping")).to_have_value(
        "system: X\nrows:\n  - columns: {number: Ticket, bogus: Cliente}\n"
    )
    photographed(page, "import-wrong-text")
