"""What two texts promise differently: found, said in the reader's language, and written back from a form."""

import pytest
from django.utils import translation

from guardia.procedure.differences import Difference, all_differences, describe, public_lines
from guardia.procedure.drafting import numbers_of, with_numbers
from guardia.procedure.schema import Procedure, load
from tests.procedure_room.sample import FILE, TEXT


@pytest.fixture(autouse=True)
def in_spanish():
    with translation.override("es"):
        yield


OLD = load(TEXT, FILE)


def edited(*changes: tuple[str, str]) -> Procedure:
    text = TEXT
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return load(text, FILE)


def test_the_same_promise_is_no_difference():
    assert all_differences(OLD, load(TEXT + "\n# a comment\n", FILE)) == []


def test_a_shorter_time_is_found_in_seconds_and_said_in_minutes():
    new = edited(("target: 20 min\n", "target: 15 min\n"))
    (found,) = all_differences(OLD, new)
    assert found == Difference("clocks", "diagnosis", "target.duration", 1200, 900)
    words = describe(found, OLD, new)
    assert (words.before, words.after) == ("20 minutos", "15 minutos")
    assert "Causa y plan de solución" in words.where
    assert public_lines([found], OLD, new) == [words.line]


def test_office_time_is_said_in_working_days():
    new = edited(("target: 2 office days", "target: 3 office days"))
    (found,) = all_differences(OLD, new)
    words = describe(found, OLD, new)
    assert "3" in words.after
    assert words.after != words.before
    assert "hora" not in words.after


def test_an_office_that_closes_is_said_as_gone():
    line = '  - {clause: A4, city: "Guayaquil", address: "Parque Tecnológico ESPOL, La Prosperina"}\n'
    new = edited((line, ""))
    (found,) = all_differences(OLD, new)
    assert (found.after, found.field) == (None, "")
    assert describe(found, OLD, new).after == ""


def test_a_new_office_is_said_as_new():
    line = '  - {clause: A4, city: "Guayaquil", address: "Parque Tecnológico ESPOL, La Prosperina"}\n'
    new = edited((line, f'{line}  - {{clause: A4, city: "Cuenca", address: "Calle de ejemplo 1"}}\n'))
    (found,) = all_differences(OLD, new)
    assert found.is_new
    assert "Calle de ejemplo 1" in describe(found, OLD, new).line


def test_two_options_of_one_number_are_two_lines():
    """L1 and L2 share a number: a change of one is not told of the other."""
    new = edited(('option: "3"', 'option: "4"'))
    found = all_differences(OLD, new)
    assert found
    assert {one.section for one in found} == {"lines"}
    assert not any("Ventas" in f"{one.before}" for one in found)


def test_another_language_s_wording_is_told_to_its_readers_alone():
    new = edited(("No superior a {reception:words}.", "A más tardar en {reception:words}."))
    (found,) = all_differences(OLD, new)
    assert describe(found, OLD, new).is_told
    with translation.override("pt"):
        assert not describe(found, OLD, new).is_told


def test_how_the_house_runs_it_is_told_to_no_customer():
    new = edited(("waits: [force_majeure]", "warnings: [40, 70]\n    waits: [force_majeure]"))
    found = all_differences(OLD, new)
    assert found
    assert public_lines(found, OLD, new) == []


def test_times_left_alone_leave_the_text_alone():
    assert with_numbers(TEXT, {number.key: number.written for number in numbers_of(OLD)}) == TEXT
    assert with_numbers(TEXT, {}) == TEXT


def test_times_are_written_back_and_comments_stay():
    typed = {"diagnosis": "15 min", "travel.main": "1 h - 2 h", "first_answer": "2 office h"}
    text = with_numbers(TEXT, typed)
    found = {(one.entry, one.field): one.after for one in all_differences(OLD, load(text, FILE))}
    assert found == {
        ("diagnosis", "target.duration"): 900,
        ("travel", "target.by_band.main.range_from"): 3600,
        ("travel", "target.by_band.main.target"): 7200,
        ("first_answer", "target.duration"): 7200,
    }
    assert text.count("#") == TEXT.count("#")
