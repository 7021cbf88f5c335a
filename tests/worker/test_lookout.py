"""A worker at rest: what wakes its loops, and what does not."""

from datetime import datetime, time, timedelta
from itertools import chain
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import get_default_timezone, localtime

from guardia.cases import drills
from guardia.cases.case import Case
from guardia.clocks import watch
from guardia.config import processes
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.timetable import NO_REST, SHORT_REST, TIMETABLE, Periodic
from guardia.customers.customer import Service
from guardia.escalation.alarms import NEXT_LEVEL_AFTER, Alarm
from guardia.network.alert import Alert, AlertSource
from guardia.notices.notice import Delivery, Notice, NoticeState
from guardia.notices.packing import pack_letters
from guardia.outages import moving_services
from guardia.outages.planned_work import PlannedWork
from guardia.webhooks.subscription import WebhookDelivery, WebhookState, WebhookSubscription
from guardia.worker import lookout as lookout_of
from guardia.worker.lookout import DUE, Lookout, ended_between
from guardia.worker.loop import MUST_GO_ON, Loop
from tests.desk.conftest import story
from tests.works.nights import Night

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
        lookout.overlook(moves_hours=False)


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
    Notice.objects.filter(state=NoticeState.OWED).update(not_before=story.now + timedelta(days=1))
    Delivery.objects.all().update(available_at=story.now + timedelta(days=1))
    lookout.look(story.now)
    assert not news(lookout, story.now)
    due = min(clock.due_at for clock in case.clocks.filter(ended_at=None) if clock.due_at)
    assert not news(lookout, due - timedelta(seconds=1))
    assert news(lookout, due + timedelta(seconds=1))
    assert lookout.due == {"deadlines", "calls"}, "the others rest"


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


def an_alert_that_is_held(story) -> datetime:
    source = AlertSource.objects.create(name="monitoring", kind="generic")
    at = story.now + timedelta(seconds=90)
    Alert.objects.create(source=source, fingerprint="a", state="firing", name="down", acts_at=at, **seen_at(story.now))
    return at


def seen_at(at: datetime) -> dict[str, datetime]:
    return dict.fromkeys(("since", "first_at", "last_at"), at)


def the_beginning_of_a_planned_work(story) -> datetime:
    return Night(story).announce().starts_at


def the_end_of_a_planned_work(story) -> datetime:
    night = Night(story)
    night.announce()
    night.at(night.starts_at)
    night.the_worker_looks()
    return night.ends_at


def the_next_pages_of_a_work_that_overran(story) -> datetime:
    night = Night(story)
    night.announce()
    for hour in (night.starts_at, night.ends_at):
        night.at(hour)
        night.the_worker_looks()
    assert PlannedWork.objects.get().overran_at
    Alarm.objects.update(paged_at=night.now)
    return night.now + NEXT_LEVEL_AFTER


def the_end_of_a_drill(story) -> datetime:
    story.supervisor.mobile, story.supervisor.channels = "+593 99 000 0001", ["sms"]
    assert drills.start([story.supervisor], 1, by=story.supervisor, at=story.now)
    return story.now + drills.LASTS


def a_page_that_is_owed(story) -> datetime:
    the_end_of_a_drill(story)
    return story.now


def a_page_that_reached_nobody(story) -> datetime:
    the_end_of_a_drill(story)
    Notice.objects.update(state=NoticeState.FAILED)
    return story.now


def a_webhook_that_a_dead_process_left(story) -> datetime:
    WebhookSubscription.objects.create(name="crm", url="https://crm.example.com/", secret="", made_at=story.now)
    story.open_case()
    assert WebhookDelivery.objects.update(state=WebhookState.SENDING)
    return WebhookDelivery.objects.order_by("available_at").first().available_at


def the_day_on_which_a_service_moves(story) -> datetime:
    day = localtime(story.now).date() + timedelta(days=2)
    site = Night(story).hospital.site
    moving_services.plan(Service.objects.get(pk=story.service.pk), site, day, by=story.engineer, at=story.now)
    return datetime.combine(day, time(), get_default_timezone())


@pytest.mark.parametrize(
    ("comes", "loop"),
    [
        (an_alert_that_is_held, "alerts"),
        (the_beginning_of_a_planned_work, "planned work"),
        (the_end_of_a_planned_work, "planned work"),
        (the_next_pages_of_a_work_that_overran, "planned work"),
        (the_end_of_a_drill, "failed pages"),
        (a_page_that_is_owed, "pages by mail"),
        (a_page_that_is_owed, "pages by Apprise"),
        (a_page_that_reached_nobody, "failed pages"),
        (a_webhook_that_a_dead_process_left, "webhooks"),
        (the_day_on_which_a_service_moves, "outages"),
    ],
)
def test_an_hour_wakes_the_loop_that_goes_by_it(story, comes, loop):
    at = comes(story)
    lookout = Lookout()
    lookout.look(at - timedelta(seconds=1))
    assert loop not in lookout.due
    lookout.look(at)
    assert loop in lookout.due


@pytest.mark.parametrize(
    ("channel", "urgent", "loop"),
    [
        ("mail", False, "mail"),
        ("sms", False, "short messages"),
        ("whatsapp", False, "short messages"),
        ("team", False, "news to teams"),
        ("mail", True, "pages by mail"),
        ("apprise", True, "pages by Apprise"),
    ],
)
def test_what_waits_to_leave_wakes_the_loop_that_sends_it_and_no_other(story, channel, urgent, loop):
    story.open_case()
    pack_letters(story.now)
    assert Delivery.objects.update(channel=channel, urgent=urgent)
    lookout = Lookout()
    lookout.look(story.now)
    assert lookout.due == {loop}


def test_where_nothing_was_written_one_query_is_all(lookout):
    with CaptureQueriesContext(connection) as asked:
        lookout.look()
    assert len(asked) == 1


@pytest.mark.parametrize("moves_hours", [False, True])
def test_the_hours_are_read_again_only_where_a_sign_of_life_can_have_moved_them(lookout, moves_hours):
    with behind(DatabaseRole.WORKER):
        watch.seen("me", now())
        lookout.overlook(moves_hours=moves_hours)
    with CaptureQueriesContext(connection) as asked:
        assert not news(lookout)
    assert (len(asked) > 1) is moves_hours


def test_where_somebody_else_wrote_too_the_hours_are_read_again(lookout):
    overlooked(lookout)
    writes("another")
    with CaptureQueriesContext(connection) as asked:
        assert news(lookout)
    assert len(asked) > 1


def test_an_hour_that_was_put_off_wakes_nobody(story):
    story.open_case()
    pack_letters(story.now)
    lookout = Lookout()
    lookout.look(story.now)
    assert "mail" in lookout.due
    Delivery.objects.all().update(available_at=story.now + timedelta(seconds=30))
    lookout.snapshot = ""  # a test is one transaction: only the end of another would move it
    lookout.look(story.now)
    assert "mail" not in lookout.due


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

    def rest(self, name: str, known: int | None, seconds: float) -> None:
        self.rests.append((name, known, seconds))
        self.stopping.set()


def test_a_loop_rests_by_what_was_known_before_its_round(db):
    stopping = Event()
    noting = Noting(stopping)
    loop = Loop("mail", lambda stopping: noting.wake(), stopping, pause=0, rest=SHORT_REST, lookout=noting)
    loop.run()
    assert noting.rests == [("mail", 0, SHORT_REST.seconds)]


def test_a_loop_without_a_rest_goes_on_after_its_pause(db):
    stopping, rounds = Event(), []
    noting = Noting(stopping)

    def work(stopping: Event) -> None:
        rounds.append(1)
        if len(rounds) == 2:
            stopping.set()

    Loop("heartbeat", work, stopping, pause=0, lookout=noting).run()
    assert (len(rounds), noting.rests) == (2, [])


def test_a_loop_that_fails_tries_again_by_itself(db):
    stopping = Event()
    noting = Noting(stopping)

    def work(stopping: Event) -> None:
        stopping.set()
        raise OperationalError("gone")

    Loop("mail", work, stopping, pause=0, back_off=(0,), rest=SHORT_REST, lookout=noting).run()
    assert noting.rests == []


def rests(name: str) -> float:
    return next(each.rest.seconds for each in TIMETABLE if each.name == name)


def test_every_loop_that_is_asked_for_is_one_of_the_timetable_that_rests():
    assert set(chain.from_iterable(due.loops for due in DUE)) <= {
        each.name for each in TIMETABLE if each.rest != NO_REST
    }


def test_a_loop_that_no_write_wakes_has_rows_that_do():
    alone = {each.name for each in TIMETABLE if not each.rest.ends_with_any_write}
    assert alone
    assert alone <= set(chain.from_iterable(due.loops for due in DUE))


def test_a_write_ends_the_rest_of_those_alone_who_wait_for_any(monkeypatch):
    lookout, over = Lookout(), []
    monkeypatch.setattr(lookout.seen, "wait_for", lambda is_over, seconds: over.append(is_over()))
    lookout.wake()
    lookout.rest("announcements", 0, 1)
    lookout.rest("mail", None, 1)
    lookout.due = frozenset({"mail"})
    lookout.rest("mail", None, 1)
    lookout.rest("webhooks", None, 1)
    assert over == [True, False, True, False]


def test_a_loop_that_nobody_thought_about_rests_shortly():
    assert Periodic("new", 1, "new").rest == SHORT_REST


def test_nobody_is_taken_for_dead_while_it_rests():
    longest = min(processes.HANGS_AFTER_SECONDS, watch.SILENT_AFTER.total_seconds())
    for each in MUST_GO_ON:
        assert longest > rests(each) * 2
    assert longest > rests("shifts") * 2, "who is at the desk is judged anew where nobody looked for so long"
    assert rests("heartbeat") == 0
