"""Cases that pile up propose an outage; the desk decides. What is known is told while the telephone rings."""

from datetime import timedelta

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.config.database_roles import DatabaseRole, behind
from guardia.outages import declaring, proposing, restoring
from guardia.outages.known import known_for
from guardia.outages.outage import Membership, Origin, Outage, OutageService, OutageState


def test_three_cases_behind_one_node_propose_it(city):
    for service in city.services[:2]:
        city.somebody_calls(service)
        city.minutes_pass(3)
    assert proposing.propose_from_cases(city.now) == 0, "two are no pile"
    city.somebody_calls(city.services[2])
    assert proposing.propose_from_cases(city.now) == 1
    assert proposing.propose_from_cases(city.now) == 0, "said once"
    outage = Outage.objects.get()
    assert (outage.state, outage.origin, outage.element_id) == (OutageState.PROPOSED, Origin.CASES, city.node.pk)
    assert len(outage.signs["cases"]) == 3
    assert not Case.objects.filter(part_of=outage).exists(), "nothing is done before the desk decides"
    city.declared(outage)
    assert Case.objects.filter(part_of=outage).count() == 3
    assert outage.origin == Origin.CASES


def test_one_customer_who_rings_three_times_is_no_pile(city):
    for words in ("uno", "dos", "tres"):
        Case.register(Report(city.service, words), by=city.by, at=city.now, engineer=city.engineer)
    assert proposing.propose_from_cases(city.now) == 0


def test_cases_far_apart_are_no_pile(city):
    for service in city.services:
        city.somebody_calls(service)
        city.minutes_pass(14)
    assert proposing.propose_from_cases(city.now) == 0


def test_what_the_desk_has_dismissed_is_not_proposed_again_for_the_same_cases(city):
    for service in city.services:
        city.somebody_calls(service)
    proposing.propose_from_cases(city.now)
    declaring.dismiss(Outage.objects.get(), "tres fallas distintas", by=city.by, at=city.now)
    city.minutes_pass(1)
    assert proposing.propose_from_cases(city.now) == 0
    city.somebody_calls(city.service_of_node("NUEVO-1"))
    assert proposing.propose_from_cases(city.now) == 1


def test_alerts_add_their_signs_to_the_open_one(city):
    about = {"element": city.node, "site": None, "started_at": city.now, "origin": Origin.ALERTS, "now": city.now}
    first = proposing.propose(**about, services=[city.service.pk], signs={"alerts": [1]})
    same = proposing.propose(**about, signs={"alerts": [2, 1]})
    assert same.pk == first.pk
    assert same.signs["alerts"] == [1, 2]
    assert OutageService.objects.get(outage=first).state == Membership.BEHIND


def test_what_is_known_comes_with_its_reason(city):
    outage = city.declared()
    sister = city.service_of(city.bank, "ENL-0043")
    sister.site = city.site
    sister.save()
    asked = {"behind": [city.service.pk], "same_site": [sister.pk]}
    for why, services in asked.items():
        (known,) = known_for(customer_id=city.bank.pk, service_ids=services, site_ids=[city.site.pk], now=city.now)
        assert (known.outage, known.why) == (outage, why)
    far = city.service_of(city.bank, "ENL-0044")
    (known,) = known_for(customer_id=city.bank.pk, service_ids=[far.pk], now=city.now)
    assert known.why == "customer_has_one"
    assert known.cases == (city.case_of(city.service).pk,)
    assert known_for(now=city.now) == []


def test_a_company_learns_of_an_outage_only_what_is_its_own(city, django_db_blocker):
    """The portal's wall: neither another company's service nor the desk's words are to be had."""
    outage = city.declared(name="Corte, lo dijo el Banco Austral")
    with behind(DatabaseRole.PORTAL, city.other.pk):
        rows = OutageService.objects.filter(outage=outage.pk)
        assert {row.service_id for row in rows} == {city.hospital_service.pk}
        (known,) = known_for(customer_id=city.other.pk, now=city.now, for_the_company=True)
        assert known.services == (city.hospital_service.pk,)
        assert known.outage.public_name["es"]
        assert known_for(customer_id=city.bank.pk, now=city.now, for_the_company=True) == []


def test_a_proposal_is_known_to_nobody_outside(city):
    about = {"element": city.node, "site": None, "started_at": city.now, "origin": Origin.ALERTS, "now": city.now}
    proposing.propose(**about, services=[city.service.pk], signs={})
    assert known_for(customer_id=city.bank.pk, now=city.now + timedelta(minutes=1)) == []


def test_the_worker_proposes_and_ends_behind_its_own_wall(city):
    for service in city.services:
        city.somebody_calls(service)
    with behind(DatabaseRole.WORKER):
        assert proposing.propose_from_cases(city.now) == 1
    outage = city.declared(Outage.objects.get())
    city.minutes_pass(5)
    with behind(DatabaseRole.WORKER):
        ids = [service.pk for service in city.services]
        assert len(restoring.alert_resolved(outage, ids, city.now, city.now)) == 3
    for service in city.services:
        city.closes(service)
    with behind(DatabaseRole.WORKER):
        assert restoring.end_of_themselves(city.now) == 1


def test_the_name_of_a_site_is_for_the_desk_alone(city):
    """It is a company's own, and what customers read of an outage may stand on the public status page."""
    outage = city.declared(element=None, site=city.site, services=(city.hospital_service.pk,), is_public=True)
    assert city.site.name in outage.name
    assert len(outage.public_name) == 3
    assert not [words for words in outage.public_name.values() if city.site.name in words]
    assert all(city.site.city.name in words for words in outage.public_name.values())
