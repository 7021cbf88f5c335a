"""Who of a company is told what: ticked together, on record, and the further ways of each person."""

import pytest
from django.test import Client
from django.urls import reverse

from guardia.customers import ways
from guardia.customers.contact import Contact, ContactWay
from guardia.customers.customer import Customer
from guardia.customers.editing import save_company, save_contact
from guardia.customers.importing.bringing import bring
from guardia.customers.values import Unfit
from guardia.people.setting_change import SettingChange


def page(response) -> str:
    return response.content.decode()


def contact(company: Customer, name: str, **more) -> Contact:
    return save_contact(Contact(customer=company), {"name": name, "email": "area@example.com", **more})


def in_use(one: Contact) -> list[tuple[str, str, bool]]:
    rows = ContactWay.objects.filter(contact=one, active=True).order_by("position")
    return list(rows.values_list("kind", "address", "independent"))


def ticks(one: Contact, told: list[str], kinds: list[str], was: str | None = None) -> dict:
    seen = f"{'.'.join(one.told)}/{'.'.join(one.kinds)}"
    return {f"t{one.pk}": told, f"k{one.pk}": kinds, f"w{one.pk}": seen if was is None else was}


@pytest.fixture
def head(bank) -> Contact:
    return contact(bank, "Jefe")


def test_ticked_and_kept_only_for_whom_it_changed(supervisor: Client, bank, head):
    other = contact(bank, "Mesa")
    given = {"d": ["closure"], **ticks(head, ["registration"], ["incident"]), **ticks(other, other.told, other.kinds)}
    assert supervisor.post(reverse("company_told", args=[bank.pk]), given).status_code == 302
    head.refresh_from_db()
    bank.refresh_from_db()
    assert (head.told, head.kinds, bank.told) == (["registration"], ["incident"], ["closure"])
    changes = SettingChange.objects.order_by("pk").values_list("noun", "key")
    assert list(changes) == [("company", str(bank.pk)), ("contact", str(head.pk))]
    assert "Jefe" not in str(list(SettingChange.objects.values_list("before", "after")))


def test_two_who_tick_the_same_person_do_not_undo_each_other(supervisor, bank, head):
    given = {"d": bank.told, **ticks(head, ["registration"], ["incident"], was="closure/incident")}
    answer = supervisor.post(reverse("company_told", args=[bank.pk]), given, follow=True)
    head.refresh_from_db()
    assert "diagnosis" in head.told
    assert "Meanwhile somebody else changed" in page(answer)


def test_all_contacts_are_told_what_new_ones_are(supervisor, bank, head):
    given = {"d": ["closure"], "alike": "1"}
    supervisor.post(reverse("company_told", args=[bank.pk]), given)
    head.refresh_from_db()
    assert head.told == ["closure"]


def test_another_companys_contact_is_left_alone(supervisor, bank, head):
    other = save_company(Customer(), {"name": "Hospital"})
    stranger = contact(other, "Coordinadora")
    supervisor.post(reverse("company_told", args=[bank.pk]), {"d": bank.told, **ticks(stranger, [], [])})
    stranger.refresh_from_db()
    assert stranger.told
    assert "Coordinadora" not in page(supervisor.get(reverse("company", args=[bank.pk])))


def test_what_no_form_of_ours_sends_does_no_harm(supervisor, bank, head):
    given = {"d": ["x", "closure\0"], f"t{head.pk}": ["<b>"], f"w{head.pk}": "", "w99999999": "", "tx": "1"}
    assert supervisor.post(reverse("company_told", args=[bank.pk]), given).status_code == 302


def test_a_new_contact_is_told_what_the_company_says(bank, supervisor):
    save_company(bank, {"name": bank.name, "told": ["closure"]})
    assert contact(bank, "Nueva").told == ["closure"]
    form = page(supervisor.get(reverse("contact_new", args=[bank.pk])))
    assert form.count("checked") == 1 + 2  # one topic, both kinds of case


def test_ways_are_kept_in_their_order_end_and_resume(head):
    fields = {"name": "Jefe", "way_sms": "099 555 0111", "way_mail": "b@example.org, c@example.org"}
    save_contact(head, {**fields, "ways_depending": ["mail"]})
    sms = ("sms", "+593995550111", True)
    assert in_use(head) == [sms, ("mail", "b@example.org", False), ("mail", "c@example.org", False)]
    save_contact(head, {"name": "Jefe", "way_mail": "", "ways_depending": []})
    assert in_use(head) == [sms]
    save_contact(head, {"name": "Jefe", "way_mail": "c@example.org"})
    assert in_use(head) == [sms, ("mail", "c@example.org", True)]
    assert ContactWay.objects.count() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("way_sms", "hola"),
        ("way_sms", "02 555 0100 ext. 4"),
        ("way_whatsapp", "99"),
        ("way_mail", "jefe@"),
        ("way_sms", "\n".join(f"099 555 01{n}0" for n in range(6))),
        ("ways_depending", ["pigeon"]),
    ],
)
def test_a_way_that_reaches_nobody_is_refused_at_its_field(head, field, value):
    with pytest.raises(Unfit) as refused:
        save_contact(head, {"name": "Jefe", field: value})
    assert list(refused.value.problems) == [field]


def test_the_record_of_a_way_names_no_address(head, supervisor, bank):
    address = reverse("contact_edit", args=[bank.pk, head.pk])
    typed = {"name": "Jefe", "email": "area@example.com", "language": "es", "told": head.told, "kinds": head.kinds}
    assert supervisor.post(address, {**typed, "way_sms": "099 555 0111"}).status_code == 302
    change = SettingChange.objects.get(noun="contact")
    assert "5550111" not in str(change.after)
    assert change.after["way_sms"][0].startswith("…11 (")
    assert "area@example.com" not in str(change.after)
    assert "SMS" in page(supervisor.get(reverse("company", args=[bank.pk])))


def test_ticks_that_were_not_shown_stay_and_cleared_ones_are_cleared(head, supervisor, bank):
    address = reverse("contact_edit", args=[bank.pk, head.pk])
    assert 'name="kinds.shown"' in page(supervisor.get(address))
    save_contact(head, {"name": "Jefe", "told": ["closure"], "kinds": ["incident"]})
    typed = {"name": "Jefe", "email": "area@example.com", "language": "es"}
    assert supervisor.post(address, typed).status_code == 302
    head.refresh_from_db()
    assert (head.told, head.kinds) == (["closure"], ["incident"])
    assert supervisor.post(address, {**typed, "kinds.shown": "1"}).status_code == 302
    head.refresh_from_db()
    assert (head.told, head.kinds) == (["closure"], [])


HEAD = "compania;codigo;nombre;correo;sms;correo_alterno;dependen;tipos;correo_independiente\n"


def test_a_file_brings_the_ways_and_a_repeat_changes_nothing(bank):
    save_company(bank, {"name": bank.name, "told": ["closure"]})
    rows = "C-001;P-01;Jefe;jefe@example.com;099 555 0111;b@example.org;correo;incidentes;si\n"
    outcome = bring("contacts", (HEAD + rows).encode(), write=True)
    assert (outcome.problems, outcome.new) == ([], 1)
    one = Contact.objects.get()
    assert (one.told, one.kinds, one.email_independent) == (["closure"], ["incident"], True)
    assert in_use(one) == [("sms", "+593995550111", True), ("mail", "b@example.org", False)]
    again = bring("contacts", (HEAD + rows).encode(), write=True)
    assert (again.unchanged, again.changed) == (1, 0)
    corrected = bring("contacts", (HEAD + rows.replace("b@", "d@")).encode(), write=True)
    assert corrected.changed == 1
    assert corrected.changes[0].columns == "correo_alterno"
    assert ("mail", "d@example.org", False) in in_use(one)


def test_a_wrong_way_in_a_file_is_named_with_its_row_and_column(bank):
    rows = "C-001;P-01;Jefe;jefe@example.com;hola;;;;\n"
    outcome = bring("contacts", (HEAD + rows).encode(), write=True)
    assert [(p.row, p.column) for p in outcome.problems] == [(2, "sms")]
    assert not Contact.objects.exists()


def test_a_column_that_is_missing_leaves_the_ways_alone(bank):
    one = contact(bank, "Jefe", external_id="P-01", way_sms="099 555 0111")
    bring("contacts", b"compania;codigo;nombre;correo\nC-001;P-01;Jefe;otro@example.com\n", write=True)
    assert in_use(one) == [("sms", "+593995550111", True)]
    assert ways.written(one)["way_sms"] == ["+593995550111"]
