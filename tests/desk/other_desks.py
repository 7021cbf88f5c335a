"""The other desks in the tests: who works there, the hours at which they are open and closed, a request of theirs."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.stages.administrative import Ask
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Role
from tests.procedure import story as stories

MORNING = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # Thursday 10:00 in Ecuador
NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # Friday 21:00: the desks open on Monday 30 November, 08:30


@pytest.fixture
def story(db, monkeypatch) -> stories.Story:
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", MORNING - timedelta(minutes=10))
        told = stories.Story()
        told.billing = stories.staff("facturacion1", Role.BILLING)
        told.sales = stories.staff("ventas1", Role.SALES)
        yield told


@pytest.fixture
def billing(story, sign_in):
    return sign_in(story.billing)


@pytest.fixture
def morning(the_hour_is):
    return the_hour_is(MORNING)


@pytest.fixture
def night(the_hour_is):
    return the_hour_is(NIGHT)


def taken(story, at: datetime = MORNING, desk: str = "billing", **more) -> Case:
    asks = {"text": "La factura de noviembre llegó dos veces", "reporter": story.head, **more}
    return Case.take(Ask(customer=story.bank, desk=desk, **asks), by=story.by, at=at)
