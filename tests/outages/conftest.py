"""Each story runs as the desk does: one transaction behind the staff's wall."""

import pytest

from tests.outages.city import City


@pytest.fixture
def city(as_staff) -> City:
    return City()
