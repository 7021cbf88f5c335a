"""Whatever comes in is kept, and the mailbox goes on: reports, what cannot be read, what cannot be ruled on."""

import logging

import pytest
from django.db import OperationalError

from guardia.cases import mail_tray
from guardia.intake import mail_in
from guardia.mail.message import Message, Original
from guardia.mail.taking import TooLarge, take, take_headers
from guardia.notices.notice import Delivery
from tests.mailin.letters import bounced, letter

HEAD = "jefe@example.com"


@pytest.fixture
def ours(house, story) -> Delivery:
    """The mail of P2, which a server took."""
    story.open_case()
    delivery = house.told_by_mail(story.head)
    Delivery.objects.filter(pk=delivery.pk).update(state="accepted", settled_at=story.now)
    return delivery


def test_taken_is_kept_byte_for_byte_and_nothing_else(story):
    raw = letter(HEAD) + b"\x00\xff\r\n"
    message = take(raw, "pipe", story.now)
    message.refresh_from_db()
    assert bytes(message.original.content) == raw
    assert (message.state, message.kind, message.subject, message.received_at) == ("new", "", "", story.now)
    assert take(raw, "imap", story.now) == message
    assert Original.objects.count() == 1


def test_too_large_is_refused_before_anything_is_written(story, settings):
    settings.MAIL_LIMIT_MB = 1
    with pytest.raises(TooLarge, match=r"1\.5 MB.*the most here is 1 MB"):
        take(b"x" * 1_572_864, "pipe", story.now)
    assert not Message.objects.exists()


def test_of_what_is_too_large_to_be_fetched_the_headers_wait(story):
    headers = letter(HEAD, subject="con video").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    message = take_headers(headers, 200_000_000, "imap", story.now)
    assert take_headers(headers, 200_000_000, "imap", story.now) == message
    message.refresh_from_db()
    assert (message.kind, message.state, message.reason) == ("unreadable", "waiting", "too_large")
    assert (message.from_address, message.subject) == (HEAD, "con video")


def test_a_bounce_finds_the_mail_that_came_back(house, ours):
    message = house.comes(bounced(HEAD, ours.message_id))
    assert (message.kind, message.state, message.reason) == ("bounce", "done", "bounced")
    assert message.case_id
    ours.refresh_from_db()
    assert (ours.state, ours.bounced_at) == ("bounced", house.story.now)
    assert house.answers() == []
    assert list(mail_tray.of_case(message.case)) == []


def test_a_report_of_delivery_says_when(house, story, ours):
    story.minutes_pass(1)
    message = house.comes(bounced(HEAD, ours.message_id, action="delivered"))
    assert message.reason == "delivered"
    ours.refresh_from_db()
    assert (ours.state, ours.delivered_at, ours.bounced_at) == ("accepted", story.now, None)


def test_a_bounce_of_somebody_elses_mail_is_done_with(house):
    message = house.comes(bounced(HEAD, "<other@example.net>"))
    assert (message.kind, message.state, message.reason) == ("bounce", "done", "not_ours")


def test_a_bounce_that_names_no_mail_waits_for_a_person(house):
    raw = bounced(HEAD, "<x@example.net>").replace(b"Message-ID: <x@example.net>\r\n", b"")
    message = house.comes(raw)
    assert (message.kind, message.state, message.reason) == ("bounce", "waiting", "names_no_mail")


def test_a_bounced_answer_of_ours_makes_no_answer(house):
    house.writes("nadie@example.net")
    (answer,) = house.answers()
    house.comes(bounced("nadie@example.net", answer.message_id))
    assert len(house.answers()) == 1


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00" * 100, b"Subject: nobody\r\n\r\nhello\r\n"])
def test_what_cannot_be_read_waits_whole(house, raw):
    message = house.comes(raw)
    assert (message.kind, message.state) == ("unreadable", "waiting")
    assert message.reason
    assert bytes(message.original.content) == raw
    assert house.writes(HEAD).kind == "report"


def test_one_that_cannot_be_ruled_on_is_put_aside_and_the_others_go_on(house, story, monkeypatch, caplog):
    poison = take(letter(HEAD, subject="veneno"), "pipe", story.now)
    good = take(letter(HEAD), "pipe", story.now)
    rule = mail_in.is_new

    def poisoned(message, *rest):
        rule(message, *rest)
        if message.subject == "veneno":
            raise ZeroDivisionError

    monkeypatch.setattr(mail_in, "is_new", poisoned)
    with caplog.at_level(logging.CRITICAL, logger="guardia"):
        assert house.worker_rules() == 2
    for message in (poison, good):
        message.refresh_from_db()
    assert (poison.kind, poison.state, poison.reason, poison.request) == ("unreadable", "waiting", "not_ruled", None)
    assert good.kind == "report"
    assert len(house.answers()) == 1


def test_trouble_of_the_database_puts_nothing_aside(house, story, monkeypatch):
    message = take(letter(HEAD), "pipe", story.now)

    def broken(*rest):
        raise OperationalError

    monkeypatch.setattr(mail_in, "is_new", broken)
    with pytest.raises(OperationalError):
        mail_in.route_next(story.now)
    message.refresh_from_db()
    assert message.state == "new"


def test_without_a_procedure_a_report_waits_and_nothing_is_promised(house, story):
    story.now = story.version.effective_at.replace(year=2000)
    message = house.writes(HEAD)
    assert (message.kind, message.state, message.reason, message.contact) == (
        "report",
        "waiting",
        "no_procedure",
        story.head,
    )
    assert house.answers() == []


def test_files_are_rows_of_their_company(house, story):
    raw = letter(HEAD).replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
    boundary = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        b"hola\r\n--b\r\nContent-Type: text/plain; name=log.txt\r\n"
        b"Content-Disposition: attachment; filename=log.txt\r\n"
        b"\r\nping\r\n--b--\r\n"
    )
    headers = b"\r\n".join(
        line
        for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        if not line.startswith((b"MIME", b"Content", b"X-Was"))
    )
    message = house.comes(headers + b"\r\n" + boundary)
    (file,) = message.attachments.all()
    assert (file.part, file.name, file.customer, file.size) == (1, "log.txt", story.bank, 4)
    assert message.original.customer == story.bank
