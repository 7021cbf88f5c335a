"""The report of a shadow day in each language: page, paper, workbook and film, and nothing of a file ends a script."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import transaction

from guardia.shadow.job import Job, written
from guardia.shadow.report import write_report
from guardia.shadow.told import lines_of
from tests.shadow.logs import LOG, MEANS, NIGHT, NOW, TABLE, log, replayed, table

LATE = {0: "open", 21: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
LANGUAGES = {
    "es": ("Día en la sombra", "Lo que no se puede evaluar", "Diagnóstico"),
    "en": ("Shadow day", "What cannot be evaluated", "Diagnosis"),
    "pt": ("Dia na sombra", "O que não se pode avaliar", "Diagnóstico"),
}
NASTY = "</script><b>Norte"
pytestmark = pytest.mark.usefixtures("as_staff")


@pytest.fixture
def done(tmp_path):
    text = log(A=(NIGHT, LATE)).replace("Company A", NASTY)
    with transaction.atomic():  # each replay has a database of its own
        was = replayed(tmp_path, text, LOG, means=MEANS)
        transaction.set_rollback(True)
    return {"guardia": round_trip(written(was)), "film": round_trip(was.film)}


def round_trip(value):
    return json.loads(json.dumps(value))


def report(done, tmp_path, language, changes=None):
    jobs = {"guardia": Job(files=("log.csv",), mapping={}, procedure={})}
    if changes:
        jobs["as_if"] = Job(files=("log.csv",), mapping={}, procedure={}, changes=changes)
    list(write_report(done, jobs, "PC-EC-01", tmp_path, language, NOW))
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_title_promises_and_what_cannot_be_judged(done, tmp_path, language):
    folder = report(done, tmp_path, language)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}"' in page
    for words in LANGUAGES[language]:
        assert words in page, words
    assert f'<html lang="{language}"' in (folder / "film.html").read_text(encoding="utf-8")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_no_file_of_it_asks_the_network(done, tmp_path):
    folder = report(done, tmp_path, "es")
    for name in ("report.html", "film.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert re.findall(r'(?:src|href)="(?!report\.|film\.)[^"]*"', page) == []
        assert "default-src 'none'" in page


def test_a_company_that_looks_like_markup_stays_a_name(done, tmp_path):
    folder = report(done, tmp_path, "es")
    assert NASTY not in (folder / "report.html").read_text(encoding="utf-8")
    film = (folder / "film.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="film">(.*?)</script>', film, re.DOTALL)[1])
    assert data["cases"][0][1] == NASTY
    assert film.count("</script>") == 2


def test_the_film_has_the_page_when_the_diagnosis_breaks(done, tmp_path):
    """P3, E2: registered at 02:00, broken at 02:20; the sweep sees it a second later."""
    pages = [each for each in done["film"]["happens"] if each[1] == "page"]
    assert [(each[0], each[3], each[5]) for each in pages] == [(2 * 3600 + 20 * 60 + 1, "1", False)]
    diagnosis = next(clock for clock in done["film"]["clocks"] if clock[1] == "diagnosis")
    assert diagnosis[2:] == [7200, 7200 + 600, 7200 + 1200, 7200 + 1260, "broken"]


def test_the_workbook_has_the_promises_and_every_hour(done, tmp_path):
    folder = report(done, tmp_path, "en")
    with ZipFile(BytesIO((folder / "report.xlsx").read_bytes())) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == ["Promises", "Companies", "By whom", "Outages", "Hours", "The worst", "Not evaluated"]


def test_what_if_stands_side_by_side(done, tmp_path):
    text = log(A=(NIGHT, LATE))
    as_if = replayed(tmp_path, text, LOG, means=MEANS, instead=["diagnosis=25min"])
    both = done | {"as_if": round_trip(written(as_if))}
    page = (report(both, tmp_path, "en", {"diagnosis": 1500}) / "report.html").read_text(encoding="utf-8")
    assert "Diagnosis: cause and plan: 25 min instead of 20 min" in page
    assert any("broken 1" in line and "as if: kept 1" in line for line in lines_of(both, "P"))


def test_in_short_it_says_what_broke_for_whom_and_when(done, tmp_path):
    """P3 is a minute late, by night."""
    page = (report(done, tmp_path, "en") / "report.html").read_text(encoding="utf-8")
    assert "1 were broken" in page
    assert "Diagnosis (1)" in page
    assert "in the shift 22:00–06:00 (1)" in page


def test_five_columns_say_first_that_no_promise_is_judged(tmp_path):
    was = replayed(tmp_path, table(("A", "Norte", NIGHT, 50, 200)), TABLE)
    page = report({"guardia": round_trip(written(was)), "film": None}, tmp_path, "en") / "report.html"
    assert "No promise can be evaluated on its own" in page.read_text(encoding="utf-8")
