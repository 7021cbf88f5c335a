"""The customer's pages say nothing in a foreign language: what is the same in Spanish and English is data."""

import re

import pytest

from guardia.cases.waiting import WaitReason
from guardia.customers import codes
from guardia.customers.contact import Contact
from guardia.customers.sign_in import SignInCode
from guardia.procedure.vocabulary import WaitCause
from tests.desk.test_languages import SAME, WORD, data_words, texts_of
from tests.portal.conftest import Portal
from tests.portal.test_company import Visitor

COGNATES = {
    "no",
    "No",
    "plan",
    "Plan",
    "Supervisor",
    "TSC",
    "SMS",
    "WhatsApp",
    "Ing",
    "Sra",
    "Dr",
    "OTDR",
    "ping",
    "nov",
}


def same(story, here: str, there: str) -> list[str]:
    known = SAME | COGNATES | data_words(story) | {"Cirion"} | {word.capitalize() for word in data_words(story)}
    both = set(texts_of(here)) & set(texts_of(there))
    return sorted(text for text in both if set(WORD.findall(text)) - known)


@pytest.fixture
def everything(story):
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
    story.case.wait(why, by=story.by, at=story.now)
    story.case.tell("palabras nuestras", by=story.by, at=story.now)
    return story


def test_the_page_of_a_case(everything, portal: Portal):
    assert same(everything, portal.page("?lang=es"), portal.page("?lang=en")) == []


def test_the_page_of_a_case_that_waits_for_a_confirmation(restored, portal: Portal):
    assert same(restored, portal.page("?lang=es"), portal.page("?lang=en")) == []


def test_the_pages_of_a_company(everything):
    Contact.objects.filter(pk=everything.head.pk).update(administers=True)
    visitor = Visitor()
    assert (
        same(everything, visitor.page("/mi-empresa/entrar?lang=es"), visitor.page("/mi-empresa/entrar?lang=en")) == []
    )
    address = visitor.asks("jefe@example.com").headers["Location"]
    assert same(everything, visitor.page(f"{address}&lang=es"), visitor.page(f"{address}&lang=en")) == []
    visitor.send(address, codigo=codes.digits_of(SignInCode.objects.latest("pk")))
    places = ("", "historial", "historial?q=xyzzy", "servicios", "pedir", "pedir?area=billing", "contactos")
    for place in (*places, "contactos/nuevo", f"contactos/{everything.desk.pk}", f"casos/{everything.number}"):
        sign = "&" if "?" in place else "?"
        here, there = (visitor.page(f"/mi-empresa/{place}{sign}lang={language}") for language in ("es", "en"))
        assert same(everything, here, there) == [], place


def test_every_language_has_its_own_words(portal: Portal):
    pages = {language: portal.page(f"?lang={language}") for language in ("es", "en", "pt")}
    heads = {language: re.findall(r"<h2>([^<]+)</h2>", page) for language, page in pages.items()}
    assert heads["es"] != heads["pt"] != heads["en"]
