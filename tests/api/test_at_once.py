"""The same POST fifty times at once, each over a connection of its own: one case comes of it."""

from typing import Any

import pytest
from django.test import Client

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from tests.api.test_v2 import Machine, machine_of
from tests.breaking.browser import whole
from tests.breaking.test_together import at_once, live

__all__ = ["live"]
TIMES = 50


@pytest.mark.parametrize("headers", [{"Idempotency_Key": "a1"}, {}])
def test_fifty_posts_of_one_fault_open_one_case(live, settings, headers):
    settings.API_CALLS_PER_MINUTE = 10_000
    with behind(DatabaseRole.STAFF):
        one = machine_of(live)
        before = Case.objects.count()
    body = {"service": live.service.pk, "symptoms": "No light since the storm", "impact": "down"}
    answers = at_once(*[lambda: sent_until_done(one, body, headers)] * TIMES)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert not headers or len({answer.content for answer in answers}) == 1
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == before + 1
        whole()


def sent_until_done(machine: Machine, body: dict, headers: dict) -> Any:
    """As a machine does over a connection of its own: what is in use (503, with its Retry-After) is sent again."""
    while True:
        answer = Machine(Client(HTTP_ACCEPT_LANGUAGE="en"), machine.key, machine.secret).post("/cases", body, **headers)
        if answer.status_code != 503:
            return answer
        assert answer["Retry-After"]
