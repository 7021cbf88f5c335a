"""`/api/v2`: companies, sites, services, contacts, elements and crews are written by the desk's own forms."""

import pytest

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.test_v2 import machine
from tests.procedure.story import a_contact

__all__ = ["machine"]


def errors_of(answer):
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_a_company_with_all_that_is_its_own_is_written_by_a_machine(story, machine):
    company = machine.post("/companies", {"name": "Hospital del Valle", "language": "es", "vip": True})
    assert company.status_code == 201, company.content
    pk = company.json()["id"]
    assert company["Location"] == f"/api/v2/companies/{pk}"
    site = machine.post("/sites", {"company": pk, "name": "Matriz", "city": story.site.city_id})
    assert site.status_code == 201, site.content
    assert (site.json()["band"], site.json()["city"]["name"]) == ("main", "Cuenca")
    service = machine.post("/services", {"company": pk, "circuit": "ENL-77", "site": site.json()["id"]})
    assert service.status_code == 201, service.content
    sent = {"company": pk, "name": "Ana Ruiz", "language": "es", "phones": ["02 555 0148", "+593995550101"]}
    contact = machine.post("/contacts", {**sent, "told": ["closure"], "way_sms": ["+593995550101"]})
    assert contact.status_code == 201, contact.content
    assert contact.json()["phones"] == ["+59325550148", "+593995550101"]
    assert contact.json()["told"] == ["closure"]
    assert contact.json()["kinds"] == Contact.objects.get(pk=contact.json()["id"]).kinds
    assert [one["id"] for one in machine.get("/companies?q=enl-77").json()["items"]] == [pk]
    assert machine.get(f"/services?company={pk}").json()["items"] == [service.json()]


def test_what_is_left_out_stays_and_what_is_empty_is_emptied(story, machine):
    sent = {"company": story.bank.pk, "name": "Ana", "language": "pt", "title": "Ing."}
    made = machine.post("/contacts", sent).json()
    path = f"/contacts/{made['id']}"
    machine.patch(path, {"phones": ["02 555 0148"], "position": "Jefa"})
    changed = machine.patch(path, {"title": "", "told": []})
    assert changed.status_code == 200, changed.content
    expected = {"title": "", "position": "Jefa", "phones": ["+59325550148"], "told": [], "language": "pt"}
    assert {name: changed.json()[name] for name in expected} == expected
    assert machine.patch(path, {"phones": []}).json()["phones"] == []


def test_a_rule_of_the_desk_refuses_with_its_sentence_at_its_field(story, machine):
    refused = machine.post("/companies", {"name": "banco AUSTRAL", "language": "es"})
    assert refused.status_code == 422
    assert "already a company" in errors_of(refused)["name"]
    refused = machine.post("/services", {"company": story.other.pk, "circuit": "enl-0042", "site": story.site.pk})
    assert set(errors_of(refused)) == {"site"}
    refused = machine.patch(f"/sites/{story.site.pk}", {"own_zone": "America/Lima"})
    assert "Write why" in errors_of(refused)["own_reason"]


def test_what_is_missing_unknown_or_nowhere_is_named(story, machine):
    refused = machine.post("/sites", {"company": 999_999, "name": "x", "city": story.site.city_id, "color": "red"})
    assert errors_of(refused) == {"color": "This operation has no such field."}
    refused = machine.post("/sites", {"company": 999_999, "name": "x", "city": story.site.city_id})
    assert (refused.status_code, set(errors_of(refused))) == (422, {"company"})
    assert errors_of(machine.post("/companies", {"language": "es"})) == {"name": "This is missing."}
    assert machine.get("/companies/999999").status_code == 404
    assert machine.patch("/companies/0", {"name": "x"}).status_code == 422


def test_an_import_code_is_given_once(story, machine):
    path = f"/companies/{story.bank.pk}"
    assert machine.patch(path, {"external_id": "A1"}).json()["external_id"] == "A1"
    assert machine.patch(path, {"external_id": "A1", "vip": False}).status_code == 200
    assert set(errors_of(machine.patch(path, {"external_id": "A2"}))) == {"external_id"}


def test_of_two_writers_of_a_company_the_second_is_refused(story, machine):
    path = f"/companies/{story.bank.pk}"
    tag = machine.get(path)["ETag"]
    assert machine.patch(path, {"crm_number": "7"}, If_Match=tag).status_code == 200
    refused = machine.patch(path, {"crm_number": "8"}, If_Match=tag)
    assert refused.status_code == 412
    story.bank.refresh_from_db()
    assert story.bank.crm_number == "7"
    assert machine.get(path, **{"If-None-Match": refused["ETag"]}).status_code == 304


def test_a_role_without_the_right_reads_and_changes_nothing(story, machine):
    machine.as_role(Role.DISPATCHER)
    assert machine.get("/companies").status_code == 200
    assert machine.patch(f"/companies/{story.bank.pk}", {"vip": False}).status_code == 403
    assert machine.post("/cities", {"name": "x"}).status_code in {403, 422}
    story.bank.refresh_from_db()
    assert story.bank.vip


def test_what_ends_may_begin_again_and_a_site_in_use_does_not_end(story, machine):
    refused = machine.post(f"/sites/{story.site.pk}/deactivate")
    assert (refused.status_code, set(errors_of(refused))) == (422, {"active"})
    assert machine.post(f"/services/{story.service.pk}/deactivate").json()["active"] is False
    assert machine.post(f"/sites/{story.site.pk}/deactivate").json()["active"] is False
    assert machine.post(f"/services/{story.service.pk}/activate").json()["active"] is True
    assert Service.objects.get(pk=story.service.pk).active
    assert not Site.objects.get(pk=story.site.pk).active


def test_a_change_of_band_is_agreed_to_before_it_is_done(story, machine):
    story.open_case()
    path = f"/sites/{story.site.pk}"
    change = {"own_band": "remote", "own_reason": "Only by boat"}
    refused = machine.patch(path, change)
    assert refused.status_code == 409, refused.content
    assert "Banco Austral" in refused.json()["title"]
    agreed = errors_of(refused)["agreed"]
    assert machine.patch(path, {**change, "agreed": "else"}).status_code == 409
    assert machine.patch(path, {**change, "agreed": agreed}).json()["band"] == "remote"


def test_an_element_a_test_and_a_crew_are_written_too(story, machine):
    element = {"code": "UIO-N7", "name": "Nodo 7", "kind": "node", "services": ["ENL-0042"], "public_en": "Node Seven"}
    made = machine.post("/elements", element)
    assert made.status_code == 201, made.content
    assert (made.json()["services"], made.json()["public_name"]) == (1, {"en": "Node Seven"})
    changed = machine.patch(f"/elements/{made.json()['id']}", {"name": "Nodo siete"})
    assert changed.json()["services"] == 1, changed.content
    lower = {"code": "UIO-N8", "name": "Nodo 8", "kind": "node", "uppers": ["UIO-N7"]}
    assert machine.post("/elements", lower).json()["above"] == [{"code": "UIO-N7", "protected": False}]
    target = {"company": story.bank.pk, "service": story.service.pk, "kind": "icmp", "address": "192.0.2.10"}
    made = machine.post("/targets", target)
    assert made.status_code in {201, 422}, made.content
    crew = machine.post("/crews", {"name": "Cuadrilla 7", "specialties": ["fibre"]})
    assert crew.status_code == 201, crew.content
    person = machine.post("/crew_members", {"crew": crew.json()["id"], "name": "Luis Vega", "document": "0102030405"})
    assert person.json()["crew"]["name"] == "Cuadrilla 7"
    assert "document" not in person.json()
    assert machine.get(f"/crew_members?crew={crew.json()['id']}").json()["items"] == [person.json()]


def test_what_a_machine_changes_of_a_contact_is_on_record_under_its_account(story, machine):
    machine.patch(f"/contacts/{story.head.pk}", {"told": ["closure"]})
    change = SettingChange.objects.get(noun="contact", key=str(story.head.pk))
    assert change.by == machine.key.staff


def test_many_persons_on_one_page_are_in_the_journal(story, machine):
    Contact.objects.bulk_create(a_contact(story.bank, f"P{n}", "", "es") for n in range(30))
    machine.get("/contacts?limit=5")
    assert not AuditEntry.objects.filter(kind=AuditKind.SEEN_IN_BULK).exists()
    machine.get("/contacts?limit=50")
    assert AuditEntry.objects.get(kind=AuditKind.SEEN_IN_BULK).staff == machine.key.staff


@pytest.mark.parametrize(
    "noun", ["companies", "sites", "services", "contacts", "cities", "elements", "crews", "carriers"]
)
def test_each_noun_is_in_the_document_with_an_example_that_its_schema_allows(story, machine, noun):
    document = api.get_openapi_schema()
    assert {f"{noun}.{verb}" for verb in ("list", "read", "create", "change")} <= set(OPERATIONS)
    one = document["paths"][f"/api/v2/{noun}"]["post"]
    sent = one["requestBody"]["content"]["application/json"]["example"]
    assert machine.post(f"/{noun}", sent).status_code in {201, 422}
    assert "schema" in one["requestBody"]["content"]["application/json"]


def test_companies_are_searched_by_prefix_and_paged(story, machine):
    Customer.objects.bulk_create(Customer(name=f"Clinica {n}", folded_name=f"clinica {n}") for n in range(5))
    first = machine.get("/companies?q=clinica&limit=3&fields=name").json()
    second = machine.get(f"/companies?q=clinica&limit=3&cursor={first['next_cursor']}").json()
    assert len({one["id"] for one in first["items"] + second["items"]}) == 5
    assert set(first["items"][0]) == {"id", "name"}


def test_a_nul_in_the_query_is_refused_at_its_name(story, machine):
    for path in ("/companies?q=%00", "/contacts?email=%00", "/cases?desk=%00", "/mails?desk=%00"):
        refused = machine.get(path)
        assert (refused.status_code, len(errors_of(refused))) == (422, 1)
