"""A wrong file is answered with its row, its column and the remedy; nothing of it is written, and nothing breaks."""

import pytest

from guardia.customers.cities import City, load_cities
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import save_company, save_service, save_site
from guardia.customers.importing.bringing import bring
from guardia.customers.importing.columns import KINDS
from tests.customers.wrong_files import SERVICES, WRONG_FILES, Wrong


@pytest.fixture
def known(bank):
    """C-001 with its site S-1; C-002 with circuit ENL-0042."""
    load_cities()
    city = {"city": City.objects.get(name="Cuenca"), "name": "matriz"}
    Site.objects.create(customer=bank, external_id="S-1", name="otra", city=city["city"])
    hospital = save_company(Customer(), {"name": "Hospital Los Arrayanes", "external_id": "C-002"})
    there = save_site(Site(customer=hospital), city)
    save_service(Service(customer=hospital), {"circuit": "ENL-0042", "site": there})


@pytest.mark.parametrize("wrong", WRONG_FILES, ids=lambda wrong: wrong.name)
def test_a_wrong_file_says_what_is_wrong_and_writes_nothing(known, wrong: Wrong):
    before = {code: kind.model.objects.count() for code, kind in KINDS.items()}
    outcome = bring(wrong.kind, wrong.content, write=True)
    assert not outcome.written
    assert any(wrong.says in str(problem) for problem in outcome.problems), list(map(str, outcome.problems))
    assert {code: kind.model.objects.count() for code, kind in KINDS.items()} == before


def test_every_mistake_of_every_row_is_told_in_the_order_of_the_file(known):
    rows = "C-001;V-1;;S-9\nC-001;V-2;ENL-0042;S-1\nC-9;V-3;ENL-3;S-1\nC-001;V-2;ENL-4;S-1\n"
    outcome = bring("services", (SERVICES + rows).encode(), write=True)
    places = [(problem.row, problem.column) for problem in outcome.problems]
    assert places == [(2, "circuito"), (2, "sede"), (3, "circuito"), (4, "compania"), (5, "codigo")]


def test_a_site_does_not_end_while_services_end_there(known, bank):
    site = Site.objects.get(external_id="S-1")
    save_service(Service(customer=bank), {"circuit": "ENL-0001", "site": site})
    content = b"compania,codigo,nombre,ciudad,activa\nC-001,S-1,otra,Cuenca,no\n"
    assert [str(problem) for problem in bring("sites", content, write=True).problems] == [
        "row 2, column activa: 1 service still ends at this site. Move or deactivate it first."
    ]
