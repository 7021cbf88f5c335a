"""`guardia files check` and `guardia files sweep`, and the worker's own round."""

import argparse
from threading import Event

import pytest

from guardia.cases.case_files import add_file
from guardia.cli import verify
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence import store
from guardia.worker import rounds
from tests.files import samples
from tests.files.conftest import standing
from tests.procedure.story import Story

ASKED = argparse.Namespace()


@pytest.fixture(autouse=True)
def open_installation(monkeypatch):
    monkeypatch.setattr(verify, "open_installation", lambda: None)


@pytest.fixture
def story(transactional_db, folder) -> Story:
    with behind(DatabaseRole.STAFF):
        told = Story()
        told.open_case()
        add_file(told.case, content=samples.LOG, name="a.log", by=told.by, now=told.now)
    return told


def test_a_whole_store_says_so(story, capsys):
    assert verify.check(ASKED) == 0
    assert capsys.readouterr().out == "every file is whole\n"


def test_what_is_lost_or_changed_is_named_with_its_case(story, folder, capsys):
    (folder / store.place(store.digest(samples.LOG))).write_bytes(b"otra cosa")
    assert verify.check(ASKED) == 1
    said = capsys.readouterr().out
    with behind(DatabaseRole.STAFF):
        assert said.startswith(f"{story.case.display_number}: file ")
    assert "is changed" in said


def test_the_sweep_leaves_what_cases_have(story, folder, capsys):
    before = standing(folder)
    assert verify.sweep(ASKED) == 0
    rounds.sweep_files(Event())
    assert standing(folder) == before
    assert "0 files were removed" in capsys.readouterr().out
