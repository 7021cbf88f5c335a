"""A case with all that may happen on the way to its closing."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from guardia.config.database_roles import DatabaseRole, behind
from tests.notices import journeys
from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    """A visit, waits, a flap and a relapse, then a remote solution, confirmed by a supervisor, and the closing.

    Told once for all tests of a file, in a transaction open around them, of which each undoes only its own part. A
    test that asks for a `story` of its own stands in another file.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with behind(DatabaseRole.STAFF):
            story = Story()
            journeys.everything_happens(story)
        yield story
        transaction.set_rollback(True)


@pytest.fixture
def closed(told, as_staff) -> Story:
    return deepcopy(told)
