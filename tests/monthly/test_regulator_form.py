"""The regulator's form is the operator's file: columns, words, hours and which rows; what is wrong in it is said."""

import csv
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.urls import reverse

from guardia.people.staff import Role
from guardia.web.desk.reports.regulator_form import FormIsWrong, RegulatorForm, read, sample, strftime_of
from tests.monthly.october import AFTER, local

SHIPPED = Path(__file__).parents[2] / "procedures" / "regulator-interruptions.yaml"


@pytest.fixture(autouse=True)
def it_is_december(monkeypatch):
    monkeypatch.setattr("guardia.web.desk.reports.interruptions.now", lambda: AFTER)


@pytest.fixture
def quality(browser_of):
    return browser_of(Role.QUALITY)


@pytest.fixture
def form(tmp_path, settings):
    def write(text: str) -> Path:
        path = tmp_path / "form.yaml"
        path.write_text(text)
        settings.INTERRUPTIONS_FORM = str(path)
        return path

    return write


def csv_rows(browser, delimiter: str = ";") -> list[list[str]]:
    answer = browser.get(reverse("interruptions_file", args=["2026-10", "csv"]))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=delimiter))


def test_the_file_that_comes_with_us_is_a_form(affected, quality, settings):
    settings.INTERRUPTIONS_FORM = str(SHIPPED)
    affected((local(10, 5, 8), local(10, 5, 9, 30)), fault="fibra cortada", impact="down")
    affected((local(10, 6, 8), local(10, 6, 9)), impact="degraded")
    head, row = csv_rows(quality)
    found = dict(zip(head, row, strict=True))
    assert found["No."] == "1"
    assert (found["Fecha de inicio"], found["Hora de inicio"]) == ("05/10/2026", "08:00")
    assert (found["Duración (horas)"], found["Responsable"], found["Causa"]) == ("1,50", "Prestador", "fibra cortada")


def test_columns_order_words_and_hours_are_the_file_s_in_the_workbook_too(affected, quality, form):
    form(
        "name: Formulario\nhours: DD/MM/YY hh:mm\ncolumns:\n"
        "  - {field: end, head: Fin}\n  - {field: impact, head: Tipo, words: {down: TOTAL}}\n  - {field: start}\n"
    )
    affected((local(10, 5, 8), local(10, 5, 9, 30)), impact="down")
    head, row, *_totals = csv_rows(quality)
    assert (head, row) == (
        ["Fin", "Tipo", "Start (America/Guayaquil)"],
        ["05/10/26 09:30", "TOTAL", "05/10/26 08:00"],
    )
    answer = quality.get(reverse("interruptions_file", args=["2026-10", "xlsx"]))
    book = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))
    assert b"dd/mm/yy hh:mm" in book.read("xl/styles.xml")
    assert b"TOTAL" in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("only", "days"),
    [
        ("", ["04", "05", "06"]),
        ("only: {impacts: [down]}\n", ["04", "05"]),
        ("only: {minutes_from: 90}\n", ["04", "05"]),
        ("only: {started_in_month: true}\n", ["05", "06"]),
        ("only: {impacts: [degraded], minutes_from: 90}\n", []),
    ],
)
def test_the_form_says_which_interruptions_it_asks_for(affected, quality, form, only, days):
    form(f"name: F\ntotals: false\nhours: DD\n{only}columns: [{{field: end}}]\n")
    affected((local(9, 30, 8), local(10, 4, 9)), impact="down")
    affected((local(10, 5, 8), local(10, 5, 9, 30)), impact="down")
    affected((local(10, 6, 8), local(10, 6, 9)), impact="degraded")
    assert [row[0] for row in csv_rows(quality)[1:]] == days
    assert quality.get(reverse("interruptions") + "?mes=2026-10").context["totals"].interruptions == len(days)


def test_signs_that_part_and_decimals_are_the_form_s(affected, quality, form):
    form(
        "name: F\ntotals: false\ndelimiter: tab\ndecimal_sign: ','\n"
        "columns: [{field: minutes_affected}, {field: text, head: Servicio, text: Portador}]\n"
    )
    affected((local(10, 5, 8), local(10, 5, 9, 30)))
    assert csv_rows(quality, "\t") == [["Affected minutes", "Servicio"], ["90,00", "Portador"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: F\ncolumns: [{field: planet}]\n", "No column is called “planet”"),
        ("name: F\ncolumns: []\n", "columns"),
        ("name: F\nhours: '%Y'\ncolumns: [{field: start}]\n", "“%Y” is not a way to write a time"),
        ("name: F\ncolumns: [{field: impact, words: {broken: X}}]\n", "“impact” is never “broken”"),
        ("name: F\ncolumns: [{field: cause, words: {a: b}}]\n", "it is free text"),
        ("name: F\ncolour: red\ncolumns: [{field: start}]\n", "colour"),
        ("name: [\n", "This is not YAML"),
        ("", "form.yaml:1"),
        ("- 1\n", "form.yaml:1"),
    ],
)
def test_what_is_wrong_in_it_is_said_with_its_line_and_no_file_is_given(quality, form, text, said):
    path = form(text)
    with pytest.raises(FormIsWrong) as wrong:
        read(path)
    assert said in str(wrong.value)
    assert "form.yaml:" in str(wrong.value)
    html = quality.get(reverse("interruptions") + "?mes=2026-10")
    assert (html.status_code, html.context["files"]) == (200, [])
    assert quality.get(reverse("interruptions_file", args=["2026-10", "csv"])).status_code == 422


@pytest.mark.parametrize("sign", [r"\ud800", r"\0"])
def test_a_sign_that_no_file_takes_is_refused_with_its_line(quality, form, sign):
    form(f'name: x\ncolumns:\n  - {{field: case, head: "Caso {sign}"}}\n')
    answer = quality.get(reverse("interruptions_file", args=["2026-10", "csv"]))
    assert answer.status_code == 422
    assert "form.yaml:3" in answer.content.decode()


def test_of_a_wrong_entry_it_is_not_said_that_there_is_none(form):
    path = form("name: x\ncolumns:\n  - {field: nadie}\n")
    with pytest.raises(FormIsWrong) as wrong:
        read(path)
    (sentence,) = wrong.value.sentences
    assert "nadie" in sentence


def test_of_too_many_columns_it_says_how_many_there_may_be(form):
    path = form("name: x\ncolumns:\n" + "  - {field: case}\n" * 101)
    with pytest.raises(FormIsWrong) as wrong:
        read(path)
    (sentence,) = wrong.value.sentences
    assert "100" in sentence


def test_a_file_that_is_not_there_says_what_to_do(settings, quality, tmp_path):
    settings.INTERRUPTIONS_FORM = str(tmp_path / "none.yaml")
    assert "leave INTERRUPTIONS_FORM empty" in quality.get(reverse("interruptions")).content.decode()


def test_hours_are_written_alike_in_both():
    assert strftime_of("DD/MM/YYYY hh:mm:ss") == "%d/%m/%Y %H:%M:%S"
    assert isinstance(sample(), RegulatorForm)
