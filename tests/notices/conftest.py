"""Cases are made as the desk makes them; mail goes to a real SMTP server on the loopback."""

from collections.abc import Iterator

import pytest

from guardia.config.walls import Wall, behind
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender
from tests.procedure.story import Story


@pytest.fixture
def as_staff(db) -> Iterator[None]:
    with behind(Wall.STAFF):
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
