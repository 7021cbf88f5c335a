"""`guardia where`: the places it names exist and hold what was asked for."""

import os
import re
import subprocess
import sys

import pytest

from guardia.cli import main, where
from guardia.cli.installation import Mistake
from guardia.procedure.vocabulary import Moment

CLAUSES = sorted({entry.clause for entry in where.entries_of_procedure()})


def line_of(place: str) -> str:
    path, number = re.match(r"(\S+):(\d+)", place).groups()
    return (where.ROOT / path).read_text().splitlines()[int(number) - 1]


def test_a_clause_leads_to_its_clock_its_verb_its_form_its_letter_and_its_tests():
    found = where.find("p4.4")
    assert any("field_solution" in line for line in found["procedure"])
    assert any("arrive" in line_of(place) for place in found["verbs"])
    assert any("tells=Moment.ARRIVED" in line_of(place) for place in found["forms and screens"])
    assert found["letters"]
    assert any("test_p4_4_" in line_of(place).lower() for place in found["tests"])


def test_a_time_leads_to_the_clock_that_promises_it():
    found = where.find("20 min")
    assert [place.rpartition("  ")[2] for place in found["procedure"]] == ["20 min: P3 diagnosis (clocks)"]
    assert any("diagnosed P3, a ticket is inProgress from then on" in place for place in found["kinds of event"])


def test_a_clause_leads_to_its_parts_too_and_says_in_which_list_each_stands():
    found = [place.rpartition("  ")[2] for place in where.find("P4")["procedure"]]
    assert "P4.3 blocked (notices)" in found
    assert "P4.4 field_solution (clocks)" in found
    assert not [each for each in found if not each.startswith("P4")]


def test_an_event_leads_to_itself_alone():
    found = where.find(Moment.ARRIVED)
    assert len(found["kinds of event"]) == 1
    assert "Moment.ARRIVED" in line_of(found["kinds of event"][0])


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_of_the_procedure_is_found_with_tests(clause):
    tests = where.tests_of([clause])
    assert tests
    assert all(line_of(place) for place in tests)


def test_what_nobody_speaks_of_is_refused_with_what_to_write():
    with pytest.raises(Mistake, match=r"Write a clause \(P4\.4\)"):
        where.find("xyz")


@pytest.mark.process
def test_as_it_is_typed_in_a_shell_of_its_own():
    shell = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    typed = [sys.executable, "-m", "guardia", "where", "20 min"]
    run = subprocess.run(typed, cwd=where.ROOT, env=shell, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "P3 diagnosis" in run.stdout


def test_where_there_are_no_sources_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(where, "ROOT", tmp_path)
    with pytest.raises(Mistake, match="copy of the repository"):
        where.find("P3")


@pytest.mark.parametrize(
    ("thing", "place"),
    [("photo", "evidence/store.py"), ("bench", "cases/queries.py"), ("closing report", "report/document.py")],
)
def test_a_thing_leads_to_its_line_in_the_table_of_the_documents(thing, place):
    found = where.find(thing)
    assert list(found) == ["where to look"]
    assert any(place in line for line in found["where to look"])


def test_a_clock_has_the_line_of_the_table_above_its_own_places():
    found = where.find("acknowledgement")
    assert list(found)[:2] == ["where to look", "procedure"]


def test_only_so_many_places_of_a_kind_are_printed_until_all_are_asked_for(capsys):
    for words, most in ((["P4"], where.MANY + 1), (["P4", "--all"], None)):
        main.main(["where", *words])
        lines = capsys.readouterr().out.splitlines()
        assert lines.count("tests") == 1
        tests = lines[lines.index("tests") + 1 :]
        assert (len(tests) == most) if most else (len(tests) > where.MANY + 1)
