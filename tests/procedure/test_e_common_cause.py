"""E D "one page per outage, not per case": the cases of a site join the escalation that leads, and go on without it."""

from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.customers.customer import Service, Site
from guardia.notices.notice import Notice
from guardia.people.staff import Actor
from tests.procedure.nights import Night


@pytest.fixture
def night(story) -> Night:
    """Two incidents of one site; the first one's diagnosis (P3) has just become late and its level is paged."""
    night = Night(story)
    night.lead = story.open_case().number
    night.second = another(story, story.site).number
    story.number = night.lead
    night.until_the_diagnosis_is_late()
    assert night.paged() == ["supervisor-a", "supervisora-b"]
    return night


def another(story, site: Site) -> Case:
    """A case of another circuit, reported by mail two minutes later."""
    circuit = f"ENL-{Service.objects.count():04}"
    story.service = Service.objects.create(
        customer=site.customer, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
    )
    story.call = None
    story.minutes_pass(2)
    return story.case_is_registered("tampoco tienen el otro enlace")


def the_second_becomes_late(night: Night) -> Case:
    night.sweep_after(2)
    night.story.number = night.second
    return night.story.case


def the_lead_is_diagnosed(night: Night) -> None:
    night.story.number = night.lead
    night.story.case.tell("vamos a empalmar", by=night.story.by, at=night.story.now)
    night.story.diagnosis()
    night.story.number = night.second


def test_E_the_second_case_of_a_site_joins_and_pages_nobody(night, story):
    second = the_second_becomes_late(night)
    assert night.paged() == []
    row = second.escalations.get()
    assert (row.joined.number, row.level, row.ended_at) == (night.lead, 0, None)
    assert "paged" not in story.moments()


def test_E_while_the_lead_runs_the_joined_case_stays_quiet_but_is_looked_at(night, story):
    the_second_becomes_late(night)
    for _ in range(60):
        night.sweep_after(1)
        assert not night.is_silent()
    assert "paged" not in story.moments()


def test_E_the_lead_ends_and_the_joined_case_goes_on_alone(night, story):
    the_second_becomes_late(night)
    night.sweep_after(5)
    night.paged()
    the_lead_is_diagnosed(night)
    night.paged()
    night.sweep_after(10.1)
    assert story.case.escalated_level >= 1
    assert "supervisor-a" in night.paged()
    assert story.case.escalations.get().joined is None


def test_E_ended_together_nobody_who_was_not_paged_for_it_is_told(night, story):
    the_second_becomes_late(night)
    story.case.tell("vamos a empalmar", by=story.by, at=story.now)
    story.diagnosis()
    assert night.running is None
    assert not Notice.objects.filter(case=story.case, staff__isnull=False).exists()


def test_E_a_case_of_another_site_is_another_outage(night, story):
    elsewhere = Site.objects.create(customer=story.bank, name="agencia norte", city=story.site.city)
    story.number = another(story, elsewhere).number
    night.sweep_after(22)
    paged = Notice.objects.filter(case=story.case, moment="paged").values_list("staff__username", flat=True)
    assert {"supervisor-a", "supervisora-b"} <= set(paged)


def test_E1_the_customer_who_escalates_a_joined_case_is_not_left_waiting_for_the_lead(night, story):
    the_second_becomes_late(night)
    story.case.escalate(
        "esto es otra cosa", by=story.by, at=story.now, source="customer", level=2, asked_by="Jefe de Sistemas"
    )
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert story.case.escalations.get().joined is None


def test_E_a_case_that_becomes_late_after_the_lead_has_ended_begins_its_own(night, story):
    the_lead_is_diagnosed(night)
    night.paged()
    the_second_becomes_late(night)
    assert night.paged() == ["supervisor-a", "supervisora-b"]


def test_E_a_joined_case_is_answered_for_by_itself(night, story):
    """Whoever answers for the lead does not thereby answer for another customer's promise: it stays looked at."""
    second = the_second_becomes_late(night)
    lead = Case.objects.get(number=night.lead)
    lead.acknowledge(night.one, by=Actor.of_staff(night.one), at=story.now)
    assert second.answering is None
    assert second.next_step_at - story.now <= timedelta(minutes=10)


def test_E_the_lead_ends_and_of_those_that_joined_one_goes_on_for_all(night, story):
    """Still one page per outage: the second case leads from now on, and the third joins it."""
    third = another(story, story.site).number
    the_second_becomes_late(night)
    night.sweep_after(21)
    assert Case.objects.get(number=third).escalations.get().joined.number == night.lead
    the_lead_is_diagnosed(night)
    for _ in range(25):
        night.sweep_after(1)
    paged = Notice.objects.filter(moment="paged").exclude(case__number=night.lead)
    assert paged.values("case").distinct().count() == 1
