"""The telephone's part of the environment is checked when it is read: one sentence, with the variable's name."""

import re
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from guardia.cli import run, trial

SETTINGS = Path(__file__).parents[3] / "guardia" / "config" / "settings.py"
WHOLE = {"AMI_HOST": "pbx.example.com", "AMI_USER": "guardia", "AMI_SECRET": "solo-para-pruebas"}


@pytest.fixture
def read(monkeypatch):
    def read(**environment: str) -> dict:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_without_a_host_nothing_is_listened_to(read):
    assert read()["AMI_HOST"] == ""


def test_tls_unless_said(read):
    settings = read(**WHOLE)
    assert (settings["AMI_TLS"], settings["AMI_PORT"], settings["AMI_NAME"]) == ("ssl", 5039, "pbx.example.com")
    settings = read(**WHOLE, AMI_TLS="none-anywhere", AMI_NAME="central")
    assert (settings["AMI_PORT"], settings["AMI_NAME"]) == (5038, "central")
    assert read(**{**WHOLE, "AMI_HOST": "127.0.0.1", "AMI_TLS": "none"})["AMI_PORT"] == 5038


def test_a_secret_may_stand_in_a_file(read, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    assert read(**WHOLE, AMI_SECRET_FILE=str(tmp_path / "secret"))["AMI_SECRET"] == "from a file"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AMI_HOST": "pbx.example.com"}, "AMI_USER and AMI_SECRET"),
        ({**WHOLE, "AMI_SECRET": ""}, "AMI_SECRET"),
        ({**WHOLE, "AMI_TLS": "yes"}, "AMI_TLS"),
        ({**WHOLE, "AMI_TLS": "none"}, "AMI_TLS=none is only for this machine"),
        ({**WHOLE, "AMI_PORT": "0"}, "AMI_PORT"),
        ({**WHOLE, "AMI_PORT": "70000"}, "AMI_PORT"),
        ({**WHOLE, "AMI_PORT": "x"}, "AMI_PORT"),
        ({**WHOLE, "AMI_CA_FILE": "/nowhere/ca.pem"}, "AMI_CA_FILE"),
        ({**WHOLE, "AMI_NAME": "x" * 61}, "AMI_NAME"),
        ({**WHOLE, "AMI_USER": "guardia\r\nAction: Originate"}, "one line each"),
    ],
)
def test_what_is_wrong_names_its_variable(read, environment, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        read(**environment)


def test_the_listener_is_started_only_where_there_is_one_to_listen_to(monkeypatch, tmp_path):
    monkeypatch.delenv("AMI_HOST", raising=False)
    assert run.listeners() == []
    assert [child.name for child in trial.Trial(tmp_path, 1).children.children] == ["web", "worker", "eraser"]
    monkeypatch.setenv("AMI_HOST", "pbx.example.com")
    assert [child.words for child in run.listeners()] == [["phone", "listen"]]
    named = [child.name for child in trial.Trial(tmp_path, 1).children.children]
    assert named == ["web", "worker", "eraser", "telephone"]


ACTS = {**WHOLE, "AMI_ACTION_USER": "guardia-acts", "AMI_ACTION_SECRET": "solo-para-pruebas"}


def test_the_user_that_acts_is_another_one_with_a_secret_of_its_own(read):
    assert read(**WHOLE)["AMI_ACTION_USER"] == ""
    assert read(**ACTS)["AMI_ACTION_PHONE"] == "PJSIP/{extension}"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({**ACTS, "AMI_ACTION_SECRET": ""}, "AMI_ACTION_SECRET"),
        ({"AMI_ACTION_USER": "acts", "AMI_ACTION_SECRET": "x"}, "AMI_HOST"),
        ({**ACTS, "AMI_ACTION_USER": "guardia"}, "which only reads"),
        ({**ACTS, "AMI_ACTION_USER": "acts\r\nAction: Command"}, "one line each"),
        ({**ACTS, "AMI_ACTION_CONTEXT": "from-internal,1"}, "AMI_ACTION_CONTEXT"),
        ({**ACTS, "AMI_ACTION_PHONE": "PJSIP/101"}, "{extension}"),
        ({**ACTS, "AMI_ACTION_PHONE": "PJSIP/{extension}&PJSIP/9"}, "AMI_ACTION_PHONE"),
        ({**ACTS, "AMI_ACTION_PREFIX": "9,w"}, "AMI_ACTION_PREFIX"),
    ],
)
def test_what_the_acting_user_lacks_is_named(read, given, named):
    with pytest.raises(ImproperlyConfigured, match=re.escape(named)):
        read(**given)
