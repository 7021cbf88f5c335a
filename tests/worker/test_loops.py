"""The worker's threads: they outlive every trouble, stop when told to, and do not wait for each other."""

import logging
import os
import signal
import sys
from datetime import timedelta
from threading import Event, Thread, get_native_id

import pytest
from django.db import OperationalError
from django.utils.module_loading import import_string

from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.timetable import TIMETABLE
from guardia.escalation import signed_links
from guardia.notices.leases import Sender
from guardia.notices.notice import Notice
from guardia.notices.server_answer import NoServer
from guardia.people.staff import Staff
from guardia.web.api import health, metrics
from guardia.web.desk.handover.loops import LOOPS
from guardia.worker import loop as worker_loop
from guardia.worker import rounds
from guardia.worker.loop import BACK_OFF_SECONDS, NICE, Loop
from tests.desk.conftest import sign_in, story
from tests.notices.gateway import Gateway
from tests.notices.post_office import PostOffice
from tests.procedure.nights import Night
from tests.procedure.story import Story

__all__ = ["sign_in", "story"]

PATIENCE = 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the priority is the whole process's")
@pytest.mark.parametrize("gives_way", [True, False])
def test_what_gives_way_and_the_threads_it_begins_let_others_go_first(gives_way):
    own, found, stopping = os.getpriority(os.PRIO_PROCESS, 0), [], Event()

    def look() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, get_native_id()))

    def work(stopping: Event) -> None:
        look()
        helper = Thread(target=look)
        helper.start()
        helper.join()
        stopping.set()

    loop = Loop("mail", work, stopping, pause=0, gives_way=gives_way)
    loop.start()
    loop.join()
    assert found == [max(own, NICE) if gives_way else own] * 2
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


def test_where_a_thread_may_not_give_way_it_works_on(monkeypatch):
    def forbidden(*_: object) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr(os, "setpriority", forbidden)
    stopping = Event()
    loop = Loop("mail", lambda stopping: stopping.set(), stopping, pause=0, gives_way=True)
    loop.start()
    loop.join()
    assert stopping.is_set()
    assert loop.failures == 0


def test_every_line_of_the_timetable_names_a_round():
    assert {"deadlines", "mail", "pages by mail", "pages by Apprise", "heartbeat"} <= {each.name for each in TIMETABLE}
    assert all(callable(import_string(each.function)) for each in TIMETABLE)


@pytest.mark.parametrize("trouble", [NoServer("down"), OperationalError("restarting"), ZeroDivisionError("a bug")])
def test_a_loop_outlives_trouble_and_waits_longer_each_time(db, trouble):
    def fails(stopping: Event) -> None:
        raise trouble

    loop = Loop("mail", fails, Event(), pause=1)
    assert [loop.troubled(trouble) for _ in range(5)] == [*BACK_OFF_SECONDS, BACK_OFF_SECONDS[-1]]


def test_after_a_good_round_the_next_trouble_begins_anew(db):
    loop = Loop("mail", lambda stopping: None, Event(), pause=7)
    loop.troubled(NoServer("down"))
    loop.troubled(NoServer("down"))
    assert loop.round() == 7
    assert loop.troubled(NoServer("down")) == BACK_OFF_SECONDS[0]


def test_a_loop_goes_on_after_trouble_and_ends_when_told(transactional_db):
    stopping, calls = Event(), []

    def work(stop: Event) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("the database restarts")
        stop.set()

    loop = Loop("deadlines", work, stopping, pause=0, back_off=(0,))
    loop.start()
    loop.join(PATIENCE)
    assert not loop.is_alive()
    assert len(calls) == 2


def test_a_slow_mail_server_delays_no_deadline(transactional_db):
    stopping, swept, mail_waits = Event(), Event(), Event()

    def mail(stop: Event) -> None:
        mail_waits.set()
        assert swept.wait(PATIENCE)

    def deadlines(stop: Event) -> None:
        assert mail_waits.wait(PATIENCE)
        swept.set()
        stop.set()

    loops = [Loop("mail", mail, stopping, 0), Loop("deadlines", deadlines, stopping, 0)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join(PATIENCE)
    assert swept.is_set()
    assert not any(loop.is_alive() for loop in loops)


def test_the_rounds_work_behind_the_workers_wall(transactional_db, settings):
    office = PostOffice()
    office.open()
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    with behind(DatabaseRole.STAFF):
        Story().open_case()
    rounds.deadlines(Event())
    rounds.mail(Event())
    office.close()
    assert len(office.mails) == 3
    with behind(DatabaseRole.WORKER):
        assert set(Notice.objects.values_list("state", flat=True)) == {"sent", "suppressed"}


def test_the_rounds_of_the_pages_have_their_own_loops_and_their_link_is_signed(transactional_db, settings):
    """E: a page goes by mail and by Apprise, in loops that no letter holds up."""
    office, gateway = PostOffice(), Gateway()
    office.open()
    gateway.open()
    settings.SMTP_HOST, settings.SMTP_PORT, settings.PUBLIC_URL = (
        "127.0.0.1",
        office.port,
        "https://guardia.example.com/",
    )
    with behind(DatabaseRole.STAFF):
        story = Story()
        night = Night(story)
        Staff.objects.filter(pk=night.one.pk).update(channels=[gateway.url("one")])
        story.open_case()
        night.until_the_diagnosis_is_late()
        page = Notice.objects.get(staff=night.one, moment="paged")
    rounds.pages_by_mail(Event())
    rounds.pages_by_apprise(Event())
    office.close()
    gateway.close()
    assert sorted(office.recipients) == ["supervisor-a@example.com", "supervisora-b@example.com"]
    start, _slash, token = gateway.to("one")[0].splitlines()[-1].rpartition("/")
    assert start == "https://guardia.example.com/responder"
    signed, _sign, way = token.partition("?por=")
    assert signed_links.read_answer_token(signed) == page.pk
    with behind(DatabaseRole.WORKER):
        assert page.deliveries.get(pk=way).channel == "apprise"


def test_the_process_is_seen_every_five_seconds_and_all_its_loops_send_under_one_number(transactional_db):
    assert next(each.seconds for each in TIMETABLE if each.name == "heartbeat") == 5
    rounds.heartbeat(Event())
    first = rounds.post(Event()).sender_id
    with behind(DatabaseRole.WORKER):
        seen_at = Sender.objects.get().seen_at
    rounds.heartbeat(Event())
    assert rounds.post(Event()).sender_id == first
    with behind(DatabaseRole.WORKER):
        assert Sender.objects.get().seen_at > seen_at


def test_a_process_that_was_forgotten_goes_on_under_its_number(transactional_db):
    number = rounds.post(Event()).sender_id
    with behind(DatabaseRole.WORKER):
        Sender.objects.all().delete()
    assert rounds.post(Event()).sender_id == number
    with behind(DatabaseRole.WORKER):
        assert Sender.objects.get().pk == number


def test_a_mail_round_without_a_server_says_so(transactional_db, settings):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", PostOffice().port
    with behind(DatabaseRole.STAFF):
        Story().open_case()
    with pytest.raises(NoServer, match="Connection refused"):
        rounds.mail(Event())


def test_a_signal_stops_and_the_second_one_would_kill():
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    stopping = Event()
    try:
        worker_loop.stop_on_signals(stopping)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(PATIENCE)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


# --- what fails is seen -----------------------------------------------------------------------------------------------


def failing_loops() -> list[tuple[str, str, int]]:
    with behind(DatabaseRole.STAFF):
        return [(each.key, each.reason, each.times) for each in watch.state("sweep", now())[1]]


def test_a_loop_that_raises_is_on_record_with_its_reason_until_it_goes_well(transactional_db):
    troubles = [ValueError("check_hostname requires server_hostname\nat line 3"), NoServer("refused"), None]

    def work(stopping: Event) -> None:
        if trouble := troubles.pop(0):
            raise trouble

    loop = Loop("pages by mail", work, Event(), pause=1)
    loop.round()
    assert failing_loops() == [("pages by mail", "ValueError: check_hostname requires server_hostname", 1)]
    with behind(DatabaseRole.STAFF):
        since = watch.state("sweep", now())[1][0].since
    loop.round()
    assert failing_loops() == [("pages by mail", "NoServer: refused", 2)]
    with behind(DatabaseRole.STAFF):
        assert watch.state("sweep", now())[1][0].since == since
        said, status = health.state_of_the_installation(now())
        assert (status, said["failing"][0]["loop"], said["failing"][0]["kind"]) == (200, "pages by mail", "NoServer")
        assert said["warnings"] == ["the worker's loop “pages by mail” fails"]
        assert [each.label for each in metrics.figures() if each.name == "loop_failing_seconds"] == ["pages by mail"]
    loop.round()
    assert failing_loops() == []


def test_what_a_process_before_has_left_on_record_goes_with_the_first_good_round(transactional_db):
    with behind(DatabaseRole.WORKER):
        watch.fails(watch.LOOP, "mail", "ValueError", now())
    loop = Loop("mail", lambda stopping: None, Event(), pause=1)
    loop.round()
    assert failing_loops() == []


def test_thirty_loops_that_lose_the_database_are_one_line_and_another_at_the_end(transactional_db, caplog, monkeypatch):
    monkeypatch.setattr(worker_loop, "outage", worker_loop.Outage())
    lost = OperationalError("the connection is closed")
    loops = [Loop(each.name, lambda stopping: None, Event(), pause=1) for each in TIMETABLE]
    for _ in range(3):
        for loop in loops:
            loop.troubled(lost)
    for loop in loops:
        loop.round()
    said = [line.message for line in caplog.records if line.levelno >= logging.WARNING]
    assert said == [
        "the database does not answer: the connection is closed; every loop tries again by itself",
        "the database answers again",
    ]


def test_each_loop_has_a_name_on_the_desk():
    assert {each.name for each in TIMETABLE} == set(LOOPS)


def test_the_desk_says_which_loop_fails_since_when_and_why(story, sign_in):
    watch.fails(watch.LOOP, "pages by mail", "ValueError: check_hostname", now())
    watch.fails("case", "17/1040099", "KeyError: 'x'", now(), now() + timedelta(hours=1))
    page = sign_in(story.engineer).get("/").content.decode()
    assert "pages by email (ValueError: check_hostname)" in page
    assert "case no. 1040099 (KeyError: &#x27;x&#x27;)" in page
