"""Who may open the report, by which link, in which language."""

from datetime import timedelta

import pytest
from django.test import Client

from guardia.customers.contact import Contact
from guardia.people.staff import Role
from guardia.proof.offline.guardia_verify import check
from guardia.reports import report_history
from tests.procedure.story import staff


def address(story, contact=None) -> str:
    contact = contact or story.head
    return f"/c/informe/{report_history.token(contact.customer_id, story.case.pk, contact.pk)}"


def signed_in(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.mark.parametrize("kind", ["informe", "informe.pdf", "informe.json"])
def test_the_desk_opens_it_by_the_number(closed, kind):
    response = signed_in(closed.engineer).get(f"/casos/{closed.number}/{kind}")
    assert response.status_code == 200
    assert response["Content-Type"].startswith(
        {"informe": "text/html", "informe.pdf": "application/pdf"}.get(kind, "app")
    )
    if kind != "informe":
        assert check(response.content).is_sound


def test_without_signing_in_the_desks_report_is_closed(closed):
    assert Client().get(f"/casos/{closed.number}/informe.pdf").status_code == 302
    assert signed_in(closed.engineer).get("/casos/1/informe").status_code == 404


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_is_read_in_the_language_asked_for(closed, language):
    page = signed_in(staff("calidad", Role.QUALITY)).get(f"/casos/{closed.number}/informe?lang={language}")
    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()


def test_a_contact_reads_it_by_the_link_alone(closed):
    link = address(closed, closed.manager)
    page = Client().get(link)
    words = page.content.decode()
    assert page.status_code == 200
    assert page["Content-Language"] == "pt"
    assert "no-store" in page["Cache-Control"]
    assert "fibra rota por una obra" in words
    assert "/casos/" not in words
    assert Client().get(link + "/pdf").content.startswith(b"%PDF-")
    checked = check(Client().get(link + "/json").content)
    assert checked.is_sound
    (case,) = checked.cases
    assert case["shown"] < case["events"]


def test_a_link_opens_nothing_of_another_company(closed):
    stolen = f"/c/informe/{report_history.token(closed.other.pk, closed.case.pk, closed.stranger.pk)}"
    for more in ("", "/pdf", "/json"):
        assert Client().get(stolen + more).status_code == 404
    foreign = f"/c/informe/{report_history.token(closed.bank.pk, closed.case.pk, closed.stranger.pk)}"
    assert Client().get(foreign).status_code == 410


def test_a_link_that_was_changed_or_is_too_old_says_so(closed, monkeypatch):
    old = address(closed)
    assert Client().get(old[:-1] + "!").status_code == 404
    assert Client().get("/c/informe/x").status_code == 404
    assert Client().get(old + "/exe").status_code == 404
    monkeypatch.setattr(report_history, "GOOD_FOR", timedelta(seconds=-10))
    assert Client().get(old).status_code == 410


def test_where_no_pdf_can_be_made_the_page_says_so(closed, monkeypatch):
    def breaks(*args):
        raise ImportError("typst")

    monkeypatch.setattr("guardia.web.report.document.pdf_of", breaks)
    response = signed_in(closed.engineer).get(f"/casos/{closed.number}/informe.pdf")
    assert response.status_code == 503
    assert "The PDF cannot be generated now" in response.content.decode()


def test_who_has_left_reads_no_more(closed):
    Contact.objects.filter(pk=closed.head.pk).update(active=False)
    assert Client().get(address(closed)).status_code == 410


def test_a_closed_case_leads_to_its_report(closed):
    number = closed.number
    page = signed_in(closed.engineer).get(f"/casos/{number}/").content.decode()
    assert f'href="/casos/{number}/informe"' in page
