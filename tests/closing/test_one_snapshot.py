"""A report of a case that somebody works on meanwhile has all of an event or nothing of it: it is read in one snapshot.

Between every two questions of the reader another connection records an event of the case and commits it.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client

from guardia.cases.event import CaseEvent
from guardia.cases.waiting import WaitReason
from guardia.config.asking import PORTAL, PORTAL_ACTS
from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.people import attempts
from guardia.procedure.vocabulary import WaitCause
from guardia.proof.offline.guardia_verify import check
from guardia.web.portal import history
from guardia.web.report import views
from guardia.web.report.document import closing_document
from tests.closing.test_doors import address, signed_in
from tests.keys.test_portal import signed_in as of_company
from tests.procedure.story import Story

LATER = timedelta(hours=9)
LOGINS = (DEFAULT_DB_ALIAS, PORTAL, PORTAL_ACTS)


@pytest.fixture
def open_story(transactional_db, portal_login, portal_acts_login, monkeypatch) -> Story:
    """An open case; its reports are read hours later than all of its events."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    for module in (views, history):
        monkeypatch.setattr(module, "now", lambda: story.now + LATER)
    return story


def wait_or_go_on(story: Story) -> None:
    """Each is one public event, which changes the promises and the affected time."""
    story.seconds_pass(10)
    with behind(DatabaseRole.STAFF):
        running = story.case.waits.filter(ended_at=None).first()
        if running:
            story.case.go_on(running, by=story.by, at=story.now)
        else:
            why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada", excluded=True)
            story.case.wait(why, by=story.by, at=story.now)


@contextmanager
def while_somebody_works(story: Story) -> Iterator[Callable[[], int]]:
    """After each question of this thread another one lets the case wait or go on. Yields how often it did."""
    times = 0

    def then_work(execute, sql, params, many, context):
        nonlocal times
        answer = execute(sql, params, many, context)
        others.submit(wait_or_go_on, story).result()
        times += 1
        return answer

    with ThreadPoolExecutor(1) as others, ExitStack() as stack:
        stack.callback(others.submit, connections.close_all)
        for login in LOGINS:
            stack.enter_context(connections[login].execute_wrapper(then_work))
        yield lambda: times


def number_of_events() -> int:
    with behind(DatabaseRole.STAFF):
        return CaseEvent.objects.count()


def by_the_desk(story: Story) -> bytes:
    return story.desk_client.get(f"/casos/{story.number}/informe.json").content


def by_the_link_of_a_letter(story: Story) -> bytes:
    return Client().get(f"{story.link}/json").content


def by_the_company(story: Story) -> bytes:
    return b"".join(story.company_client.get("/mi-empresa/historial.json").streaming_content)


@pytest.mark.parametrize("read", [by_the_desk, by_the_link_of_a_letter, by_the_company])
def test_a_file_has_all_of_an_event_or_nothing(open_story, read):
    with behind(DatabaseRole.STAFF):
        open_story.desk_client, open_story.link = signed_in(open_story.engineer), address(open_story)
        open_story.company_client = of_company(open_story.head)
    before = number_of_events()
    with while_somebody_works(open_story) as times:
        content = read(open_story)
    checked = check(content)
    assert checked.findings == []
    assert times() > 20
    (case,) = json.loads(content)["cases"]
    assert before <= case["seq"] < number_of_events()
    assert check(read(open_story)).findings == []


def test_what_is_refused_needs_no_transaction_around_it(open_story, settings, monkeypatch):
    with behind(DatabaseRole.STAFF):
        desk, link = signed_in(open_story.engineer), address(open_story)
        stolen = address(open_story, open_story.stranger)
        company = of_company(open_story.head)
    assert desk.get("/casos/1/informe.json").status_code == 404
    assert Client().get(f"/casos/{open_story.number}/informe").status_code == 302
    assert Client().get(stolen).status_code == 404
    assert Client().get(f"{link}/exe").status_code == 404
    settings.GUESSES_OF_ADDRESS = 1
    assert [Client().get("/c/informe/x").status_code for _ in range(2)] == [404, 429]
    monkeypatch.setattr(attempts, "MOST_FILES", 1)
    assert [Client().get(f"{link}/json").status_code for _ in range(2)] == [200, 429]
    assert company.get("/mi-empresa/historial.json").status_code == 429
    assert Client().get("/mi-empresa/historial.json").status_code == 302


@pytest.mark.parametrize("read", [by_the_link_of_a_letter, by_the_company])
def test_a_contact_has_one_file_made_at_a_time(open_story, read):
    """While it is made another one is refused: each takes the processor, or the compiler, for a while."""
    with behind(DatabaseRole.STAFF):
        open_story.link, open_story.company_client = address(open_story), of_company(open_story.head)
    others: list[int] = []

    def at_the_first_event(execute, sql, params, many, context):
        if not others and 'FROM "case_event"' in sql:
            others.append(0)
            with ThreadPoolExecutor(1) as pool:
                others[0] = pool.submit(lambda: Client().get(f"{open_story.link}/json").status_code).result()
                pool.submit(connections.close_all).result()
        return execute(sql, params, many, context)

    with connections[PORTAL_ACTS].execute_wrapper(at_the_first_event):
        assert check(read(open_story)).findings == []
    assert others == [429]
    assert Client().get(f"{open_story.link}/json").status_code == 200


def test_in_a_transaction_that_has_begun_it_is_read_as_that_sees_it(open_story):
    """The closing itself holds the case, and the report has what it has just written."""
    with behind(DatabaseRole.STAFF):
        open_story.case.note("se cierra", by=open_story.by, at=open_story.now)
        seq = open_story.case.seq
        with as_at_one_instant(DatabaseRole.STAFF) as seen:
            file = json.loads(closing_document(open_story.case, open_story.now + LATER).history)
        open_story.case.note("y se anota", by=open_story.by, at=open_story.now)
    assert (seen, file["cases"][0]["seq"]) == ("", seq)


def test_two_logins_see_one_instant(open_story):
    count = partial(CaseEvent.objects.filter(case__customer=open_story.bank.pk).count)
    company = open_story.bank.pk
    with as_at_one_instant(DatabaseRole.PORTAL_ACTS, company) as seen:
        before = count()
        with ThreadPoolExecutor(1) as others:
            others.submit(wait_or_go_on, open_story).result()
            others.submit(connections.close_all).result()
        with as_at_one_instant(DatabaseRole.PORTAL, company, seen):
            public = count()
        assert count() == before
    with behind(DatabaseRole.PORTAL_ACTS, company):
        assert count() == before + 1
    with behind(DatabaseRole.PORTAL, company):
        assert count() == public + 1
