"""Design §4.3: every notice reaches a real mail server, whatever the server says."""

from datetime import timedelta

import pytest

from guardia.customers.contact import Contact
from guardia.notices import packing
from guardia.notices.notice import Delivery, Notice
from guardia.notices.server_answer import NoServer
from guardia.procedure.vocabulary import Condition
from tests.notices.proof import Life, lives_of
from tests.notices.sender import Sender, delivery_to, states
from tests.procedure.story import Story

# --- all is well ---


def test_each_contact_gets_one_mail_over_one_connection(sender, story, post_office):
    assert sender.sends() == 3
    assert sorted(post_office.recipients) == sorted(c.email for c in (story.head, story.desk, story.manager))
    assert post_office.connections == 1
    assert states() == [("sent", "")] * 3


def test_what_was_sent_and_what_the_server_said_are_kept(sender, story, post_office):
    sender.sends()
    delivery = delivery_to(story.head)
    assert delivery.state == "accepted"
    assert delivery.settled_at == sender.now
    assert delivery.answer.startswith("250 2.0.0 Ok: queued as")
    mail = post_office.to(story.head.email)[0]
    assert mail["Message-ID"] == delivery.message_id
    assert mail["X-Guardia-Repeat"] is None
    assert bytes(delivery.body).startswith(b"Subject: ")


def test_nothing_is_sent_twice(sender, post_office):
    sender.sends()
    assert sender.after(minutes=30).sends() == 0
    assert len(post_office.mails) == 3


def test_a_visit_held_up_and_the_next_decision_leave_in_one_mail(post_office, story):
    story.open_case()
    story.minutes_pass(5)
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(1)
    blocked_once(story)
    Sender(post_office, story.now).sends()
    held_up = [m["X-Guardia-Moment"] for m in post_office.to(story.desk.email) if "blocked" in m["X-Guardia-Moment"]]
    assert held_up == ["blocked decision_set"]


def test_no_batch_cuts_what_belongs_together(post_office, story, monkeypatch):
    story.open_case()
    story.minutes_pass(5)
    story.diagnosis("visit")
    story.visit_is_agreed()
    Sender(post_office, story.now).sends()
    blocked_once(story)
    monkeypatch.setattr(packing, "LOOKED_AT", 1)
    Sender(post_office, story.now).sends()
    assert [m["X-Guardia-Moment"] for m in post_office.mails[-2:]] == ["blocked decision_set"] * 2


def blocked_once(story: Story) -> None:
    story.case.block(Condition.ROADS, "derrumbe", story.now + timedelta(hours=1), by=story.by, at=story.now)


def test_a_contact_who_lost_the_address_makes_a_visible_row(sender, story, post_office):
    Contact.objects.filter(pk=story.desk.pk).update(email="")
    Contact.objects.filter(pk=story.manager.pk).update(active=False)
    assert sender.sends() == 1
    reasons = dict(Notice.objects.filter(state="suppressed").values_list("contact_id", "reason"))
    assert reasons == {story.mute.pk: "no_address", story.desk.pk: "no_address", story.manager.pk: "inactive"}


# --- the server is down, slow, or says no ---


def test_a_server_that_is_down_loses_nothing_and_costs_no_attempt(sender, story, post_office):
    post_office.close()
    with pytest.raises(NoServer):
        sender.sends()
    waiting = delivery_to(story.head)
    assert (waiting.state, waiting.attempts) == ("waiting", 0)
    assert waiting.answer.startswith("[refused] ")
    post_office.open()
    assert sender.after(seconds=1).sends() == 3
    assert states() == [("sent", "")] * 3
    assert delivery_to(story.head).attempts == 1


def test_what_leaves_after_a_long_outage_promises_no_hour_that_has_passed(sender, story, post_office):
    post_office.close()
    with pytest.raises(NoServer):
        sender.sends()
    post_office.open()
    sender.after(hours=3).sends()
    text = post_office.to(story.desk.email)[0].get_body(("plain",)).get_content()
    assert "This message leaves late" in text
    assert "02:23" not in text


def test_after_48_hours_it_is_given_up_and_seen(sender, post_office):
    post_office.close()
    with pytest.raises(NoServer):
        sender.sends()
    with pytest.raises(NoServer):
        sender.after(hours=48).sends()
    assert states() == [("failed", "expired")] * 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"expired"}


def test_one_recipient_refused_does_not_stop_the_others(sender, story, post_office):
    post_office.answers[story.head.email] = ["550 5.1.1 no such user here"]
    sender.sends()
    assert sorted(post_office.recipients) == sorted([story.desk.email, story.manager.email])
    refused = Notice.objects.get(contact=story.head)
    assert (refused.state, refused.reason) == ("failed", "refused")
    assert delivery_to(story.head).answer == "550 5.1.1 no such user here"
    sender.after(hours=1).sends()
    assert len(post_office.mails) == 2


def test_a_message_refused_for_its_content_is_refused_for_good(sender, story, post_office):
    post_office.answers_to_data = ["554 5.6.0 message content rejected"]
    sender.sends()
    assert sorted(states()) == [("failed", "refused"), ("sent", ""), ("sent", "")]


def test_not_now_is_tried_again_after_a_minute(sender, story, post_office):
    post_office.answers[story.head.email] = ["451 4.7.1 greylisted, try again"]
    sender.sends()
    delivery = delivery_to(story.head)
    assert (delivery.state, delivery.answer) == ("waiting", "451 4.7.1 greylisted, try again")
    assert delivery.available_at == sender.now + timedelta(minutes=1)
    assert sender.after(seconds=59).sends() == 0
    assert sender.after(seconds=1).sends() == 1
    assert post_office.to(story.head.email)[0]["X-Guardia-Repeat"] == "1"


def test_the_pauses_between_attempts_grow_to_half_an_hour(sender, story, post_office):
    post_office.answers[story.head.email] = ["450 later"] * 7
    pauses = []
    for _ in range(7):
        sender.sends()
        delivery = delivery_to(story.head)
        pauses.append((delivery.available_at - sender.now).total_seconds() / 60)
        sender.now = delivery.available_at
    assert pauses == [1, 2, 5, 10, 30, 30, 30]


@pytest.mark.parametrize("answer", ["550 5.7.1 sender not allowed", "530 5.7.0 authentication required"])
def test_trouble_with_our_own_sender_is_never_blamed_on_a_recipient(sender, post_office, answer):
    post_office.answers_to_mail = [answer] * 3
    sender.sends()
    assert states() == [("packed", "")] * 3
    assert sender.after(minutes=1).sends() == 3
    assert states() == [("sent", "")] * 3


def test_a_server_that_leaves_in_the_middle_is_called_again(sender, story, post_office):
    post_office.answers[story.head.email] = ["421 4.3.2 shutting down"]
    sender.sends()
    assert post_office.connections == 2
    assert sorted(states()) == [("packed", ""), ("sent", ""), ("sent", "")]


def test_a_server_without_starttls_or_login_gets_nothing_in_the_clear(sender, post_office):
    with pytest.raises(NoServer):
        sender.sends(tls="starttls")
    with pytest.raises(NoServer):
        sender.sends(user="guardia", password="secreto")
    assert post_office.mails == []


def test_an_address_that_is_none_fails_alone_and_says_why(sender, story, post_office):
    Contact.objects.filter(pk=story.head.pk).update(email="jefe en example.com")
    sender.sends()
    assert len(post_office.mails) == 2
    assert "no mail address" in Delivery.objects.get(address="jefe en example.com").answer


def test_a_notice_that_cannot_be_rendered_stops_no_other(sender, story, post_office):
    Notice.objects.filter(contact=story.head).update(facts={"zone": "America/Guayaquil"})
    sender.sends()
    assert len(post_office.mails) == 2
    delivery = delivery_to(story.head)
    assert delivery.state == "waiting"
    assert delivery.available_at > sender.now


# --- the proof ---


def test_the_life_of_every_notice_in_one_query(sender, story, post_office, django_assert_num_queries):
    post_office.answers |= {story.head.email: ["550 no such user"], story.desk.email: ["450 later"]}
    sender.sends()
    case_id = story.case.pk
    with django_assert_num_queries(1):
        lives = {life.contact: life for life in lives_of(case_id)}
    assert {name: life.state for name, life in lives.items()} == {
        str(story.head): Life.REFUSED,
        str(story.desk): Life.TRIED,
        str(story.manager): Life.ACCEPTED,
        str(story.mute): Life.SUPPRESSED,
    }
    assert lives[str(story.head)].answer == "550 no such user"
    assert lives[str(story.manager)].sent_at == sender.now
    assert lives[str(story.mute)].reason == "no_address"
    assert [life.wants_a_hand for life in lives.values()].count(True) == 3
