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
