"""While the telephone still rings: who is it, which company, which circuit."""

import pytest
from django.db import connection

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import lookup
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import end, save_company, save_contact, save_service
from guardia.customers.values import beginning_with, fold, words_of


def company(name: str) -> Customer:
    return save_company(Customer(), {"name": name})


def contact(of: Customer, name: str, phones: str) -> Contact:
    return save_contact(Contact(customer=of), {"name": name, "phones": phones})


def names(companies) -> list[str]:
    return [company.name for company in companies]


def test_folding_forgets_accents_capitals_and_doubled_blanks():
    assert fold("  Ñandú   S.Á. ") == "nandu s.a."


def test_a_caller_is_known_by_any_way_of_writing_the_number(bank):
    head = contact(bank, "Jefe de Sistemas", "07 555 0148, 099 000 0148")
    assert lookup.by_phone("+593 7 555 0148") == head
    assert lookup.by_phone("0990000148") == head
    assert lookup.by_phone("07 555 0149") is None
    assert lookup.by_phone("anonymous") is None


def test_an_extension_names_its_person_and_the_number_alone_its_first(bank):
    desk = contact(bank, "Mesa de ayuda", "02 555 0100")
    head = contact(bank, "Jefe de Sistemas", "02 555 0100 ext 12")
    assert lookup.by_phone("02 555 0100 ext 12") == head
    assert lookup.by_phone("02 555 0100 ext 99") == desk


def test_a_number_of_two_companies_names_nobody(bank):
    contact(bank, "Portería", "02 555 0100")
    contact(company("Hospital Los Arrayanes"), "Portería", "02 555 0100")
    assert lookup.by_phone("02 555 0100") is None


def test_who_left_is_not_named(bank):
    end(contact(bank, "Anterior jefe", "02 555 0100"))
    assert lookup.by_phone("02 555 0100") is None


def test_names_that_begin_so_come_before_names_with_a_word_that_begins_so(as_staff):
    for name in ("Hospital Áustral", "Austral Seguros", "Banco Austral", "Claustro"):
        company(name)
    assert names(lookup.companies_named("aus")) == ["Austral Seguros", "Banco Austral", "Hospital Áustral"]
    assert names(lookup.companies_named("AUS", limit=2)) == ["Austral Seguros", "Banco Austral"]
    assert names(lookup.companies_named("banco aus")) == ["Banco Austral"]


@pytest.mark.parametrize("words", ["", "  ", "%", "_", "'", "& | ! ( ) : *", "\\"])
def test_signs_alone_find_nothing_and_break_nothing(bank, words):
    assert lookup.companies_named(words) == []
    assert lookup.services_called(words) == []
    assert list(lookup.found_by(words)) == []


def test_a_circuit_is_found_by_its_beginning_or_its_number(bank, cuenca):
    site = Site.objects.create(customer=bank, name="matriz", city=cuenca)
    for circuit in ("ENL-0042", "ENL-0043", "SAT/0042"):
        save_service(Service(customer=bank), {"circuit": circuit, "site": site})
    assert [service.circuit for service in lookup.services_called("enl-00")] == ["ENL-0042", "ENL-0043"]
    assert [service.circuit for service in lookup.services_called("0042")] == ["ENL-0042", "SAT/0042"]
    assert [service.circuit for service in lookup.services_of(bank)] == ["ENL-0042", "ENL-0043", "SAT/0042"]
    assert lookup.companies_with("sat/0042") == [bank]
    assert list(lookup.found_by("0043")) == [bank]


def test_the_list_finds_by_telephone_too_and_keeps_the_inactive(bank):
    contact(bank, "Jefe de Sistemas", "02 555 0100")
    assert list(lookup.found_by("02 555 0100")) == [bank]
    end(bank)
    assert lookup.companies_named("banco") == []
    assert list(lookup.found_by("banco")) == [bank]


def test_each_search_is_answered_by_an_index(as_staff):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    by_word = Customer.objects.alias(named=words_of("folded_name")).filter(named=beginning_with("aus"))
    assert "customer_by_word" in by_word.explain()
    assert "folded_name" in Customer.objects.filter(folded_name__startswith="aus").explain()
    assert "contact_by_phone" in Contact.objects.filter(phones__contains=["+59325550100"]).explain()


def test_the_portal_sees_its_own_company_and_nobody_elses(bank):
    other = company("Hospital Los Arrayanes")
    contact(bank, "Jefe de Sistemas", "02 555 0100")
    contact(other, "Coordinadora", "02 555 0200")
    with behind(DatabaseRole.PORTAL, other.pk):
        assert names(lookup.companies_named("banco")) == []
        assert names(lookup.companies_named("hospital")) == ["Hospital Los Arrayanes"]
        assert lookup.by_phone("02 555 0100") is None
        assert lookup.by_phone("02 555 0200").name == "Coordinadora"
        assert list(lookup.found_by("02 555 0100")) == []
    with behind(DatabaseRole.PORTAL):
        assert list(Customer.objects.all()) == []
