"""Each story runs as the desk does: one transaction under the staff's database role."""

import pytest

from tests.outages.city import City


@pytest.fixture
def city(as_staff) -> City:
    return City()
