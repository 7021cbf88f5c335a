"""A letter brings its event's whole hash and the newest signature over all histories, as they were written."""

import email
import re
from dataclasses import replace
from email import policy
from threading import Event

import pytest

from guardia.cases.event import CaseEvent
from guardia.cli import verify
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import gathering, wire
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import LETTERS
from guardia.notices.sending import send_due
from guardia.notices.wording import signed_log as wording
from guardia.proof import log, note
from guardia.reports import signed_log
from guardia.worker import rounds
from tests.notices.sender import LINKS, worker_step


def signed_at(at) -> log.HistoryCheckpoint:
    with behind(DatabaseRole.WORKER):
        log.append(at)
        found = log.sign(at)
    assert found
    return found


def sends(sender) -> None:
    """As the worker does: the newest signature is looked for with the first letter."""
    post = replace(sender.post(worker_step), links=replace(LINKS, signed_log=signed_log.newest))
    with sender.office.outlet() as outlet:
        send_due(outlet, post, LETTERS)


def words_of(mail) -> str:
    return re.sub(r"\s+", " ", mail.get_body(("plain",)).get_content())


def test_it_arrives_as_it_was_written(sender, post_office):
    kept = signed_at(sender.now)
    sends(sender)
    state = note.read_checkpoint(kept.note)
    assert post_office.mails
    for mail in post_office.mails:
        event = CaseEvent.objects.get(moment="registered")
        number = event.case.display_number
        assert mail[wire.HISTORY] == f"case={number}; event={event.seq}; sha256={bytes(event.hash).hex()}"
        assert wire.note_of(mail[wire.CHECKPOINT]) == kept.note
        assert note.signatures_of(wire.note_of(mail[wire.CHECKPOINT]), log.verifiers())
        said = words_of(mail)
        assert bytes(event.hash).hex()[:32] in said
        assert bytes(event.hash).hex()[:33] not in said, "128 bits are enough to read"
        root = kept.note.splitlines()[2]
        assert f"{state.size} anot" in said or f"{state.size} entr" in said
        assert root in said
        assert "http://localhost:8000/estado/registro" in said
        assert root in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("way", ["as it came", "folded otherwise", "with blanks for tabs", "in one line"])
def test_however_a_server_folds_the_line_the_note_is_whole(sender, post_office, way):
    kept = signed_at(sender.now)
    sends(sender)
    content = post_office.mails[0].as_bytes()
    assert max(len(line) for line in content.split(b"\n\n")[0].splitlines()) <= 100
    name = wire.CHECKPOINT.encode()
    (value,) = re.findall(name + rb":((?:[^\n]|\n[ \t])*)\n", content)
    bare = b"".join(value.split())
    otherwise = {
        "as it came": value,
        "folded otherwise": b"\n\t".join(bare[at : at + 17] for at in range(0, len(bare), 17)),
        "with blanks for tabs": value.replace(b"\n ", b"\n\t\t "),
        "in one line": b" ".join(value.split()),
    }[way]
    again = content.replace(value, b" " + otherwise.lstrip())
    for how in (policy.default, policy.compat32, policy.SMTP):
        assert wire.note_of(str(email.message_from_bytes(again, policy=how)[wire.CHECKPOINT])) == kept.note
    assert verify.note_in(again) == kept.note, "guardia verify --checkpoint takes the letter as it was saved"


def test_a_letter_leaves_where_nothing_is_signed_and_where_it_cannot_be_read(sender, post_office, monkeypatch):
    sends(sender)
    assert post_office.mails
    assert not any(mail[wire.CHECKPOINT] for mail in post_office.mails)
    assert all(mail[wire.HISTORY] for mail in post_office.mails)
    assert not any("Registro firmado" in words_of(mail) for mail in post_office.mails)
    broken = log.HistoryCheckpoint(size=1, note="x", keys="", at=sender.now)
    monkeypatch.setattr(log, "newest_checkpoint", lambda: broken)
    assert signed_log.newest() is None


def test_a_list_of_cases_names_the_events_of_as_many_as_headers_hold(sender):
    kept = signed_at(sender.now)
    notices = list(Notice.objects.filter(contact__isnull=False).select_related("case", "contact", "instead_of"))
    delivery = Delivery(pk=1, channel="mail", address="jefe@example.com", message_id="<abc@example.com>")
    links = replace(LINKS, signed_log=signed_log.newest)
    mail = email.message_from_bytes(
        gathering.rendered(delivery, notices[:1] * 30, sender.now, links), policy=policy.default
    )
    assert len(mail.get_all(wire.HISTORY)) == wording.MOST_EVENTS
    assert wire.note_of(mail[wire.CHECKPOINT]) == kept.note
    assert kept.note.splitlines()[2] in words_of(mail)


def test_one_round_of_the_worker_reads_it_once(sender, monkeypatch):
    signed_at(sender.now)
    read = []
    monkeypatch.setattr(log, "newest_checkpoint", lambda: read.append(1))
    with behind(DatabaseRole.WORKER):
        post = rounds.post(Event())
    for _letter in range(3):
        post.links.signed_log()
    assert read == [1]
