"""Which database a process uses."""

import os

import pytest

from guardia.config.database import ensure_database, name_database, state_dir
from guardia.config.postgres import Embedded

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in (
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "DATABASE_PORTAL_URL",
        "DATABASE_PORTAL_ACTS_URL",
        "DATABASE_WORKER_URL",
        "DATABASE_SIGN_IN_URL",
        "STATE_DIR",
    ):
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
    assert database(os.environ["DATABASE_PORTAL_URL"])["USER"] == "guardia_portal_login"
    assert database(os.environ["DATABASE_PORTAL_ACTS_URL"])["USER"] == "guardia_portal_acts_login"
    assert database(os.environ["DATABASE_SIGN_IN_URL"])["USER"] == "guardia_sign_in_login"


def test_children_are_told_where_the_state_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", "here")
    assert state_dir() == tmp_path / "here"
    assert os.environ["STATE_DIR"] == str(tmp_path / "here")


def test_several_hosts_may_stand_in_the_address():
    from guardia.config.settings import database

    entry = database(
        "postgresql://app:p%40ss@a.example.com:5432,b.example.com:6432/guardia?target_session_attrs=read-write"
    )
    assert (entry["HOST"], entry["PORT"]) == ("a.example.com,b.example.com", "5432,6432")
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("app", "p@ss", "guardia")
    assert entry["OPTIONS"]["target_session_attrs"] == "read-write"


def test_a_host_that_is_cut_off_is_known_within_seconds_unless_the_address_says_otherwise():
    from guardia.config.settings import database

    assert database("postgresql://a/guardia")["OPTIONS"]["tcp_user_timeout"] == 8000
    patient = database("postgresql://a/guardia?connect_timeout=60&tcp_user_timeout=90000")["OPTIONS"]
    assert (patient["connect_timeout"], patient["tcp_user_timeout"]) == ("60", "90000")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://app@a/guardia", "must start with postgresql://"),
        ("postgresql://app:s3cret@a/guardia?nix=1", "invalid URI query parameter"),
        ("postgresql://app:s3cr%et@a/guardia", "with %40 for an @"),
        ("postgresql://app:s3cret@a:x/guardia", "port that is no number"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_in_words_without_its_secrets(url, words):
    from django.core.exceptions import ImproperlyConfigured

    from guardia.config.settings import database

    with pytest.raises(ImproperlyConfigured, match=words) as refused:
        database(url)
    assert "s3cr" not in str(refused.value)
