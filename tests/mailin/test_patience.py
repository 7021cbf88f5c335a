"""Trouble of the database with one mail holds up no other, and is somebody's to look at in the end."""

import logging
from datetime import timedelta
from threading import Event

import pytest
from django.db import OperationalError

from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import automatic_answers, mail_in
from guardia.intake.mail_in import MOST_TRIES, Patience
from guardia.mail.message import AutomaticAnswer, Message
from guardia.mail.taking import take
from guardia.worker import mail_in as worker_mail_in
from tests.mailin.letters import letter
from tests.procedure.story import Story

HEAD = "jefe@example.com"


@pytest.fixture
def committed(transactional_db, monkeypatch) -> Story:
    """A story whose worker has its own transactions, and its hour."""
    with behind(DatabaseRole.STAFF):
        story = Story()
    monkeypatch.setattr(worker_mail_in, "now", lambda: story.now)
    monkeypatch.setattr(worker_mail_in, "patience", Patience())
    return story


@pytest.fixture
def poison(committed, monkeypatch) -> Message:
    """The database has trouble with this one, whenever it is ruled on; another mail waits behind it."""
    rule = mail_in.is_new

    def troubled(message, *rest):
        rule(message, *rest)
        if message.subject == "veneno":
            raise OperationalError("statement timeout")

    monkeypatch.setattr(mail_in, "is_new", troubled)
    with behind(DatabaseRole.WORKER):
        poison = take(letter(HEAD, subject="veneno"), "pipe", committed.now)
        take(letter(HEAD, subject="bueno"), "pipe", committed.now)
    return poison


def states() -> dict[str, str]:
    with behind(DatabaseRole.STAFF):
        return {message.subject or "veneno": message.state for message in Message.objects.all()}


def test_the_one_behind_it_is_ruled_on_in_the_same_round(poison):
    worker_mail_in.route_mails(Event())
    assert states() == {"veneno": "new", "bueno": "waiting"}


def test_it_is_tried_again_later_and_ruled_on_when_the_trouble_is_over(poison, committed, monkeypatch):
    tried = []
    monkeypatch.setattr(mail_in, "fill", lambda message, found: tried.append(message.pk) or message)
    worker_mail_in.patience.failed(poison.pk, committed.now)
    worker_mail_in.route_mails(Event())
    assert poison.pk not in tried
    monkeypatch.undo()
    monkeypatch.setattr(worker_mail_in, "now", lambda: committed.now + timedelta(minutes=1))
    worker_mail_in.route_mails(Event())
    assert states()["veneno"] == "waiting"
    assert worker_mail_in.patience.of == {}


def test_in_the_end_a_person_looks_at_it(poison, committed, caplog):
    with caplog.at_level(logging.CRITICAL, logger="guardia"):
        for _ in range(MOST_TRIES):
            worker_mail_in.route_mails(Event())
            committed.now += timedelta(hours=1)
    with behind(DatabaseRole.STAFF):
        poison.refresh_from_db()
    assert (poison.kind, poison.state, poison.reason) == ("unreadable", "waiting", "not_ruled")
    assert worker_mail_in.patience.of == {}


def test_a_mail_that_was_taken_by_a_clock_that_is_ahead_is_no_news_from_the_future(house, story):
    case = story.open_case()
    message = take(letter(HEAD, subject=f"caso {case.number}"), "pipe", story.now + timedelta(seconds=3))
    house.worker_rules()
    message.refresh_from_db()
    assert (message.state, message.case) == ("filed", case)


def test_who_was_answered_is_forgotten_after_a_day_and_the_answer_stays(house, story):
    house.writes("nadie@example.net")
    assert automatic_answers.forget(story.now + timedelta(hours=23)) == 0
    assert automatic_answers.forget(story.now + timedelta(hours=25)) == 1
    assert not AutomaticAnswer.objects.exists()
    assert len(house.answers()) == 1
