"""Six hours without a mail server, a server that takes ten seconds a mail: all of it arrives, once, in order."""

from datetime import timedelta

import pytest

from guardia.notices.notice import Delivery, Notice
from guardia.notices.sending import send_due
from guardia.notices.server_answer import NoServer
from tests.notices.companies import case_of, company_with
from tests.notices.sender import Sender
from tests.procedure.story import contact


def test_the_server_is_down_for_six_hours_and_back(sender, story, post_office):
    """Every minute a round finds no server; news goes on being owed. Nobody misses any, and nobody is flooded."""
    post_office.close()
    told = []
    for minute in range(360):
        if minute % 30 == 10:
            story.now = sender.now
            told.append(f"avance {minute}")
            story.case.tell(told[-1], by=story.by, at=story.now)
        with pytest.raises(NoServer):
            sender.sends()
        sender.after(minutes=1)
    post_office.open()
    sender.sends()
    assert set(Notice.objects.exclude(state="suppressed").values_list("state", flat=True)) == {"sent"}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}, "what found no server was not tried"
    for person in (story.head, story.desk):
        mails = post_office.to(person.email)
        text = " ".join(" ".join(mail.get_body(("plain",)).get_content().split()) for mail in mails)
        assert len(mails) == 1
        assert all(words in text for words in told)
    assert {mail["X-Guardia-Repeat"] for mail in post_office.mails} == {None}
    assert sender.after(hours=1).sends() == 0


def test_what_waited_says_that_it_is_late_and_promises_no_hour_that_has_passed(sender, story, post_office):
    post_office.close()
    with pytest.raises(NoServer):
        sender.sends()
    story.minutes_pass(30)
    story.case.tell("seguimos", by=story.by, at=story.now)
    with pytest.raises(NoServer):
        sender.after(minutes=30).sends()
    post_office.open()
    sender.after(hours=5).sends()
    text = " ".join(post_office.to(story.desk.email)[0].get_body(("plain",)).get_content().split())
    assert "This message leaves late" in text
    assert "02:23" not in text


def test_a_server_that_takes_ten_seconds_a_mail_holds_its_lease_and_gets_each_mail_once(story, post_office):
    for n in range(30):
        contact(story.bank, f"Contacto {n}", f"contacto-{n}@example.com", "es")
    story.open_case()
    slow, other = Sender(post_office, story.now), Sender(post_office, story.now)

    def ten_seconds_pass() -> None:
        slow.now += timedelta(seconds=10)

    post_office.when_mail_is_kept = ten_seconds_pass
    slow.sends()
    other.now = slow.now
    assert other.sends() == 0
    assert len(post_office.recipients) == len(set(post_office.recipients)) == 33
    hours = list(Delivery.objects.order_by("settled_at").values_list("settled_at", flat=True))
    assert hours[-1] - hours[0] == timedelta(seconds=320)
    assert {mail["X-Guardia-Repeat"] for mail in post_office.mails} == {None}


def test_little_to_do_is_done_over_one_connection(story, post_office):
    """A second one is opened only for more than a whole batch."""
    people = company_with(3)
    case_of(story, people[0].customer, 1)
    sender, opened = Sender(post_office, story.now), []
    with post_office.outlet() as outlet:
        tried = send_due(outlet, sender.post(), more=[lambda: opened.append(1)])
    assert (tried, opened) == (3, [])
    assert post_office.connections == 1
