"""The sample is a template: nothing of its operator is in what is made of it."""

import re
from dataclasses import replace

import pytest

from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.schema import load
from guardia.procedure.template import SAMPLE, Lines, Operator, procedure_of

NAMES = {"es": "Perú", "en": "Peru", "pt": "Peru"}
PLAIN = Operator("Red Ejemplo", "PE", NAMES, "America/Lima", ("es", "en", "pt"), Lines("01 555 0100"))


def facts_of_the_sample() -> list[str]:
    """Every name, number, office and function that belongs to the sample's operator, as its file writes them."""
    sample = load(SAMPLE.read_text(encoding="utf-8"), "sample")
    roles = [text for level in sample.escalation.levels for text in level.role.model_dump().values()]
    return [
        *(sample.provider.name, sample.provider.name.split()[0], str(sample.provider.former_name)),
        *(office.address for office in sample.offices),
        *(office.city for office in sample.offices),
        *(line.number for line in sample.lines),
        *(re.sub(r"\D", "", line.number) for line in sample.lines),
        sample.escalation.night.number,
        *roles,
        sample.code,
    ]


@pytest.mark.parametrize("fact", facts_of_the_sample())
def test_nothing_of_the_samples_operator_is_left(fact):
    assert fact.lower() not in procedure_of(PLAIN).lower()


def test_clauses_times_and_stages_are_the_samples():
    sample, made = load(SAMPLE.read_text(encoding="utf-8"), "sample"), load(procedure_of(PLAIN), "made")
    assert made.stages == sample.stages
    assert made.clocks == sample.clocks
    assert made.notices == sample.notices
    assert made.bands == sample.bands
    same = [clause.clause for clause, other in zip(sample.clauses, made.clauses, strict=True) if clause == other]
    assert same == [clause.clause for clause in sample.clauses if clause.clause not in {"A3", "A4"}]


def test_what_was_answered_stands_in_it():
    odd = 'Red: "Ejemplo" # S.A. {hoy}'
    operator = Operator(
        *(odd, "PE", NAMES, "America/Lima", ("pt", "es", "en")),
        Lines("01 555 0100", free="0800 555 01", sales="01 555 0101", billing="01 555 0102", night="+51 1 555 0199"),
        offices=(("Lima", 'Av. Uno 100, "piso 2"'), ("Cusco", "Calle Dos 3")),
        office=("09:00", "18:00"),
    )
    made = load(procedure_of(operator), "made")
    assert (made.provider.name, made.provider.zone, made.code) == (odd, "America/Lima", "PC-PE-01")
    assert [(line.clause, line.number, line.desk) for line in made.lines] == [
        ("L1", "01 555 0101", "sales"),
        ("L2", "01 555 0102", "billing"),
        ("L3", "0800 555 01", "technical"),
        ("L3", "01 555 0100", "technical"),
    ]
    assert made.escalation.night.number == "+51 1 555 0199"
    assert [(office.city, office.address) for office in made.offices] == list(operator.offices)
    assert odd in made.clause("A4").promise.es
    assert "09:00" in made.desk("billing").said_when_closed.es
    assert "hora de Perú" in made.clause("A3").decisions[1].es
    assert made.hours("office").days["monday"] == ((540, 1080),)


def test_facts_that_do_not_fit_a_procedure_are_refused_by_name():
    with pytest.raises(ProcedureFileRefused) as refused:
        procedure_of(replace(PLAIN, lines=Lines("call us")))
    assert "call us" in str(refused.value.problems)
