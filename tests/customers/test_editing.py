"""What the desk writes is kept whole or refused field by field, with the remedy."""

import pytest
from django.db import IntegrityError, transaction

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.contacts import is_reachable, unreachable, with_reach
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import end, resume, save_city, save_company, save_contact, save_service, save_site
from guardia.customers.values import Unfit


def refusal(act, *args) -> dict[str, str]:
    with pytest.raises(Unfit) as refused:
        act(*args)
    return refused.value.problems


@pytest.fixture
def site(bank, cuenca) -> Site:
    return save_site(Site(customer=bank), {"name": "agencia matriz", "city": cuenca})


@pytest.fixture
def service(bank, site) -> Service:
    return save_service(Service(customer=bank), {"circuit": "ENL-0042", "site": site})


def test_a_company_is_found_by_its_folded_name(as_staff):
    company = save_company(Customer(), {"name": "  Clínica   San Jacinto "})
    assert (company.name, company.folded_name) == ("Clínica San Jacinto", "clinica san jacinto")
    assert company.external_id is None


def test_a_second_company_of_the_same_name_is_refused_and_named(bank):
    assert "“Banco Austral”" in refusal(save_company, Customer(), {"name": "BANCO  austral"})["name"]
    end(bank)
    save_company(Customer(), {"name": "Banco Austral"})
    assert "“Banco Austral”" in refusal(resume, bank)["name"]


def test_the_import_code_is_given_once_and_kept_for_good(bank):
    save_company(bank, {"name": "Banco Austral", "external_id": "C-999"})
    assert Customer.objects.get(pk=bank.pk).external_id == "C-001"
    assert "in use" in refusal(save_company, Customer(), {"name": "Otra", "external_id": "C-001"})["external_id"]
    assert save_company(Customer(), {"name": "Otra", "external_id": ""}).external_id is None


def test_a_contact_keeps_its_numbers_in_one_form_and_its_topics_in_order(bank):
    told = ["closure", "registration", "closure"]
    fields = {
        "name": "Jefe de Sistemas",
        "email": "jefe@example.com",
        "phones": "07 555 0148\n+593 7 555 0148",
        "told": told,
    }
    contact = save_contact(Contact(customer=bank), fields)
    assert contact.phones == ["+59375550148"]
    assert contact.told == ["registration", "closure"]


def test_every_mistake_of_a_contact_is_told_at_once(bank):
    fields = {
        "name": " ",
        "email": "jefe@",
        "phones": "07 555 0148, 99",
        "language": "fr",
        "title": "x" * 41,
        "told": ["gossip"],
    }
    problems = refusal(save_contact, Contact(customer=bank), fields)
    assert set(problems) == set(fields)
    assert "“99”" in problems["phones"]
    assert "02 555 0100" in problems["phones"]
    assert "es, en, pt" in problems["language"]
    assert "41" in problems["title"]
    assert not Contact.objects.exists()


def test_a_company_is_reachable_by_an_active_contact_with_a_mailbox(bank):
    assert not is_reachable(bank)
    mute = save_contact(Contact(customer=bank), {"name": "Guardia de turno", "email": ""})
    assert list(unreachable(Customer.objects.all())) == [bank]
    save_contact(mute, {"name": "Guardia de turno", "email": "guardia@example.com"})
    assert is_reachable(bank)
    end(mute)
    assert not is_reachable(bank)


def test_a_number_reaches_a_company_where_there_is_a_gateway(bank, settings, django_assert_num_queries):
    settings.SMS_URL = settings.WHATSAPP_URL = ""
    save_contact(Contact(customer=bank), {"name": "Guardia", "way_sms": "099 555 0111", "way_voice": "099 555 0112"})
    assert not is_reachable(bank)
    settings.SMS_URL = "json://gateway.example.com/{number}"
    assert is_reachable(bank)
    assert not unreachable(Customer.objects.all()).exists()
    with django_assert_num_queries(1):
        assert [one.is_reachable for one in with_reach(Customer.objects.all())] == [True]


def test_a_site_that_departs_from_its_city_says_why(bank, cuenca):
    fields = {"name": "isla", "city": cuenca, "own_band": "remote", "own_zone": "Pacific/Galapagos"}
    assert "why" in refusal(save_site, Site(customer=bank), fields)["own_reason"]
    site = save_site(Site(customer=bank), {**fields, "own_reason": "solo se llega en lancha"})
    assert (site.band, site.zone) == ("remote", "Pacific/Galapagos")
    site = save_site(site, {**fields, "own_band": "", "own_zone": "", "own_reason": ""})
    assert (site.band, site.zone) == ("main", "America/Guayaquil")


def test_an_unknown_zone_names_the_nearest(bank, cuenca):
    fields = {"name": "isla", "city": cuenca, "own_zone": "Pacific/Galapagoss", "own_reason": "x"}
    assert "“Pacific/Galapagos”" in refusal(save_site, Site(customer=bank), fields)["own_zone"]


def test_a_site_with_services_does_not_end(site, service):
    assert refusal(end, site)["active"].startswith("1 service still ends")
    end(service)
    end(site)
    assert not Site.objects.get(pk=site.pk).active
    resume(site)
    assert Site.objects.get(pk=site.pk).active


def test_a_circuit_that_is_taken_says_by_which_company(bank, service, cuenca):
    other = save_company(Customer(), {"name": "Hospital Los Arrayanes"})
    there = save_site(Site(customer=other), {"name": "sede", "city": cuenca})
    problems = refusal(save_service, Service(customer=other), {"circuit": " enl-0042 ", "site": there})
    assert "ENL-0042" in problems["circuit"]
    assert "Banco Austral" in problems["circuit"]


def test_somebody_quicker_is_told_too(bank, service, site, monkeypatch):
    monkeypatch.setattr("guardia.customers.editing.Service.objects", Service.objects.none())
    problems = refusal(save_service, Service(customer=bank), {"circuit": "ENL-0042", "site": site})
    assert "already a service" in problems["circuit"]


def test_a_service_ends_at_a_site_of_its_own_company(bank, site):
    other = save_company(Customer(), {"name": "Hospital Los Arrayanes"})
    assert "another company" in refusal(save_service, Service(customer=other), {"circuit": "X", "site": site})["site"]


def test_what_is_to_be_tested_keeps_its_lines(service, site):
    save_service(service, {"circuit": "ENL-0042", "site": site, "to_test": " 192.0.2.10 \r\n\r\n ge-0/0/1 "})
    assert Service.objects.get().to_test == "192.0.2.10\nge-0/0/1"


def test_a_city_is_once_in_its_province(cuenca):
    fields = {"name": "CUENCA", "province": "azuay", "band": "main", "zone": "America/Guayaquil"}
    assert "already" in refusal(save_city, City(), fields)["name"]
    assert set(refusal(save_city, City(), {**fields, "band": "far", "zone": "Mars/Base"})) == {"band", "zone"}
    save_city(cuenca, {**fields, "band": "intermediate", "band_reason": "obras en la vía"})
    assert City.objects.get().edited


def test_characters_that_cannot_be_shown_are_refused(bank):
    assert "cannot be shown" in refusal(save_contact, Contact(customer=bank), {"name": "Je\x00fe"})["name"]


def test_the_database_itself_keeps_circuits_apart(bank, service, site):
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.create(customer=bank, site=site, circuit="ENL-0042", folded_circuit="enl-0042")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"latitude": "-2.9", "longitude": ""}, "longitude"),
        ({"latitude": "", "longitude": "-79"}, "latitude"),
        ({"latitude": "200", "longitude": "-79"}, "latitude"),
        ({"latitude": "norte", "longitude": "-79"}, "latitude"),
    ],
)
def test_a_site_has_both_coordinates_or_none(bank, cuenca, typed, field):
    assert list(refusal(save_site, Site(customer=bank), {"name": "Norte", "city": cuenca, **typed})) == [field]


def test_the_coordinates_of_a_site_are_written_with_a_point_or_a_comma(bank, cuenca):
    typed = {"name": "Norte", "city": cuenca, "latitude": "-2,897", "longitude": "-79.005"}
    site = save_site(Site(customer=bank), typed)
    assert (site.latitude, site.longitude) == (-2.897, -79.005)
