"""P2: the case is opened with symptoms and contact data, in four minutes, and its number is told."""

from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.number import is_valid
from guardia.cases.refusals import Missing
from guardia.notices.notice import Notice


@pytest.mark.parametrize(("minutes", "outcome"), [(3, "kept"), (4, "kept"), (4.1, "breached")])
def test_p2_the_number_is_given_within_four_minutes(story, minutes, outcome):
    story.caller_rings(story.head)
    story.engineer_answers()
    story.minutes_pass(minutes)
    story.case_is_registered()
    assert story.clock("registration").outcome == outcome
    assert is_valid(story.number)


def test_p2_the_notice_tells_number_symptoms_and_what_is_next_by_when(story):
    case = story.open_case()
    notices = story.is_told("registered", story.head, story.desk, story.manager)
    facts = notices[0].facts
    assert (facts["number"], facts["symptoms"]) == (case.display_number, "No tienen servicio")
    assert facts["next"]["kind"] == "diagnosis"
    assert facts["next"]["due_at"] == (story.now + timedelta(minutes=20)).isoformat()


def test_p2_a_contact_without_address_is_a_visible_row_with_its_reason(story):
    story.open_case()
    row = Notice.objects.get(contact=story.mute)
    assert (row.state, row.reason) == ("suppressed", "no_address")


def test_p2_nobody_of_another_company_and_no_former_contact_has_a_notice(story):
    story.open_case()
    assert not Notice.objects.filter(contact__in=[story.stranger, story.former]).exists()


def test_p1_p2_the_calls_true_hours_become_the_first_events(story):
    rang_at = story.now
    case = story.open_case()
    events = {event.moment: event.occurred_at for event in case.events.all()}
    assert events["call_waiting"] == rang_at
    assert events["call_answered"] == rang_at + timedelta(seconds=20)
    assert story.clock("reception").taken_seconds == 20
    assert story.call.clocks.filter(case=case).count() == 2


@pytest.mark.parametrize("source", ["mail", "portal", "office"])
def test_l4_d_a_report_by_mail_portal_or_office_counts_from_its_arrival(story, source):
    arrived = story.now
    story.minutes_pass(3)
    story.case_is_registered(source=source, received_at=arrived)
    clock = story.clock("registration")
    assert (clock.started_at, clock.taken_seconds, clock.outcome) == (arrived, 180, "kept")
    assert not story.case.clocks.filter(kind="reception").exists()


def test_p2_registering_the_same_call_twice_gives_the_same_case(story):
    first = story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    assert story.case_is_registered() == first
    assert Case.objects.count() == 1
    story.nobody_is_told()


def test_p2_symptoms_are_asked_for(story):
    story.caller_rings()
    story.engineer_answers()
    with pytest.raises(Missing, match="P2"):
        story.case_is_registered(symptoms="   ")
    assert not Case.objects.exists()
    story.nobody_is_told()


def test_p2_d_contact_data_may_follow_and_is_taken_from_the_site(story):
    case = story.open_case()
    assert (case.site_contact, case.access_hours) == ("Portería", "24 horas")
    story.is_told("registered", story.head, story.desk, story.manager)
    story.case.complete({"mains_power": "yes", "call_back_number": "07 555 0148"}, by=story.by, at=story.now)
    assert (story.case.mains_power, story.case.call_back_number) == ("yes", "07 555 0148")
    assert story.case.complete({"mains_power": "yes"}, by=story.by, at=story.now) is None
    story.nobody_is_told()


def test_p2_a_case_passes_to_a_colleague_once(story):
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    story.case.assign(story.colleague, by=story.by, at=story.now)
    story.case.assign(story.colleague, by=story.by, at=story.now)
    assert story.case.assigned == story.colleague
    assert story.moments().count("assigned") == 1
    story.nobody_is_told()


def test_next_news_d_a_word_to_the_customer_starts_the_half_hour_anew(story):
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    story.minutes_pass(10)
    story.case.note("solo para la casa", by=story.by, at=story.now)
    story.nobody_is_told()
    story.case.tell("Seguimos con pruebas", by=story.by, at=story.now)
    story.is_told("news_sent", story.head, story.desk)
    assert story.clock("next_news").taken_seconds == 600
    assert story.clock("next_news", 2).due_at == story.now + timedelta(minutes=30)


def test_p2_who_reported_is_told_even_of_what_that_person_does_not_follow(story):
    story.head.told = []
    story.head.save()
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    story.minutes_pass(5)
    story.case.tell("Seguimos", by=story.by, at=story.now)
    story.is_told("news_sent", story.head, story.desk)
