"""Of two workers that send a thousand letters one is killed -9: nobody misses a notice, and what was on its way comes
once more at most, and says so.
"""

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from guardia.cases import chain, failed_notices
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.notices.leases import SILENT_AFTER
from guardia.notices.notice import Delivery, Notice
from tests.notices.post_office import PostOffice
from tests.procedure.story import Story

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PEOPLE = 1000
CONNECTIONS = 2


@pytest.fixture
def story(transactional_db) -> Story:
    """One case owes a letter to each of a thousand people."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        Contact.objects.filter(customer=story.bank).update(active=False)
        people = (
            Contact(customer=story.bank, name=f"Persona {n}", email=f"persona-{n}@example.com", language="es")
            for n in range(PEOPLE)
        )
        Contact.objects.bulk_create(people)
        story.open_case()
        assert Notice.objects.filter(state="owed").count() == PEOPLE
        return story


def worker(port: int, at: datetime) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.house.sending_letters", str(port), at.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_2_of_two_workers_one_is_killed_amid_a_thousand_letters(story, post_office):
    first = worker(post_office.port, story.now)
    others: list[subprocess.Popen] = []
    never = Event()

    def kept() -> None:
        """The first waits for its answers until the second has connected, and then is killed with what it holds."""
        if not others:
            others.append(worker(post_office.port, story.now))
        if len(post_office.mails) >= PEOPLE // 3:
            while post_office.connections <= CONNECTIONS:
                never.wait(0.01)
            first.send_signal(signal.SIGKILL)

    post_office.when_mail_is_kept = kept
    first.communicate(timeout=120)
    assert int(others[0].communicate(timeout=120)[0]) > 0
    assert first.returncode == -signal.SIGKILL
    later = story.now + SILENT_AFTER + timedelta(seconds=1)
    with worker(post_office.port, later) as third:
        assert int(third.communicate(timeout=120)[0]) > 0, "the killed one held some"
    nobody_misses_a_letter_and_what_came_twice_says_so(post_office)
    with behind(DatabaseRole.WORKER):
        assert set(Notice.objects.exclude(state="suppressed").values_list("state", flat=True)) == {"sent"}
        assert set(Delivery.objects.values_list("state", "sender")) == {("accepted", None)}
        assert failed_notices.record_failed(later) == 0
        assert list(chain.breaks()) == []


def nobody_misses_a_letter_and_what_came_twice_says_so(office: PostOffice) -> None:
    came = Counter(office.recipients)
    assert set(came) == {f"persona-{n}@example.com" for n in range(PEOPLE)}
    sent = zip(office.recipients, office.mails, strict=True)
    marked = [address for address, mail in sent if mail["X-Guardia-Repeat"] is not None]
    assert len(marked) <= CONNECTIONS, "one for each connection of the one that was killed"
    assert {address for address, times in came.items() if times > 1} <= set(marked)
    assert max(came.values()) <= 2
