"""The token of an exchange is in no log and on no page of ours; and no message is lost because two waited."""

import logging

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent
from guardia.config.logs import WithoutTokens
from guardia.config.settings import LOGGING
from guardia.intake import phone
from guardia.web.phone import cti
from tests.phone.doors.test_cti import ROUTES, Central, _the_hour_is_the_storys, central  # noqa: F401


@pytest.mark.parametrize("route", ROUTES)
def test_what_goes_wrong_is_logged_without_the_token(story, caplog, monkeypatch, route):
    central = Central(story, route)  # noqa: F811
    token = central.address.removeprefix(route)
    central.client.raise_request_exception = False
    monkeypatch.setattr(cti.phone, "keep_events", lambda *_: 1 / 0)
    caplog.handler.addFilter(WithoutTokens())
    caplog.set_level(logging.DEBUG)
    answer = central.sends("newCall", 0)
    assert answer.status_code == 500
    assert f"{route}…" in caplog.text
    assert token not in caplog.text
    assert token.encode() not in answer.content
    assert "secrets" in LOGGING["handlers"]["stderr"]["filters"]


@pytest.mark.parametrize("path", ["", "/", "/x", "?a=1"])
def test_no_page_says_the_token_again(central, path):  # noqa: F811
    token = central.address.rpartition("/")[2].encode()
    for answer in (central.client.get(central.address + path), central.client.head(central.address + path)):
        assert answer.status_code in {404, 405}
        assert token not in answer.content


def in_each_other_s_way(times: int, monkeypatch) -> None:
    left, keeps = [None] * times, phone.keep_events

    def keep(*args):
        found = keeps(*args)
        if left:
            left.pop()
            raise OperationalError("deadlock detected") from DeadlockDetected("deadlock detected")
        return found

    monkeypatch.setattr(cti.phone, "keep_events", keep)


def test_a_message_that_waited_in_a_circle_is_taken_all_the_same(central, monkeypatch):  # noqa: F811
    in_each_other_s_way(2, monkeypatch)
    assert central.sends("newCall", 0).status_code == 200
    assert (Call.objects.count(), ExchangeEvent.objects.count()) == (1, 1)


def test_it_is_not_tried_for_ever(central, monkeypatch):  # noqa: F811
    in_each_other_s_way(3, monkeypatch)
    central.client.raise_request_exception = False
    assert central.sends("newCall", 0).status_code == 503
    assert Call.objects.count() == 0
