"""The network behind the services: brought in by a file, all of it or nothing; what fails with what."""

import pytest

from guardia.cases.case import Case
from guardia.network import reach
from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
from guardia.network.element_columns import ELEMENTS
from guardia.network.element_import import bring
from guardia.network.elements import element_called, public_names
from guardia.outages.outage import NoSuchService
from tests.outages.city import element, ends

HEAD = "elemento;tipo;nombre;ciudad;depende_de;circuito;otra_via;retirar\n"


def brought(rows: str, *, write: bool = True):
    return bring((HEAD + rows).encode(), write=write)


def test_the_sample_is_a_file_that_can_be_brought_in(city):
    outcome = bring(ELEMENTS.sample().encode(), write=True)
    assert (outcome.problems, outcome.new, outcome.written) == ([], 2, True)
    node = element_called("nodo-centro-1")
    assert (node.kind, node.city.name) == ("node", "Cuenca")
    assert list(node.above.values_list("upper__code", flat=True)) == ["RUTA-SUR"]


def test_a_look_writes_nothing_and_the_same_file_twice_changes_nothing(city):
    rows = "ANILLO;ruta;Anillo;Cuenca;;;;\nNODO-3;nodo;;;ANILLO;;si;\nNODO-3;;;;;UNI-1;;\n"
    looked = brought(rows, write=False)
    assert (looked.new, looked.written, Element.objects.filter(code="ANILLO").exists()) == (3, False, False)
    assert brought(rows).written
    again = brought(rows)
    assert (again.problems, again.new, again.changed, again.unchanged) == ([], 0, 0, 3)
    assert ElementLink.objects.get(lower__code="NODO-3").protected
    assert ServiceElement.objects.filter(element__code="NODO-3", service=city.university_service).exists()


def test_what_is_no_longer_so_is_taken_away(city):
    outcome = brought("NODO-1;;;;;ENL-0042;;si\nNODO-1;;;;RUTA-1;;si;\n")
    assert (outcome.problems, outcome.changed) == ([], 2)
    assert not ServiceElement.objects.filter(element=city.node, service=city.service).exists()
    assert ElementLink.objects.get(lower=city.node).protected


@pytest.mark.parametrize(
    ("rows", "row", "says"),
    [
        ("X;;;;;;;\n", 2, "nodo"),
        ("X;caja;;;;;;\n", 2, "nodo"),
        ("X;nodo;;;NADA;;;\n", 2, "NADA"),
        ("X;nodo;;;;NO-HAY;;\n", 2, "NO-HAY"),
        ("X;nodo;;;;;;\nX;ruta;;;;;;\n", 3, "2"),
        ("X;nodo;;;NODO-1;UNI-1;;\n", 2, ""),
        ("RUTA-1;;;;NODO-1;;;\n", 2, "ruta-1"),
        ("X;nodo;;Ningunaparte;;;;\n", 2, ""),
    ],
)
def test_a_mistake_names_its_row_and_nothing_is_written(city, rows, row, says):
    before = Element.objects.count(), ElementLink.objects.count(), ServiceElement.objects.count()
    outcome = brought(rows)
    assert [problem.row for problem in outcome.problems] == [row]
    assert says in str(outcome.problems[0])
    assert not outcome.written
    assert before == (Element.objects.count(), ElementLink.objects.count(), ServiceElement.objects.count())


def test_services_fail_with_all_that_is_above_them_unless_they_have_another_way(city):
    ends(city.university_service, city.other_node)
    ours = sorted(service.pk for service in city.services)
    assert reach.services_behind([city.node.pk]) == ours
    assert reach.services_behind([city.route.pk]) == ours, "through the node; the other node has another way"
    assert reach.services_behind([city.other_node.pk]) == [city.university_service.pk]
    ServiceElement.objects.filter(service=city.service).update(protected=True)
    assert city.service.pk not in reach.services_behind([city.node.pk])
    assert city.service.pk in reach.services_behind([city.node.pk], with_protected=True)


def test_a_service_with_two_ways_fails_when_both_do(city):
    ServiceElement.objects.filter(service=city.service).update(protected=True)
    ends(city.service, city.other_node, protected=True)
    assert city.service.pk not in reach.services_behind([city.node.pk])
    assert city.service.pk in reach.services_behind([city.node.pk, city.other_node.pk])


@pytest.fixture
def ring(city) -> tuple[Element, Element]:
    """Two routes of one cable; the node hangs on both, each the other's second way."""
    cable = element("CABLE", ElementKind.ROUTE, city.site.city)
    east, west = (element(code, ElementKind.ROUTE, city.site.city) for code in ("ESTE", "OESTE"))
    ElementLink.objects.all().delete()
    for route in (east, west):
        ElementLink.objects.create(upper=cable, lower=route)
        ElementLink.objects.create(upper=route, lower=city.node, protected=True)
    return east, west


def test_what_hangs_on_two_routes_fails_when_both_do(city, ring):
    ours = sorted(service.pk for service in city.services)
    east, west = ring
    assert reach.services_behind([east.pk]) == []
    assert reach.services_behind([west.pk]) == []
    assert reach.services_behind([east.pk, west.pk]) == ours
    cable = Element.objects.get(code="CABLE")
    assert reach.services_behind([cable.pk]) == ours, "both routes are of one cable"
    assert set(reach.elements_behind([cable.pk])) == {cable.pk, east.pk, west.pk, city.node.pk}
    assert reach.services_behind([east.pk], with_protected=True) == ours


def test_the_second_ring_below_the_first_fails_with_it(city, ring):
    """What is cut off may be the last way of something further down."""
    lower = element("ABAJO", ElementKind.NODE, city.site.city)
    ElementLink.objects.create(upper=city.node, lower=lower, protected=True)
    ElementLink.objects.create(upper=ring[0], lower=lower, protected=True)
    below = city.service_of(city.university, "UNI-2")
    ends(below, lower)
    assert below.pk not in reach.services_behind([ring[0].pk])
    assert below.pk in reach.services_behind([each.pk for each in ring])


def test_a_second_way_that_the_inventory_does_not_know_still_counts(city, ring):
    ElementLink.objects.filter(upper=ring[1], lower=city.node).delete()
    assert reach.services_behind([ring[0].pk]) == []


def test_of_a_ring_that_is_cut_twice_the_second_outage_has_all_that_fail_with_it(city, ring):
    east, west = ring
    ends(city.service_of(city.university, "ESTE-1"), east)
    only_west = city.service_of(city.university, "OESTE-1")
    ends(only_west, west)
    city.declared(element=east)
    assert Case.objects.count() == 1, "all others have another way"
    second = city.declared(element=west)
    members = second.services.values_list("service", flat=True)
    assert set(members) == {only_west.pk, *(service.pk for service in city.services)}
    assert Case.objects.filter(part_of=second).count() == 4


def test_a_way_that_is_back_is_another_way_again(city, ring):
    east, west = ring
    ends(city.service_of(city.university, "ESTE-1"), east)
    ends(city.service_of(city.university, "OESTE-1"), west)
    first = city.declared(element=east)
    city.minutes_pass(10)
    city.restored(first)
    second = city.declared(element=west)
    assert second.services.count() == 1


def test_a_circle_in_the_inventory_ends(city):
    ElementLink.objects.create(upper=city.node, lower=city.route)
    assert city.service.pk in reach.services_behind([city.route.pk])
    assert reach.elements_above([city.service.pk])[city.service.pk] == [city.node.pk, city.route.pk]


def test_customers_read_kind_and_city_where_no_name_is_given(city):
    assert public_names(city.node)["en"] == "a network node in Cuenca"
    city.node.public_name = {"es": "Nodo centro"}
    assert public_names(city.node)["es"] == "Nodo centro"


def test_a_company_that_has_left_is_behind_nothing_and_gets_no_case(city):
    city.other.active = False
    city.other.save()
    assert reach.services_behind([city.node.pk]) == [city.service.pk, city.university_service.pk]
    with pytest.raises(NoSuchService):
        city.declared(element=None, services=(city.service.pk, city.hospital_service.pk))
    city.declared(element=None, site=city.hospital_service.site, services=(city.service.pk,))
    assert not Case.objects.filter(customer=city.other).exists()
