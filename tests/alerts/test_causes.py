"""One cause, however many alerts: elements, what services share, sites, storms."""

from guardia.cases.case import Case
from guardia.network.alert import Alert
from guardia.outages.outage import Origin, Outage, OutageState
from tests.alerts.noc import CALM, HOLD, fire_all, services

# --- one cause ---


def test_an_element_that_fires_is_one_outage_with_all_behind_it(by_itself):
    found = services(by_itself, 4)
    node = by_itself.element("NODO-9", *found)
    fire_all(by_itself, found)
    by_itself.fires("nodo", element="NODO-9")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    outage = Outage.objects.get()
    assert (outage.state, outage.element, outage.origin) == (OutageState.DECLARED, node, Origin.ALERTS)
    assert set(Alert.objects.values_list("outage", flat=True)) == {outage.pk}
    assert Case.objects.filter(part_of=outage).count() == 4
    assert Case.objects.count() == 4


def test_the_upper_of_two_elements_is_the_cause(by_itself):
    found = services(by_itself, 6)
    route = by_itself.element("RUTA-1")
    by_itself.element("NODO-1", *found[:3], above=route)
    by_itself.element("NODO-2", *found[3:], above=route)
    for code in ("NODO-1", "NODO-2", "RUTA-1"):
        by_itself.fires(code, element=code)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Outage.objects.get().element == route


def test_services_that_share_an_element_propose_it_even_where_it_says_nothing(noc):
    found = services(noc, 5)
    node = noc.element("NODO-1", *found)
    fire_all(noc, found[:3])
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    outage = Outage.objects.get()
    assert (outage.element, outage.state) == (node, OutageState.PROPOSED)
    fire_all(noc, found[3:])
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    assert set(Alert.objects.values_list("outage", flat=True)) == {outage.pk}


def test_what_is_only_guessed_is_proposed_and_not_declared(by_itself):
    found = services(by_itself, 6)
    by_itself.element("NODO-1", *found)
    fire_all(by_itself, found[:4])
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Outage.objects.get().state == OutageState.PROPOSED


def test_three_far_apart_are_no_failure_of_the_whole_network(by_itself):
    found = services(by_itself, 12)
    core = by_itself.element("CORE")
    for number in range(4):
        by_itself.element(f"NODO-{number}", *found[number * 3 : number * 3 + 3], above=core)
    fire_all(by_itself, found[::4])
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Outage.objects.exists()
    assert Case.objects.count() == 3


def test_several_services_of_one_site_are_one(noc):
    found = services(noc, 3, far_apart=False)
    fire_all(noc, found)
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    assert Outage.objects.get().site == noc.story.site


def test_few_behind_an_element_are_cases_of_their_own(by_itself):
    found = services(by_itself, 2)
    by_itself.element("NODO-1", *found)
    by_itself.fires("nodo", element="NODO-1")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Outage.objects.exists()
    assert set(Case.objects.values_list("service", flat=True)) == {service.pk for service in found}


def test_an_element_with_nobody_behind_it_opens_nothing(by_itself):
    by_itself.element("SOLO")
    by_itself.fires("a", element="SOLO")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Outage.objects.exists()
    assert by_itself.alert("a").acts_at is None


def test_what_a_person_declared_for_these_services_takes_their_alerts(by_itself):
    from guardia.outages.declaring import Declared, declare

    found = services(by_itself, 4)
    by_itself.element("NODO-1", *found)
    named = Declared(name="corte en la vía", services=tuple(service.pk for service in found))
    outage = declare(None, named, by=by_itself.story.by, at=by_itself.now)
    fire_all(by_itself, found)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Outage.objects.get() == outage
    assert set(Alert.objects.values_list("outage", flat=True)) == {outage.pk}


def test_a_late_alert_of_what_is_declared_takes_part(by_itself):
    found = services(by_itself, 4)
    by_itself.element("NODO-1", *found)
    by_itself.fires("nodo", element="NODO-1")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    by_itself.fires("tarde", circuit=found[0].circuit)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    outage = Outage.objects.get()
    assert by_itself.alert("tarde").outage == outage
    assert Case.objects.count() == 4


def test_each_service_of_an_outage_is_restored_at_its_own_hour(by_itself):
    found = services(by_itself, 3)
    by_itself.element("NODO-1", *found)
    fire_all(by_itself, found)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    outage = Outage.objects.get()
    assert outage.state == OutageState.DECLARED
    hours = {}
    for service in found[:2]:
        by_itself.is_over(service.circuit)
        hours[service.pk] = by_itself.now
        by_itself.pass_seconds(60)
    by_itself.pass_seconds(CALM)
    by_itself.the_worker_looks()
    cases = {case.service_id: case for case in Case.objects.filter(part_of=outage)}
    assert {pk: cases[pk].restored_at for pk in hours} == hours
    assert cases[found[2].pk].restored_at is None
    outage.refresh_from_db()
    assert outage.state == OutageState.DECLARED


def test_a_case_opened_by_a_caller_joins_the_outage_that_alerts_declare(by_itself):
    by_itself.story.open_case()
    found = [by_itself.story.service, *services(by_itself, 2)]
    by_itself.element("NODO-1", *found)
    fire_all(by_itself, found)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    by_itself.story.case.refresh_from_db()
    assert by_itself.story.case.part_of == Outage.objects.get()


def test_a_storm_is_one_outage(by_itself):
    found = services(by_itself, 200)
    route = by_itself.element("RUTA-1")
    for number in range(10):
        by_itself.element(f"NODO-{number}", *found[number * 20 : number * 20 + 20], above=route)
    for number in range(2000):
        service = found[number % 200]
        said = by_itself.said(f"{service.circuit} {number // 200}", circuit=service.circuit)
        by_itself.all_say([said]) if number % 100 == 0 else None
    by_itself.all_say([by_itself.said(f"x{number}", circuit=found[number % 200].circuit) for number in range(1980)])
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    outage = Outage.objects.get()
    assert outage.element == route
    assert Alert.objects.filter(outage=outage).count() == Alert.objects.count() == 2000
    assert Case.objects.filter(part_of=outage).count() == 200
    assert len(outage.signs.get("alerts", [])) <= 500
