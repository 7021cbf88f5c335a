"""Letters of the trade (SLA, ETR, MTTR) lead to the page that has what they stand for, as ITIL defines them."""

import re

import pytest

from tests.desk.conftest import words

LEADS_TO = {
    "SLA": ("/informes/", "/procedimiento#times"),
    "ans": ("/informes/", "/procedimiento#times"),
    "etr": ("/", "/afectaciones"),
    "MTTR": ("/panorama#reposicion", "/informes/mensual/"),
    "mttr company": ("/informes/mensual/",),
    "tmr": ("/panorama#reposicion", "/informes/mensual/"),
}


def hrefs(answer) -> list[str]:
    return re.findall(r'href="([^"]+)"', answer.content.decode())


@pytest.mark.parametrize("letters", LEADS_TO)
@pytest.mark.parametrize("address", ["/paleta", "/buscar"])
def test_the_letters_lead_there_from_the_palette_and_from_the_search(engineer, address, letters):
    answer = engineer.get(address, {"q": letters})
    called = answer.content.decode().partition("Known here as")[2]
    assert tuple(re.findall(r'href="([^"]+)"', called))[: len(LEADS_TO[letters])] == LEADS_TO[letters]
    for href in LEADS_TO[letters]:
        page, _mark, part = href.partition("#")
        opened = engineer.get(page)
        assert opened.status_code == 200, page
        assert not part or f'id="{part}"' in opened.content.decode()


def test_on_the_page_of_a_case_the_next_promise_stands_first(story, engineer):
    case = story.open_case()
    answer = engineer.get("/paleta", {"q": "etr", "caso": str(case.number)})
    assert hrefs(answer)[0] == f"/casos/{case.number}/#promises"
    assert 'id="promises"' in engineer.get(f"/casos/{case.number}/").content.decode()


def test_two_letters_or_other_words_name_no_term(engineer):
    for typed in ("sl", "et", "mt", "sla zzz", ""):
        assert not any("#times" in one or "#reposicion" in one for one in hrefs(engineer.get("/paleta", {"q": typed})))


@pytest.mark.parametrize(
    ("typed", "leads"), [("procedure doc", "/procedimiento"), ("procedure vers", "/ajustes/procedimiento")]
)
def test_the_document_and_the_drafts_of_the_procedure_are_told_apart(engineer, typed, leads):
    found = engineer.get("/paleta", {"q": typed})
    assert hrefs(found) == [leads], words(found)
