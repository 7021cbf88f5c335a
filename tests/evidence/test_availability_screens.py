"""The availability of a service at the desk: the month, its cases, what was left out, a year of months, a workbook."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from guardia.people.staff import Role
from guardia.reports.month import Month
from tests.desk.conftest import words
from tests.procedure.story import staff


@pytest.fixture
def page(tonight) -> str:
    tonight.open_case()
    return f"/companias/{tonight.bank.pk}/servicios/{tonight.service.pk}/disponibilidad"


def test_it_is_reached_from_the_company(tonight, engineer, page):
    assert page in words(engineer.get(f"/companias/{tonight.bank.pk}/"))


def test_the_month_shows_its_cases_and_a_year_of_months(tonight, engineer, page):
    shown = words(engineer.get(page))
    assert tonight.case.display_number in shown
    assert f"/casos/{tonight.number}/" in shown
    month = Month.of(tonight.now)
    assert all(f"?mes={month.moved(-back)}" in shown for back in range(12))
    assert "until now" in shown


@pytest.mark.parametrize("month", ["2026-13", "nada", "²", "2999-12", "2026-11-01"])
def test_a_month_that_is_none_or_not_begun_says_so(engineer, page, month):
    answer = engineer.get(page, {"mes": month})
    assert answer.status_code == 422
    assert 'role="alert"' in words(answer)
    assert engineer.get(f"{page}.xlsx", {"mes": month}).status_code == 422


def test_a_month_long_ago_is_shown_among_its_neighbours(engineer, page):
    shown = words(engineer.get(page, {"mes": "2020-02"}))
    assert "100.000" in shown
    assert "?mes=2019-03" in shown


def test_the_workbook_holds_months_outages_and_exclusions(tonight, engineer, page):
    answer = engineer.get(f"{page}.xlsx")
    with ZipFile(BytesIO(answer.content)) as book:
        names = book.read("xl/workbook.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert all(name in names for name in ("Months", "Outages", "Left out"))
    assert tonight.case.display_number in strings


def test_a_service_of_another_company_is_not_found(tonight, engineer, page):
    assert engineer.get(page.replace(str(tonight.bank.pk), str(tonight.other.pk), 1)).status_code == 404


def test_who_may_not_see_the_desk_sees_no_availability(sign_in, page):
    assert sign_in(staff("técnica", Role.TECHNICIAN)).get(page).status_code == 403
