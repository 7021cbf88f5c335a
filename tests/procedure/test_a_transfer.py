"""A3: a case passes to another desk with its history; what was a fault all along counts from the hour it came."""

from datetime import timedelta

import pytest

from guardia.cases import chain, derived
from guardia.cases.refusals import AlreadyThere, Missing, NoSuchDesk, ServiceOfAnother
from guardia.cases.stages.registration import Report
from guardia.cases.waiting import WaitReason
from guardia.customers.customer import Service, Site
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.nights import Night
from tests.procedure.office import FRIDAY, MONDAY, Office, is_whole
from tests.procedure.story import Story, rota

TEN = MONDAY + timedelta(minutes=90)


@pytest.fixture
def story(story) -> Story:
    story.now = TEN
    return story


@pytest.fixture
def office(story) -> Office:
    return Office(story)


def test_p2_a_fault_that_was_told_to_billing_counts_from_the_call(story, office):
    office.takes(call=office.rings())
    story.is_told("admin_taken", story.head)
    story.minutes_pass(3)
    office.to_technical()
    assert story.moments()[-2:] == ["transferred", "registered"]
    clock = story.clock("registration")
    assert (clock.started_at, clock.taken_seconds, clock.outcome) == (TEN, 180, "kept")
    assert story.clock("reception").outcome == "kept"
    assert story.clock("diagnosis").due_at == story.now + timedelta(minutes=20)
    assert {story.clock(kind).outcome for kind in ("first_answer", "solution")} == {"dropped"}
    case = story.case
    assert (case.desk, case.stage, case.band, case.impact) == ("technical", "diagnosis", "main", "down")
    assert (case.outage_started_at, case.outages) == (TEN, [[TEN.isoformat(), None]])
    notice, *_ = story.is_told("registered", story.head, story.desk, story.manager)
    assert notice.facts["data"]["from_desk"] == "billing"
    assert is_whole()


def test_p2_passed_on_too_late_the_breach_is_dated_when_it_fell_due(story, office):
    office.takes(call=office.rings())
    story.minutes_pass(30)
    office.to_technical()
    assert story.clock("registration").outcome == "breached"
    breach = story.case.events.get(moment="breached", data__clock="registration")
    assert breach.occurred_at == TEN + timedelta(minutes=4)
    assert is_whole()


def test_a3_taken_on_friday_night_and_a_fault_it_does_not_wait_for_monday(story, office):
    story.now = FRIDAY + timedelta(hours=3)
    office.takes(call=office.rings())
    story.minutes_pass(2)
    office.to_technical()
    assert (story.case.opens_at, story.clock("registration").outcome) == (None, "kept")
    story.now = MONDAY
    story.the_sweep_runs()
    assert "admin_desk_opened" not in story.moments()
    assert is_whole()


def test_a3_a_fault_that_was_none_is_taken_as_a_request(story, office):
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    story.minutes_pass(5)
    office.passes("billing", ask=office.asks(fields={"invoice": "001-77"}))
    assert story.moments()[-3:] == ["transferred", "admin_taken", "admin_desk_opened"]
    case = story.case
    assert (case.desk, case.stage, case.impact, case.band) == ("billing", "taken", "", "")
    assert (case.outage_started_at, case.assigned, case.fields) == (None, None, {"invoice": "001-77"})
    assert {clock.kind for clock in case.clocks.filter(ended_at=None)} == {"first_answer", "solution"}
    assert story.clock("first_answer").started_at == story.now
    assert story.clock("diagnosis").outcome == "dropped"
    owed = Notice.objects.filter(pk__gt=story.last_notice, state="owed").order_by("event__seq", "contact")
    told = list(owed.values_list("moment", "contact"))
    as_a_fault_it_is_over = [("transferred", who.pk) for who in (story.head, story.desk, story.manager)]
    assert told == [*as_a_fault_it_is_over, ("admin_taken", story.head.pk)]
    assert is_whole()


def test_e_on_the_way_the_escalation_its_call_and_the_waits_end(story, office):
    story.now = FRIDAY + timedelta(hours=6)  # E5's hours
    Night(story)
    story.open_case()
    why = WaitReason(WaitCause.CUSTOMER, "Despacho", "no abren", "llamada", clocks=["diagnosis"])
    story.minutes_pass(25)
    story.the_sweep_runs()
    story.case.wait(why, by=story.by, at=story.now)
    assert CallTask.objects.filter(settled_at=None, level__gt=0).exists()
    assert story.case.escalated_level
    office.passes("billing")
    case = story.case
    assert (case.escalated_level, case.answering, case.waiting_since, case.status) == (0, None, None, "acknowledged")
    assert not CallTask.objects.filter(settled_at=None).exists()
    assert not case.waits.filter(ended_at=None).exists()
    ended = case.events.get(moment="escalation_ended")
    assert ended.data["why"] == "transferred"
    assert not Notice.objects.filter(moment="wait_ended").exists()
    story.minutes_pass(60)
    assert story.the_sweep_runs() == 0
    assert is_whole()
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_a3_between_sales_and_billing_the_time_runs_on(story, office):
    office.takes("sales")
    due = story.clock("first_answer").due_at
    story.is_told("admin_taken", story.head)
    story.minutes_pass(45)
    event = office.passes("billing")
    assert office.passes("billing").pk == event.pk
    assert (story.case.desk, story.clock("first_answer").due_at) == ("billing", due)
    assert story.case.clocks.count() == 2
    story.is_told("transferred", story.head)
    assert is_whole()


def test_a3_what_waits_for_sales_waits_for_billing(story, office):
    story.now = FRIDAY + timedelta(minutes=5)
    office.takes("sales")
    story.minutes_pass(5)
    office.passes("billing")
    assert story.case.opens_at == MONDAY
    story.now = MONDAY
    story.the_sweep_runs()
    assert story.clock("first_answer").started_at == MONDAY


def test_a3_passed_on_after_an_opening_that_no_sweep_saw(story, office):
    story.now = FRIDAY + timedelta(minutes=5)
    office.takes("sales")
    story.now = TEN
    office.passes("billing")
    assert story.clock("first_answer").started_at == MONDAY
    assert story.case.opens_at is None
    assert is_whole()


def test_a3_there_and_back_again(story, office):
    story.open_case()
    for minutes, pass_on in ((1, lambda: office.passes("sales")), (2, office.to_technical)) * 2:
        story.minutes_pass(minutes)
        pass_on()
        assert is_whole()
    assert story.case.desk == "technical"
    assert story.moments().count("transferred") == 4
    assert list(chain.breaks(besides=derived.breaks)) == []
    story.diagnosis()
    assert is_whole()


def test_a3_what_a_transfer_needs(story, office):
    office.takes()
    with pytest.raises(NoSuchDesk):
        office.passes("soporte")
    with pytest.raises(AlreadyThere):
        office.passes("billing")
    with pytest.raises(Missing, match="P2"):
        office.passes("technical")
    site = Site.objects.create(customer=story.other, name="hospital", city=story.site.city)
    alien = Service.objects.create(customer=story.other, site=site, circuit="HOS-1", folded_circuit="hos-1")
    with pytest.raises(ServiceOfAnother):
        office.passes("technical", report=Report(alien, "caído"))
    with pytest.raises(Missing):
        story.case.transfer("sales", by=story.by, at=story.now, reason=" ")
    assert "transferred" not in story.moments()


def test_e_two_requests_of_a_company_share_no_escalation(story, office):
    rota(1, story.supervisor, story.now)
    for text in ("una", "otra"):
        office.takes(text=text)
        story.case.escalate("nadie contesta", by=story.by, at=story.now)
        assert story.case.escalated_level == 1
    assert is_whole()


def test_a3_a_call_on_the_technical_line_may_be_a_request(story, office):
    """P1 was kept; that a number is given within four minutes is promised for reports (L4)."""
    story.caller_rings(story.head)
    story.seconds_pass(20)
    call = story.engineer_answers()
    story.minutes_pass(2)
    office.takes(call=call)
    assert story.clock("reception").outcome == "kept"
    assert story.clock("registration").outcome == "dropped"
    assert story.clock("first_answer").started_at == TEN
    assert is_whole()
