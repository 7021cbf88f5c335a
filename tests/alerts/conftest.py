"""An operator with a bank, and a source of monitoring; each test is one transaction under the worker's database
role.
"""

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.alert import AlertSource
from guardia.network.alerts_sources import add
from tests.alerts.noc import Noc
from tests.procedure.story import Story


@pytest.fixture
def noc_of(db) -> Iterator[Callable[..., Noc]]:
    """A source of this kind with these settings, in one transaction."""
    with behind(DatabaseRole.STAFF), translation.override("en"):
        story = Story()

        def made(kind: str = "generic", **settings) -> Noc:
            return Noc(story, kind, **settings)

        yield made


@pytest.fixture
def noc(noc_of) -> Noc:
    return noc_of()


@pytest.fixture
def by_itself(noc_of) -> Noc:
    """A source that opens cases and outages by itself."""
    return noc_of("generic", opens="by_itself")


@pytest.fixture
def source(transactional_db) -> AlertSource:
    """Of any kind, committed; it opens by itself."""
    with behind(DatabaseRole.STAFF):
        Story()
        return add({"name": "monitoreo", "kind": "generic", "opens": "by_itself"}, by=None, at=now())[0]
