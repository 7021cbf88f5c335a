"""Design §4.1, §4.2: two workers sweep at once, or one is killed in the middle: nothing twice, nothing lost."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from guardia.cases import chain, derived, rebuild, sweep
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service, Site
from guardia.escalation.escalation import CallTask, Escalation
from guardia.notices.notice import Notice
from tests.house.test_together import at_once
from tests.procedure.nights import Night
from tests.procedure.story import Story

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
HOW_MANY = 24


@pytest.fixture
def late(transactional_db) -> Story:
    """A night: this many incidents, each at a site of its own, whose diagnosis has just become late."""
    return with_late_cases(one_site=False)


@pytest.fixture
def late_at_one_site(transactional_db) -> Story:
    return with_late_cases(one_site=True)


def with_late_cases(one_site: bool) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        Night(story)
        for number in range(HOW_MANY):
            if not one_site:
                story.site = Site.objects.create(customer=story.bank, name=f"agencia {number}", city=story.site.city)
            story.service = Service.objects.create(
                customer=story.bank,
                site=story.site,
                circuit=f"ENL-7{number:03}",
                folded_circuit=f"enl-7{number:03}",
                type="Enlace",
            )
            story.case_is_registered(f"sin servicio {number}")
        story.minutes_pass(21)
    return story


def happened() -> Counter:
    """How often each thing was written, in all."""
    with behind(DatabaseRole.WORKER):
        moments = CaseEvent.objects.exclude(moment="registered").values_list("moment", flat=True)
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []
        pages = Notice.objects.filter(staff__isnull=False).count()
        return Counter(moments) | Counter({"pages": pages, "calls": CallTask.objects.count()})


ALL = Counter(
    {name: HOW_MANY for name in ("breached", "escalated", "paged", "call_owed", "calls")} | {"pages": 2 * HOW_MANY}
)


def test_2_two_sweeps_at_once_write_everything_once(late):
    found = at_once(*[lambda: sweep.sweep(late.now)] * 2)
    assert sum(found) == HOW_MANY
    assert happened() == ALL


def test_2_many_sweeps_that_take_turns_leave_nothing_and_repeat_nothing(late, monkeypatch):
    """Small batches: each finds what the others have not taken yet."""
    monkeypatch.setattr(sweep, "BATCH", 5)

    def until_nothing_is_due() -> int:
        return sum(sweep.sweep(late.now) for _ in range(3))

    while True:
        found = at_once(*[until_nothing_is_due] * 3)
        assert all(isinstance(each, int) for each in found), found
        if not any(found):
            break
    assert happened() == ALL


def test_E_the_cases_of_one_site_swept_by_two_make_one_page(late_at_one_site):
    with behind(DatabaseRole.WORKER):
        cases = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    halves = cases[::2], cases[1::2]
    found = at_once(*[lambda half=half: sweep._look_at_cases(half, late_at_one_site.now) for half in halves])
    assert found == [HOW_MANY // 2] * 2
    written = happened()
    assert (written["breached"], written["escalated"], written["paged"], written["pages"]) == (HOW_MANY, HOW_MANY, 1, 2)
    with behind(DatabaseRole.WORKER):
        assert Escalation.objects.filter(joined=None).count() == 1


@pytest.mark.parametrize("where", ["calls", "notices"])
def test_1_killed_in_the_middle_nothing_is_half_done_and_the_next_sweep_does_all_of_it(late, where):
    assert dies(where, late.now) == -signal.SIGKILL
    assert happened() == Counter()
    found = at_once(*[lambda: sweep.sweep(late.now)] * 2)
    assert sum(found) == HOW_MANY
    assert happened() == ALL


def dies(where: str, at: datetime) -> int:
    """A worker of its own that is killed once it has written that; its exit code."""
    command = [sys.executable, "-m", "tests.house.dying_sweep", where, at.isoformat()]
    worker = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert worker.stdout == "written\n", worker.stderr
    return worker.returncode
