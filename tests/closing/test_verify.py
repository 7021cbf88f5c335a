"""`guardia verify FILE`: what was changed afterwards is found, without the database."""

import json

import pytest

from guardia.cli.main import main
from guardia.reports.report_history import NotAReport, check
from guardia.web.report.document import closing_document


@pytest.fixture
def said(closed) -> dict:
    return json.loads(closing_document(closed.case, closed.now).history)


def rules(said: dict) -> set[str]:
    return {finding.rule for finding in check(json.dumps(said).encode()).findings}


def event(said: dict, moment: str) -> dict:
    return next(e for e in said["events"] if json.loads(e.get("canonical", "{}")).get("moment") == moment)


def test_what_was_handed_over_is_sound(said):
    assert rules(said) == set()


def test_an_event_that_was_taken_out_is_missed(said):
    said["events"].pop(10)
    assert {"missing", "head"} <= rules(said)


def test_an_hour_that_was_changed_breaks_the_chain(said):
    restored = event(said, "restored")
    restored["canonical"] = restored["canonical"].replace('"occurred_at":"2026-11-21T1', '"occurred_at":"2026-11-21T0')
    assert {"hash", "timeline"} <= rules(said)


def internal(said: dict) -> list[dict]:
    return [e for e in said["events"] if "canonical" not in e]


def test_an_internal_event_shows_the_hash_of_its_text_which_binds_it(said):
    assert all(set(e) == {"seq", "hash", "content"} for e in internal(said))
    internal(said)[3]["content"] = internal(said)[4]["content"]
    assert rules(said) == {"hash"}


def test_an_internal_event_cannot_be_exchanged_for_a_bare_hash(said):
    del internal(said)[3]["content"]
    assert rules(said) == {"hash"}


def test_words_that_were_changed_are_found(said):
    event(said, "relapsed")["texts"]["what"]["text"] = "todo bien"
    assert rules(said) == {"text"}


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [("affected_seconds", 60, "affected"), ("fault", "rayo", "fault"), ("solution", "nada", "solution")],
)
def test_a_figure_that_was_changed_is_found(said, name, value, rule):
    said["report"][name] = value
    assert rule in rules(said)


def test_a_broken_promise_that_is_said_to_be_kept_is_found(said):
    for promise in said["report"]["promises"]:
        promise["kept"] = True
    assert rules(said) == {"kept"}


def test_a_promise_that_took_less_is_found(said):
    said["report"]["promises"][0]["taken"] -= 5
    assert rules(said) == {"sum"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\nnothing",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": "guardia-closing-report/1"}',
        b'{"format": "guardia-closing-report/2"}',
        b'{"format": "guardia-closing-report/3", "case": 1, "seq": 1, "head": "", "language": "es", "events": []}',
        b'{"format": "guardia-closing-report/1", "case": "x", "seq": 1, "head": "", "language": "es", "events": 1}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_report_says_so(content):
    with pytest.raises(NotAReport):
        check(content)


def test_the_command_says_its_verdict(closed, tmp_path, capsys):
    file = tmp_path / "informe.pdf"
    file.write_bytes(closing_document(closed.case, closed.now).pdf())
    assert main(["verify", str(file), "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert f"AGREES WITH ITSELF: report and history of case {closed.case.display_number} fit together." in said


def test_the_command_names_what_is_wrong(said, tmp_path, capsys):
    said["report"]["affected_seconds"] = 60
    file = tmp_path / "informe.json"
    file.write_text(json.dumps(said))
    assert main(["verify", str(file), "--language", "en"]) == 1
    told = capsys.readouterr().out
    assert "CHANGED" in told
    assert "affected time" in told
    assert main(["verify", str(tmp_path / "none.pdf")]) == 1
