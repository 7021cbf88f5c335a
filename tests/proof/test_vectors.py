"""The files of docs/vectors, by which somebody tries a verifier of one's own: the Python file finds what they say."""

import copy
import json
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from guardia.proof.offline import guardia_verify

VECTORS = Path(__file__).parents[2] / "docs" / "vectors"
GOOD = {name: (VECTORS / name).read_text(encoding="utf-8") for name in ("report.json", "history.json")}
CHANGES = json.loads((VECTORS / "changes.json").read_text(encoding="utf-8"))
WITNESS = "regulator.example.com+74715217+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"


def changed(said: dict, change: dict) -> dict:
    said = copy.deepcopy(said)
    *way, last = change["path"]
    place: Any = said
    for step in way:
        place = place[step]
    if change.get("remove"):
        del place[last]
    else:
        place[last] = change["value"]
    return said


def test_the_good_ones_are_good():
    for name, text in GOOD.items():
        assert guardia_verify.check(text.encode()).findings == [], name
    found = guardia_verify.check(GOOD["report.json"].encode(), witnesses=[WITNESS])
    assert (found.findings, found.logged[-1][0]) == ([], WITNESS)


@pytest.mark.parametrize("change", CHANGES, ids=[f"{each['file']}: {each['what']}" for each in CHANGES])
def test_each_change_is_found(change):
    said = changed(json.loads(GOOD[change["file"]]), change)
    found = guardia_verify.check(json.dumps(said).encode()).findings
    assert sorted({finding.rule for finding in found}) == change["rules"]


def test_a_machine_that_does_not_know_the_zone_says_so(monkeypatch, capsys):
    def unknown(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(guardia_verify, "ZoneInfo", unknown)
    monkeypatch.setattr(sys, "argv", ["guardia_verify.py", str(VECTORS / "report.json"), "--language", "en"])
    assert guardia_verify.main() == 2
    assert "Install tzdata" in capsys.readouterr().err


def test_a_figure_of_another_kind_is_another_figure():
    """As JSON has it: 3898.0 is no whole number of seconds, and 1 is not true."""
    said = json.loads(GOOD["report.json"])
    report = said["cases"][0]["report"]
    report["affected_seconds"] = float(report["affected_seconds"])
    report["promises"][0]["kept"] = int(report["promises"][0]["kept"])
    found = {finding.rule for finding in guardia_verify.check(json.dumps(said).encode()).findings}
    assert found == {"affected_seconds", "promises"}


@pytest.mark.parametrize("number", ["１０４", "104", 104.0, True])
def test_the_number_of_the_case_is_a_whole_number(number):
    said = json.loads(GOOD["report.json"]) | {"case": number}
    with pytest.raises(guardia_verify.Unreadable):
        guardia_verify.check(json.dumps(said).encode())


def test_what_json_does_not_have_is_no_evidence():
    text = GOOD["report.json"].replace('"affected_seconds": ', '"affected_seconds": NaN, "was": ', 1)
    assert "NaN" in text
    with pytest.raises(guardia_verify.Unreadable):
        guardia_verify.check(text.encode())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([str(VECTORS / "report.json"), "--key", "basura"], "basura: this is no published key"),
        ([str(VECTORS / "report.json"), "--witness", "a+b+c"], "a+b+c: this is no published key"),
        (["no-such-file.json"], "no-such-file.json: it cannot be opened"),
    ],
)
def test_what_was_typed_wrongly_is_not_the_fault_of_the_evidence(arguments, words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["guardia_verify.py", *arguments, "--language", "en"])
    assert guardia_verify.main() == 2
    assert words in capsys.readouterr().err
