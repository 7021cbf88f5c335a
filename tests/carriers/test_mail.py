"""The mails of a ticket: they leave over a real SMTP server, and the carrier's answers come back into the ticket."""

from datetime import timedelta

import pytest

from guardia.carriers.ticket import CarrierMail, TicketState
from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.mail.message import Message
from guardia.notices import reply_address
from guardia.notices.notice import Delivery, Notice
from guardia.procedure.vocabulary import Moment
from tests.carriers.conftest import NOC
from tests.mailin.letters import bounced, letter


def written(story) -> list:
    return list(story.case.events.filter(moment=Moment.CARRIER_WROTE).order_by("seq"))


def sent(ticket) -> Delivery:
    return ticket.mails.filter(delivery__isnull=False).order_by("-pk").first().delivery


def test_the_mail_leaves_with_our_reference_and_names_no_customer(story, desk, sender, post_office):
    ticket = desk.opens(wanted_at=story.now + timedelta(hours=4))
    sender.now = story.now
    sender.sends()
    (mail,) = post_office.to(NOC)
    assert mail["Subject"].startswith(f"[{ticket.reference}]")
    assert reply_address.read_ticket(mail["Reply-To"].addresses[0].addr_spec) == ticket.pk
    assert mail["In-Reply-To"] == mail["References"]
    assert mail["Auto-Submitted"] is None
    text = mail.get_content()
    assert "sin luz en el puerto" in text
    assert "TN-4471" in text
    assert story.bank.name not in text
    assert sent(ticket).state == "accepted"


def test_it_is_written_in_the_carriers_language(story, desk, sender, post_office):
    desk.carrier.language = "en"
    desk.carrier.save()
    desk.opens()
    sender.sends()
    (mail,) = post_office.to(NOC)
    assert "What we see: sin luz en el puerto" in mail.get_content()
    assert mail["Content-Language"] == "en"


def test_an_answer_to_our_mail_is_threaded_and_told_to_nobody(story, desk, house):
    ticket, told = desk.opens_and_waits(), Notice.objects.count()
    story.minutes_pass(12)
    message = house.writes(NOC, "cuadrilla en camino", "RE: fault", answers=sent(ticket).message_id)
    assert (message.kind, message.state, message.reason, message.case) == ("reply", "filed", "carrier", story.case)
    assert (message.customer, message.request) == (None, None)
    (event,) = written(story)
    assert (event.public, event.data) == (False, {"ticket": ticket.pk, "message": message.pk})
    ticket.refresh_from_db()
    assert (ticket.answered_at, ticket.unread_since) == (story.now, story.now)
    assert list(ticket.mails.filter(message__isnull=False).values_list("message", flat=True)) == [message.pk]
    assert Notice.objects.count() == told
    assert house.answers() == []
    desk.takes_down(ticket, number="INC-1", promise_at=story.now + timedelta(minutes=30))
    assert desk.there(ticket).unread_since is None
    assert list(rebuild()) == []
    assert [place.what for place in chain.breaks(besides=derived.breaks)] == []


WAYS = {
    "to the signed address": lambda ticket: {"to": reply_address.ticket_address(ticket.pk), "subject": "hola"},
    "our reference": lambda ticket: {"subject": f"Re: [{ticket.reference}] fault"},
    "their number": lambda ticket: {"subject": "Update on inc-88213: crew on site"},
}


@pytest.mark.parametrize("way", WAYS)
def test_without_a_header_of_ours_it_is_threaded_too(story, desk, house, way):
    ticket = desk.opens()
    desk.takes_down(ticket, number="INC-88213")
    story.minutes_pass(2)
    message = house.writes(NOC, "seguimos", **WAYS[way](ticket))
    assert (message.reason, message.case) == ("carrier", story.case)
    assert [event.data["ticket"] for event in written(story)] == [ticket.pk]


def test_a_number_within_a_longer_one_is_another(story, desk, house):
    desk.takes_down(desk.opens(), number="INC-882")
    message = house.writes(NOC, "seguimos", "Update on INC-88213")
    assert (message.kind, message.reason) == ("stranger", "stranger")


def test_a_strangers_mail_that_claims_the_number_goes_to_the_ordinary_tray(story, desk, house):
    ticket = desk.opens()
    desk.takes_down(ticket, number="INC-88213")
    for subject in ("INC-88213", f"[{ticket.reference}]"):
        message = house.writes("nadie@example.net", "somos del proveedor", subject)
        assert (message.kind, message.state, message.case) == ("stranger", "waiting", None)
    assert written(story) == []


def test_a_customer_who_names_it_has_made_a_report(story, desk, house):
    ticket = desk.opens()
    message = house.writes("jefe@example.com", "¿qué es esto?", f"[{ticket.reference}]")
    assert (message.kind, message.case) == ("report", None)
    assert written(story) == []


def test_what_its_own_domain_denies_waits_for_a_person(story, desk, house):
    ticket = desk.opens()
    message = house.writes(NOC, "listo", f"[{ticket.reference}]", proof="dmarc=fail")
    assert (message.state, message.reason) == ("waiting", "sender_failed")
    assert written(story) == []


def test_taken_twice_it_is_once(story, desk, house):
    ticket = desk.opens()
    raw = letter(NOC, "en camino", "Re:", answers=sent(ticket).message_id, message_id="<1@carrier.example.com>")
    assert house.comes(raw).pk == house.comes(raw, "imap").pk
    assert len(written(story)) == 1
    assert CarrierMail.objects.filter(message__isnull=False).count() == 1


def test_a_ticket_system_that_answers_by_itself_is_shown_and_is_no_answer(story, desk, house):
    ticket = desk.opens()
    message = house.writes(
        NOC, "Your ticket INC-9", "Re:", answers=sent(ticket).message_id, Auto_Submitted="auto-replied"
    )
    ticket.refresh_from_db()
    assert (message.state, ticket.answered_at, ticket.unread_since) == ("filed", None, story.now)
    assert [place.what for place in chain.breaks(besides=derived.breaks)] == []


def test_somebody_who_is_away_says_nothing_of_it(story, desk, house):
    ticket = desk.opens()
    house.writes(NOC, "vuelvo el lunes", "Out of office", answers=sent(ticket).message_id, X_Autoreply="yes")
    house.writes(NOC, "fuera", "Respuesta automática: fuera de la oficina", answers=sent(ticket).message_id)
    assert desk.there(ticket).answered_at in (None, story.now)


def test_a_mail_that_comes_back_is_seen_on_the_ticket(story, desk, house, sender):
    ticket = desk.opens()
    sender.sends()
    house.comes(bounced(NOC, sent(ticket).message_id))
    assert sent(ticket).state == "bounced"
    assert written(story) == []


def test_news_are_asked_for_by_one_press(story, desk, sender, post_office):
    ticket = desk.opens_and_waits()
    desk.takes_down(ticket, number="INC-1", promise_at=story.now + timedelta(minutes=10))
    story.minutes_pass(11)
    story.the_sweep_runs()
    desk.asks(ticket, "¿Llegó la cuadrilla?")
    sender.now = story.now
    sender.sends()
    last = post_office.to(NOC)[-1]
    assert "INC-1" in last.get_content()
    assert "¿Llegó la cuadrilla?" in last.get_content()
    assert last["References"] == post_office.to(NOC)[0]["References"]


def test_two_tickets_keep_their_mails_apart(story, desk, house):
    first, second = desk.opens(), desk.opens(circuit="TN-9")
    house.writes(NOC, "uno", "Re:", answers=sent(first).message_id)
    house.writes(NOC, "dos", "Re:", answers=sent(second).message_id)
    assert [event.data["ticket"] for event in written(story)] == [first.pk, second.pk]


def test_after_the_case_is_closed_an_answer_still_finds_its_ticket(story, desk, house):
    ticket = desk.opens()
    story.case.cancel("por error", by=story.by, at=story.now)
    story.minutes_pass(3)
    message = house.writes(NOC, "cerrado", "Re:", answers=sent(ticket).message_id)
    assert (message.state, message.reason) == ("filed", "carrier")
    desk.takes_down(ticket, TicketState.CLOSED, words="listo")
    assert Message.objects.filter(state="waiting").count() == 0


def test_no_mark_of_ours_is_read_as_another():
    ticket, case = reply_address.ticket_address(7), reply_address.reply_address(7, 7)
    assert (reply_address.read_ticket(ticket), reply_address.read(ticket)) == (7, None)
    assert (reply_address.read_ticket(case), reply_address.read_return_path(ticket)) == (None, None)
    assert reply_address.read_ticket(reply_address.return_path(7)) is None
    forged = ticket.replace("+t7.", "+t8.")
    assert reply_address.read_ticket(forged) is None
