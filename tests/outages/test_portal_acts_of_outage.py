"""P D: what a company's person does in the portal about a case of a mass outage, or within planned work."""

from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import customer_acts
from guardia.notices.notice import Notice


def test_E1_a_contact_asks_for_the_next_level_of_a_case_of_an_outage(city):
    city.declared()
    case = city.case_of(city.service)
    city.minutes_pass(5)
    with behind(DatabaseRole.PORTAL_ACTS, city.bank.pk):
        customer_acts.ask(customer_acts.locked(case.pk), city.head, at=city.now)
    asked = case.events.get(moment="escalated", variant="customer")
    assert asked.actor_id == city.head.pk


def test_P5_a_contact_says_that_it_works_in_a_case_of_an_outage(city):
    outage = city.declared()
    city.minutes_pass(5)
    city.diagnosed(outage)
    city.minutes_pass(5)
    city.restored(outage)
    case = city.case_of(city.service)
    city.minutes_pass(1)
    with behind(DatabaseRole.PORTAL_ACTS, city.bank.pk):
        customer_acts.works(customer_acts.locked(case.pk), city.head, "Jefe de Sistemas", "07 555 0148", at=city.now)
    told = Notice.objects.filter(case=case, moment="confirmed").first()
    assert told.facts["outage"]["names"] == case.part_of.public_name
