"""Which band a canton has by the rule, the reasons of the others, and what a company is shown for each site."""

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.bands import EXCEPTIONS, band_promises, site_band_rows, standing, tiers
from guardia.customers.cities import City, listed, load_cities
from guardia.customers.customer import Customer, Site
from guardia.customers.editing import end, save_city, save_company, save_site
from guardia.customers.values import Unfit
from guardia.procedure.schema import load
from guardia.procedure.vocabulary import Band
from tests.procedure.story import PROCEDURE


@pytest.fixture(scope="module")
def procedure():
    return load(PROCEDURE.read_text(), PROCEDURE.name)


def by_rule(line):
    return tiers().band_of(line.province, line.population)


# --- the list ---


def test_every_canton_has_the_code_of_its_province_once():
    codes = [line.code for line in listed()]
    assert len(set(codes)) == 221
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    provinces = {(line.province, line.code[:2]) for line in listed()}
    assert len(provinces) == 24 == len({code for _, code in provinces})


def test_a_canton_without_a_figure_has_none_and_no_figure_is_impossible():
    known = [line.population for line in listed() if line.population is not None]
    assert len(known) == 72
    assert min(known) > 1_000
    assert sum(known) < 16_938_986, "the whole country, at the same census"
    assert sum(line.population for line in listed() if line.province == "Loja") == 485_421, "as published"


def test_whoever_departs_from_the_rule_has_a_reason_and_nobody_else():
    departing = {line.name for line in listed() if by_rule(line) and line.band != by_rule(line)}
    reasoned = {line.name: line for line in listed() if line.reason}
    assert departing <= set(reasoned)
    assert all(line.reason in EXCEPTIONS for line in reasoned.values())
    assert [name for name, line in reasoned.items() if line.band == by_rule(line)] == []


@pytest.mark.parametrize(
    ("province", "population", "band"),
    [
        ("Azuay", 150_000, Band.MAIN),
        ("Azuay", 149_999, Band.INTERMEDIATE),
        ("Galápagos", 900_000, Band.REMOTE),
        ("Galápagos", None, Band.REMOTE),
        ("Azuay", None, None),
    ],
)
def test_the_rule(province, population, band):
    assert tiers().band_of(province, population) == band


@pytest.mark.parametrize(
    ("name", "band", "rule", "why"),
    [
        ("Quito", "main", Band.MAIN, ""),
        ("Azogues", "main", Band.INTERMEDIATE, "adjoins"),
        ("Daule", "intermediate", Band.MAIN, "farther out"),
        ("Taisha", "remote", None, "Amazon"),
        ("Machala", "main", None, ""),
    ],
)
def test_a_city_stands_to_the_rule_with_its_reason(as_staff, name, band, rule, why):
    load_cities()
    said = standing(City.objects.get(name=name))
    assert (said.band, said.by_rule) == (band, rule)
    assert why in said.reason
    assert bool(why) == bool(said.reason)


# --- by hand ---


def fields(city: City, **more):
    kept = {name: getattr(city, name) for name in ("name", "province", "band", "zone", "code", "population")}
    return {**kept, **more}


def test_a_band_that_is_not_the_rules_needs_its_reason(as_staff):
    load_cities()
    quito, azogues = City.objects.get(name="Quito"), City.objects.get(name="Azogues")
    with pytest.raises(Unfit) as refused:
        save_city(quito, fields(quito, band="intermediate"))
    assert "band_reason" in refused.value.problems
    save_city(azogues, fields(azogues))  # the list has a reason for it
    save_city(quito, fields(quito, band="intermediate", band_reason="obras en la vía"))
    assert standing(City.objects.get(name="Quito")).reason == "obras en la vía"


def test_where_the_rule_says_nothing_a_change_by_hand_needs_its_reason(as_staff):
    load_cities()
    machala = City.objects.get(name="Machala")
    save_city(machala, fields(machala))
    with pytest.raises(Unfit):
        save_city(machala, fields(machala, band="remote"))
    save_city(City(), {"name": "Tonsupa", "province": "Esmeraldas", "band": "remote", "zone": "America/Guayaquil"})


def test_a_figure_that_is_written_moves_the_rule(as_staff):
    load_cities()
    machala = City.objects.get(name="Machala")
    with pytest.raises(Unfit) as refused:
        save_city(machala, fields(machala, population="90.000"))
    assert "band_reason" in refused.value.problems
    save_city(machala, fields(machala, population="90.000", band="intermediate"))
    assert City.objects.get(name="Machala").population == 90_000


@pytest.mark.parametrize(
    ("field", "typed"),
    [("code", "17"), ("code", "17a1"), ("population", "muchos"), ("population", "-4"), ("population", "9" * 12)],
)
def test_what_is_no_code_and_no_figure_is_refused_with_its_remedy(as_staff, field, typed):
    load_cities()
    quito = City.objects.get(name="Quito")
    with pytest.raises(Unfit) as refused:
        save_city(quito, fields(quito, **{field: typed}))
    assert "Write" in refused.value.problems[field]


def test_loading_again_keeps_what_was_edited_and_fills_in_what_it_lacks(as_staff):
    load_cities()
    cuenca = City.objects.get(name="Cuenca")
    save_city(cuenca, fields(cuenca, band="remote", band_reason="puente caído", population=600_000, code=""))
    assert load_cities() == 1
    kept = City.objects.get(name="Cuenca")
    assert (kept.band, kept.band_reason, kept.population, kept.code) == ("remote", "puente caído", 600_000, "0101")
    assert load_cities() == 0


# --- what a company is shown ---


def test_each_site_is_shown_with_what_it_is_promised_and_why_it_departs(as_staff, procedure):
    load_cities()
    bank = save_company(Customer(), {"name": "Banco Austral"})
    quito, taisha = City.objects.get(name="Quito"), City.objects.get(name="Taisha")
    save_site(Site(customer=bank), {"name": "matriz", "city": quito, "address": "Av. Amazonas"})
    far = {"name": "páramo", "city": quito, "own_band": "intermediate", "own_reason": "vía de tercer orden"}
    save_site(Site(customer=bank), far)
    save_site(Site(customer=bank), {"name": "selva", "city": taisha})
    end(save_site(Site(customer=bank), {"name": "cerrada", "city": quito}))
    shown = {row.name: row for row in site_band_rows(bank, procedure)}
    assert list(shown) == ["matriz", "páramo", "selva"]
    assert "between 1.5 hours and 3 hours" in shown["matriz"].promise.arrival
    assert (shown["matriz"].departs, shown["matriz"].reason) == (False, "")
    assert "6 hours" in shown["páramo"].promise.arrival
    assert (shown["páramo"].departs, shown["páramo"].reason) == (True, "vía de tercer orden")
    assert "conditions" in shown["selva"].promise.arrival
    assert shown["selva"].promise.clause == "P4.3"


def test_without_a_procedure_the_list_promises_nothing(as_staff, cuenca):
    bank = save_company(Customer(), {"name": "Banco Austral"})
    save_site(Site(customer=bank), {"name": "matriz", "city": cuenca})
    assert band_promises(None) == {}
    assert site_band_rows(bank, None)[0].promise is None


def test_the_list_of_many_sites_asks_once(as_staff, cuenca, procedure, django_assert_num_queries):
    bank = save_company(Customer(), {"name": "Banco Austral"})
    for number in range(20):
        save_site(Site(customer=bank), {"name": f"agencia {number}", "city": cuenca})
    with django_assert_num_queries(1):
        assert len(site_band_rows(bank, procedure)) == 20


@pytest.mark.parametrize("company", ["Banco Austral", "Hospital Los Arrayanes"])
def test_behind_the_companys_wall_the_list_has_its_own_sites_and_no_others(db, procedure, company):
    with behind(DatabaseRole.STAFF):
        cuenca = City.objects.create(name="Cuenca", province="Azuay", band="main")
        for name in ("Banco Austral", "Hospital Los Arrayanes"):
            customer = save_company(Customer(), {"name": name})
            save_site(Site(customer=customer), {"name": f"sede de {name}", "city": cuenca})
        mine, other = Customer.objects.get(name=company), Customer.objects.exclude(name=company).get()
    with behind(DatabaseRole.PORTAL, mine.pk):
        assert [row.name for row in site_band_rows(mine, procedure)] == [f"sede de {company}"]
        assert site_band_rows(other, procedure) == []
