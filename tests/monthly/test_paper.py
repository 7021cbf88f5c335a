"""The month on paper: tagged, titled, in its reader's language; for the desk, for the company, and with the letter."""

import io
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from guardia.cases.case import Case
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.staff import Role
from guardia.reports.month_report import month_report
from guardia.web.report.attached import month_files
from guardia.web.report.month import month_pdf, paper_of
from tests.monthly.october import AFTER, OCTOBER, local

NASTY = '#include "/etc/passwd" @x $y^2$ \\ `raw` *b* <script> [ ] { } #{1+1}'


@pytest.fixture(autouse=True)
def it_is_december(monkeypatch):
    monkeypatch.setattr("guardia.web.desk.reports.monthly.now", lambda: AFTER)


@pytest.fixture
def october(affected) -> Case:
    return affected((local(10, 5, 8), local(10, 5, 11)), closed=local(10, 5, 12), subject=NASTY)


def text_of(pdf: bytes) -> str:
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", "", words)


@pytest.mark.parametrize(("language", "month"), [("es", "octubre"), ("en", "October 2026"), ("pt", "outubro")])
def test_it_is_tagged_titled_and_in_its_language(story, october, language, month):
    with translation.override(language):
        reader = PdfReader(io.BytesIO(month_pdf(month_report(story.bank, OCTOBER, AFTER), AFTER)))
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert month.lower() in reader.metadata.title.lower()


def test_its_text_is_the_month_s_and_what_was_typed_is_no_markup(story, october):
    said = text_of(month_pdf(month_report(story.bank, OCTOBER, AFTER), AFTER))
    for words in (story.bank.name, "99.596", "ENL-0042", october.display_number, "Nothing was late.", NASTY):
        assert re.sub(r"\s+", "", words) in said


def test_the_day_of_its_writing_is_written_as_its_other_days(story):
    with translation.override("es"):
        paper = paper_of(month_report(story.bank, OCTOBER, AFTER), AFTER)
    assert re.search(r"\d{1,2}\s[a-z]{3}\s2026\s\d\d:\d\d", paper.written), paper.written


def test_every_part_is_there_even_where_it_says_that_there_was_nothing(story):
    paper = paper_of(month_report(story.bank, OCTOBER, AFTER), AFTER)
    assert [each.key for each in paper.sections] == [
        *("promises", "late", "services", "cases", "requests", "waits", "sites")
    ]
    assert all(each.said for each in paper.sections)
    assert "Without incidents" in paper.banner


def test_its_mttr_is_the_mean_of_what_was_closed_within_the_month(story, affected):
    """ITIL: the mean time to restore is the time without service divided by the incidents that ended."""
    affected((local(10, 5, 8), local(10, 5, 11)), closed=local(10, 5, 12))
    affected((local(10, 8, 8), local(10, 8, 9)), closed=local(10, 8, 12))
    affected((local(10, 30, 8), local(10, 30, 23)), closed=local(11, 2, 12))
    month = month_report(story.bank, OCTOBER, AFTER)
    said = [line for line in paper_of(month, AFTER).notes if "MTTR" in line]
    assert said == ["MTTR, the mean affected time of the incidents closed in the month: 2\xa0h."]
    assert not any("MTTR" in line for line in paper_of(replace(month, left_off=1), AFTER).notes)


def test_the_desk_has_it_in_the_language_asked_for_and_it_is_on_record(story, october, browser_of):
    address = reverse("monthly_paper", args=[story.bank.pk, "2026-10"])
    answer = browser_of(Role.SUPERVISOR).get(f"{address}?lang=pt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"].startswith("pt")
    (kept,) = AuditEntry.objects.filter(kind=AuditKind.EXPORTED)
    assert "2026-10" in kept.key
    assert browser_of(Role.TECHNICIAN).get(address).status_code == 403


@pytest.mark.parametrize("month", ["hoy", "2999-12"])
def test_no_month_is_said_in_words(story, browser_of, month):
    assert browser_of(Role.SUPERVISOR).get(reverse("monthly_paper", args=[story.bank.pk, month])).status_code == 422


def test_where_no_pdf_can_be_made_the_desk_is_told_so_and_the_letter_brings_the_rest(
    story, october, browser_of, monkeypatch
):
    def breaks(*_args):
        raise RuntimeError("no compiler")

    monkeypatch.setattr("guardia.web.report.month.month_pdf", breaks)
    monkeypatch.setattr("guardia.web.report.attached.month_pdf", breaks)
    assert browser_of(Role.SUPERVISOR).get(reverse("monthly_paper", args=[story.bank.pk, "2026-10"])).status_code == 503
    files = month_files(1, month_report(story.bank, OCTOBER, AFTER).facts())
    assert [each.name for each in files] == ["guardia-2026-10.xlsx"]


def test_a_file_that_is_too_large_is_not_attached(story, october, monkeypatch):
    facts = month_report(story.bank, OCTOBER, AFTER).facts()
    assert [each.name for each in month_files(1, facts)] == ["guardia-2026-10.pdf", "guardia-2026-10.xlsx"]
    monkeypatch.setattr("guardia.web.report.attached.LARGEST_OF_MONTH", 10)
    assert month_files(1, facts) == ()
