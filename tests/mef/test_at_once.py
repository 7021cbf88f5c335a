"""The same ticket sent many times at once, to two processes of the web: one report comes of it."""

from collections.abc import Iterator
from functools import partial

import httpx2
import pytest

from guardia.calls.call import WrittenRequest
from guardia.config.database_roles import DatabaseRole, behind
from guardia.web.api.mef.operations import ADDRESS
from tests.api.test_company_keys import machine_of
from tests.breaking.test_together import at_once, live
from tests.mef.buyer import body, note
from tests.mef.staged import catches_up
from tests.ops.test_slow_clients import PATIENCE, Web, running

__all__ = ["live"]
pytestmark = pytest.mark.process
TIMES = 12


@pytest.fixture
def webs(live, tmp_path_factory) -> Iterator[list[Web]]:
    """Two processes that know nothing of each other but the database."""
    one, other = (tmp_path_factory.mktemp(name) for name in ("one", "other"))
    with running(one, threads=4) as first, running(other, threads=4) as second:
        yield [first, second]


def test_a_ticket_that_is_sent_many_times_at_once_is_one_ticket(live, webs):
    secret = machine_of(live.manager).secret
    headers = {"Authorization": f"Bearer {secret}", "Host": "localhost"}
    sent = body(live.service.circuit, externalId="INC0042")
    answers = at_once(*(partial(sent_until_done, webs[number % 2], sent, headers) for number in range(TIMES)))
    assert {answer.status_code for answer in answers} == {201}, [answer.content for answer in answers]
    (id,) = {answer.json()["id"] for answer in answers}
    with behind(DatabaseRole.STAFF):
        assert WrittenRequest.objects.filter(way="portal").count() == 1
    read = call(webs[0], "GET", f"/troubleTicket/{id}", headers)
    assert (read.status_code, read.json()["externalId"]) == (200, "INC0042")


def call(web: Web, method: str, path: str, headers: dict[str, str], sent: dict | None = None) -> httpx2.Response:
    return httpx2.request(
        method, f"http://127.0.0.1:{web.port}{ADDRESS}{path}", json=sent, headers=headers, timeout=PATIENCE
    )


def test_a_company_does_all_of_it_by_the_logins_of_a_running_installation(live, webs):
    """In a running installation what a company reads and what it does are two logins of the database."""
    secret, web = machine_of(live.manager).secret, webs[0]
    headers = {"Authorization": f"Bearer {secret}", "Host": "localhost"}
    with behind(DatabaseRole.STAFF):
        number = live.open_case().number
    address = f"/troubleTicket/{number}"
    changed = call(web, "PATCH", address, headers, {"note": [note("The router is lit")], "externalId": "INC0042"})
    assert changed.status_code == 200, changed.content
    assert "The router is lit" in [one["text"] for one in changed.json()["note"]]
    with behind(DatabaseRole.STAFF):
        catches_up(live)
        live.diagnosis()
        live.service_is_restored()
        live.service_is_tested()
    assert call(web, "POST", f"{address}/reopen", headers, {"reason": "Still no link"}).status_code == 204
    reopened = call(web, "GET", address, headers).json()
    assert (reopened["status"], reopened["externalId"]) == ("reopened", "INC0042")
    with behind(DatabaseRole.STAFF):
        catches_up(live)
        live.diagnosis()
    cancelled = call(web, "POST", f"{address}/cancel", headers)
    assert cancelled.status_code == 204, cancelled.content
    assert [one["id"] for one in call(web, "GET", "/troubleTicket?status=assessingCancellation", headers).json()] == [
        str(number)
    ]
    assert call(web, "GET", "/incident", headers).json() == []


def sent_until_done(web: Web, sent: dict, headers: dict[str, str]) -> httpx2.Response:
    """As a machine does, over a connection of its own: what is in use (503, with its Retry-After) is sent again."""
    while True:
        address = f"http://127.0.0.1:{web.port}{ADDRESS}/troubleTicket"
        answer = httpx2.post(address, json=sent, headers=headers, timeout=PATIENCE)
        if answer.status_code != 503:
            return answer
        assert answer.headers["Retry-After"]
