"""The files of docs/vectors, by which somebody tries a verifier of one's own: both of ours find what stands there."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from guardia.proof.offline import guardia_verify
from tests.proof.verifier_page import FINDINGS, verifier

__all__ = ["verifier"]
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


@pytest.mark.process
def test_the_page_says_the_same(verifier):
    good = {name: json.loads(text) for name, text in GOOD.items()}
    files = [*good.values(), *(changed(good[change["file"]], change) for change in CHANGES)]
    found = verifier().evaluate(FINDINGS, [json.dumps(each) for each in files])
    assert found[: len(good)] == [[]] * len(good)
    bad = zip(CHANGES, found[len(good) :], strict=True)
    assert [change["what"] for change, rules in bad if not rules] == []
