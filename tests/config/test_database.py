"""Which database a process uses."""

import os

import pytest

from guardia.config.database import ensure_database, name_database, state_dir
from guardia.config.postgres import Embedded


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "STATE_DIR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def test_a_named_database_is_used_untouched(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example.com/guardia")
    assert ensure_database() is None
    assert os.environ["DATABASE_URL"] == "postgresql://app@db.example.com/guardia"


def test_the_addresses_survive_strange_folders(tmp_path):
    from guardia.config.settings import database

    server = Embedded(tmp_path / "año & casa?")
    server.socket_dir = server.home / "socket"
    name_database(server)
    entry = database(os.environ["DATABASE_URL"])
    assert (entry["USER"], entry["NAME"], entry["PORT"]) == ("guardia_app", "guardia", "5432")
    assert entry["HOST"] == str(server.socket_dir)
    assert database(os.environ["DATABASE_DIRECT_URL"])["USER"] == "guardia_owner"


def test_children_are_told_where_the_state_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", "here")
    assert state_dir() == tmp_path / "here"
    assert os.environ["STATE_DIR"] == str(tmp_path / "here")
