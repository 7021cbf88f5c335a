"""Tests that an outside system posts: signed, kept once, and refused with the field that is wrong."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.procedure.vocabulary import Moment

TOKEN, SECRET = "token-de-zabbix-01", "secreto-de-zabbix-01"


@pytest.fixture(autouse=True)
def zabbix(settings) -> None:
    settings.TEST_SOURCES = {"zabbix": (TOKEN, SECRET)}


def message(**more) -> dict:
    hour = (now() - timedelta(minutes=1)).isoformat()
    said = {"service": "enl-0042", "name": "icmpping", "result": "0 %", "verdict": "good", "measured_at": hour}
    return said | more


def post(body: bytes | dict, token: str = TOKEN, secret: str = SECRET, **headers):
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = "sha256=" + hmac.new(secret.encode(), sent, hashlib.sha256).hexdigest()
    signed = {"X-Guardia-Signature": signature, "accept-language": "en"} | headers
    return Client().post(f"/api/v1/tests/{token}", sent, content_type="application/json", headers=signed)


def test_a_signed_test_is_on_record_once_with_its_hour(tonight):
    case = tonight.open_case()
    said = message()
    first, again = post(said), post(said)
    assert (first.status_code, again.status_code) == (200, 200)
    test = case.tests.get()
    assert first.json() == again.json() == {"case": str(case.number), "test": test.pk}
    assert (test.name, test.verdict, test.measured_at.isoformat()) == (
        "icmpping (from zabbix)",
        "good",
        said["measured_at"],
    )
    assert tonight.case.latest(Moment.TESTED).actor_kind == "system"


def test_the_case_may_be_named_by_its_number(tonight):
    case = tonight.open_case()
    said = message(case=case.display_number)
    del said["service"]
    assert post(said).json()["case"] == str(case.number)


def test_who_is_not_known_or_does_not_sign_is_refused(tonight):
    tonight.open_case()
    assert post(message(), token="nadie").status_code == 401
    assert post(message(), secret="otro").status_code == 401
    assert post(message(), **{"X-Guardia-Signature": "ñ"}).json()["field"] == "X-Guardia-Signature"
    assert Client().get(f"/api/v1/tests/{TOKEN}").status_code == 405
    assert not tonight.case.tests.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"verdict": "bien"}, "verdict"),
        ({"verdict": ["good"]}, "verdict"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a" * 81}, "name"),
        ({"result": "a\0b"}, "result"),
        ({"result": "\ud800"}, "result"),
        ({"measured_at": "2026-11-24T14:05:00"}, "measured_at"),
        ({"measured_at": "2999-11-24T14:05:00Z"}, "measured_at"),
        ({"measured_at": "0001-01-01T00:00:00+14:00"}, "measured_at"),
        ({"measured_at": None}, "measured_at"),
        ({"service": "ENL-9999"}, "service"),
        ({"case": "1"}, "case"),
        ({"case": "9" * 40}, "case"),
    ],
)
def test_what_does_not_fit_names_its_field(tonight, more, field):
    tonight.open_case()
    back = post(message(**more))
    assert (back.status_code, back.json()["field"]) == (422, field)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 30_000, b"nada"])
def test_what_is_no_message_is_said_to_be_none(tonight, body):
    assert post(body).status_code == 400


def test_a_closed_case_takes_no_test(tonight):
    tonight.open_case()
    tonight.case.cancel("otra cosa", by=tonight.by, at=now())
    assert post(message()).status_code == 422
