"""The sample procedure, published in a database."""

from datetime import UTC, datetime

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.version import ProcedureVersion, publish
from tests.procedure_room.sample import FILE, TEXT

MORNING = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
"""08:00 in Guayaquil, a Monday."""


@pytest.fixture
def as_staff(db):
    with behind(DatabaseRole.STAFF):
        yield


@pytest.fixture
def published(as_staff) -> ProcedureVersion:
    return publish(TEXT, FILE, None, MORNING)
