"""P7: the file of a case that was opened again is computed anew, and what is forged around it is found."""

import json
from copy import deepcopy

import pytest

from guardia.proof.offline import guardia_verify
from guardia.web.report.document import closing_document
from tests.closing.opened_again import FORGERIES, edition_two


@pytest.fixture
def said(story) -> dict:
    return json.loads(closing_document(edition_two(story).case, story.now).history)


def findings(file: dict) -> list:
    return guardia_verify.check(json.dumps(file).encode()).findings


def test_what_is_forged_around_a_reopening_is_found(said):
    assert findings(said) == []
    found = {}
    for name, change in FORGERIES.items():
        forged = deepcopy(said)
        change(forged)
        assert forged != said, name
        found[name] = {each.rule for each in findings(forged)}
    assert [name for name, rules in found.items() if not rules] == []
    assert "edition" in found["it is told as an ordinary relapse"]
    assert "reopenings" in found["the reason is another"]
    assert "outages" in found["the reopening is hidden"]


def test_whoever_checks_reads_the_edition_and_why(said):
    verdict = guardia_verify.check_said(said)
    lines = "\n".join(guardia_verify.lines_of(verdict, said, "en"))
    assert "Edition 2 of the report: it replaces the one before" in lines
    assert "cayó otra vez" in lines


def test_a_case_that_was_never_opened_again_keeps_its_format(story):
    story.open_case()
    story.goes_to_the_closing()
    file = json.loads(closing_document(story.case, story.now).history)
    assert file["format"] == "guardia-closing-report/3"
    assert not {"edition", "reopenings"} & file["cases"][0]["report"].keys()
