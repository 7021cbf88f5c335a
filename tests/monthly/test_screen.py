"""The month on the screen: who may see it, who may send it, and what stands there before and after."""

import zipfile
from io import BytesIO

import pytest
from django.urls import reverse

from guardia.cases.case import Case
from guardia.customers.customer import Customer
from guardia.notices.announcement import Announcement
from guardia.people.staff import Role
from guardia.reports import month_sending
from tests.monthly.october import AFTER, OCTOBER, local


@pytest.fixture(autouse=True)
def it_is_december(monkeypatch):
    for door in ("monthly", "monthly_send", "interruptions"):
        monkeypatch.setattr(f"guardia.web.desk.reports.{door}.now", lambda: AFTER)


@pytest.fixture
def october(affected) -> Case:
    return affected((local(10, 5, 8), local(10, 5, 11)), closed=local(10, 5, 12))


@pytest.fixture
def supervisor(browser_of):
    return browser_of(Role.SUPERVISOR)


def month_page(browser, company: Customer, query: str = "?mes=2026-10") -> str:
    answer = browser.get(reverse("monthly_report", args=[company.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_the_month_with_its_cases_and_who_gets_it(story, october, supervisor):
    html = month_page(supervisor, story.bank)
    for words in ("99.596", "ENL-0042", "1 opened, 1 closed, 0 open at the end", "Nothing was sent for this month."):
        assert words in html
    assert reverse("case", args=[october.number]) in html
    assert "4 contacts are notified when incidents" in html
    assert "Guardia de turno <span" in html, "who has no mailbox"
    assert "style=" not in html


def test_a_company_without_incidents(story, supervisor):
    assert "Without incidents in October 2026: 100.000 % availability." in month_page(supervisor, story.bank)


def test_without_a_month_it_is_the_last_one_that_is_over(story, supervisor):
    assert supervisor.get(reverse("monthly_report", args=[story.bank.pk])).context["month"] == "2026-11"


def test_the_list_has_the_companies_with_incidents_and_finds_any_other(story, october, supervisor):
    month_sending.send(story.bank, OCTOBER, 1, by=story.supervisor, at=AFTER)
    rows = supervisor.get(reverse("monthly_reports") + "?mes=2026-10").context["rows"]
    assert [(row["company"], row["incidents"], row["opened"], bool(row["sent"])) for row in rows] == [
        (story.bank, 1, 1, True)
    ]
    rows = supervisor.get(reverse("monthly_reports") + "?mes=2026-10&q=arrayanes").context["rows"]
    assert [(row["company"], row["incidents"], row["sent"]) for row in rows] == [(story.other, 0, "")]


def test_the_workbook_of_the_page(story, october, supervisor):
    Customer.objects.filter(pk=story.bank.pk).update(name="=1+1")
    answer = supervisor.get(reverse("monthly_workbook", args=[story.bank.pk, "2026-10"]))
    book = zipfile.ZipFile(BytesIO(answer.content))
    sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 8
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert b"=1+1" in book.read("xl/sharedStrings.xml")


@pytest.mark.parametrize("month", ["hoy", "2026-13", "2999-12"])
def test_no_month_is_said_in_words(story, supervisor, month):
    page = reverse("monthly_report", args=[story.bank.pk])
    for address in (f"{page}?mes={month}", f"{reverse('monthly_reports')}?mes={month}", f"{page}/enviar?mes={month}"):
        answer = supervisor.get(address)
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert supervisor.get(reverse("monthly_workbook", args=[story.bank.pk, month])).status_code == 422


def test_before_it_is_sent_the_very_letter_is_seen_in_each_language(story, october, supervisor):
    answer = supervisor.get(reverse("monthly_send", args=[story.bank.pk]) + "?mes=2026-10")
    letters = answer.context["letters"]
    assert [each["language"] for each in letters] == ["en", "es", "pt"]
    html = answer.content.decode()
    assert "In October 2026, incidents opened: 1; availability: 99.596\u00a0%." in html
    assert "4 contacts get it" in html
    assert "1 of them has no mailbox." in html
    assert "guardia-2026-10.pdf, guardia-2026-10.xlsx" in html
    assert not Announcement.objects.exists(), "looking sends nothing"


def test_a_supervisor_sends_it_and_a_second_press_sends_nothing_more(story, october, supervisor):
    page = reverse("monthly_send", args=[story.bank.pk])
    for _press in range(2):
        answer = supervisor.post(page, {"mes": "2026-10", "numero": "1"})
        assert answer.status_code == 302
    assert Announcement.objects.count() == 1
    html = month_page(supervisor, story.bank)
    assert "by supervisor" in html
    assert "Send again" in html


def test_sent_again_is_a_second_one(story, october, supervisor):
    for number in ("1", "2"):
        supervisor.post(reverse("monthly_send", args=[story.bank.pk]), {"mes": "2026-10", "numero": number})
    assert Announcement.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"mes": "2026-12", "numero": "1"}, {"mes": "2026-10", "numero": "x"}, {"mes": "2026-10"}]
)
def test_what_cannot_be_sent_is_refused_in_words(story, october, supervisor, fields):
    answer = supervisor.post(reverse("monthly_send", args=[story.bank.pk]), fields)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (409, True)
    assert not Announcement.objects.exists()


def test_an_inactive_company_is_seen_and_not_sent(story, october, supervisor):
    Customer.objects.filter(pk=story.bank.pk).update(active=False)
    assert "The company is no longer active" in month_page(supervisor, story.bank)
    answer = supervisor.post(reverse("monthly_send", args=[story.bank.pk]), {"mes": "2026-10", "numero": "1"})
    assert answer.status_code == 409


def test_who_reads_reports_does_not_send_them(story, october, browser_of):
    auditor = browser_of(Role.QUALITY)
    assert "Send the report" not in month_page(auditor, story.bank)
    assert auditor.post(reverse("monthly_send", args=[story.bank.pk]), {"mes": "2026-10"}).status_code == 403
    assert browser_of(Role.TECHNICIAN).get(reverse("monthly_report", args=[story.bank.pk])).status_code == 403


def test_a_company_that_is_none_is_not_found(supervisor, story):
    for pk in (0, 2**31 - 1, 2**70):
        assert supervisor.get(f"/informes/mensual/{pk}").status_code == 404
