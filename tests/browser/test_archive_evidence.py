"""The page of the verifier says the same of a file of evidence from before an archive and from where it came in."""

import json

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from tests.browser.verifier_page import FINDINGS, verifier
from tests.history.archives import archive_of, brought, evidence_of, own_store, wipe
from tests.notices import journeys
from tests.procedure.story import Story

__all__ = ["own_store", "verifier"]


@pytest.fixture
def closed(transactional_db: None) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        journeys.everything_happens(story)
    return story


@pytest.mark.parametrize("is_one_company", [False, True])
def test_both_sides_hand_out_evidence_that_the_page_finds_whole(closed, verifier, tmp_path, is_one_company):
    company, at = closed.bank.pk, closed.now
    with behind(DatabaseRole.STAFF):
        before = evidence_of(company, at)
    path = archive_of(tmp_path / "all.zip", company if is_one_company else None, at)
    wipe()
    brought(path)
    with behind(DatabaseRole.STAFF):
        after = evidence_of(company, at)
    assert before == after
    broken = json.loads(after)
    broken["cases"][0]["head"] = "00" * 32
    found = verifier().evaluate(FINDINGS, [before.decode(), after.decode(), json.dumps(broken)])
    assert found[:2] == [[], []]
    assert found[2]
