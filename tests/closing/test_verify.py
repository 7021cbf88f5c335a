"""`guardia verify FILE`: what was changed afterwards is found, without the database and without anything of Guardia."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.cli.main import main
from guardia.proof.offline import guardia_verify
from guardia.proof.offline.guardia_verify import Unreadable, check
from guardia.reports import report_history
from guardia.reports.report_history import company_history
from guardia.web.report import document
from guardia.web.report.document import closing_document


@pytest.fixture
def said(closed) -> dict:
    return json.loads(closing_document(closed.case, closed.now).history)


@pytest.fixture
def whole(closed) -> dict:
    """The history of the company."""
    return json.loads(b"".join(company_history(closed.bank.pk, "Banco", closed.now, "es")))


def rules(said: dict) -> set[str]:
    """Which rules the file breaks; one that cannot be read any more is refused too."""
    try:
        return {finding.rule for finding in check(json.dumps(said).encode()).findings}
    except Unreadable:
        return {"unreadable"}


def of_case(said: dict) -> dict:
    return said["cases"][0]


def claimed(said: dict) -> dict:
    return of_case(said)["report"]


def event(said: dict, moment: str) -> dict:
    rows = of_case(said)["events"]
    return next(row for row in rows if json.loads(row.get("canonical", "{}")).get("moment") == moment)


def internal(said: dict) -> list[dict]:
    return [row for row in of_case(said)["events"] if "canonical" not in row]


def test_what_was_handed_over_is_sound(said, whole):
    assert rules(said) == set()
    assert rules(whole) == set()


def test_an_event_that_was_taken_out_is_missed(said):
    of_case(said)["events"].pop(10)
    assert {"missing", "head"} <= rules(said)


def test_an_hour_that_was_changed_breaks_the_chain(said):
    restored = event(said, "restored")
    restored["canonical"] = restored["canonical"].replace('"occurred_at":"2026-11-21T1', '"occurred_at":"2026-11-21T0')
    assert {"hash", "timeline", "outages"} <= rules(said)


def test_an_internal_event_shows_the_hash_of_its_text_which_binds_it(said):
    assert all(set(row) == {"seq", "hash", "mark", "content"} for row in internal(said))
    internal(said)[3]["content"] = internal(said)[4]["content"]
    assert rules(said) == {"hash"}


def test_an_internal_event_cannot_be_exchanged_for_a_bare_hash(said):
    del internal(said)[3]["content"]
    assert rules(said) == {"format"}


def hidden(said: dict, moment: str, mark: int | None = None) -> dict:
    """The event shown as if it were an internal one, by its hash alone."""
    row = event(said, moment)
    row["content"] = sha256(row.pop("canonical").encode()).hexdigest()
    row.pop("texts", None)
    row["mark"] = row["mark"] if mark is None else mark
    return said


def test_a_public_event_cannot_be_hidden_behind_its_hash(said):
    """All that is claimed follows from the rest: only the mark gives it away."""
    assert "hidden" in rules(hidden(copy.deepcopy(said), "blocked"))
    assert "hash" in rules(hidden(said, "blocked", mark=0))


def test_words_that_were_changed_are_found(said):
    event(said, "relapsed")["texts"]["what"]["text"] = "todo bien"
    assert rules(said) == {"text"}


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value in what is claimed, and of each list."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        if value:
            yield path
        for place, each in enumerate(value):
            yield from leaves(each, (*path, place))
    else:
        yield path


def falsified(value: Any) -> Any:
    """Another value of the same kind, as somebody would write it who wants it to be better."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 60
    if isinstance(value, list):
        return value[:-1]
    if isinstance(value, str) and value[:2] == "20":
        return value[:14] + f"{(int(value[14:16]) + 7) % 60:02}" + value[16:]
    return f"{value} y más" if isinstance(value, str) else 60


def undetected(said: dict, *within: Any) -> tuple[int, list[tuple]]:
    """How many values below this place of the file were changed one by one, and the paths of those not found."""
    paths, missed = [path for path in leaves(said) if path[: len(within)] == within], []
    for path in paths:
        *way, last = path
        place: Any = said
        for step in way:
            place = place[step]
        before = place[last]
        place[last] = falsified(before)
        if not rules(said):
            missed.append(path)
        place[last] = before
    return len(paths), missed


def test_no_figure_of_a_report_can_be_changed(said):
    changed, missed = undetected(said, "cases", 0, "report")
    assert missed == []
    assert changed > 600


def test_no_figure_of_a_companys_history_can_be_changed(whole):
    months = whole["months"]
    assert months
    changed, missed = undetected(whole, "months")
    assert missed == []
    assert changed == 1 + 5 * len(months)


@pytest.mark.parametrize("what", ["target", "comparison", "stops", "zone"])
def test_another_procedure_is_not_the_one_that_the_history_names(said, what):
    (document,) = said["procedures"].values()
    rule = next(each for each in document["clocks"] if each["kind"] == "diagnosis")
    if what == "target":
        rule["target"]["duration"] = 12_000
    elif what == "zone":
        document["provider"]["zone"] = "Europe/Madrid"
    else:
        rule[what] = {"comparison": "under", "stops": ["restored"]}[what]
    assert "procedure" in rules(said)
    ((name, document),) = said["procedures"].items()
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    said["procedures"] = {name: document, sha256(text.encode()).hexdigest(): document}
    assert "procedure" in rules(said)


def test_a_claim_that_was_left_out_is_missed(said):
    for name in list(claimed(said)):
        kept = claimed(said).pop(name)
        assert "claim" in rules(said), name
        claimed(said)[name] = kept


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
        b'{"format": "guardia-closing-report/3"}',
        b'{"format": "guardia-closing-report/6", "case": 1, "cases": [], "language": "es"}',
        b'{"format": "guardia-closing-report/3", "case": 1, "language": "es", "cases": [{"case": 1}]}',
        b'{"format": "guardia-closing-report/1", "case": "x", "seq": 1, "head": "", "language": "es", "events": 1}',
        b'{"format": "guardia-history/1", "language": "es", "cases": 7}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_report_says_so(content):
    with pytest.raises(Unreadable):
        check(content)


def test_the_command_says_its_verdict(closed, tmp_path, capsys):
    file = tmp_path / "informe.pdf"
    file.write_bytes(closing_document(closed.case, closed.now).pdf())
    assert main(["verify", str(file), "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "AGREES WITH ITSELF" in told
    assert f"Case {closed.case.display_number}" in told
    assert "0:25:00 of 0:20:00 (broken)" in told


def test_the_command_names_what_is_wrong(said, tmp_path, capsys):
    claimed(said)["affected_seconds"] = 60
    file = tmp_path / "informe.json"
    file.write_text(json.dumps(said))
    assert main(["verify", str(file), "--language", "en"]) == 1
    told = capsys.readouterr().out
    assert "DIFFERS" in told
    assert "the affected time (claimed: 60; computed: 25740)" in told
    assert main(["verify", str(tmp_path / "none.pdf")]) == 1


@pytest.mark.process
def test_the_file_runs_alone(said, tmp_path):
    """Without Guardia, from another folder: Python, and `cryptography` if it is there."""
    alone = tmp_path / "guardia_verify.py"
    alone.write_bytes(Path(guardia_verify.__file__).read_bytes())
    (tmp_path / "informe.json").write_text(json.dumps(said))
    ran = subprocess.run(
        [sys.executable, "-I", str(alone), str(tmp_path / "informe.json")], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "COINCIDE CONSIGO MISMO" in ran.stdout


def test_the_history_of_a_company_asks_for_each_event_once(closed):
    with CaptureQueriesContext(connection) as queries:
        b"".join(company_history(closed.bank.pk, "Banco", closed.now, "es"))
    events = [each["sql"] for each in queries if 'FROM "case_event"' in each["sql"]]
    assert sum('"case_event"."canonical"' in each for each in events) == 1, events


def test_the_prose_of_the_other_cases_of_the_service_is_not_read_for_a_report(closed, monkeypatch):
    """Of these the file has the hashes alone."""
    read: list[set[int]] = []
    prefetch = report_history.prefetch_related_objects
    monkeypatch.setattr(
        report_history,
        "prefetch_related_objects",
        lambda events, name: read.append({event.case_id for event in events}) or prefetch(events, name),
    )
    evidence = report_history.evidence_of(closed.case, closed.now)
    assert read == [{closed.case.pk}]
    assert closed.case.number in evidence.histories


def test_the_page_of_a_report_makes_no_file(closed, monkeypatch):
    made: list[int] = []
    monkeypatch.setattr(document, "file_of", lambda number, *_more: made.append(number) or b"{}")
    found = closing_document(closed.case, closed.now)
    assert (found.document.number, made) == (closed.case.display_number, [])
    assert (found.history, made) == (b"{}", [closed.case.number])
