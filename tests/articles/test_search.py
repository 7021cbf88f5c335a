"""Articles are found whatever the accents and whichever words of the trade; those that fit come by cause first."""

import pytest

from guardia.articles import uses
from guardia.articles.editing import retire, save
from guardia.articles.search import FaultWords, article_of_number, causes_in_use, fitting, listed
from guardia.network.element import Element, ElementLink, ServiceElement


def titles(found) -> list[str]:
    return [one.newest.title for one in found]


@pytest.mark.parametrize("words", ["atenuacion", "ATENUACIÓN", "potencia optica", "optical power", "potência óptica"])
def test_accents_capitals_and_other_words_of_the_trade_find_the_same(write, words):
    write("Atenuación en el patchcord")
    write("Cambio de contraseña del router")
    assert titles(listed(words)) == ["Atenuación en el patchcord"]


@pytest.mark.parametrize("words", ["AR-0001", "ar 1", "AR1"])
def test_a_number_finds_its_article(write, words):
    write("Otra")
    article = write("Fibra cortada")
    assert titles(listed(words.replace("1", str(article.number)))) == ["Fibra cortada"]
    assert article_of_number(article.number) == article


@pytest.mark.parametrize("words", ["%", "'", "a & | !", ":*", "servicio", "ﷺ", "AR-", "x" * 5000, "AR-99999999999"])
def test_whatever_is_typed_has_an_answer(write, words):
    write("Fibra cortada")
    listed(words)
    fitting(FaultWords(words))


def test_retired_ones_are_listed_where_they_are_asked_for(story, write):
    old = retire(write("Vieja"), by=story.supervisor, at=story.now)
    write("Borrador", published=False)
    assert titles(listed()) == ["Borrador"]
    assert titles(listed(state="retired")) == ["Vieja"]
    assert titles(listed(state="draft")) == ["Borrador"]
    assert titles(listed(old.display_number)) == ["Vieja"]


def test_a_cause_filters_and_is_offered_once(write):
    write("Una", causes="Corte de fibra\nHurto de cable")
    write("Otra", causes="Corte de fibra")
    assert causes_in_use() == ["Corte de fibra", "Hurto de cable"]
    assert titles(listed(cause="Hurto de cable")) == ["Una"]


def test_what_fits_comes_by_cause_then_by_element_then_by_words_and_at_most_three(story, write):
    node, upper = (
        Element.objects.create(code=code, folded_code=code.lower(), name=code, kind="node") for code in ("OLT-1", "N-1")
    )
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=node)
    ElementLink.objects.create(upper=upper, lower=node)
    write("El transceptor del nodo se apaga", "No navegan hasta que se cambia.")
    write("Nada que ver", "Facturas.")
    write("Del nodo", "Reiniciar la tarjeta.", elements="N-1")
    write("Del todo", "Se empalma.", causes="Corte de fibra")
    write("No navegan por el transceptor dañado", "Se cambia.")
    write("Transceptor: no navegan, otra vez", "Se cambia.")
    found = fitting(FaultWords("No navegan, el transceptor está apagado", "fibra cortada", story.service.pk))
    assert [one.article.newest.title for one in found][:2] == ["Del todo", "Del nodo"]
    assert len(found) == 3
    assert found[0].cause_words == ["fibra cortada"]
    assert found[1].elements == ["N-1"]
    assert found[2].words[:1] == ["no navegan"]


def test_a_draft_and_a_retired_one_fit_nothing(story, write):
    write("Fibra cortada", published=False)
    assert fitting(FaultWords("fibra cortada")) == []


def test_what_an_engineer_changes_fits_once_it_is_published(story, write):
    article = write("Fibra cortada")
    save(article, {"title_es": "Router apagado", "text_es": "Encenderlo."}, by=story.engineer, at=story.now)
    assert len(fitting(FaultWords("fibra cortada"))) == 1
    assert fitting(FaultWords("el router no enciende")) == []


def test_of_equals_the_one_that_helped_more_comes_first(story, write):
    story.open_case()
    first, second = write("Fibra cortada en poste"), write("Fibra cortada en poste")
    assert [one.article for one in fitting(FaultWords("fibra cortada"))] == [second, first]
    uses.use(first, story.case, "helped", by=story.engineer, at=story.now)
    assert [one.article for one in fitting(FaultWords("fibra cortada"))] == [first, second]


def test_one_word_of_one_person_in_one_case_counts(story, write):
    story.open_case()
    article = write("Fibra cortada")
    for verdict in ("used", "helped", "failed"):
        uses.use(article, story.case, verdict, by=story.engineer, at=story.now)
    uses.use(article, story.case, "helped", by=story.colleague, at=story.now)
    assert uses.counts_of([article.pk])[article.pk] == uses.Counts(cases=1, helped=1, failed=1)
    assert uses.uses_in_case(story.case, [article.pk], story.engineer)[article.pk] == uses.InCase(2, "failed")
    uses.take_back(article, story.case, by=story.engineer)
    assert uses.uses_in_case(story.case, [article.pk], story.engineer)[article.pk] == uses.InCase(1, "")
