"""E D: one page for the outage, not one for each of its cases (ADR 27)."""

from guardia.cases import rebuild
from guardia.cases.case import Case
from guardia.escalation.escalation import Escalation
from guardia.network.element import ServiceElement
from guardia.notices.notice import Notice
from guardia.outages import members
from guardia.procedure.vocabulary import Moment
from tests.outages.test_stories import whole
from tests.procedure.story import rota


def pages(city) -> list[Notice]:
    return list(Notice.objects.filter(moment=Moment.PAGED).order_by("pk"))


def test_the_cases_of_an_outage_share_one_page_whatever_their_site(city):
    rota(1, city.supervisor, city.now)
    outage = city.declared()
    city.minutes_pass(21)
    city.sweep()
    page, *others = pages(city)
    assert others == [], "three diagnoses are overdue, at three sites of three companies: one page"
    assert page.facts["outage"]["number"] == outage.display_number
    assert page.facts["others"] == 2
    lead = Escalation.objects.get(joined=None).case_id
    assert set(Escalation.objects.exclude(case=lead).values_list("joined", flat=True)) == {lead}
    whole()


def test_a_case_that_joins_an_outage_pages_nobody_any_more(city):
    rota(1, city.supervisor, city.now)
    ServiceElement.objects.filter(service=city.university_service).delete()
    outage = city.declared()
    alone = city.somebody_calls(city.university_service)
    city.minutes_pass(21)
    city.sweep()
    assert len(pages(city)) == 2, "its own site, its own page"
    case = city.case_of(city.university_service)
    members.join(outage, [case], by=city.by, at=city.now)
    assert Escalation.objects.get(case=alone).joined_id is not None
    city.minutes_pass(11)
    city.sweep()
    assert {page.case_id for page in pages(city)[2:]} <= {Escalation.objects.get(joined=None).case_id}
    whole()


def test_when_the_case_that_led_leaves_another_goes_on(city):
    rota(1, city.supervisor, city.now)
    outage = city.declared()
    city.minutes_pass(21)
    city.sweep()
    lead = Escalation.objects.get(joined=None).case
    members.leave(outage, [city.case_of(lead.service)], "otra causa", by=city.by, at=city.now)
    city.minutes_pass(11)
    city.sweep()
    of_the_rest = Escalation.objects.filter(case__part_of=outage, ended_at=None)
    leads = [each for each in of_the_rest if each.joined_id is None]
    assert len(leads) == 1
    assert leads[0].level >= 1, "the outage still has its page"
    whole()


def test_a_company_is_rung_once_for_an_outage(city):
    """Nobody of it has a way that works without the service: one call, not one for each of its circuits."""
    city.bank.contacts.update(email_independent=False)
    second = city.service_of(city.bank, "ENL-0043")
    outage = city.declared(services=(second.pk,))
    calls = outage.cases.filter(customer=city.bank, call_tasks__level=0)
    assert calls.count() == 1
    whole()


def test_what_a_case_is_part_of_follows_from_its_events(city):
    city.declared()
    case = city.case_of(city.service)
    Case.objects.filter(pk=case.pk).update(part_of=None)
    (found,) = rebuild.rebuild(repair=True)
    assert (found.what, found.columns) == ("common cause", ("part_of",))
    whole()
