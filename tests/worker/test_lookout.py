"""A worker at rest: what wakes its loops, and what does not."""

from datetime import timedelta
from itertools import chain
from threading import Event, Thread

import pytest
from django.db import OperationalError, connections

from guardia.cases.case import Case
from guardia.clocks import watch
from guardia.config import processes
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.timetable import TIMETABLE
from guardia.notices.notice import Delivery, Notice, NoticeState
from guardia.notices.packing import pack_letters
from guardia.worker import lookout as lookout_of
from guardia.worker.lookout import DUE, LONGEST_REST, Lookout, ended_between
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
    """Whether a look finds any, for all or for one loop."""
    before = lookout.news
    lookout.look(at)
    return lookout.news > before or bool(lookout.due)


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


def overlooked(lookout: Lookout, name: str = "me") -> None:
    with behind(DatabaseRole.WORKER):
        watch.seen(name, now())
        lookout.overlook()


def test_a_sign_of_life_wakes_nobody(lookout):
    overlooked(lookout)
    assert not news(lookout)


def test_a_sign_of_life_hides_nothing_that_others_write(lookout):
    overlooked(lookout)
    writes("another")
    assert news(lookout)
    writes()
    overlooked(lookout)
    assert news(lookout)


def test_what_is_overlooked_is_not_news_when_it_ends_later_either(lookout):
    with behind(DatabaseRole.WORKER):
        watch.seen("me", now())
        lookout.overlook()
        in_a_thread(lambda: writes("another"))
        assert in_a_thread(lambda: news(lookout)), "what another wrote while this is under way"
    assert not news(lookout)


def test_what_is_under_way_is_news_when_it_ends(lookout):
    with behind(DatabaseRole.WORKER):
        watch.seen("me", now())
        in_a_thread(lambda: news(lookout))
        assert not in_a_thread(lambda: news(lookout))
    assert news(lookout)


def in_a_thread(work):
    """On a connection of its own; its answer."""
    answers = []

    def run() -> None:
        try:
            answers.append(work())
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


def test_a_promise_that_falls_due_wakes_though_nothing_is_written(story):
    case, lookout = story.open_case(), Lookout()
    Delivery.objects.all().update(available_at=story.now + timedelta(days=1))
    lookout.look(story.now)
    assert not news(lookout, story.now)
    due = min(clock.due_at for clock in case.clocks.filter(ended_at=None) if clock.due_at)
    assert not news(lookout, due - timedelta(seconds=1))
    assert news(lookout, due + timedelta(seconds=1))
    assert lookout.due == {"deadlines"}, "the others rest"


def test_a_letter_that_is_tried_again_wakes_at_its_hour(story):
    story.open_case()
    pack_letters(story.now)
    assert Delivery.objects.all().update(available_at=story.now + timedelta(seconds=30))
    lookout = Lookout()
    lookout.look(story.now)
    assert not news(lookout, story.now + timedelta(seconds=29))
    assert news(lookout, story.now + timedelta(seconds=30))


def test_a_letter_that_can_be_taken_back_no_longer_wakes_those_who_send_it(story):
    story.open_case()
    Notice.objects.filter(state=NoticeState.OWED).update(not_before=story.now + timedelta(seconds=30))
    lookout = Lookout()
    lookout.look(story.now)
    assert not news(lookout, story.now + timedelta(seconds=29))
    assert news(lookout, story.now + timedelta(seconds=30))
    assert "mail" in lookout.due


def test_the_next_step_of_an_escalation_wakes_who_watches_the_promises(story):
    case, lookout = story.open_case(), Lookout()
    step = min(clock.due_at for clock in case.clocks.all() if clock.due_at) - timedelta(minutes=1)
    Case.objects.update(next_step_at=step)
    Notice.objects.update(not_before=story.now + timedelta(days=1))
    lookout.look(story.now)
    assert not news(lookout, step - timedelta(seconds=1))
    assert news(lookout, step)
    assert lookout.due == {"deadlines"}


def test_while_the_database_does_not_answer_all_are_woken(lookout, monkeypatch):
    def gone(*words: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(lookout_of, "rows_of", gone)
    assert news(lookout)
    assert news(lookout)


@pytest.mark.parametrize(
    ("before", "after", "ended"),
    [
        ("7:7:", "8:8:", {7}),
        ("7:7:", "9:9:", {7, 8}),
        ("7:7:", "7:9:7", {8}),
        ("6:8:6", "9:9:", {6, 8}),
        ("6:8:6", "6:8:6", set()),
        ("7:7:", "7:7:", set()),
        ("7:7:", "2000:2000:", None),
    ],
)
def test_which_transactions_ended_between_two_snapshots(before, after, ended):
    assert ended_between(before, after) == ended


class Noting(Lookout):
    """It notes how it is asked to rest."""

    def __init__(self, stopping: Event) -> None:
        super().__init__()
        self.stopping, self.rests = stopping, []

    def rest(self, name: str, known: int, seconds: float) -> None:
        self.rests.append((name, known, seconds))
        self.stopping.set()


def test_a_loop_rests_by_what_was_known_before_its_round():
    stopping = Event()
    noting = Noting(stopping)
    loop = Loop("mail", lambda stopping: noting.wake(), stopping, pause=0, lookout=noting)
    loop.run()
    assert noting.rests == [("mail", 0, LONGEST_REST)]


def test_a_loop_that_fails_tries_again_by_itself(db):
    stopping = Event()
    noting = Noting(stopping)

    def work(stopping: Event) -> None:
        stopping.set()
        raise OperationalError("gone")

    Loop("mail", work, stopping, pause=0, back_off=(0,), lookout=noting).run()
    assert noting.rests == []


def test_every_loop_that_is_asked_for_is_one_of_the_timetable_that_rests():
    assert set(chain.from_iterable(DUE.values())) <= {each.name for each in TIMETABLE if each.rests}


def test_nobody_is_taken_for_dead_while_it_rests():
    assert min(processes.HANGS_AFTER_SECONDS, watch.SILENT_AFTER.total_seconds()) > LONGEST_REST * 2
    assert not next(each for each in TIMETABLE if each.name == "heartbeat").rests
