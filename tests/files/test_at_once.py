"""Two desks, a withdrawal and a sweep at the same instant: bytes are there exactly while a row says so."""

import uuid
from collections.abc import Callable

import pytest
from django.db import transaction

from guardia.cases import case_files, chain
from guardia.cases.case_files import add_file, add_ready, ready, take_turns_for, withdraw_file
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import store
from guardia.evidence.files import CaseFile, Ready
from tests.files import samples
from tests.files.conftest import standing
from tests.house.test_together import at_once
from tests.procedure.story import Story


@pytest.fixture
def story(transactional_db, folder) -> Story:
    with behind(DatabaseRole.STAFF):
        told = Story()
        told.open_case()
        return told


def adding(story: Story, number: int, content: bytes, **more) -> Callable[[], int]:
    """Somebody adds it to this case, in a transaction of its own."""

    def add() -> int:
        with behind(DatabaseRole.STAFF):
            mine = Story.__new__(Story)
            mine.number = number
            return add_file(mine.case, content=content, name="a.log", by=story.by, now=story.now, **more).pk

    return add


def test_the_same_file_by_four_people_is_one(story):
    key = uuid.uuid4()
    found = at_once(*(adding(story, story.number, samples.LOG, key=key) for _ in range(4)))
    assert len(set(found)) == 1
    with behind(DatabaseRole.STAFF):
        assert CaseFile.objects.count() == 1
        assert story.moments().count("file_added") == 1
        assert list(chain.breaks()) == []


@pytest.mark.parametrize("turn", range(3))
def test_one_case_withdraws_what_another_adds(story, folder, turn):
    """Whoever is first: in the end the second case has its bytes."""
    first_number = story.number
    first = adding(story, first_number, samples.LOG)()
    with behind(DatabaseRole.STAFF):
        other = story.open_case().number

    def withdraw() -> None:
        with behind(DatabaseRole.STAFF):
            mine = Story.__new__(Story)
            mine.number = first_number
            withdraw_file(mine.case, CaseFile.objects.get(pk=first), "no era de aquí", by=story.by, at=story.now)

    assert [type(each) for each in at_once(withdraw, adding(story, other, samples.LOG))] == [type(None), int]
    assert store.read(store.digest(samples.LOG)) == samples.LOG
    assert len(standing(folder)) == 1


def test_two_desks_add_the_same_files_to_two_cases_in_another_order(story, folder):
    with behind(DatabaseRole.STAFF):
        numbers = [story.number, story.open_case().number]
    made = [ready(samples.LOG + bytes([65 + n]) * n, "a.log") for n in range(12)]

    def batch(number: int, several: list[Ready]) -> Callable[[], int]:
        def add() -> int:
            mine = Story.__new__(Story)
            mine.number = number
            case = mine.case
            take_turns_for(several)
            return len([add_ready(case, each, by=story.by, now=story.now) for each in several])

        return add

    assert at_once(batch(numbers[0], made), batch(numbers[1], made[::-1])) == [12, 12]
    assert len(standing(folder)) == 12


def test_a_sweep_takes_nothing_from_under_who_is_adding(story, folder):
    store.keep(store.digest(samples.LOG), samples.LOG)
    in_a_week = now() + case_files.LEFT_ALONE
    results = at_once(adding(story, story.number, samples.LOG), lambda: case_files.remove_orphaned_bytes(in_a_week))
    assert all(isinstance(each, int) for each in results)
    assert store.read(store.digest(samples.LOG)) == samples.LOG
    assert case_files.remove_orphaned_bytes(in_a_week) == 0


def test_what_is_rolled_back_leaves_bytes_that_the_sweep_finds(story, folder):
    with behind(DatabaseRole.STAFF):
        add_file(story.case, content=samples.LOG, name="a.log", by=story.by, now=story.now)
        transaction.set_rollback(True)
    assert len(standing(folder)) == 1
    with behind(DatabaseRole.STAFF):
        assert not CaseFile.objects.exists()
    assert case_files.remove_orphaned_bytes(now() + case_files.LEFT_ALONE) == 1
    assert standing(folder) == []


def test_the_withdrawals_commit_takes_the_bytes(story, folder):
    added = adding(story, story.number, samples.LOG)()
    with behind(DatabaseRole.STAFF):
        withdraw_file(story.case, CaseFile.objects.get(pk=added), "rostro", by=story.by, at=story.now)
        assert len(standing(folder)) == 1
    assert standing(folder) == []
