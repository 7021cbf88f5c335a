"""One whole incident, P1 to P7, and every mail of it as a real SMTP server received it: event × contact × language."""

from contextlib import nullcontext
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from guardia.cases import chain, derived, rebuild
from guardia.cli.children import first_free
from guardia.notices.leases import seen
from guardia.notices.links import Links
from guardia.notices.notice import Notice
from guardia.notices.sending import Post, send_due
from guardia.notices.smtp import Outlet, Server

HEAD, DESK, MANAGER = "jefe@example.com", "helpdesk@example.com", "gerente@example.com"
ALL = {(HEAD, "es"), (DESK, "en"), (MANAGER, "pt")}
BOTH = {(HEAD, "es"), (DESK, "en")}

# What each event brings to whom, in which language. The manager follows only registration and closing; the guard has no
# address; the former head and the other company's coordinator are told nothing.
MAILS = [
    ("registered", "P2", ALL),
    ("diagnosed", "P3", BOTH),
    ("dispatch_agreed", "P4", BOTH),
    ("departed", "P4", BOTH),
    ("arrived", "P4", BOTH),
    ("restored", "P4", BOTH),
    ("confirmed", "P5", BOTH),
    ("stabilised", "P6", BOTH),
    ("closed", "P7", ALL),
]


class Received:
    """An SMTP server on loopback that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        assert envelope.rcpt_tos == [message["To"].addresses[0].addr_spec]
        self.mails.append(message)
        return "250 2.0.0 Ok: queued"


@pytest.fixture
def postbox():
    received = Received()
    received.port = first_free("127.0.0.1", 20_025)
    controller = Controller(received, hostname="127.0.0.1", port=received.port)
    controller.start()
    yield received
    controller.stop()


@pytest.fixture
def mails(story, postbox):
    """The mails that have come since the last question."""
    server = Server("127.0.0.1", postbox.port, timeout=10)

    def fetch() -> list[EmailMessage]:
        with Outlet(server, settings.MAIL_FROM) as outlet:
            send_due(outlet, Post(nullcontext, lambda: story.now, seen(story.now), Links(lambda *ids: "")))
        fresh, postbox.mails = postbox.mails, []
        return fresh

    return fetch


def steps(story):
    """Each stage's act in the real order of things; yields after each that owes a notice."""
    story.open_case()
    yield
    story.minutes_pass(15)
    story.diagnosis("visit")
    yield
    story.minutes_pass(10)
    story.visit_is_agreed()
    yield
    story.minutes_pass(5)
    story.case.depart(by=story.by, at=story.now)
    yield
    story.minutes_pass(100)
    story.case.arrive(by=story.by, at=story.now)
    yield
    story.minutes_pass(15)
    story.case.clear_permit(by=story.by, at=story.now)
    story.minutes_pass(60)
    story.service_is_restored()
    yield
    story.minutes_pass(5)
    story.customer_confirms()
    yield
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    yield
    story.minutes_pass(10)
    story.case.close("fibra cortada", "empalme de la fibra", by=story.by, at=story.now)
    yield


def test_p1_to_p7_every_contact_is_told_each_stage_in_their_language_and_nobody_else(story, mails):
    for (moment, clause, expected), _ in zip(MAILS, steps(story), strict=True):
        got = mails()
        told = {(mail["To"].addresses[0].addr_spec, mail["Content-Language"]) for mail in got}
        assert (moment, told) == (moment, expected)
        assert len(got) == len(expected)
        assert {mail["X-Guardia-Moment"] for mail in got} == {moment}
        rows = Notice.objects.filter(moment=moment, state="sent")
        assert all(clause.startswith("P") and row.clause.startswith(clause) for row in rows)
        check_form(story, got)
    assert mails() == []
    assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []


def check_form(story, got: list[EmailMessage]) -> None:
    """What every mail is: about its case, threaded per case and person, automatic, in text and HTML."""
    for mail in got:
        assert f"[{story.case.display_number}]" in mail["Subject"]
        assert str(story.number) in mail["References"]
        assert mail["Auto-Submitted"] == "auto-generated"
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        for part in (text, html):
            assert story.case.display_number in part
            assert "ENL-0042" in part
            assert story.head.email not in part


def test_the_mails_of_a_case_to_one_person_are_one_thread(story, mails):
    threads: dict[str, set[str]] = {}
    ids = []
    for _ in steps(story):
        for mail in mails():
            threads.setdefault(str(mail["To"]), set()).add(mail["References"])
            ids.append(mail["Message-ID"])
    assert all(len(references) == 1 for references in threads.values())
    assert len(ids) == len(set(ids)) == 20


def test_every_promise_of_the_journey_is_kept(story):
    for _ in steps(story):
        pass
    outcomes = {clock.kind: clock.outcome for clock in story.case.clocks.exclude(kind="next_news")}
    assert outcomes == {
        "reception": "kept",
        "registration": "kept",
        "diagnosis": "kept",
        "dispatch_agreed": "kept",
        "travel": "kept",
        "work_permit": "kept",
        "field_solution": "kept",
        "verification": "kept",
        "stability": "kept",
        "closure": "kept",
    }
