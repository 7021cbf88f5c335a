"""What each test of the proofs begins with."""

import pytest

from guardia.proof import log
from tests.proof.authority import Authority


@pytest.fixture(autouse=True)
def _signs_for_the_first_time(monkeypatch):
    """No process remembers a tree that another test has signed."""
    monkeypatch.setattr(log, "_signed", [])


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory) -> Authority:
    """One that calls itself by the same names."""
    return Authority(tmp_path_factory.mktemp("stranger"))
