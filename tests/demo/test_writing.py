"""Who tries the product answers a mail as the customer: it comes in as any other, and one round files it."""

from email import message_from_bytes, policy

import pytest
from django.urls import reverse

from guardia.config.database_roles import DatabaseRole, behind
from guardia.demo import mail as demo_mail
from guardia.intake import mail_in
from guardia.mail.message import Message
from guardia.notices.mail import render
from guardia.notices.notice import Delivery, Notice
from guardia.notices.packing import pack
from tests.desk.conftest import engineer, in_english, sign_in, story, words

__all__ = ["engineer", "in_english", "sign_in", "story"]


@pytest.fixture(autouse=True)
def _demonstration(settings) -> None:
    settings.DEMO = settings.MAIL_IN = True


@pytest.fixture
def ours(story) -> Delivery:
    """The mail of P2, as it left."""
    with behind(DatabaseRole.STAFF):
        story.open_case()
        pack(story.now)
        delivery = Delivery.objects.filter(notices__contact=story.head).latest("pk")
        notices = Notice.objects.filter(deliveries=delivery).select_related("case", "contact")
        delivery.body = render(delivery, list(notices), story.now).as_bytes()
        delivery.save(update_fields=["body"])
    return delivery


def one_round(story) -> Message:
    with behind(DatabaseRole.WORKER):
        message = mail_in.route_next(story.now)
    assert message is not None
    message.refresh_from_db()
    return message


def test_an_answer_is_in_its_case_after_one_round(story, ours, engineer):
    open_mail = words(engineer.get(reverse("mail", args=[ours.pk])))
    assert "Answer as this person" in open_mail
    answer = engineer.post(reverse("mail_answer", args=[ours.pk]), {"text": "Ya reiniciamos.\nSigue igual."})
    assert answer.status_code == 302
    message = one_round(story)
    assert (message.kind, message.state, message.contact) == ("reply", "filed", story.head)
    assert message.case.number == story.number
    assert message.text.split("\n\n")[0].strip() == "Ya reiniciamos.\nSigue igual."
    assert "Guardia" not in message.text
    assert message.quoted


def test_it_is_what_a_mail_program_writes(story, ours):
    mail = message_from_bytes(bytes(ours.body), policy=policy.default)
    answer = message_from_bytes(demo_mail.answer(mail, "sí", story.now), policy=policy.default)
    assert answer["From"].addresses[0].addr_spec == story.head.email
    assert answer["To"] == mail["Reply-To"]
    assert answer["Subject"] == f"RE: {mail['Subject']}"
    assert answer["In-Reply-To"] == ours.message_id
    assert answer["References"].split() == [*mail["References"].split(), ours.message_id]
    assert answer["Message-ID"] != ours.message_id


def test_an_empty_answer_says_what_to_do_and_nothing_comes_in(story, ours, engineer):
    answer = engineer.post(reverse("mail_answer", args=[ours.pk]), {"text": "  "})
    assert answer.status_code == 422
    assert "This field is required" in words(answer)
    assert not Message.objects.exists()


def test_a_contact_reports_and_a_stranger_asks(story, engineer):
    for who in (story.head.pk, ""):
        found = {"contact": who, "subject": "Sin\r\nBcc: x@example.com", "text": "No hay internet"}
        assert engineer.post(reverse("mail_report"), found).status_code == 302
    first, second = one_round(story), one_round(story)
    assert (first.kind, first.contact, first.state) == ("report", story.head, "waiting")
    assert (second.kind, second.contact) == ("stranger", None)
    assert first.request is not None


def test_a_report_without_words_or_of_nobody_known_is_refused(story, engineer):
    answer = engineer.post(reverse("mail_report"), {"contact": "999999", "subject": "", "text": ""})
    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_only_in_the_demonstration(story, ours, engineer, settings):
    settings.DEMO = False
    assert engineer.post(reverse("mail_answer", args=[ours.pk]), {"text": "x"}).status_code == 404
    assert engineer.post(reverse("mail_report"), {"subject": "x", "text": "x"}).status_code == 404
    assert not Message.objects.exists()
