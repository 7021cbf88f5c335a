"""Forged files of evidence: the page finds what the Python file finds (``tests/proof/test_forged_files.py``)."""

import copy
import json
from random import Random

from playwright.sync_api import expect

from tests.browser.verifier_page import FINDINGS, drop, heading, verifier
from tests.proof.file_forgeries import FORGED, another_course, forged
from tests.proof.test_forged_files import CHANGED_CLAIMS, FILES, MADE_UP, OWN, attached, own_log
from tests.proof.test_vectors import GOOD, WITNESS

__all__ = ["verifier"]
SIGNED_BY = """async ([text, keys, witnesses]) => {
    const { findings } = await Guardia.check(Guardia.parse(text), keys, witnesses);
    return findings.map(({ rule }) => rule);
}"""


def test_what_was_forged_in_a_file_is_found(verifier):
    files = [json.dumps(forged(copy.deepcopy(FILES[base]), name)) for name, (base, *_more) in FORGED.items()]
    found = dict(zip(FORGED, verifier().evaluate(FINDINGS, files), strict=True))
    assert {name: found[name] for name, (*_more, rule) in FORGED.items() if rule not in found[name]} == {}


def test_each_value_of_a_report_that_is_changed_is_found(verifier):
    found = dict(zip(CHANGED_CLAIMS, verifier().evaluate(FINDINGS, list(CHANGED_CLAIMS.values())), strict=True))
    assert [claim for claim, rules in found.items() if not rules] == []


FIGURES = {
    "promise",
    "outages",
    "waits",
    "affected",
    "availability",
    "closed_at",
    "until",
    "hash",
    "head",
    "no evidence",
}


def test_whatever_happened_it_computes_what_the_python_file_computes(verifier):
    drawn = [another_course(copy.deepcopy(FILES["report.json"]), Random(seed)) for seed in range(150)]
    found = verifier().evaluate(FINDINGS, [json.dumps(each) for each in drawn])
    assert {seed: rules for seed, rules in enumerate(found) if FIGURES & set(rules)} == {}


def test_a_name_that_stands_twice_is_no_evidence(verifier):
    text = GOOD["report.json"].replace('"affected_seconds": ', '"affected_seconds": 60, "affected_seconds": ', 1)
    assert verifier().evaluate(FINDINGS, [text]) == [["no evidence"]]


def test_whoever_names_a_key_is_told_that_nothing_is_signed(verifier):
    key, page = FILES["report.json"]["log"]["keys"][0], verifier()
    unsigned = json.dumps({**FILES["report.json"], "log": None})
    without_witness = copy.deepcopy(FILES["report.json"])
    lines = without_witness["log"]["checkpoint"].splitlines(keepends=True)
    without_witness["log"]["checkpoint"] = "".join(line for line in lines if WITNESS.partition("+")[0] not in line)
    assert page.evaluate(SIGNED_BY, [unsigned, [key], []]) == ["unsigned"]
    assert page.evaluate(SIGNED_BY, [unsigned, [], [WITNESS]]) == ["unsigned"]
    assert page.evaluate(SIGNED_BY, [GOOD["report.json"], [key], [WITNESS]]) == []
    assert page.evaluate(SIGNED_BY, [json.dumps(without_witness), [key], [WITNESS]]) == ["witness"]


def test_a_witness_does_not_sign_for_the_log_nor_the_log_for_a_witness(verifier):
    key, page = FILES["report.json"]["log"]["keys"][0], verifier()
    assert page.evaluate(SIGNED_BY, [GOOD["report.json"], [WITNESS], []]) == ["not_by_key"]
    assert page.evaluate(SIGNED_BY, [GOOD["report.json"], [], [key]]) == ["witness"]


def test_a_made_up_witness_is_no_witness_that_anybody_named(verifier):
    """Its key came with the file: it is printed to be compared, and nothing says that it has seen the log."""
    page = verifier()
    drop(page, own_log(OWN, MADE_UP), "informe.json")
    heading(page, "Coincide consigo mismo")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("a nombre de regulator.example.com con fecha")
    expect(verdict).to_contain_text(str(MADE_UP.verifier))
    expect(verdict).not_to_contain_text("Vista por")


def test_of_a_pdf_it_checks_what_is_attached_and_says_so(verifier):
    good, page = GOOD["report.json"].encode(), verifier()
    drop(page, attached(good, good), "informe.pdf")
    heading(page, "Coincide consigo mismo")
    expect(page.locator("#verdict")).to_contain_text("no lo que dicen sus páginas")
    drop(page, attached(good, good.replace(b"1040012", b"1040013")), "informe.pdf")
    heading(page, "Esto no es una evidencia de Guardia, o está dañada")
