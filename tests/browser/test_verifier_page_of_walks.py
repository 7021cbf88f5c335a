"""Cases of random verbs (`tests/clocks/walk.py`): what Guardia claims of them is what the Python file and the page
compute, and each claim that is changed is found by both. `GUARDIA_FUZZ=deep` makes 1,050 such cases.
"""

import json
from random import Random

import pytest

from guardia.proof.offline import guardia_verify
from tests.browser.verifier_page import FINDINGS, verifier
from tests.clocks.walk import Walk
from tests.examples import DEEP
from tests.proof.file_forgeries import drawn

__all__ = ["verifier"]

CASES, WALKS, CHANGED = 15, 70 if DEEP else 1, 4


@pytest.mark.parametrize("seed", range(100, 100 + WALKS))
def test_both_verifiers_compute_what_is_claimed_of_cases_of_all_kinds(verifier, as_staff, seed):
    walk = Walk(seed)
    while len(walk.lives) < CASES:
        walk.goes_on(20)
    text = walk.history().decode()
    assert len([case for case in json.loads(text)["cases"] if case.get("report")]) >= CASES
    changed = {path: json.dumps(file) for path, file in drawn(json.loads(text), CHANGED, Random(seed))}
    whole, *forged = verifier().evaluate(FINDINGS, [text, *changed.values()])
    assert ([finding.rule for finding in guardia_verify.check(text.encode()).findings], whole) == ([], [])
    for path, rules in zip(changed, forged, strict=True):
        assert guardia_verify.check(changed[path].encode()).findings, path
        assert rules, path
