"""The page of the verifier computes the editions of a report that was opened again, by docs/evidence.md."""

import json
from copy import deepcopy

import pytest

from guardia.web.report.document import closing_document
from tests.browser.verifier_page import FINDINGS, verifier
from tests.closing.conftest import story
from tests.closing.opened_again import FORGERIES, edition_two

__all__ = ["story", "verifier"]


@pytest.fixture
def said(story) -> dict:
    return json.loads(closing_document(edition_two(story).case, story.now).history)


def test_what_is_forged_around_a_reopening_is_found(verifier, said):
    files = [said]
    for change in FORGERIES.values():
        forged = deepcopy(said)
        change(forged)
        files.append(forged)
    sound, *found = verifier().evaluate(FINDINGS, [json.dumps(each) for each in files])
    assert sound == []
    assert [name for name, rules in zip(FORGERIES, found, strict=True) if not rules] == []
    assert not [rules for rules in found if "no evidence" in rules]
