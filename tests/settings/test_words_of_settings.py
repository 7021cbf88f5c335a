"""What the change log says of a connection, and what somebody who tries one is told."""

import re

import pytest
from django.urls import reverse

from guardia.config.now import now
from guardia.people import connections
from guardia.people.connections import NAMES, Kind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.web.desk.settings import channels
from guardia.web.desk.settings.change_log import in_words
from guardia.web.desk.settings.change_nouns import CODES, FIELDS
from tests.desk.conftest import words

RAW = re.compile(r"[A-Z]+_[A-Z_]+|[a-z]+_[a-z_]+")


def test_no_field_of_a_setting_is_named_as_the_environment_names_it():
    named = {**FIELDS, **{name: FIELDS[name] for names in NAMES.values() for name in names}}
    assert [name for name, said in named.items() if RAW.fullmatch(str(said))] == []
    assert {str(CODES["SMTP_TLS"][way]) for way in ("starttls", "implicit", "none")}


def test_a_change_of_the_mail_server_is_in_words(people):
    values = {**dict.fromkeys(NAMES[Kind.SMTP], ""), "SMTP_HOST": "mail.example.com", "SMTP_TLS": "implicit"}
    connections.save(Kind.SMTP, values | {"SMTP_PORT": 465}, {}, by=people[0], at=now())
    (change,) = in_words(SettingChange.objects.filter(noun=connections.RECORDED))
    lines = {line.field: line.after for line in change.lines}
    assert lines["Server"] == "mail.example.com"
    assert lines["Encryption"] == "Implicit TLS"


@pytest.fixture
def connecting(sign_in, monkeypatch):
    monkeypatch.setattr(channels, "mail_out", lambda *_given: channels.Outcome(True, "250 taken"))
    return sign_in(Role.ADMINISTRATOR)


def test_a_trial_says_the_answer_of_the_server_and_how_long_it_took(connecting):
    sent = {"host": "mail.example.com", "tls": "starttls", "sign_in": "nobody", "mail_from": "casos@example.com"}
    answer = words(connecting.post(reverse("settings_channel", args=["salida"]), {**sent, "probar": "1"}))
    assert "250 taken" in answer
    assert re.search(r"It took \d+\.\d\xa0s\.", answer) or re.search(r"It took \d+\.\d s\.", answer)
    assert "Send a test to me" in answer
