"""An answer goes to its case: by headers, by the number in its subject, by the signed address. A stranger's waits."""

from datetime import timedelta

import pytest

from guardia.cases.number import grouped
from guardia.cases.rebuild import rebuild
from guardia.notices.gathering import rendered
from guardia.notices.mail import render, root_of
from guardia.notices.notice import Notice
from guardia.notices.reply_address import read, reply_address
from tests.mailin.letters import letter
from tests.notices.companies import case_of
from tests.notices.reading import taken_apart
from tests.notices.sender import LINKS

HEAD, DESK = "jefe@example.com", "helpdesk@example.com"


@pytest.fixture
def case(story):
    return story.open_case()


def events_of(story):
    return [(event.moment, event.actor_kind, event.actor_id) for event in story.case.events.order_by("seq")]


def test_by_headers_our_own_mail(house, story, case):
    ours = house.told_by_mail(story.head)
    story.minutes_pass(5)
    message = house.writes(HEAD, "ya probamos el router", "Re: su caso", answers=ours.message_id)
    assert (message.kind, message.state, message.case, message.contact) == ("reply", "filed", case, story.head)
    assert events_of(story)[-1] == ("message_received", "contact", story.head.pk)
    event = story.case.events.get(pk=message.event_id)
    assert event.data == {"message": message.pk}
    texts = {text.name: text.text for text in event.texts.all()}
    assert (texts["text"].strip(), texts["from"]) == ("ya probamos el router", HEAD)
    assert message.customer == story.bank
    assert house.answers() == []


def test_by_headers_the_root_of_the_conversation(house, story, case):
    notice = case.notices.filter(contact=story.head).first()
    message = house.writes(HEAD, subject="Re:", answers="<gone@example.com>", references=root_of(notice))
    assert (message.state, message.case) == ("filed", case)


def test_a_root_that_a_stranger_made_up_is_a_guess(house, story, case):
    notice = case.notices.filter(contact=story.head).first()
    message = house.writes("nadie@example.net", subject="Re:", answers=root_of(notice))
    assert (message.kind, message.state, message.reason) == ("stranger", "waiting", "names_a_case")
    assert (message.case, message.customer, message.event) == (case, None, None)


@pytest.mark.parametrize("written", ["Caso {}", "RE: [{}] sin servicio", "fwd: {} 23/11/2026", "{blanks} urgente"])
def test_by_the_number_in_the_subject(house, story, case, written):
    number = grouped(case.number)
    subject = written.format(number, blanks=number.replace("-", " "))
    message = house.writes(DESK, subject=subject)
    assert (message.state, message.case, message.contact) == ("filed", case, story.desk)


def test_a_wrong_check_digit_is_no_number(house, story, case):
    body, digit = divmod(case.number, 10)
    message = house.writes(HEAD, subject=f"caso {grouped(body * 10 + (digit + 1) % 10)}")
    assert (message.kind, message.case) == ("report", None)


def test_the_number_of_another_company_files_nothing(house, story, case):
    message = house.writes("hospital@example.com", subject=f"caso {grouped(case.number)}")
    assert (message.kind, message.state, message.case) == ("report", "waiting", None)
    assert message.request.customer == story.other
    assert "message_received" not in story.moments()


def test_a_strangers_number_is_a_guess_that_waits(house, story, case):
    message = house.writes("nadie@example.net", subject=f"caso {grouped(case.number)}")
    assert (message.kind, message.state, message.reason, message.case) == (
        "stranger",
        "waiting",
        "names_a_case",
        case,
    )
    assert "message_received" not in story.moments()


def test_by_the_signed_address_whoever_writes(house, story, case):
    address = reply_address(case.pk, story.head.pk)
    message = house.writes("jefe.personal@example.net", subject="hola", to=address)
    assert (message.state, message.case, message.contact) == ("filed", case, None)
    assert events_of(story)[-1] == ("message_received", "system", None)


def test_our_letter_says_where_its_answer_goes_and_so_it_is_filed(house, story, case):
    delivery = house.told_by_mail(story.head)
    notices = delivery.notices.select_related("case", "contact")
    ours = taken_apart(render(delivery, list(notices), story.now))
    assert ours["Reply-To"] == reply_address(case.pk, story.head.pk)
    message = house.writes("jefe.personal@example.net", "no volvió", "sin asunto", to=ours["Reply-To"])
    assert (message.state, message.case, message.customer) == ("filed", case, story.bank)


def test_a_list_of_several_cases_gives_no_address_of_one(house, story, case):
    case_of(story, story.bank, 7)
    delivery = house.told_by_mail(story.head)
    notices = list(Notice.objects.filter(contact=story.head).select_related("case", "contact", "instead_of"))
    assert len({notice.case_id for notice in notices}) == 2
    assert b"\nReply-To:" not in rendered(delivery, notices, story.now, LINKS)


def test_a_signed_address_survives_small_letters_and_no_other_change(case, story):
    address = reply_address(case.pk, story.head.pk)
    assert address == address.lower()
    assert len(address.partition("@")[0]) <= 64
    assert read(address.upper()) == (case.pk, story.head.pk)
    name, _, host = address.partition("@")
    for wrong in (name[:-1] + ("a" if name[-1] != "a" else "b"), name.replace("+", "+1"), "casos", "casos+x.y"):
        assert read(f"{wrong}@{host}") is None
    assert read(f"{name}@example.net") is None


def test_without_mail_in_the_address_is_our_plain_one(case, story, settings):
    settings.MAIL_IN = False
    assert reply_address(case.pk, story.head.pk) == settings.MAIL_FROM


def test_the_mail_of_a_colleague_who_got_ours_forwarded_goes_to_the_case(house, story, case):
    ours = house.told_by_mail(story.head)
    message = house.writes("colega@example.net", answers=ours.message_id)
    assert (message.state, message.case, message.contact, message.customer) == ("filed", case, None, story.bank)


def test_an_answer_in_portuguese_from_a_telephone_to_a_spanish_notice(house, story, case):
    ours = house.told_by_mail(story.head)
    text = "Já reiniciamos o roteador e não voltou.\n\nEnviado do meu telefone"
    message = house.writes(HEAD, text, "Res: notificación", answers=ours.message_id)
    assert message.case == case
    assert "Já reiniciamos o roteador e não voltou." in message.text


def test_it_is_no_movement_no_news_and_no_stage(house, story, case):
    before = [(clock.kind, clock.due_at, clock.ended_at) for clock in story.case.clocks.order_by("pk")]
    stage = story.case.stage
    story.minutes_pass(2)
    house.writes(HEAD, subject=f"caso {grouped(case.number)}")
    assert [(clock.kind, clock.due_at, clock.ended_at) for clock in story.case.clocks.order_by("pk")] == before
    assert story.case.stage == stage
    assert story.moments()[-1] == "message_received"
    assert list(rebuild()) == []


def test_the_same_mail_twice_by_two_ways_is_one(house, story, case):
    raw = letter(HEAD, subject=f"caso {grouped(case.number)}")
    first = house.comes(raw, "pipe")
    story.minutes_pass(1)
    again = house.comes(raw.replace(b"\r\n", b"\n"), "imap")
    assert again == first
    assert story.moments().count("message_received") == 1


def test_a_closed_case_is_for_a_person_to_decide(house, story, case):
    story.case.cancel("nos equivocamos", by=story.by, at=story.now)
    ours = house.told_by_mail(story.head)
    story.now += timedelta(days=1)
    message = house.writes(HEAD, "volvió a caer", answers=ours.message_id)
    assert (message.kind, message.state, message.reason, message.case) == ("reply", "waiting", "closed_case", case)
    assert message.request is None
    assert story.moments()[-1] == "cancelled"


def test_an_out_of_office_goes_to_its_case_silently(house, story, case):
    ours = house.told_by_mail(story.head)
    message = house.writes(HEAD, "Estoy de vacaciones", answers=ours.message_id, Auto_Submitted="auto-replied")
    assert (message.kind, message.state, message.case, message.event) == ("automatic", "filed", case, None)
    assert "message_received" not in story.moments()
    assert house.answers() == []
