"""Which answers a case is offered, with what in their placeholders, and which are counted as sent."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of
from guardia.notices.wording.placeholders import PLACEHOLDERS
from guardia.quick_answers import editing, uses
from guardia.quick_answers.filling import NAMES, fitting, in_case, language_of_customer
from guardia.quick_answers.quick_answer import QuickAnswer, QuickAnswerEdition, QuickAnswerUse


def titles(story, words: str = "", language: str = "es") -> list[str]:
    return [one.title for one in fitting(story.case, words, language, story.now)]


def test_each_placeholder_is_one_that_letters_have_and_none_is_left_in_a_case(story):
    story.open_case()
    assert set(NAMES) <= PLACEHOLDERS.keys()
    for name in NAMES:
        for language in ("es", "en", "pt"):
            assert not re.search(r"[{}]", in_case(f"Antes. Es {{{name}}}. Después.", language, story.case, story.now))


def test_the_case_fills_it_in_the_language_of_the_answer(story, write):
    story.open_case()
    write("Uno", "Caso {number} de {company}.", title_en="One", text_en="Case {number}, {city}: {state}.")
    number = story.case.display_number
    assert fitting(story.case, "", "es", story.now)[0].text == f"Caso {number} de Banco Austral."
    assert fitting(story.case, "", "en", story.now)[0].text.startswith(f"Case {number}, Cuenca: No service since")
    assert fitting(story.case, "", "pt", story.now)[0].language == "es"


def test_a_sentence_whose_placeholder_says_nothing_is_left_out(story):
    story.open_case()
    assert in_case("Seguimos. La causa es {cause}. Gracias.", "es", story.case, story.now) == "Seguimos. Gracias."


def test_what_a_customer_wrote_is_filled_in_and_never_read_again(story):
    story.open_case()
    Case.objects.filter(pk=story.case.pk).update(cause="{company} <b>&")
    assert in_case("Causa: {cause}.", "es", story.case, story.now) == "Causa: {company} <b>&."


def test_an_unknown_placeholder_is_refused_with_its_name(write):
    with pytest.raises(ValidationError) as refused:
        write("Uno", "Hola {contraseña}.")
    assert "{contraseña}" in refused.value.message_dict["text_es"][0]
    with pytest.raises(ValidationError, match="is unmatched"):
        write("Uno", "Hola {number.")
    assert not QuickAnswer.objects.exists()


def test_those_of_the_stage_stand_first_by_cause_then_by_how_often_they_were_sent(story, write):
    story.open_case()
    write("Otra etapa", stages=["closure"])
    write("Cualquiera")
    often, caused = write("Diagnóstico a menudo", stages=["diagnosis"]), write("Por causa", causes="Corte de fibra")
    event = story.case.events.first()
    QuickAnswerUse.objects.create(answer=often, event=event, at=story.now)
    assert titles(story) == ["Diagnóstico a menudo", "Cualquiera", "Por causa"]
    Case.objects.filter(pk=story.case.pk).update(cause="Un CORTE DE FIBRA en la vía")
    assert titles(story)[0] == caused.newest.texts["es"]["title"]


def test_what_is_typed_narrows_it_whatever_the_accents(story, write):
    story.open_case()
    write("Revisión de energía", title_en="Power check", text_en="Check it.")
    write("Cuadrilla en camino")
    assert titles(story, "energia") == titles(story, "REV ENER") == titles(story, "pow") == ["Revisión de energía"]
    assert titles(story, "nada") == []


def test_one_out_of_use_is_not_offered_until_it_is_used_again(story, write):
    story.open_case()
    answer = write("Una")
    editing.turn(answer, False, by=story.supervisor, at=story.now)
    assert titles(story) == []
    editing.turn(answer, True, by=story.supervisor, at=story.now)
    assert titles(story) == ["Una"]


def test_each_change_is_an_edition_that_the_database_keeps_as_it_is(story, write):
    answer = write("Una")
    again = editing.save(answer, editing.fields_of(answer.newest), by=story.supervisor, at=story.now)
    assert again.newest.edition == 1
    second = editing.save(answer, {"title_es": "Dos", "text_es": "Otro"}, by=story.supervisor, at=story.now)
    assert (second.newest.edition, titles_of(second)) == (2, ["Dos", "Una"])
    assert titles_of(editing.back_to(answer, 1, by=story.supervisor, at=story.now)) == ["Una", "Dos", "Una"]
    with pytest.raises(DatabaseError), transaction.atomic():
        QuickAnswerEdition.objects.update(causes="x")


def titles_of(answer: QuickAnswer) -> list[str]:
    return [edition.texts["es"]["title"] for edition in editing.editions_of(answer)]


def test_the_customers_language_is_that_of_who_reported_it(story):
    story.open_case()
    assert language_of_customer(story.case, story.now) == "es"
    Case.objects.filter(pk=story.case.pk).update(reporter=story.desk)
    assert language_of_customer(story.case, story.now) == "en"


# --- counted where they are sent --------------------------------------------------------------------------------------
def test_an_answer_counts_where_its_words_were_sent(story, write):
    story.open_case()
    answer = write("Una", "Caso {number}: revisamos la energía de la sede.")
    text = in_case(answer.newest.texts["es"]["text"], "es", story.case, story.now)
    event = story.case.tell(f"Buenos días. {text} Saludos.", by=story.by, at=story.now)
    for _twice in range(2):
        uses.count_sent(story.case, event, f"Buenos días. {text} Saludos.", [answer.number], story.now)
    assert answer.uses.count() == 1


@pytest.mark.parametrize("text", ["No era eso.", "", "Caso 1:"])
def test_one_that_was_inserted_and_taken_out_again_does_not(story, write, text):
    story.open_case()
    answer = write("Una", "Caso {number}: revisamos la energía de la sede.")
    event = story.case.note(text or "Nota", by=story.by, at=story.now)
    assert uses.count_sent(story.case, event, text, [answer.number, 999], story.now) == 0


@pytest.mark.parametrize("written", ["", "x", "1e9", "-1", "٣", ",,", "9" * 40])
def test_what_a_form_says_was_inserted_may_be_anything(written):
    assert uses.numbers_in(written) == []


@pytest.mark.parametrize("role", [DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS])
@pytest.mark.parametrize("table", ["quick_answer", "quick_answer_edition", "quick_answer_use"])
def test_the_portals_logins_see_nothing_of_them(story, write, role, table):
    write("Una")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with behind(role, story.bank.pk):
            rows_of(f"SELECT count(*) FROM {table}", [])
