"""A promise's words come from its number, in three languages: “veinte minutos” from 20 (P1 to P7)."""

from datetime import timedelta
from pathlib import Path

import pytest

from guardia.procedure.schema import ProcedureFileRefused, load
from guardia.procedure.spoken import MOST, below_hundred, in_words, lengths_in, table_of

SAMPLE = Path("procedures/cirion-ecuador.yaml").read_text(encoding="utf-8")
ES, EN, PT = "es", "en", "pt"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def diagnosis(text):
    return load(text, "x").stages[2].time


@pytest.mark.parametrize(
    ("length", "es", "en", "pt"),
    [
        (MINUTE, "un minuto", "one minute", "um minuto"),
        (2 * MINUTE, "dos minutos", "two minutes", "dois minutos"),
        (20 * MINUTE, "veinte minutos", "twenty minutes", "vinte minutos"),
        (21 * MINUTE, "veintiún minutos", "twenty-one minutes", "vinte e um minutos"),
        (45 * MINUTE, "cuarenta y cinco minutos", "forty-five minutes", "quarenta e cinco minutos"),
        (90 * MINUTE, "noventa minutos", "ninety minutes", "noventa minutos"),
        (HOUR, "una hora", "one hour", "uma hora"),
        (2 * HOUR, "dos horas", "two hours", "duas horas"),
        (21 * HOUR, "veintiuna horas", "twenty-one hours", "vinte e uma horas"),
        (31 * HOUR, "treinta y una horas", "thirty-one hours", "trinta e uma horas"),
        (30 * timedelta(seconds=1), "treinta segundos", "thirty seconds", "trinta segundos"),
        (130 * MINUTE, "130 minutos", "130 minutes", "130 minutos"),
    ],
)
def test_a_length_is_written_out(length, es, en, pt):
    assert [in_words(length, language) for language in (ES, EN, PT)] == [es, en, pt]


@pytest.mark.parametrize("language", [ES, EN, PT])
def test_what_is_written_is_read_again(language):
    assert len({below_hundred(number, table_of(language)) for number in range(1, MOST + 1)}) == MOST
    for number in range(1, MOST + 1):
        for unit in (MINUTE, HOUR):
            words = f"… {in_words(number * unit, language)}."
            assert [length for _words, length in lengths_in(words, language)] == [number * unit]


def test_both_ends_of_a_range_are_read():
    hours = [1.5 * HOUR, 6 * HOUR]
    assert [length for _words, length in lengths_in("Entre 1.5 horas y 6 horas dependiendo", ES)] == hours
    assert [length for _words, length in lengths_in("between 1.5 and 6 hours", EN)] == hours
    assert [length for _words, length in lengths_in("entre 1,5 hora e 6 horas", PT)] == hours


def test_who_changes_the_number_publishes_the_new_words_alone():
    changed = diagnosis(SAMPLE.replace("target: 20 min", "target: 25 min"))
    assert changed.es == "No superior a veinticinco minutos."
    assert changed.en == "No more than twenty-five minutes."
    assert changed.pt == "Não superior a vinte e cinco minutos."


@pytest.mark.parametrize(
    ("was", "now", "complaint"),
    [
        ("No superior a {diagnosis:words}.", "No superior a veinticinco minutos.", "stages.diagnosis.time.es"),
        ("No more than {diagnosis:words}.", "No more than 25 minutes.", "stages.diagnosis.time.en"),
        ("Não superior a {diagnosis:words}.", "Não superior a vinte e cinco minutos.", "stages.diagnosis.time.pt"),
        (
            "puede extenderse hasta {travel_intermediate}",
            "puede extenderse hasta 8 horas",
            "bands.intermediate.promise.es",
        ),
        ("is between {travel_main_from} and {travel_main}", "is between 2 and 3 hours", "bands.main.promise.en"),
    ],
)
def test_a_promise_that_names_another_number_is_refused_where_it_stands(was, now, complaint):
    assert SAMPLE.count(was) == 1
    text = SAMPLE.replace(was, now)
    with pytest.raises(ProcedureFileRefused) as refused:
        load(text, "x")
    assert complaint in str(refused.value)
    assert "{" in str(refused.value)  # the remedy names the blank


def test_the_same_number_written_out_by_hand_is_taken():
    assert diagnosis(SAMPLE.replace("No superior a {diagnosis:words}.", "No superior a 20 minutos.")).es.endswith(
        "20 minutos."
    )


def test_a_blank_that_nobody_knows_is_refused_in_a_promise_too():
    with pytest.raises(ProcedureFileRefused, match="diagnosi"):
        load(SAMPLE.replace("No superior a {diagnosis:words}.", "No superior a {diagnosi:words}."), "x")
