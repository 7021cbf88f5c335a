"""L4 D: a report by mail starts at P2, from its arrival; it gets a case, joins one, or is none."""

from datetime import timedelta

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.cases.case import Case
from guardia.cases.mail_filing import (
    ContactIsGone,
    HasARequest,
    MessageIsSettled,
    NoSuchReason,
    RequestIsSettled,
    WrongCompany,
)
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import CaseIsClosed
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.intake import triage
from guardia.intake.late_calls import is_something_open, watch_calls
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import ClockKind
from tests.mailin.letters import letter
from tests.procedure.story import contact, rota

HEAD = "jefe@example.com"
P2 = ClockKind.REGISTRATION


def clock_of(request) -> Clock:
    return Clock.objects.get(request=request, kind=P2)


def test_a_mail_of_a_known_contact_is_a_report_and_p2_runs(house, story):
    arrived = story.now
    message = house.writes("Jefe <JEFE@Example.com>")
    request = message.request
    assert (message.kind, message.state, message.contact, message.customer) == (
        "report",
        "waiting",
        story.head,
        story.bank,
    )
    assert (request.way, request.customer, request.contact, request.received_at) == (
        "mail",
        story.bank,
        story.head,
        arrived,
    )
    clock = clock_of(request)
    assert (clock.started_at, clock.due_at, clock.case) == (arrived, arrived + timedelta(minutes=4), None)
    assert request.next_due_at == clock.due_at
    assert list(mail_tray.open_requests()) == [request]
    assert list(rebuild()) == []


@pytest.mark.parametrize(("minutes", "outcome"), [(3, "kept"), (4, "kept"), (4.1, "breached")])
def test_p2_counts_from_the_arrival_of_the_mail(house, story, minutes, outcome):
    arrived = story.now
    message = house.writes(HEAD)
    story.minutes_pass(minutes)
    case = house.registers(message)
    clock = story.clock("registration")
    assert (clock.started_at, clock.ended_at, clock.outcome) == (arrived, story.now, outcome)
    assert (clock.request, clock.case) == (message.request, case)
    assert [(e.moment, e.variant, e.actor_kind) for e in case.events.order_by("seq")[:2]] == [
        ("request_received", "mail", "contact"),
        ("registered", "", "staff"),
    ]
    assert case.source == "mail"
    message.refresh_from_db()
    assert (message.state, message.case, message.event.moment) == ("filed", case, "request_received")
    assert list(rebuild()) == []
    assert list(mail_tray.of_case(case)) == [message]


def test_a_request_is_registered_once(house, story):
    message = house.writes(HEAD)
    first = house.registers(message)
    assert house.registers(message) == first
    assert Case.objects.count() == 1


def test_a_late_request_is_a_breach_dated_when_it_fell_due_and_an_alarm(house, story):
    rota(1, story.supervisor, story.now)
    request = house.writes(HEAD).request
    due = clock_of(request).due_at
    story.minutes_pass(10)
    assert story.the_sweep_runs() == 1
    assert story.the_sweep_runs() == 0
    assert clock_of(request).breached_at == due
    assert is_something_open()
    assert [page.staff for page in watch_calls(story.now)] == [story.supervisor]
    assert list(rebuild()) == []
    case = house.registers(WrittenRequest.objects.get().messages.get())
    assert Clock.objects.get(case=case, kind=P2).breached_at == due
    breach = case.events.get(moment="breached")
    assert breach.occurred_at == due
    assert is_something_open(), "those who were paged are not told yet that it is over"
    watch_calls(story.now)
    assert not is_something_open()
    assert Notice.objects.filter(moment="alarm_ended", staff=story.supervisor).count() == 1
    assert list(rebuild()) == []


def test_more_about_a_report_waits_with_it(house, story):
    first = letter(HEAD, message_id="<first@mail.example.com>")
    message = house.comes(first)
    story.minutes_pass(1)
    more = house.writes(HEAD, "sigue igual", "Re: Sin servicio", answers="<first@mail.example.com>")
    assert more.request == message.request
    assert WrittenRequest.objects.count() == 1
    case = house.registers(message)
    more.refresh_from_db()
    assert (more.state, more.case) == ("filed", case)


def test_an_answer_to_our_receipt_goes_on_with_the_report_then_with_its_case(house, story):
    message = house.writes(HEAD)
    (receipt,) = house.answers()
    more = house.writes(HEAD, "gracias", answers=receipt.message_id)
    assert more.request == message.request
    case = house.registers(message)
    last = house.writes("colega@example.net", "otra cosa", answers=receipt.message_id)
    assert (last.state, last.case) == ("filed", case)
    assert story.moments()[-1] == "message_received"


def test_joined_to_an_open_case_p2_is_met_and_the_number_is_told(house, story):
    case = story.open_case()
    message = house.writes("gerente@example.com", "tampoco hay telefonía")
    story.minutes_pass(2)
    event = triage.join(story.case, house.request_of(message), by=story.engineer, at=story.now)
    assert event.moment == "message_received"
    assert event.occurred_at == story.now - timedelta(minutes=2)
    clock = clock_of(message.request)
    assert (clock.outcome, clock.taken_seconds, clock.case) == ("kept", 120, None)
    message.refresh_from_db()
    assert (message.state, message.case) == ("filed", case)
    _receipt, told = house.answers()
    assert case.display_number in bytes(told.body).decode()
    again = triage.join(story.case, house.request_of(message), by=story.engineer, at=story.now)
    assert again.pk == event.pk
    assert len(house.answers()) == 2
    assert list(rebuild()) == []


def test_a_report_joins_no_closed_case_and_none_of_another_company(house, story):
    story.open_case()
    message = house.writes("hospital@example.com")
    with pytest.raises(WrongCompany, match="Hospital"):
        triage.join(story.case, house.request_of(message), by=story.engineer, at=story.now)
    own = house.writes(HEAD, "otra")
    story.case.cancel("nada", by=story.by, at=story.now)
    with pytest.raises(CaseIsClosed):
        triage.join(story.case, house.request_of(own), by=story.engineer, at=story.now)


def test_no_report_drops_the_clock(house, story):
    message = house.writes(HEAD, "felices fiestas")
    with pytest.raises(NoSuchReason):
        triage.dismiss(house.message(message), "porque sí", by=story.engineer, at=story.now)
    for _ in range(2):
        triage.dismiss(house.message(message), "no_report", by=story.engineer, at=story.now)
    request = house.request_of(message)
    assert (request.settled_as, clock_of(request).outcome) == ("dismissed", "dropped")
    message.refresh_from_db()
    assert (message.state, message.reason, message.settled_by) == ("done", "no_report", story.engineer)
    with pytest.raises(RequestIsSettled):
        house.registers(message)
    assert list(mail_tray.open_requests()) == []
    assert list(rebuild()) == []


def test_what_has_its_case_is_neither_dismissed_nor_joined(house, story):
    message = house.writes(HEAD)
    case = house.registers(message)
    with pytest.raises(MessageIsSettled):
        triage.dismiss(house.message(message), "spam", by=story.engineer, at=story.now)
    with pytest.raises(RequestIsSettled):
        triage.join(story.case, house.request_of(message), by=story.engineer, at=story.now)
    assert Case.objects.get().pk == case.pk


def test_an_address_of_several_companies_opens_its_report_and_the_desk_says_of_which(house, story):
    """P2 runs since the mail came in, and its writer is told the hour, although nobody knows yet whose fault it is."""
    arrived = story.now
    twin = contact(story.other, "El mismo", HEAD, "es")
    message = house.writes(HEAD)
    undecided = message.request
    assert (message.kind, message.state, message.reason) == ("report", "waiting", "several_companies")
    assert (undecided.contact, undecided.customer, clock_of(undecided).started_at) == (None, None, arrived)
    assert mail_tray.answers_to(message).count() == 1
    assert list(mail_tray.open_requests()) == [undecided]
    assert mail_tray.candidates(message) == [story.head, twin]
    story.minutes_pass(2)
    request = triage.assign(house.message(message), twin, by=story.engineer, at=story.now)
    assert (request.pk, request.customer, request.contact) == (undecided.pk, story.other, twin)
    clock = clock_of(request)
    assert (clock.started_at, clock.customer) == (arrived, story.other)
    assert triage.assign(house.message(message), twin, by=story.engineer, at=story.now) == request
    with pytest.raises(HasARequest):
        triage.assign(house.message(message), story.head, by=story.engineer, at=story.now)
    assert list(rebuild()) == []


def test_of_several_companies_the_one_whose_circuit_is_named_has_reported(house, story):
    contact(story.other, "El mismo", HEAD, "es")
    message = house.writes(HEAD, f"se cayó {story.service.circuit.lower()}, por favor")
    assert (message.contact, message.request.customer) == (story.head, story.bank)


def test_a_mailbox_that_two_of_one_company_share_is_the_first_ones(house, story):
    contact(story.bank, "Otro del turno", HEAD, "es")
    assert house.writes(HEAD).contact == story.head


def test_a_stranger_waits_and_is_adopted_with_the_mails_own_hour(house, story):
    arrived = story.now
    message = house.writes("nueva@example.net")
    assert (message.kind, message.state, message.reason) == ("stranger", "waiting", "stranger")
    assert list(mail_tray.waiting()) == [message]
    story.minutes_pass(10)
    request = triage.assign(house.message(message), story.head, by=story.engineer, at=story.now)
    assert triage.assign(house.message(message), story.head, by=story.engineer, at=story.now) == request
    clock = clock_of(request)
    assert (clock.started_at, clock.breached_at) == (arrived, arrived + timedelta(minutes=4))
    assert house.writes("NUEVA@example.net", "otra vez").contact == story.head
    case = house.registers(message)
    assert case.events.order_by("seq")[0].occurred_at == arrived
    assert list(rebuild()) == []


def test_a_stranger_becomes_a_new_contact(house, story):
    message = house.writes("Ing. Nueva <nueva@example.net>")
    fields = {"name": "Ing. Nueva"}
    for _ in range(2):
        request = triage.assign_to_new(house.message(message), story.other, fields, by=story.engineer, at=story.now)
    assert Contact.objects.filter(customer=story.other, email="nueva@example.net").count() == 1
    assert request.customer == story.other


def test_a_contact_without_mailbox_gets_the_address(house, story):
    message = house.writes("turno@example.net")
    triage.assign(house.message(message), story.mute, by=story.engineer, at=story.now)
    story.mute.refresh_from_db()
    assert story.mute.email == "turno@example.net"
    assert house.writes("turno@example.net", "otra").contact == story.mute


def test_nobody_who_is_gone_is_a_sender(house, story):
    message = house.writes("antes@example.com")
    assert message.kind == "stranger"
    with pytest.raises(ContactIsGone, match="Anterior jefe"):
        triage.assign(house.message(message), story.former, by=story.engineer, at=story.now)


def test_a_report_is_not_assigned_to_another(house, story):
    message = house.writes(HEAD)
    with pytest.raises(HasARequest):
        triage.assign(house.message(message), story.desk, by=story.engineer, at=story.now)


def test_a_guess_is_filed_by_a_person(house, story):
    case = story.open_case()
    message = house.writes("nadie@example.net", subject=f"caso {case.display_number}")
    assert list(mail_tray.waiting_for(case)) == [message]
    assert list(mail_tray.of_case(case)) == []
    event = triage.file(house.message(message), story.case, by=story.engineer, at=story.now)
    assert triage.file(house.message(message), story.case, by=story.engineer, at=story.now).pk == event.pk
    assert story.moments().count("message_received") == 1
    assert list(mail_tray.of_case(case)) == [message]


def test_an_answer_to_a_closed_case_is_kept_with_it_or_is_a_new_report(house, story):
    case = story.open_case()
    ours = house.told_by_mail(story.head)
    story.case.cancel("nada", by=story.by, at=story.now)
    thanks, again = (house.writes(HEAD, words, answers=ours.message_id) for words in ("gracias", "otra vez"))
    assert triage.file(house.message(thanks), story.case, by=story.engineer, at=story.now) is None
    assert triage.file(house.message(thanks), story.case, by=story.engineer, at=story.now) is None
    request = triage.assign(house.message(again), story.head, by=story.engineer, at=story.now)
    assert request.received_at == again.received_at
    new = house.registers(again)
    assert new != case
    assert list(mail_tray.of_case(case)) == [thanks]


def test_a4_a_report_at_an_office_counts_from_its_stamp(house, story):
    stamp = story.now
    story.minutes_pass(2)
    request = written.arrive(
        story.head,
        way="office",
        subject="Carta",
        text="Sin servicio",
        version=story.version,
        received_at=stamp,
        now=story.now,
        taken_by=story.engineer,
    )
    assert clock_of(request).started_at == stamp
    case = story.open_case()
    event = triage.join(story.case, written.locked(request.pk), by=story.engineer, at=story.now)
    assert event.data == {"request": request.pk}
    assert case.events.filter(moment="message_received").count() == 1
    again = triage.join(story.case, written.locked(request.pk), by=story.engineer, at=story.now)
    assert again.pk == event.pk
