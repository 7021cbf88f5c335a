"""Two companies, each with a machine of its own, and one of the operator; the story began ten minutes ago."""

import pytest

from guardia.customers.contact import Contact
from tests.api.test_company_keys import machine_of as key_of_company
from tests.api.test_v2 import machine_of as key_of_operator
from tests.desk.conftest import engineer, in_english, sign_in, story
from tests.mef.buyer import Buyer

__all__ = ["engineer", "in_english", "sign_in", "story"]


@pytest.fixture
def ours(story) -> Buyer:
    """The bank's machine; whoever made its key has position and telephone on record, as P5 asks for."""
    Contact.objects.filter(pk=story.manager.pk).update(position="Head of IT", phones=["+593725550149"])
    story.manager.refresh_from_db()
    return Buyer(key_of_company(story.manager).secret)


@pytest.fixture
def theirs(story) -> Buyer:
    return Buyer(key_of_company(story.stranger).secret)


@pytest.fixture
def partner(story) -> Buyer:
    """A key of the operator, for a system that acts for many companies."""
    return Buyer(key_of_operator(story).secret, buyer_id=str(story.bank.pk))
