"""Design §4.2, E D: a worker is killed -9 in a storm of pages, beside another one: nobody misses a page, and what was
on its way is repeated once and says so.
"""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guardia.cases import chain, derived, failed_notices, rebuild
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service, Site
from guardia.notices.leases import SILENT_AFTER
from guardia.notices.notice import Delivery, Notice
from guardia.people.staff import Role
from tests.notices.gateway import Gateway
from tests.procedure.nights import Night
from tests.procedure.story import Story, rota, staff

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
SEATS = 8
LOOKS = 100_000


@pytest.fixture
def gateway(monkeypatch) -> Iterator[Gateway]:
    monkeypatch.setattr("tests.notices.gateway.PATIENCE", 120)
    found = Gateway()
    found.open()
    yield found
    found.close()


@pytest.fixture
def story(transactional_db) -> Story:
    """Three cases, each at a site of its own, that are late at the same second; eight people hold level 1."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        people = [staff(f"turno{seat}", Role.SUPERVISOR) for seat in range(1, SEATS + 1)]
        for seat, person in enumerate(people, 1):
            rota(1, person, story.now - timedelta(days=20), seat)
        night = Night(story, levels=(2,))
        for number in range(3):
            site = Site.objects.create(customer=story.bank, name=f"agencia {number}", city=story.site.city)
            circuit = {"circuit": f"ENL-7{number}", "folded_circuit": f"enl-7{number}", "type": "Enlace"}
            story.service = Service.objects.create(customer=story.bank, site=site, **circuit)
            story.case_is_registered(f"sin servicio {number}")
        night.until_the_diagnosis_is_late()
        assert Notice.objects.filter(moment="paged").count() == 3 * SEATS
        return story


def worker(port: int, at: datetime) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.house.sending", str(port), at.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def sent_by(port: int, at: datetime) -> int:
    """How many messages a worker tries that lives."""
    with worker(port, at) as other:
        return int(other.communicate(timeout=120)[0])


def killed(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    process.stdout.close()


def everybody_was_paged_and_nothing_is_left(at: datetime) -> None:
    with behind(DatabaseRole.WORKER):
        assert set(Notice.objects.filter(moment="paged").values_list("state", flat=True)) == {"sent"}
        assert set(Delivery.objects.filter(urgent=True).values_list("state", "sender")) == {("accepted", None)}
        assert failed_notices.record_failed_pages(at) == 0
        assert list(chain.breaks(besides=derived.breaks)) == []
    with behind(DatabaseRole.STAFF):
        assert list(rebuild.rebuild()) == []


def test_2_killed_between_the_mail_servers_yes_and_its_own_note_of_it(story, post_office):
    """It held three: one is settled, one was accepted without its knowing, one it had not begun."""
    others: list[int] = []

    def kept() -> None:
        if len(post_office.mails) == 2:
            others.append(sent_by(post_office.port, story.now))  # while the first one lives
            killed(first)

    post_office.when_mail_is_kept = kept
    first = worker(post_office.port, story.now)
    first.wait(timeout=120)
    assert others == [SEATS - 3]
    later = story.now + SILENT_AFTER + timedelta(seconds=1)
    assert sent_by(post_office.port, later) == 2
    rang = Counter(post_office.recipients)
    twice = post_office.recipients[1]
    assert rang == Counter({f"turno{seat}@example.com": 1 for seat in range(1, SEATS + 1)} | {twice: 2})
    assert [mail["X-Guardia-Repeat"] for mail in post_office.to(twice)] == [None, "1"]
    assert sum(mail["X-Guardia-Repeat"] is not None for mail in post_office.mails) == 1
    everybody_was_paged_and_nothing_is_left(later)


def test_2_killed_while_two_telephones_have_not_answered(story, post_office, gateway):
    with behind(DatabaseRole.STAFF):
        for notice in Notice.objects.filter(moment="paged", case=story.case).select_related("staff"):
            notice.staff.email, notice.staff.channels = "", [f"{gateway.url(notice.staff.username)}?rto=60"]
            notice.staff.save(update_fields=["email", "channels"])
    gateway.hangs = {"turno1", "turno2"}
    first = worker(post_office.port, story.now)
    accepted(SEATS - 2)
    assert sent_by(post_office.port, story.now) == 0, "the first one lives and keeps what it holds"
    killed(first)
    gateway.go_on.set()
    later = story.now + SILENT_AFTER + timedelta(seconds=1)
    assert sent_by(post_office.port, later) == 2
    for seat in range(1, SEATS + 1):
        titles = [text.splitlines()[0] for text in gateway.to(f"turno{seat}")]
        assert len(titles) == (2 if seat <= 2 else 1), seat
        assert sum(title.endswith("(2)") for title in titles) == len(titles) - 1
    assert post_office.mails == []
    everybody_was_paged_and_nothing_is_left(later)


def accepted(how_many: int) -> None:
    """Until so many pages are settled."""
    for _ in range(LOOKS):
        with behind(DatabaseRole.WORKER):
            if Delivery.objects.filter(state="accepted").count() == how_many:
                return
    raise AssertionError("the pages do not leave")
