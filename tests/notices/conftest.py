"""Cases are made as the desk makes them; mail goes to a real SMTP server on the loopback."""

from collections.abc import Iterator

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from tests.notices.gateway import Gateway
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender
from tests.procedure.nights import Night
from tests.procedure.story import Story


@pytest.fixture
def as_staff(db) -> Iterator[None]:
    with behind(DatabaseRole.STAFF):
        yield


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture
def sender(post_office, story) -> Sender:
    """A case is registered: three contacts are owed the notice of P2, a fourth one has no address."""
    story.open_case()
    return Sender(post_office, story.now)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """The telephones of those who are paged, behind a gateway of the operator's."""
    found = Gateway()
    found.open()
    yield found
    found.close()


@pytest.fixture
def night(story) -> Night:
    """P3: the diagnosis of a case is late at night, and both supervisors of level 1 are owed a page."""
    night = Night(story)
    story.open_case()
    night.until_the_diagnosis_is_late()
    return night


@pytest.fixture
def worker(post_office, night) -> Sender:
    return Sender(post_office, night.story.now)
