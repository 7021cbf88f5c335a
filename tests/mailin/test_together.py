"""Two workers rule at once: each mail is ruled on once, one report gets one answer, a case one event per mail."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guardia.calls.call import WrittenRequest
from guardia.cases.event import CaseEvent
from guardia.cases.rebuild import rebuild
from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import mail_in
from guardia.mail.message import Message
from guardia.mail.taking import take
from guardia.notices.notice import Delivery
from tests.mailin.letters import letter
from tests.procedure.story import Story

MAILS = 12


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    return story


def at_once(*acts):
    """Each act in a thread of its own, whose transactions are its own; gives back the results."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def rules(story: Story) -> int:
    ruled = 0
    while True:
        with behind(DatabaseRole.WORKER):
            if mail_in.route_next(story.now) is None:
                return ruled
        ruled += 1


def test_two_workers_rule_at_once(story):
    with behind(DatabaseRole.WORKER):
        for number in range(MAILS):
            take(letter("jefe@example.com", subject=f"nuevo {number}"), "pipe", story.now)
            take(letter("helpdesk@example.com", subject=f"caso {story.number}"), "pipe", story.now)
    assert sum(at_once(lambda: rules(story), lambda: rules(story))) == 2 * MAILS
    with behind(DatabaseRole.STAFF):
        assert not Message.objects.filter(state="new").exists()
        assert not Message.objects.filter(kind="unreadable").exists()
        assert WrittenRequest.objects.count() == MAILS
        assert CaseEvent.objects.filter(moment="message_received").count() == MAILS
        assert Delivery.objects.filter(answers__isnull=False).count() == 3
        assert list(rebuild()) == []


def test_the_same_mail_by_two_ways_at_once_is_one(story):
    raw = letter("jefe@example.com")

    def taken(way: str) -> int:
        with behind(DatabaseRole.WORKER):
            return take(raw, way, story.now).pk

    results = at_once(lambda: taken("pipe"), lambda: taken("imap"))
    with behind(DatabaseRole.STAFF):
        assert Message.objects.count() == 1
    assert len(set(results)) == 1
