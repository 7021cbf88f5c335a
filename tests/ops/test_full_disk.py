"""Each folder of the web server on a real disk that is full: uploads are refused in words, and nothing else is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from bench.faults.disk import WAYS
from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.vocabulary import Moment
from tests.ops.conftest import ROOT
from tests.ops.full_disk import PAGES
from tests.procedure.story import Story

pytestmark = pytest.mark.process

UNSHARE = ["unshare", *WAYS[os.geteuid() != 0]]


def may_mount(folder: Path) -> bool:
    try:
        trial = subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "x", str(folder)], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return trial.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_refuses_uploads_in_words_and_nothing_else(tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("nothing may be mounted here: no disk can be filled")
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        client = Client()
        client.force_login(story.engineer)
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.ops.full_disk", str(tmp_path), str(story.number)],
        cwd=ROOT,
        env=os.environ | {"SESSION": client.cookies["sessionid"].value, "ATTACHMENTS_URL": ""},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    well = {"pages": found["OK"]["pages"], "metrics": 200, "note": 302, "small": 302, "large": 302}
    assert 0 not in well["pages"]
    assert len(well["pages"]) == len(PAGES)
    assert 0 not in found["new"], found["log"]
    assert len(found["new"]) > 10
    assert found["OK"] == found["state"] == found["after"] == well, found["log"]
    assert found["attachments"] == well | {"small": 422, "large": 422}, found["log"]
    assert found["tmp"] == well | {"large": 507}, found["log"]
    assert found["same process"], found["log"]
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.NOTED) == 5
        assert story.moments().count(Moment.FILE_ADDED) == 7


def test_an_embedded_postgresql_whose_disk_is_full_is_tried_again_until_there_is_room(tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("nothing may be mounted here: no disk can be filled")
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.ops.full_postgres", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    if "elsewhere" in found:
        pytest.skip(f"its data stands on another disk here: {found['elsewhere']}")
    assert (found["refused"], found["down while full"]) == ("53100", 1)
    assert "No space left on device" in found["trouble"]
    assert (found["answers"], found["kept"]) == ([1], [42])
    assert "PostgreSQL ended; starting it again" in done.stdout
