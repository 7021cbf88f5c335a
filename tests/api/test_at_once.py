"""The same POST fifty times at once over fifty connections to two processes of the web: one case comes of it."""

from collections.abc import Iterator
from functools import partial

import httpx2
import pytest

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from tests.api.test_v2 import machine_of
from tests.breaking.browser import whole
from tests.breaking.test_together import at_once, live
from tests.ops.test_slow_clients import PATIENCE, Web, running

__all__ = ["live"]
pytestmark = pytest.mark.process

TIMES = 50


@pytest.fixture
def webs(live, tmp_path_factory) -> Iterator[list[Web]]:
    """Two processes that know nothing of each other but the database."""
    one, other = (tmp_path_factory.mktemp(name) for name in ("one", "other"))
    with running(one, threads=4) as first, running(other, threads=4) as second:
        yield [first, second]


@pytest.mark.parametrize("key", ["a1", ""])
def test_fifty_posts_of_one_fault_open_one_case(live, webs, key):
    with behind(DatabaseRole.STAFF):
        secret = machine_of(live).secret
        before = Case.objects.count()
    headers = {"Authorization": f"Bearer {secret}", "Host": "localhost"} | ({"Idempotency-Key": key} if key else {})
    body = {"service": live.service.pk, "symptoms": "No light since the storm", "impact": "down"}
    posts = [partial(sent_until_done, webs[number % 2], body, headers) for number in range(TIMES)]
    answers = at_once(*posts)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    if key:
        assert len({answer.content for answer in answers}) == 1
        assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count("true") == TIMES - 1
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == before + 1
        whole()


def sent_until_done(web: Web, body: dict, headers: dict[str, str]) -> httpx2.Response:
    """As a machine does, over a connection of its own: what is in use (503, with its Retry-After) is sent again."""
    while True:
        answer = httpx2.post(f"http://127.0.0.1:{web.port}/api/v2/cases", json=body, headers=headers, timeout=PATIENCE)
        if answer.status_code != 503:
            return answer
        assert answer.headers["Retry-After"]
