"""An archive goes from one installation to another by the commands; one that is killed in between leaves nothing."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from guardia.config.postgres import Embedded
from tests.ops.conftest import ROOT, copied
from tests.ops.test_backup import contents

pytestmark = pytest.mark.process

NOT_IN_IT = {"audit_entry", "audit_lane", "audit_link", "auth_permission", "django_content_type", "portal_key"}


@pytest.fixture(scope="module")
def archived(filled, tmp_path_factory) -> Path:
    house, _ids = filled
    path = tmp_path_factory.mktemp("archive") / "all.zip"
    done = house.guardia("history", "export", "--format", "archive", "--out", str(path))
    assert done.returncode == 0, done.stderr
    assert "1 cases" in done.stdout
    assert "2 files" in done.stdout
    assert path.stat().st_mode & 0o077 == 0, "nobody else reads it"
    return path


@pytest.fixture
def empty(make_house, migrated):
    house = make_house(SECRET_KEY="another-key-than-before-0123456789abcdefghij")
    assert copied(migrated, house) or house.guardia("migrate").returncode == 0
    return house


def rows_of(house) -> dict[str, list[str]]:
    return {name: rows for name, rows in contents(house.state).items() if name not in NOT_IN_IT}


def test_it_comes_in_is_proven_and_stands_in_the_audit(filled, archived, empty):
    tried = empty.guardia("history", "import", str(archived), "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "nothing was written" in tried.stdout
    done = empty.guardia("history", "import", str(archived), LANG="en_US.UTF-8")
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("every chain is intact", "none differs", "every file is whole", "guardia people rescue"):
        assert words in done.stdout
    before, after = rows_of(filled[0]), rows_of(empty)
    for table in ("case", "case_event", "event_text", "clock", "notice", "procedure_version", "case_file", "contact"):
        assert after[table] == before[table]
    with_audit = contents(empty.state)["audit_entry"]
    assert any("brought_in" in row and "archive" in row for row in with_audit)
    refused = empty.guardia("history", "import", str(archived))
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert rows_of(empty) == after


def test_killed_in_between_it_leaves_the_installation_empty(archived, empty):
    """The process dies while the rows of some table are written, wherever the seed says."""
    before, draw = rows_of(empty), random.Random(20)
    for table in [*draw.sample(["staff", "case", "case_event", "notice", "delivered_notice"], 2), "sequences"]:
        words = [sys.executable, "-m", "tests.ops.dying_archive", table, str(archived)]
        done = subprocess.run(words, cwd=ROOT, env=empty.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert rows_of(empty) == before, table
    done = empty.guardia("history", "import", str(archived))
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_it_does_not_take_is_said(filled, archived, tmp_path):
    house, _ids = filled
    out = str(tmp_path / "x.zip")
    done = house.guardia("history", "export", "--format", "archive", "--out", out, "--from", "2026-01-01")
    assert done.returncode == 1
    assert "--company alone" in done.stderr
    done = house.guardia("history", "import", str(ROOT / "README.md"))
    assert done.returncode == 1
    assert "--mapping" in done.stderr


def test_a_file_that_the_store_lost_is_named_and_the_rest_is_whole(filled, make_house, tmp_path):
    house = make_house()
    assert copied(filled[0], house) or house.guardia(module="tests.ops.house").returncode == 0
    lost = next(path for path in (house.state / "attachments").rglob("*") if path.is_file() and not path.suffix)
    lost.unlink()
    done = house.guardia("history", "export", "--format", "archive", "--out", str(tmp_path / "some.zip"))
    assert done.returncode == 1
    assert f"file {lost.name} is lost" in done.stderr
    assert "1 files" in done.stdout
    Embedded(house.state / "pg", fsync=False).stop()


def test_one_companys_archive_says_that_the_log_begins_anew(filled, empty, tmp_path):
    house, _ids = filled
    server = Embedded(house.state / "pg", fsync=False).start()
    with psycopg.connect(server.owner_url) as owner:
        (company,) = owner.execute('SELECT customer_id FROM "case"').fetchone()
    server.stop()
    path = str(tmp_path / "one.zip")
    done = house.guardia("history", "export", "--format", "archive", "--out", path, "--company", f"company-{company}")
    assert done.returncode == 0, done.stderr
    done = empty.guardia("history", "import", path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "begins anew" in done.stdout
    assert "guardia people first" in done.stdout
