"""`guardia api` and `guardia mcp` as somebody runs them on another machine: an address, a key, and nothing else."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.api.test_v2 import machine_of
from tests.procedure import story as stories

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 120  # on a machine that does much else besides


@dataclass
class Installation:
    """A web server with one open case, and a key that may do everything."""

    story: stories.Story
    url: str
    secret: str

    def environment(self, **more: str) -> dict[str, str]:
        """What a process is started with: neither our database nor our state folder is reached by it."""
        nowhere = {"DATABASE_URL": "postgresql://nobody@192.0.2.1/none", "STATE_DIR": "/nonexistent/state"}
        here = {"GUARDIA_URL": self.url, "GUARDIA_KEY": self.secret, "PATH": os.environ["PATH"]}
        return nowhere | here | more

    def api(self, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """`guardia api WORDS`, which takes ``given`` on its standard input; ``more`` is of its environment."""
        return self.run([sys.executable, "-m", "guardia", "api", *words], given, **more)

    def run(self, command: list[str], given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(**more),
            input=given,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )


@pytest.fixture
def installation(transactional_db, live_server, monkeypatch) -> Installation:
    """Committed: the case began three hours ago, and nobody has diagnosed it since."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(hours=3))
    with behind(DatabaseRole.STAFF), translation.override("en"):
        story = stories.Story()
        story.open_case()
        machine = machine_of(story)
    return Installation(story, live_server.url, machine.secret)
