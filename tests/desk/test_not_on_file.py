"""L4, P2 at the desk: three words put it on file, the form goes on with it, and whoever tidies says which one it is."""

import re

from guardia.cases.case import Case
from guardia.customers import provisional
from guardia.customers.cities import City
from guardia.customers.customer import Service
from tests.desk.conftest import words

SAID = {"nf-company_name": "Clínica del Río", "nf-city": "Cuenca", "nf-circuit": "", "nf-place": "centro"}


def test_l4_the_company_that_nothing_finds_is_put_on_file_in_the_same_form(story, engineer):
    nothing = engineer.get("/casos/nuevo?q=Clinica").content.decode()
    assert 'value="Clinica"' in nothing
    assert 'id="not-on-file" open' in nothing
    to = engineer.post("/casos/nuevo/provisional", SAID)
    page = engineer.get(to.headers["Location"])
    service = provisional.waiting().get()
    assert f'value="{service.pk}" checked' in page.content.decode()
    assert 'Clínica del Río <span class="provisional">' in page.content.decode()
    opened = engineer.post(to.headers["Location"], {"service": service.pk, "symptoms": "No hay nada"}, follow=True)
    case = Case.objects.get()
    assert case.display_number in words(opened)
    assert case.customer.name == "Clínica del Río"
    assert "provisional" in words(engineer.get(f"/casos/{case.number}/"))


def test_l4_a_service_of_a_known_company_keeps_what_was_typed(story, engineer):
    typed = {"nf-city": "Cuenca", "nf-circuit": "ENL-77", "nf-place": "", "symptoms": "lento desde ayer"}
    to = engineer.post(f"/casos/nuevo/provisional?compania={story.bank.pk}", typed)
    page = engineer.get(to.headers["Location"]).content.decode()
    service = Service.objects.get(circuit="ENL-77")
    assert f'value="{service.pk}" checked' in page
    assert "lento desde ayer" in page
    assert service.customer == story.bank


def test_l4_a_city_that_is_none_and_a_circuit_on_file_come_back_with_their_field(story, engineer):
    back = engineer.post("/casos/nuevo/provisional", {**SAID, "nf-city": "Kuenca"})
    assert back.status_code == 422
    assert "Cuenca" in words(back)
    back = engineer.post("/casos/nuevo/provisional", {**SAID, "nf-circuit": "enl-0042"})
    assert back.status_code == 422
    assert "ENL-0042" in words(back)
    back = engineer.post(f"/casos/nuevo/provisional?compania={story.bank.pk}", {"nf-city": "", "symptoms": "algo"})
    assert back.status_code == 422
    assert "algo" in words(back)
    assert not provisional.waiting().exists()


def test_l4_the_cities_beside_the_field_are_those_that_it_takes(story, engineer):
    City.objects.create(name="Campina Verde", province="São Paulo", band="main")
    for there in ("/casos/nuevo", f"/casos/nuevo?compania={story.bank.pk}"):
        offered = re.findall(r'<option value="([^"]+)"></option>', engineer.get(there).content.decode())
        assert offered == [f"{city.name}, {city.province}" for city in City.objects.order_by("name", "province")]
        assert "Campina Verde, São Paulo" in offered


def test_l4_whoever_tidies_sees_what_would_happen_and_does_it(story, engineer):
    to = engineer.post("/casos/nuevo/provisional", {**SAID, "nf-company_name": "Banco Austral matriz"})
    service = provisional.waiting().get()
    engineer.post(to.headers["Location"], {"service": service.pk, "symptoms": "No hay nada"})
    case = Case.objects.get()
    assert service.circuit in words(engineer.get("/companias/provisionales"))
    found = engineer.get(f"/companias/provisionales/{service.pk}", {"q": "ENL-0042"}).content.decode()
    assert f"?es={story.service.pk}" in found
    preview = words(engineer.get(f"/companias/provisionales/{service.pk}?es={story.service.pk}"))
    assert case.display_number in preview
    assert "contacts of that company" in preview
    case.refresh_from_db()
    assert case.service == service
    done = engineer.post(f"/companias/provisionales/{service.pk}/es", {"es": story.service.pk}, follow=True)
    case.refresh_from_db()
    assert (case.service, case.customer) == (story.service, story.bank)
    assert "ENL-0042" in words(done)
    assert "Nothing is provisional" in words(engineer.get("/companias/provisionales"))


def test_l4_what_has_cases_is_not_discarded_and_a_stranger_to_it_is_no_page(story, engineer):
    to = engineer.post("/casos/nuevo/provisional", SAID)
    service = provisional.waiting().get()
    engineer.post(to.headers["Location"], {"service": service.pk, "symptoms": "No hay nada"})
    assert engineer.post(f"/companias/provisionales/{service.pk}/descartar").status_code == 409
    assert engineer.post(f"/companias/provisionales/{service.pk}/es", {"es": "x"}).status_code == 404
    assert engineer.get("/companias/provisionales/0").status_code == 404
    engineer.post(f"/companias/provisionales/{service.pk}/nuevo")
    service.refresh_from_db()
    assert not service.provisional
