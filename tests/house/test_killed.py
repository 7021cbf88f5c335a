"""kill -9 at any point: what was acknowledged is there, and case, clocks and notices are whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from guardia.cases import chain, derived, rebuild
from guardia.cases.event import EventText
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.notice import Notice
from tests.procedure.story import Story

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("acknowledged", [1, 3, 7])
def test_what_was_acknowledged_survives_a_killed_process(transactional_db, acknowledged):
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    for begin in (1000, 2000):
        lines = killed_after(acknowledged, story.number, begin)
        with behind(DatabaseRole.STAFF):
            said = set(EventText.objects.filter(text__startswith="avance").values_list("text", flat=True))
            assert {f"avance {line}" for line in lines} <= said
            assert list(chain.breaks(besides=derived.breaks)) == []
            assert list(rebuild.rebuild()) == []
            # Each word to the customer owes its two notices, or is not there at all.
            assert Notice.objects.filter(moment="news_sent", state="owed").count() == 2 * len(said)


def killed_after(acknowledged: int, number: int, begin: int) -> list[str]:
    """Start the writer and kill it -9 as soon as it has acknowledged so many."""
    command = [sys.executable, "-m", "tests.house.writing", str(number), str(begin)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline().strip() for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().split()
    assert all(lines), "the writer ended by itself"
    return lines
