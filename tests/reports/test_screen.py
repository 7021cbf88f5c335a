"""The report on the screen and as a workbook: the same filters, the same numbers, nothing that acts."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from guardia.customers.customer import Customer
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.reports.promises import Line
from guardia.web.desk.reports.promised import percent

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def shown(browser, query: str = "?mes=2026-11") -> str:
    answer = browser.get(reverse("reports") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_screen_says_the_ratio_the_late_ones_and_links_to_their_cases(told, quality):
    for minutes in (10, 26):
        case = told.diagnosed_after(minutes)
    answer = quality.get(reverse("reports") + "?mes=2026-11")
    report = answer.context["report"]
    diagnosis = next(row for row in report.kinds if row.line.kind == ClockKind.DIAGNOSIS)
    assert (diagnosis.percent, diagnosis.target, diagnosis.median, diagnosis.worst) == (
        "50.0\u00a0%",
        "20:00",
        "18:00",
        "26:00",
    )
    html = answer.content.decode()
    assert reverse("case", args=[case.number]) in html
    assert "6:00" in html
    assert "fault: fibra cortada" not in html
    assert "nobody has said, and no wait was on record" in html
    assert "style=" not in html


def test_the_reason_of_a_wait_is_said_in_words(told, quality):
    told.open_case()
    told.waits_for_the_customer(45)
    told.minutes_pass(25)
    told.diagnosis()
    assert "waited for the customer: no hay acceso a la sede (21/11 02:03 to 21/11 02:48)" in shown(quality)


def test_filters_stand_in_the_address_and_hold_for_the_workbook(told, quality):
    told.diagnosed_after(26)
    told.another_company()
    told.diagnosed_after(10)
    query = f"?mes=2026-11&compania={told.other.pk}&plazo=diagnosis"
    report = quality.get(reverse("reports") + query).context["report"]
    assert (report.percent, report.late) == ("100.0\u00a0%", [])
    assert report.workbook == f"{reverse('report_workbook', args=['2026-11'])}?compania={told.other.pk}&plazo=diagnosis"
    assert [row.name for row in report.companies if row.is_current] == ["Hospital Los Arrayanes"]


def test_an_empty_month_says_so(told, quality):
    assert "No promise was decided in" in shown(quality, "?mes=2025-01")
    assert "No promise in this selection" in shown(quality, "?mes=2025-01&plazo=diagnosis")


def test_without_a_month_it_is_this_one(told, quality):
    assert quality.get(reverse("reports")).status_code == 200


@pytest.mark.parametrize("query", ["?mes=hoy", "?mes=2026-13", "?compania=x", "?compania=" + "9" * 30, "?plazo=nada"])
def test_an_address_that_is_not_understood_says_what_to_write(quality, query):
    answer = quality.get(reverse("reports") + query)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("month", ["2000-01", "2999-12"])
def test_the_ends_of_the_calendar_are_no_error(quality, month):
    assert quality.get(reverse("reports") + f"?mes={month}").status_code == 200


def test_a_technician_sees_no_report(client, as_staff):
    client.force_login(Staff.objects.create(username="t", name="t", role=Role.TECHNICIAN))
    assert client.get(reverse("reports")).status_code == 403
    assert client.get(reverse("report_workbook", args=["2026-11"])).status_code == 403


@pytest.mark.parametrize(
    ("kept", "breached", "words"), [(0, 0, "–"), (3, 0, "100.0"), (9999, 1, "99.9"), (29, 71, "29.0")]
)
def test_a_hundred_is_said_only_when_every_promise_was_kept(kept, breached, words):
    assert percent(Line(None, None, "", "", kept, breached)).removesuffix("\u00a0%") == words


# --- the workbook ---


class Book:
    """An XLSX as its sheets of rows; numbers as numbers, text as text."""

    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(BytesIO(content))
        strings = ElementTree.fromstring(self.zip.read("xl/sharedStrings.xml"))
        self.strings = ["".join(text.text or "" for text in one.iter(f"{MAIN}t")) for one in strings]
        book = ElementTree.fromstring(self.zip.read("xl/workbook.xml"))
        self.names = [sheet.get("name") for sheet in book.iter(f"{MAIN}sheet")]

    def rows(self, number: int) -> list[dict[str, object]]:
        sheet = ElementTree.fromstring(self.zip.read(f"xl/worksheets/sheet{number}.xml"))
        head, *rows = [[self.cell(cell) for cell in row] for row in sheet.iter(f"{MAIN}row")]
        names = dict(head)
        return [{names[column]: value for column, value in row} for row in rows]

    def cell(self, cell) -> tuple[str, object]:
        column = re.match(r"[A-Z]+", cell.get("r"))[0]
        value = cell.find(f"{MAIN}v")
        if value is None:
            return column, ""
        return column, self.strings[int(value.text)] if cell.get("t") == "s" else float(value.text)

    def holds_a_formula(self) -> bool:
        sheets = [self.zip.read(name) for name in self.zip.namelist() if name.startswith("xl/worksheets/sheet")]
        return any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def workbook(browser, query: str = "") -> Book:
    answer = browser.get(reverse("report_workbook", args=["2026-11"]) + query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="guardia-2026-11.xlsx"'
    return Book(answer.content)


def test_the_workbook_has_three_sheets_with_the_numbers_of_the_screen(told, quality):
    for minutes in (10, 26):
        told.diagnosed_after(minutes)
    book = workbook(quality)
    assert book.names == ["Summary", "Companies", "Late"]
    (diagnosis,) = [row for row in book.rows(1) if row["Promise"] == "Diagnosis: cause and plan"]
    assert (diagnosis["Kept"], diagnosis["Late"], diagnosis["Kept of evaluated"]) == (1, 1, 0.5)
    assert diagnosis["Worst"] * 86400 == pytest.approx(26 * 60)
    (of_bank,) = [row for row in book.rows(2) if row["Promise"] == "Diagnosis: cause and plan"]
    assert (of_bank["Company"], of_bank["Late"]) == ("Banco Austral", 1)
    (one,) = [row for row in book.rows(3) if row["Promise"] == "Diagnosis: cause and plan"]
    assert one["Overrun"] * 86400 == pytest.approx(6 * 60)
    assert one["Fault"] == "fibra cortada"
    # 21 November 2026 02:13:40 in Ecuador is day 46347 of the spreadsheet: the first case took 10 minutes before.
    assert one["Began (America/Guayaquil)"] == pytest.approx(46347 + (2 * 3600 + 16 * 60 + 40) / 86400, abs=1e-6)


def test_text_that_looks_like_a_formula_stays_text(told, quality):
    Customer.objects.filter(pk=told.bank.pk).update(name='=HYPERLINK("http://example.com")')
    told.diagnosed_after(26)
    book = workbook(quality)
    assert not book.holds_a_formula()
    assert book.rows(3)[0]["Company"] == '=HYPERLINK("http://example.com")'


def test_the_workbook_follows_the_filters(told, quality):
    told.diagnosed_after(26)
    book = workbook(quality, "?plazo=reception")
    assert {row["Promise"] for row in book.rows(2)} == {"Reception: answer the call"}
    assert book.rows(3) == []


def test_an_empty_month_is_an_empty_workbook(quality):
    book = workbook(quality)
    assert [book.rows(number) for number in (1, 2, 3)] == [[], [], []]


def test_a_workbook_of_no_month_is_refused_in_words(quality):
    answer = quality.get(reverse("report_workbook", args=["hoy"]))
    assert (answer.status_code, "2026-11" in answer.content.decode()) == (422, True)
