"""`/api/v2`: a service passes to another company, somebody not on file is put there, and topics are set."""

from datetime import timedelta

from guardia.config.now import now
from guardia.customers.contact import ChangeKind, Contact, ContactChange
from guardia.customers.customer import Service, Site
from guardia.people.staff import Role
from tests.api.test_v2 import machine

__all__ = ["machine"]


def errors_of(answer):
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def site_of_the_other(story):
    return Site.objects.create(customer=story.other, name="Principal", city=story.site.city)


def test_a_service_passes_to_another_company_on_a_day_or_stays(story, machine):
    site, day = site_of_the_other(story), (now() + timedelta(days=40)).date()
    path = f"/services/{story.service.pk}"
    planned = machine.post(f"{path}/move", {"site": site.pk, "on": day.isoformat()})
    assert planned.status_code == 200, planned.content
    assert (planned.json()["moves_on"], planned.json()["moves_to"]["id"]) == (day.isoformat(), site.pk)
    assert machine.post(f"{path}/stay").json()["moves_on"] is None
    refused = machine.post(f"{path}/move", {"site": story.site.pk, "on": day.isoformat()})
    assert list(errors_of(refused)) == ["site"]
    assert errors_of(machine.post(f"{path}/move", {"on": "tomorrow"}))["site"] == "This is missing."
    assert machine.post("/services/999999/stay").status_code == 404


def test_of_two_who_move_a_service_the_second_is_refused(story, machine):
    path = f"/services/{story.service.pk}"
    tag = machine.get(path)["ETag"]
    machine.patch(path, {"capacity": "1 Gbps"})
    assert machine.post(f"{path}/stay", If_Match=tag).status_code == 412


def test_who_is_not_on_file_is_put_there_and_tidied(story, machine):
    made = machine.post("/services/provisional", {"company_name": "Clínica Nueva", "city": "Cuenca"})
    assert made.status_code == 201, made.content
    assert made.json()["provisional"]
    opened = machine.post("/cases", {"service": made.json()["id"], "symptoms": "No link", "impact": "down"})
    assert opened.status_code == 201, opened.content
    assert machine.get("/services?provisional=true").json()["items"] == [made.json()]
    path = f"/services/{made.json()['id']}"
    assert machine.post(f"{path}/discard").status_code == 409
    assert set(errors_of(machine.post(f"{path}/identify", {"service": 999_999}))) == {"service"}
    known = machine.post(f"{path}/identify", {"service": story.service.pk})
    assert (known.status_code, known.json()["id"]) == (200, story.service.pk), known.content
    assert machine.get(f"/cases/{opened.json()['number']}").json()["company"]["id"] == story.bank.pk
    assert machine.post(f"{path}/keep").status_code == 404


def test_what_is_wrong_with_who_is_not_on_file_is_named(story, machine):
    refused = machine.post("/services/provisional", {"company_name": "Banco Austral", "city": "Cuenca"})
    assert list(errors_of(refused)) == ["company_name"]
    assert list(errors_of(machine.post("/services/provisional", {"company_name": "X", "city": "Atlantis"}))) == ["city"]
    nobody = machine.post("/services/provisional", {"city": "Cuenca"})
    assert list(errors_of(nobody)) == ["company_name"]
    other = machine.post("/services/provisional", {"company": story.bank.pk, "city": "Cuenca", "circuit": "N-1"})
    assert machine.post(f"/services/{other.json()['id']}/keep").json()["provisional"] is False
    assert Service.objects.get(circuit="N-1").customer == story.bank


def test_the_topics_of_a_company_are_set_for_new_contacts_or_for_all(story, machine):
    path = f"/companies/{story.bank.pk}/set_topics"
    assert machine.post(path, {"told": ["closure"]}).json()["told"] == ["closure"]
    assert len(Contact.objects.get(pk=story.head.pk).told) > 1
    machine.post(path, {"told": ["closure"], "alike": True})
    assert Contact.objects.get(pk=story.head.pk).told == ["closure"]
    assert machine.post(path, {"told": ["gossip"]}).status_code == 422
    machine.as_role(Role.DISPATCHER)
    assert machine.post(path, {"told": []}).status_code == 403


def test_a_new_person_whom_a_company_asks_for_is_confirmed_or_declined(story, machine):
    asked = [
        ContactChange.objects.create(
            customer=story.bank,
            kind=ChangeKind.ASKED,
            by=story.head,
            fields={"name": name, "email": f"{name}@example.com".lower()},
            at=story.now,
        )
        for name in ("Ana", "Eva")
    ]
    rows = machine.get("/contact_changes").json()["items"]
    assert [(one["id"], one["fields"]["name"]) for one in rows] == [(asked[0].pk, "Ana"), (asked[1].pk, "Eva")]
    done = machine.post(f"/contact_changes/{asked[0].pk}/confirm")
    assert done.json() == {"id": asked[0].pk, "settled": True}, done.content
    assert Contact.objects.filter(customer=story.bank, name="Ana").exists()
    assert machine.post(f"/contact_changes/{asked[1].pk}/acknowledge").status_code == 404
    assert machine.post(f"/contact_changes/{asked[1].pk}/decline").status_code == 200
    assert machine.get("/contact_changes").json()["items"] == []
