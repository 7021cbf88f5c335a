"""``/mi-empresa/informes``: the company's own months, read under its own row policies."""

import io

import pytest
from pypdf import PdfReader

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.reports.month import Month
from tests.portal.test_company import Visitor


@pytest.fixture
def inside(story) -> Visitor:
    return Visitor().signs_in(story.head.email)


def this_month() -> Month:
    with behind(DatabaseRole.STAFF):
        return Month.of(now())


def test_the_months_with_what_each_brought(story, inside):
    page = inside.page("/mi-empresa/informes")
    assert page.count("/mi-empresa/informes/") == 4, "this month and the last one; the company had no case before"
    assert "1 incident<" in page.replace(" ·", "<")
    with behind(DatabaseRole.STAFF):
        long_ago = this_month().moved(-7)
        Case.objects.filter(pk=story.case.pk).update(opened_at=long_ago.start)
    page = inside.page("/mi-empresa/informes")
    assert page.count("/mi-empresa/informes/") == 6
    assert f"/mi-empresa/informes/{long_ago}.pdf" in page


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_each_is_had_as_paper_and_as_a_spreadsheet(story, inside, form):
    answer = inside.telephone.get(f"/mi-empresa/informes/{this_month()}.{form}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private" or "no-store" in answer["Cache-Control"]
    if form == "pdf":
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert story.case.display_number in words
        assert story.bank.name in words


@pytest.mark.parametrize("asked", ["2019-01.pdf", "hoy.pdf", "2999-12.xlsx", "2026-13.pdf"])
def test_no_other_month_is_found(inside, asked):
    assert inside.telephone.get(f"/mi-empresa/informes/{asked}").status_code == 404


def test_no_other_form_is_found(inside):
    assert inside.telephone.get(f"/mi-empresa/informes/{this_month()}.doc").status_code == 404


def test_who_has_not_signed_in_is_asked_to(story):
    for address in ("/mi-empresa/informes", f"/mi-empresa/informes/{this_month()}.pdf"):
        answer = Visitor().telephone.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/mi-empresa/entrar")
