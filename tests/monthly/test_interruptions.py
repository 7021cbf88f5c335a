"""What a regulator asks for, against rows worked out by hand; nothing of it acts, nobody is named."""

import csv
import re
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from guardia.cases.case import Case, Status
from guardia.cases.case_proofs import deny
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.customers.cities import City
from guardia.customers.customer import Customer
from guardia.people.staff import Role
from guardia.procedure.vocabulary import WaitCause
from guardia.reports import interruptions as rule
from guardia.reports.interruptions import OPERATOR, Interruption, interruptions
from tests.monthly.october import AFTER, HOUR, NOVEMBER, OCTOBER, SEPTEMBER, local

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def found(month=OCTOBER, at=AFTER) -> list[Interruption]:
    return list(interruptions(month, at))


def waits(story, case: Case, cause: WaitCause, start, end, *, excluded: bool = False) -> Wait:
    """A wait with these hours; one that the company agreed to leave out is made by the desk's own verb."""
    if not excluded:
        facts = {"customer": story.bank, "case": case, "clocks": [], "asked_by": "Despacho", "reason": "vía cerrada"}
        return Wait.objects.create(cause=cause, started_at=start, ended_at=end, **facts)
    case = Case.objects.get(pk=case.pk)
    why = WaitReason(cause, "Jefe de Sistemas", "sin acceso", excluded=True)
    case.wait(why, by=story.by, at=max(story.now, case.opened_at))
    case.waits.update(started_at=start, ended_at=end)
    return case.waits.get()


def test_each_stretch_is_a_row_with_its_minutes(affected):
    case = affected((local(10, 5, 8), local(10, 5, 9)), (local(10, 5, 10), local(10, 5, 10, 30)))
    first, second = found()
    assert (first.case, first.start, first.end, first.seconds, first.affected) == (
        *(case, local(10, 5, 8), local(10, 5, 9)),
        *(HOUR, HOUR),
    )
    assert (second.seconds, second.responsible, second.confirmed_by) == (1800, OPERATOR, "")


def test_over_midnight_it_stands_in_both_months_each_with_its_own_minutes(affected):
    affected((local(10, 31, 22), local(11, 1, 3)))
    (october,), (november,) = found(OCTOBER), found(NOVEMBER)
    assert (october.start, october.end) == (november.start, november.end)
    assert (october.seconds, november.seconds) == (2 * HOUR, 3 * HOUR)
    assert found(SEPTEMBER) == []


def test_what_lasts_has_no_end_and_counts_until_now(affected):
    affected((local(10, 10, 6), None), closed=None)
    (one,) = found(at=local(10, 10, 12))
    assert (one.end, one.seconds) == (None, 6 * HOUR)


def test_whose_time_it_was_follows_from_the_waits(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 18)), closed=None)
    waits(story, case, WaitCause.CUSTOMER, local(10, 5, 9), local(10, 5, 12), excluded=True)
    waits(story, case, WaitCause.FORCE_MAJEURE, local(10, 5, 11), local(10, 5, 17))
    Case.objects.update(closed_at=AFTER)
    (one,) = found()
    assert one.shares == {OPERATOR: 2 * HOUR, "force_majeure": 6 * HOUR, "third_party": 0, "customer": 2 * HOUR}
    assert (one.responsible, one.seconds, one.excluded, one.affected) == (
        "force_majeure",
        *(10 * HOUR, 3 * HOUR, 7 * HOUR),
    )


def test_a_wait_that_was_ruled_void_gives_its_time_back_to_the_operator(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 12)), closed=None)
    wait = waits(story, case, WaitCause.CUSTOMER, local(10, 5, 8), local(10, 5, 12), excluded=True)
    Wait.objects.filter(pk=wait.pk).update(ruling="upheld", ruled_at=local(10, 20))
    Case.objects.update(closed_at=AFTER)
    (one,) = found()
    assert (one.responsible, one.excluded, one.shares[OPERATOR]) == (OPERATOR, 0, 4 * HOUR)


def test_even_time_is_the_operator_s(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 12)), closed=None)
    waits(story, case, WaitCause.THIRD_PARTY, local(10, 5, 8), local(10, 5, 10))
    Case.objects.update(closed_at=AFTER)
    assert found()[0].responsible == OPERATOR


def test_fractions_add_up(story, affected):
    half = timedelta(milliseconds=500)
    case = affected((local(10, 5, 8), local(10, 5, 9) + half), closed=None)
    waits(story, case, WaitCause.THIRD_PARTY, local(10, 5, 8, 30) + half, local(10, 5, 8, 40))
    Case.objects.update(closed_at=AFTER)
    (one,) = found()
    assert one.seconds == sum(one.shares.values()) == round(HOUR + 0.5)


def test_what_was_withdrawn_and_a_request_are_none(affected):
    affected((local(10, 5, 8), local(10, 5, 9)), status=Status.CANCELLED)
    affected((local(10, 5, 8), local(10, 5, 9)), desk="billing")
    assert found() == []


def test_who_confirmed_is_a_position_and_no_name(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    who = Confirmer("Quien Confirma", "Jefatura de Redes", "07 555 0148")
    story.service_is_tested()
    story.case.confirm(who, "se empalmó la fibra", by=story.by, at=story.now)
    (one,) = found(NOVEMBER)
    assert (one.confirmed_by, one.grade, one.tests) == ("Jefatura de Redes", "word", (2, 2))


def test_p5_what_a_contact_denied_is_confirmed_by_nobody(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.customer_confirms()
    deny(story.case, story.head, at=story.now)
    assert {(one.confirmed_by, one.grade) for one in found(NOVEMBER)} == {("", "")}


def test_many_cases_are_read_in_steps_with_the_same_few_questions(affected, monkeypatch, django_assert_max_num_queries):
    for day in range(1, 8):
        affected((local(10, day, 8), local(10, day, 9)))
    monkeypatch.setattr(rule, "AT_ONCE", 3)
    with django_assert_max_num_queries(3 * 6 + 2):
        assert len(found()) == 7


# --- the files ---


def columns(row: dict) -> dict:
    return {re.sub(r" \(America.*", "", name): value for name, value in row.items()}


def as_csv(browser) -> tuple[list[dict], dict[str, str]]:
    answer = browser.get(reverse("interruptions_file", args=["2026-10", "csv"]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="interrupciones-2026-10.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    table, _empty, totals = text.partition("\r\n\r\n")
    rows = [columns(row) for row in csv.DictReader(StringIO(table), delimiter=";")]
    return rows, {row[0]: row[1] for row in csv.reader(StringIO(totals), delimiter=";")}


def as_workbook(browser) -> tuple[list[dict[str, str]], zipfile.ZipFile]:
    answer = browser.get(reverse("interruptions_file", args=["2026-10", "xlsx"]))
    book = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    lines = [
        {cell.get("r").rstrip("0123456789"): "".join(cell.itertext()) for cell in row}
        for row in sheet.iter(f"{MAIN}row")
    ]
    return [{lines[0][column]: cell for column, cell in line.items()} for line in lines[1:]], book


@pytest.fixture
def quality(browser_of):
    return browser_of(Role.QUALITY)


def test_the_row_of_the_csv(story, affected, quality):
    City.objects.filter(pk=story.site.city_id).update(code="0101")
    case = affected((local(10, 5, 8), local(10, 5, 9, 30)), fault="fibra cortada")
    (row,), totals = as_csv(quality)
    assert row == {
        "Customer": "Banco Austral",
        "Service": "Enlace",
        "Circuit": "ENL-0042",
        "Impact": "No service",
        "Province": "Azuay",
        "Canton": "Cuenca",
        "Canton code (INEC)": "0101",
        "Start": "2026-10-05 08:00:00",
        "End": "2026-10-05 09:30:00",
        "Duration": "1:30:00",
        "Minutes in the month": "90.00",
        "Minutes excluded": "0.00",
        "Minutes within planned work": "0.00",
        "Affected minutes": "90.00",
        "Cause": "fibra cortada",
        "Responsibility": "the operator",
        "Minutes: the operator": "90.00",
        "Minutes: the customer": "0.00",
        "Minutes: a third party": "0.00",
        "Minutes: force majeure": "0.00",
        "Case": case.display_number,
        "Confirmed by (position)": "not confirmed",
        "How it is proven": "",
        "Good tests since the restoration": "0",
    }
    assert (totals["Interruptions"], totals["Affected minutes"], totals["Time zone"]) == (
        "1",
        "90.00",
        "America/Guayaquil",
    )


def test_the_workbook_has_the_same_row_and_its_totals(affected, quality):
    affected((local(10, 5, 8), local(10, 5, 9, 30)), fault="fibra cortada")
    (cells,), book = as_workbook(quality)
    assert (cells["Circuit"], float(cells["Affected minutes"])) == ("ENL-0042", 90)
    # 5 October 2026, 08:00 in Ecuador, is day 46300 and a third of the spreadsheet.
    assert float(cells["Start (America/Guayaquil)"]) == pytest.approx(46300 + 8 / 24)
    assert b"America/Guayaquil" in book.read("xl/worksheets/sheet2.xml")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_text_that_looks_like_a_formula_acts_nowhere(story, affected, quality, sign):
    evil = f'{sign}HYPERLINK("http://example.com")'
    Customer.objects.filter(pk=story.bank.pk).update(name=evil)
    affected((local(10, 5, 8), local(10, 5, 9)), fault=evil)
    (row,), _totals = as_csv(quality)
    assert (row["Customer"], row["Cause"]) == (f"'{evil}", f"'{evil}")
    _rows, book = as_workbook(quality)
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_screen_says_the_totals_and_links_to_the_cases(affected, quality):
    case = affected((local(10, 5, 8), local(10, 5, 9, 30)), fault="fibra cortada")
    html = quality.get(reverse("interruptions") + "?mes=2026-10").content.decode()
    assert reverse("case", args=[case.number]) in html
    assert "1\u00a0h 30\u00a0min" in html
    assert "A sample layout" in html
    assert "style=" not in html


def test_the_columns_of_the_file_are_shown_with_an_example(affected, quality):
    affected((local(10, 5, 8), local(10, 5, 9, 30)), fault="fibra cortada")
    answer = quality.get(reverse("interruptions") + "?mes=2026-10")
    shown = {each["head"]: each["example"] for each in answer.context["form_columns"]}
    assert (shown["Cause"], shown["Start (America/Guayaquil)"]) == ("fibra cortada", "2026-10-05 08:00:00")


def test_an_empty_month_says_so_and_its_file_has_its_head(quality):
    assert "No service was interrupted in" in quality.get(reverse("interruptions") + "?mes=2026-09").content.decode()
    assert as_csv(quality)[0] == []


@pytest.mark.parametrize(
    ("month", "form", "status"), [("hoy", "csv", 422), ("2999-12", "xlsx", 422), ("2026-10", "pdf", 404)]
)
def test_a_file_of_no_month_or_kind_is_refused(quality, month, form, status):
    assert quality.get(reverse("interruptions_file", args=[month, form])).status_code == status
