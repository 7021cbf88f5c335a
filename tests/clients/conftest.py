"""The Python client as somebody installs it, against a live server over HTTP."""

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.api.test_v2 import Machine, machine_of
from tests.hours import entry_points_read
from tests.procedure import story as stories

CLIENTS = Path(__file__).parents[2] / "clients"
EXAMPLES = CLIENTS / "examples"
sys.path.insert(0, str(CLIENTS / "python"))

from guardia_client import Guardia  # noqa: E402


def scopes_of(system: str) -> list[str]:
    """The scopes that the README of the examples names for the key of this system."""
    section = (EXAMPLES / "README.md").read_text().partition(f"## {system}\n")[2].partition("\n## ")[0]
    found = re.search(r"\*\*Scopes\*\*: ([^;\n]+)", section)
    assert found
    return re.findall(r"`([^`]+)`", found[1])


@pytest.fixture
def story(transactional_db, monkeypatch) -> stories.Story:
    """An operator with two companies and no case yet, committed."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
        return stories.Story()


@pytest.fixture
def machine(story) -> Machine:
    """A machine's account with a key that may do everything."""
    with behind(DatabaseRole.STAFF):
        return machine_of(story)


class Hour:
    """The hour that the live server reads."""

    def __init__(self) -> None:
        self.now: datetime = now()

    def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def hour(monkeypatch) -> Hour:
    found = Hour()
    entry_points_read(monkeypatch, lambda: found.now)
    return found


@pytest.fixture
def pauses() -> list[float]:
    """How long the client was asked to wait, in seconds; it waits for nothing."""
    return []


@pytest.fixture
def guardia(live_server, machine, pauses) -> Iterator[Guardia]:
    with Guardia(live_server.url, machine.secret, language="en", pause=pauses.append) as client:
        yield client
