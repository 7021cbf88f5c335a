"""A worker at rest: what wakes its loops, and what does not."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import OperationalError

from guardia.clocks import watch
from guardia.config import processes
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.timetable import TIMETABLE
from guardia.notices.notice import Delivery
from guardia.notices.packing import pack_letters
from guardia.worker import lookout as lookout_of
from guardia.worker.lookout import LONGEST_REST, Lookout, is_next
from guardia.worker.loop import Loop
from tests.desk.conftest import story

__all__ = ["story"]


@pytest.fixture
def lookout(transactional_db) -> Lookout:
    """One that knows how things stand."""
    one = Lookout()
    one.look()
    return one


def news(lookout: Lookout, at=None) -> bool:
    """Whether a look finds any."""
    before = lookout.news
    lookout.look(at)
    return lookout.news > before


def writes(name: str = "somebody") -> None:
    with behind(DatabaseRole.WORKER):
        watch.seen(name, now())


def test_where_nothing_is_written_nobody_is_woken(lookout):
    with behind(DatabaseRole.WORKER):
        assert watch.Watch.objects.count() == 0
    assert not news(lookout)
    assert not news(lookout)


def test_whatever_is_written_wakes_once(lookout):
    writes()
    assert news(lookout)
    assert not news(lookout)


def test_a_sign_of_life_wakes_nobody(lookout):
    with lookout.unheard():
        writes()
    assert not news(lookout)


def test_a_sign_of_life_hides_nothing_that_others_write(lookout):
    with lookout.unheard():
        writes()
        writes("another")
    assert news(lookout)
    writes()
    with lookout.unheard():
        writes("another")
    assert news(lookout)


def test_a_promise_that_falls_due_wakes_though_nothing_is_written(story):
    case, lookout = story.open_case(), Lookout()
    Delivery.objects.all().update(available_at=story.now + timedelta(days=1))
    lookout.look(story.now)
    assert not news(lookout, story.now)
    due = min(clock.due_at for clock in case.clocks.filter(ended_at=None) if clock.due_at)
    assert not news(lookout, due - timedelta(seconds=1))
    assert news(lookout, due + timedelta(seconds=1))


def test_a_letter_that_is_tried_again_wakes_at_its_hour(story):
    story.open_case()
    pack_letters(story.now)
    assert Delivery.objects.all().update(available_at=story.now + timedelta(seconds=30))
    lookout = Lookout()
    lookout.look(story.now)
    assert not news(lookout, story.now + timedelta(seconds=29))
    assert news(lookout, story.now + timedelta(seconds=30))


def test_while_the_database_does_not_answer_all_are_woken(lookout, monkeypatch):
    def gone(*words: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(lookout_of, "rows_of", gone)
    assert news(lookout)
    assert news(lookout)


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        ("7:7:", "8:8:", True),
        ("7:7:", "9:9:", False),
        ("7:7:", "7:9:7", False),
        ("6:8:6", "9:9:", False),
        ("7:7:", "7:7:", False),
    ],
)
def test_one_transaction_alone_is_told_from_more(before, after, is_one):
    assert is_next(before, after) is is_one


class Noting(Lookout):
    """It notes how it is asked to rest."""

    def __init__(self, stopping: Event) -> None:
        super().__init__()
        self.stopping, self.rests = stopping, []

    def rest(self, known: int, seconds: float) -> None:
        self.rests.append((known, seconds))
        self.stopping.set()


def test_a_loop_rests_by_what_was_known_before_its_round():
    stopping = Event()
    noting = Noting(stopping)
    loop = Loop("mail", lambda stopping: noting.wake(), stopping, pause=0, lookout=noting)
    loop.run()
    assert noting.rests == [(0, LONGEST_REST)]


def test_a_loop_that_fails_tries_again_by_itself(db):
    stopping = Event()
    noting = Noting(stopping)

    def work(stopping: Event) -> None:
        stopping.set()
        raise OperationalError("gone")

    Loop("mail", work, stopping, pause=0, back_off=(0,), lookout=noting).run()
    assert noting.rests == []


def test_nobody_is_taken_for_dead_while_it_rests():
    assert min(processes.HANGS_AFTER_SECONDS, watch.SILENT_AFTER.total_seconds()) > LONGEST_REST * 2
    assert not next(each for each in TIMETABLE if each.name == "heartbeat").rests
