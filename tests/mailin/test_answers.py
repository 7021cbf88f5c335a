"""RFC 3834: a new report is answered with the hour of its number, a stranger with whom to call; a machine never."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from guardia.intake import automatic_answers
from guardia.mail.message import AutomaticAnswer
from guardia.notices.notice import Delivery
from tests.mailin.letters import OURS, letter

HEAD, DESK, MANAGER = "jefe@example.com", "helpdesk@example.com", "gerente@example.com"


def mail_of(delivery: Delivery):
    return message_from_bytes(bytes(delivery.body), policy=policy.default)


def test_a_report_is_answered_with_the_hour_of_its_number(house, story):
    message = house.comes(letter(HEAD, subject="Sin servicio", message_id="<a@mail.example.com>"))
    (answer,) = house.answers()
    mail = mail_of(answer)
    assert (answer.answers, answer.customer, answer.address, answer.state) == (message, story.bank, HEAD, "waiting")
    assert mail["In-Reply-To"] == "<a@mail.example.com>"
    assert mail["References"] == "<a@mail.example.com>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Message-ID"] == answer.message_id
    assert "Sin servicio" in mail["Subject"]
    assert "02:04" in mail.get_content()
    assert "1800-400404" in mail.get_content()


@pytest.mark.parametrize(("sender", "language"), [(HEAD, "es"), (DESK, "en"), (MANAGER, "pt")])
def test_in_the_language_of_the_contact(house, sender, language):
    house.writes(sender)
    (answer,) = house.answers()
    assert mail_of(answer)["Content-Language"] == language


def test_a_stranger_is_told_whom_to_call_and_nothing_of_the_own_words_comes_back(house, story):
    house.writes("Fulano <nadie@example.net>", "compre ya", "OFERTA")
    (answer,) = house.answers()
    content = bytes(answer.body).decode()
    assert answer.customer is None
    assert "1800-400404" in content
    assert "OFERTA" not in content
    assert "compre ya" not in content


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"List_Id": "<list.example.net>"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
    ],
)
@pytest.mark.parametrize("sender", [HEAD, "nadie@example.net"])
def test_a_machine_gets_no_answer_and_opens_nothing(house, sender, headers):
    message = house.writes(sender, **headers)
    assert (message.kind, message.state, message.request) == ("automatic", "done", None)
    assert house.answers() == []


@pytest.mark.parametrize("sender", ["noreply@example.net", "MAILER-DAEMON@example.net", OURS])
def test_no_machines_mailbox_and_none_of_ours_is_answered(house, sender):
    house.writes(sender)
    assert house.answers() == []


def test_our_own_people_are_not_answered(house, story):
    story.engineer.email = "ingeniero@example.com"
    story.engineer.save()
    message = house.writes("ingeniero@example.com")
    assert (message.state, message.reason) == ("waiting", "from_staff")
    assert house.answers() == []


@pytest.mark.parametrize("sender", [HEAD, "nadie@example.net"])
def test_at_most_three_an_hour_to_one_sender(house, story, sender):
    for number in range(5):
        house.writes(sender, f"mensaje {number}", f"asunto {number}")
    assert len(house.answers()) == 3
    house.writes("otro@example.net")
    assert len(house.answers()) == 4
    story.now += timedelta(hours=1, seconds=1)
    house.writes(sender, "más tarde", "otro asunto")
    assert len(house.answers()) == 5
    assert AutomaticAnswer.objects.count() == 5


@pytest.mark.parametrize("sender", [HEAD, "nadie@example.net"])
def test_the_loop_with_an_auto_responder_that_says_what_it_is_dies_after_one_turn(house, sender):
    house.writes(sender)
    (answer,) = house.answers()
    for _ in range(3):
        house.writes(sender, "Estoy fuera", f"Auto: {mail_of(answer)['Subject']}", Auto_Submitted="auto-replied")
    assert len(house.answers()) == 1


@pytest.mark.parametrize("sender", [HEAD, "nadie@example.net"])
@pytest.mark.parametrize("threads", [True, False])
def test_and_so_does_the_loop_with_one_that_does_not(house, sender, threads):
    house.writes(sender)
    (answer,) = house.answers()
    for _ in range(3):
        house.writes(
            sender,
            "Estoy fuera",
            f"Re: {mail_of(answer)['Subject']}",
            answers=answer.message_id if threads else "",
        )
    assert len(house.answers()) == 1


def test_a_late_answer_promises_no_hour_that_has_passed(house, story):
    house.writes(HEAD)
    (answer,) = house.answers()
    assert automatic_answers.keep_honest(story.now) == 0
    story.minutes_pass(4)
    assert automatic_answers.keep_honest(story.now) == 1
    assert automatic_answers.keep_honest(story.now) == 0
    answer.refresh_from_db()
    assert "02:04" not in mail_of(answer).get_content()
    assert mail_of(answer)["Message-ID"] == answer.message_id


def test_a_name_of_headers_makes_no_header(house):
    house.comes(
        letter('"Jefe" <jefe@example.com>', subject="a b").replace(b"a b", b"=?utf-8?q?a=0D=0ABcc:_x=40example.net?=")
    )
    (answer,) = house.answers()
    assert mail_of(answer)["Bcc"] is None


def test_the_mail_of_ours_that_comes_back_is_ours(house, story):
    story.open_case()
    ours = house.told_by_mail(story.head)
    message = house.comes(letter("otro@example.net", message_id=ours.message_id))
    assert (message.kind, message.state, message.reason) == ("own", "done", "own")
    assert house.answers() == []


@pytest.mark.parametrize(
    "sender",
    ["a.@empresa.example", ".a@empresa.example", "a..b@empresa.example", '"a b"@empresa.example', "ñu@empresa.example"],
)
def test_an_address_that_no_header_can_hold_is_heard_and_not_answered(house, story, sender):
    story.head.email = sender
    story.head.save()
    message = house.comes(letter(HEAD).replace(b"From: jefe@example.com", f"From: <{sender}>".encode(), 1))
    assert message.kind != "unreadable"
    assert message.state == "waiting"
    for answer in house.answers():
        assert mail_of(answer)["To"].addresses


@pytest.mark.parametrize("sender", ["a", "a@", "@", "<>"])
def test_and_so_is_one_without_a_domain(house, sender):
    message = house.comes(letter(HEAD).replace(b"From: jefe@example.com", f"From: {sender}".encode(), 1))
    assert (message.state, house.answers()) == ("waiting", [])
