"""The desk says who administers a company's contacts, and is told of what the company does there."""

import pytest

from guardia.config.now import now
from guardia.customers import editing, telling
from guardia.customers.contact import Contact, ContactChange
from guardia.intake import colleagues
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Staff
from tests.portal.conftest import Telephone


@pytest.fixture
def desk(story) -> Telephone:
    Staff.objects.update(language="en")
    telephone = Telephone()
    telephone.handler.enforce_csrf_checks = False
    telephone.force_login(story.supervisor)
    return telephone


def test_the_desk_says_who_administers_and_it_is_on_record(desk, story):
    address = f"/companias/{story.bank.pk}/contactos/{story.desk.pk}/editar"
    page = desk.get(address).content.decode()
    assert 'name="administers"' in page
    fields = {"name": "Help Desk", "email": "helpdesk@example.com", "language": "en", "administers": "on"}
    assert desk.post(address, fields).status_code == 302
    story.desk.refresh_from_db()
    assert story.desk.administers
    change = SettingChange.objects.filter(noun="contact", key=str(story.desk.pk)).latest("pk")
    assert (change.before["administers"], change.after["administers"], change.by) == (False, True, story.supervisor)
    assert "administers the contacts" in desk.get(f"/companias/{story.bank.pk}/").content.decode()


def test_a_change_of_the_company_waits_for_the_desk_with_what_it_changed(desk, story):
    contact = Contact.objects.get(pk=story.desk.pk)
    editing.save_contact(contact, {"told": ["closure"]}, at=story.now, by_contact=story.head.pk)
    page = desk.get("/companias/cambios").content.decode()
    assert "Jefe de Sistemas changed Help Desk" in page
    assert "Closing" in page
    assert "Changed by companies" in desk.get("/").content.decode()
    record = desk.get("/ajustes/cambios").content.decode()
    assert "Jefe de Sistemas" in record
    change = ContactChange.objects.get()
    assert desk.post(f"/companias/cambios/{change.pk}/si").status_code == 404
    desk.post(f"/companias/cambios/{change.pk}/visto")
    assert "Nothing is waiting." in desk.get("/companias/cambios").content.decode()


def test_the_desk_says_yes_or_no_to_a_new_person(desk, story):
    for name in ("ana", "eva"):
        colleagues.ask_for(story.case, story.head, name, f"{name}@example.com", at=now())
    ana, eva = ContactChange.objects.order_by("pk")
    page = desk.get("/companias/cambios").content.decode()
    assert "asks for a new person to be notified: ana &lt;ana@example.com&gt;" in page
    desk.post(f"/companias/cambios/{ana.pk}/si")
    desk.post(f"/companias/cambios/{eva.pk}/no")
    assert list(Contact.objects.filter(name__in=["ana", "eva"]).values_list("name", flat=True)) == ["ana"]
    eva.refresh_from_db()
    assert (eva.settled_as, eva.settled_by, eva.fields) == ("declined", story.supervisor, {})


def test_a_change_by_the_desk_itself_tells_nobody_twice(story):
    editing.save_contact(story.desk, {"told": []}, by=story.supervisor, at=story.now)
    assert telling.of_contact(story.desk)["told"] == []
    assert not ContactChange.objects.exists()


def test_an_objection_stands_out_in_the_log(desk, stable):
    from guardia.intake import customer_acts

    customer_acts.object_to(stable.case, stable.head, "la causa es otra", at=stable.now)
    page = desk.get(f"/casos/{stable.number}/?bitacora=todo").content.decode()
    assert "objects, and waits for your answer: la causa es otra" in page
