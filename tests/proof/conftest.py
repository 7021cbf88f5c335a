"""What each test of the proofs begins with."""

import pytest

from guardia.proof import log


@pytest.fixture(autouse=True)
def _signs_for_the_first_time(monkeypatch):
    """No process remembers a tree that another test has signed."""
    monkeypatch.setattr(log, "_signed", [])
