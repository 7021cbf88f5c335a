"""A server that keeps a letter and says nothing, one that hangs, and a return path that names its letter."""

import asyncio
from threading import Event

import pytest

from guardia.cases import failed_notices
from guardia.notices import sending
from guardia.notices.life import notices_of
from guardia.notices.notice import Delivery
from guardia.notices.outbox import LETTERS, PAGES_BY_MAIL
from guardia.notices.reply_address import read_return_path, return_path
from guardia.notices.sending import send_due
from guardia.web.desk.case_page.notices import life_words
from tests.notices.post_office import SENDER, PostOffice
from tests.notices.sender import Sender, delivery_to, states

PATIENCE = 60


class OddOffice(PostOffice):
    """``silent``: it keeps the letters to these and cuts the line before it answers; ``hangs``: their RCPT is not
    answered until ``go_on``, which is set once so many mails are kept.
    """

    def __init__(self) -> None:
        super().__init__()
        self.silent: set[str] = set()
        self.hangs: set[str] = set()
        self.after = 0
        self.go_on = Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.hangs:
            await asyncio.to_thread(self.go_on.wait, PATIENCE)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if envelope.rcpt_tos[0] in self.silent:
            server.transport.abort()
        if len(self.mails) >= self.after:
            self.go_on.set()
        return answer


@pytest.fixture
def post_office():
    office = OddOffice()
    office.open()
    yield office
    office.go_on.set()
    office.close()


# --- kept, and never answered ---


def test_a_letter_that_is_kept_without_an_answer_is_sent_three_times_and_perhaps_arrived(sender, story, post_office):
    post_office.silent = {story.head.email}
    for _ in range(100):
        sender.sends()
        sender.after(minutes=30)
    assert len(post_office.to(story.head.email)) == 3
    assert len(post_office.to(story.desk.email)) == 1
    delivery = delivery_to(story.head)
    assert (delivery.state, delivery.unanswered, delivery.is_perhaps) == ("expired", 3, True)
    assert delivery.answer.startswith("[unanswered] 127.0.0.1:")
    marks = [mail["X-Guardia-Repeat"] for mail in post_office.to(story.head.email)]
    assert marks == [None, "1", "2"]
    (notice,) = [one for one in notices_of(story.case.pk) if one.contact_id == story.head.pk]
    assert "quizás llegó" in life_words(notice, story.now, lambda _notice: "")


def test_what_perhaps_arrived_goes_on_by_the_next_way(sender, story, post_office):
    post_office.silent = {story.head.email}
    for _ in range(3):
        sender.sends()
        sender.after(minutes=30)
    assert ("failed", "unanswered") in states()
    failed_notices.record_failed(sender.now)
    assert story.case.events.get(moment="notice_failed").variant == "unanswered"


def test_a_line_cut_before_the_end_of_the_letter_is_no_perhaps(sender, story, post_office, monkeypatch):
    def cut(self, _address, *_more):
        self.close()
        raise OSError("cut")

    monkeypatch.setattr("guardia.notices.smtp.Plain.rcpt", cut)
    sender.sends()
    assert set(Delivery.objects.values_list("state", "unanswered")) == {("waiting", 0)}


# --- a recipient that hangs ---


@pytest.mark.parametrize("share", [LETTERS, PAGES_BY_MAIL], ids=["letters", "pages"])
@pytest.mark.usefixtures("db")
def test_a_recipient_that_hangs_holds_up_no_other(request, post_office, share, monkeypatch):
    """The hanging one is answered only once all others have arrived."""
    monkeypatch.setattr(sending, "HANGS_AFTER_SECONDS", 0.05)
    if share is LETTERS:
        sender = request.getfixturevalue("sender")
    else:
        sender = Sender(post_office, request.getfixturevalue("night").story.now)
    sending.pack(sender.now, share.urgent)
    due = list(Delivery.objects.filter(urgent=share.urgent, channel="mail").order_by("urgency", "available_at", "pk"))
    assert len(due) > 1
    post_office.hangs, post_office.after = {due[0].address}, len(due) - 1
    with post_office.outlet() as outlet:
        assert send_due(outlet, sender.post(), share, [post_office.outlet]) == len(due)
    assert post_office.recipients[-1] == due[0].address
    assert sorted(post_office.recipients) == sorted(one.address for one in due)
    found = Delivery.objects.filter(pk__in=[one.pk for one in due])
    assert set(found.values_list("state", "attempts")) == {("accepted", 1)}


# --- the return path ---


def test_each_letter_has_a_return_path_that_names_it(sender, story, post_office, settings):
    settings.MAIL_IN = True
    sender.sends()
    named = [read_return_path(path) for path in post_office.return_paths]
    assert sorted(named) == sorted(Delivery.objects.values_list("pk", flat=True))
    by_path = dict(zip(named, post_office.recipients, strict=True))
    assert by_path == dict(Delivery.objects.values_list("pk", "address"))


@pytest.mark.parametrize("switch", ["MAIL_IN", "MAIL_RETURN_PATHS"])
def test_without_mail_that_comes_back_it_is_the_plain_address(sender, post_office, settings, switch):
    settings.MAIL_IN = settings.MAIL_RETURN_PATHS = True
    setattr(settings, switch, False)
    sender.sends()
    assert set(post_office.return_paths) == {SENDER}


def test_nobody_makes_up_a_return_path(settings):
    settings.MAIL_IN = True
    whole = return_path(7)
    assert read_return_path(whole.upper()) == 7
    for wrong in (
        whole.replace("+r7.", "+r8."),
        whole.replace("@example.com", "@example.net"),
        SENDER,
        "",
        "casos+r7@x",
    ):
        assert read_return_path(wrong) is None


def test_a_server_that_takes_only_the_plain_sender_gets_it(sender, post_office, settings):
    settings.MAIL_IN = True
    post_office.answers_to_mail = ["550 5.7.60 may not send as this sender"]
    assert sender.sends() == 3
    assert post_office.return_paths[0] == SENDER
    assert states() == [("sent", "")] * 3
