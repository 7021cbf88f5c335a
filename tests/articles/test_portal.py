"""``/mi-empresa/ayuda``: what customers read of articles, are offered while they report, and say of them."""

import pytest
from django.test import Client
from django.urls import reverse

from guardia.articles import editing, uses
from guardia.config.now import now
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.web.portal.visitor import COOKIE


@pytest.fixture
def visit(story):
    """A browser in which a contact has signed in."""

    def entered(contact: Contact) -> Client:
        Contact.objects.filter(pk=contact.pk).update(language="en")
        client = Client(headers={"accept-language": "en"})
        client.cookies[COOKIE] = sessions.begin(contact, contact.email, now())[1]
        return client

    return entered


@pytest.fixture
def inside(story, visit) -> Client:
    return visit(story.head)


def page(browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_only_what_is_published_for_customers_is_listed_found_and_read(inside, write):
    ours = write("Reiniciar el router", "1. Apagar\n2. Encender", for_portal=True)
    desk, draft = write("Router del nodo"), write("Router nuevo", published=False, for_portal=True)
    for address in ("/mi-empresa/ayuda", "/mi-empresa/ayuda?q=enrutador"):
        text = page(inside, address)
        assert "Reiniciar el router" in text
        assert "Router del nodo" not in text + page(inside, "/mi-empresa/ayuda?q=nodo")
        assert "Router nuevo" not in text
    assert "<li>Encender</li>" in page(inside, f"/mi-empresa/ayuda/{ours.number}")
    for other in (desk, draft):
        page(inside, f"/mi-empresa/ayuda/{other.number}", 404)


def test_neither_case_nor_author_nor_reason_nor_cause_is_on_the_page(inside, story, closed):
    given = {"title_es": "Reiniciar", "text_es": "Apagar.", "for_portal": True}
    given |= {"causes": "causa interna", "reason": "por lo del banco"}
    article = editing.save(None, given, by=story.engineer, at=story.now, from_case=closed.pk)
    editing.publish(article, by=story.supervisor, at=story.now)
    text = page(inside, f"/mi-empresa/ayuda/{article.number}")
    for word in (closed.display_number, str(closed.number), story.engineer.name, "causa interna", "por lo del banco"):
        assert word not in text


def test_a_link_to_an_article_of_the_desk_is_none(inside, write):
    desk = write("Del nodo")
    ours = write("Reiniciar", f"Vea {desk.display_number}.", for_portal=True)
    text = page(inside, f"/mi-empresa/ayuda/{ours.number}")
    assert f"Vea {desk.display_number}." in text


def test_where_ones_language_is_missing_it_says_so(inside, write):
    article = write("Reiniciar", for_portal=True)
    assert "not available in your language" in page(inside, f"/mi-empresa/ayuda/{article.number}")


def test_fitting_ones_stand_beside_a_report_at_most_three(inside, write):
    for place in range(5):
        write(f"Sin servicio {place}", "Se revisa.", for_portal=True)
    write("Sin servicio, para el nodo")
    text = page(inside, f"{reverse('company_articles_near')}?texto=no+tenemos+servicio,+sin+internet")
    assert text.count("<li>") == 3
    assert "para el nodo" not in text


def test_without_a_script_a_button_looks_and_what_was_written_stays(inside, write):
    write("Sin servicio: revisar la luz", "Se revisa.", for_portal=True)
    given = {"area": "technical", "texto": "estamos sin internet", "ayuda": "1"}
    text = inside.post("/mi-empresa/pedir", given).content.decode()
    assert "Sin servicio: revisar la luz" in text
    assert "estamos sin internet</textarea>" in text


def test_what_one_says_counts_once_and_without_who(inside, visit, story, write):
    article = write("Reiniciar", for_portal=True)
    says = reverse("company_article_says", args=[article.number, "sirvio"])
    for _ in range(3):
        assert inside.post(says).status_code == 303
    assert inside.get(says).status_code == 303
    visit(story.stranger).post(reverse("company_article_says", args=[article.number, "no-sirvio"]))
    counts = uses.counts_of([article.pk])[article.pk]
    assert (counts.customers_helped, counts.customers_failed) == (1, 1)
    assert "Thank you" in page(inside, f"/mi-empresa/ayuda/{article.number}")
    assert {field.name for field in article.opinions.model._meta.fields} == {"id", "article", "helped", "day"}


def test_of_what_is_not_for_customers_nothing_is_said(inside, write):
    article = write("Del nodo")
    assert inside.post(reverse("company_article_says", args=[article.number, "sirvio"])).status_code == 404
    assert not article.opinions.exists()


def test_nobody_reads_it_without_signing_in(write):
    article = write("Reiniciar", for_portal=True)
    for address in ("/mi-empresa/ayuda", f"/mi-empresa/ayuda/{article.number}", reverse("company_articles_near")):
        assert Client().get(address).status_code == 302
