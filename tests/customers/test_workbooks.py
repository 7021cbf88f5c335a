"""What people send from Excel comes in as it is: the first sheet with rows, numbers and days as a person types them."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from xlsxwriter import Workbook

from guardia.customers.customer import Customer
from guardia.customers.importing import table_file
from guardia.customers.importing.bringing import bring
from guardia.customers.importing.table_file import WrongFile, read_table
from guardia.people.staff import Role, Staff

HALF_PAST_EIGHT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC).replace(tzinfo=None)  # a sheet knows no zone


def book(*sheets: list[list[object]]) -> bytes:
    """An .xlsx with these sheets."""
    held = io.BytesIO()
    with Workbook(held, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as written:
        for rows in sheets:
            sheet = written.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return held.getvalue()


def test_cells_are_text_as_a_person_types_it():
    rows = [["code", "number", "share", "when", "yes"], ["A-1", 593, 0.5, HALF_PAST_EIGHT, True]]
    table = read_table(book([], rows))
    assert table.header == ["code", "number", "share", "when", "yes"]
    assert table.rows == [(2, ["A-1", "593", "0.5", "2026-11-25 08:30", "1"])]


def test_rows_keep_the_number_that_the_spreadsheet_shows():
    table = read_table(book([["code", "name"], [], ["A-1"], ["", ""], ["A-2", "two"]]))
    assert table.rows == [(3, ["A-1", ""]), (5, ["A-2", "two"])]


def test_companies_come_in_from_a_workbook(as_staff):
    rows = [["codigo", "nombre"], [7001, "Cooperativa de Prueba"]]
    outcome = bring("companies", book(rows), write=True)
    assert outcome.is_right, outcome.problems
    assert Customer.objects.get(name="Cooperativa de Prueba").external_id == "7001"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest of a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cannot be read"),
        (book([]), "empty"),
    ],
)
def test_what_is_no_table_says_so(content, said):
    with pytest.raises(WrongFile, match=said):
        read_table(content)


def test_a_zip_without_a_sheet_is_no_workbook():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("a.txt", "x")
    with pytest.raises(WrongFile, match="cannot be read"):
        read_table(held.getvalue())


def test_one_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(table_file, "MOST_UNPACKED", 1000)
    with pytest.raises(WrongFile, match="too large when it is unpacked"):
        read_table(book([["code"], ["A-1"]]))


def test_the_screen_takes_it(as_staff, client):
    client.force_login(Staff.objects.create(username="s", name="S", role=Role.SUPERVISOR, language="en"))
    file = SimpleUploadedFile("companies.xlsx", book([["codigo", "nombre"], ["C-9", "Nueve"]]))
    page = client.post("/companias/importar", {"kind": "companies", "file": file}, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert 'action="/companias/importar/companies/' in page.content.decode()
