"""Design §4.2: a crash may repeat an attempt, which is then marked; it never makes a second notice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import outbox
from guardia.notices.notice import Delivery
from guardia.notices.outbox import LETTERS
from guardia.notices.packing import pack
from tests.notices.sender import LINKS, Crash, Sender, crashing_at, delivery_to, states, worker_step
from tests.procedure.story import Story, contact

# --- the worker dies ---


def test_killed_between_the_servers_answer_and_its_mark_it_is_repeated_and_marked(sender, story, post_office):
    with pytest.raises(Crash):
        sender.sends(step=crashing_at(4))  # pack, claim, begin, and dead before the answer is written down
    assert len(post_office.mails) == 1
    first = post_office.recipients[0]
    other = Sender(post_office, sender.now + timedelta(seconds=45))
    assert other.sends() == 0, "who was seen 45 s ago may still live"
    assert other.after(seconds=1).sends() == 3
    assert states() == [("sent", "")] * 3
    once, again = post_office.to(first)
    assert once["X-Guardia-Repeat"] is None
    assert again["X-Guardia-Repeat"] == "1"
    assert once["Message-ID"] == again["Message-ID"]
    assert [m["X-Guardia-Repeat"] for m in post_office.mails[1:] if m is not again] == [None, None]


def test_killed_before_anything_was_tried_nothing_is_marked(sender, post_office):
    with pytest.raises(Crash):
        sender.sends(step=crashing_at(3))
    assert sender.after(minutes=10).sends() == 3
    assert {mail["X-Guardia-Repeat"] for mail in post_office.mails} == {None}


def test_a_sender_that_lost_its_lease_changes_nothing(sender, story):
    other = Sender(sender.office, sender.now + timedelta(seconds=46))
    with worker_step():
        pack(sender.now)
    with worker_step():
        mine = outbox.claim(sender.now, sender.is_seen(), LETTERS)
    with worker_step():
        theirs = outbox.claim(other.now, other.is_seen(), LETTERS)
    assert [d.pk for d in mine] == [d.pk for d in theirs]
    assert outbox.begin(mine[0], sender.now, LINKS) is None
    assert delivery_to(story.head).attempts == 0


def test_told_to_stop_it_finishes_one_mail_and_gives_the_rest_back(sender, post_office):
    sender.sends(stopping=lambda: len(post_office.mails) == 1)
    assert len(post_office.mails) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["accepted", "waiting", "waiting"]
    assert sender.sends() == 2


# --- committed for real ---


@pytest.fixture
def committed(transactional_db, post_office) -> Sender:
    """As ``sender``, with twelve more contacts, and every step truly committed."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        for number in range(12):
            contact(story.bank, f"Contacto {number}", f"contacto{number}@example.com", "es")
        story.open_case()
    return Sender(post_office, story.now)


def test_each_accepted_mail_is_committed_before_the_next_is_sent(committed, post_office, monkeypatch):
    accepted_before = []

    def look() -> None:
        with behind(DatabaseRole.WORKER):
            accepted_before.append(Delivery.objects.filter(state="accepted").count())
        connection.close()

    post_office.when_mail_is_kept = look
    committed.sends()
    assert accepted_before == list(range(15))


def test_two_senders_at_once_send_no_notice_twice(committed, post_office, monkeypatch):
    monkeypatch.setattr(outbox, "CLAIM_AT_ONCE", 2)
    start = Barrier(2, timeout=10)

    def run(sender: Sender) -> None:
        start.wait()
        sender.sends()
        connection.close()

    threads = [Thread(target=run, args=[Sender(post_office, committed.now)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    committed.sends()
    assert len(post_office.recipients) == len(set(post_office.recipients)) == 15
    with behind(DatabaseRole.WORKER):
        assert states() == [("sent", "")] * 15
