"""The screens of companies and their neighbours: who may, what is kept, what is refused and how it is said."""

import pytest
from django.urls import reverse

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import end, save_company, save_contact, save_service, save_site
from guardia.field.crew import Crew
from guardia.people.staff import Role, Staff

ROLES_THAT_LOOK = set(Role) - {Role.TECHNICIAN}
ROLES_THAT_EDIT = {Role.ENGINEER, Role.SUPERVISOR, Role.ADMINISTRATOR}


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def site(bank, cuenca) -> Site:
    return save_site(Site(customer=bank), {"name": "agencia matriz", "city": cuenca})


# --- who may ---


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_no_more(sign_in, bank, role):
    browser = sign_in(role)
    may = {
        "companies": ROLES_THAT_LOOK,
        "cities": ROLES_THAT_LOOK,
        "cities_csv": ROLES_THAT_LOOK,
        "band_changes": ROLES_THAT_LOOK,
        "crews": ROLES_THAT_LOOK,
        "reports": ROLES_THAT_LOOK,
        "company_new": ROLES_THAT_EDIT,
        "companies_import": ROLES_THAT_EDIT,
        "city_new": {Role.SUPERVISOR, Role.ADMINISTRATOR},
        "crew_new": {Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR},
        "staff": {Role.ADMINISTRATOR},
        "member_new": {Role.ADMINISTRATOR},
    }
    answers = {name: browser.get(reverse(name), follow=True).status_code for name in may}
    assert answers == {name: 200 if role in roles else 403 for name, roles in may.items()}


def test_a_refusal_is_a_page_that_says_what_to_do(sign_in):
    refused = sign_in(Role.SALES).post(reverse("company_new"), {"name": "X", "language": "es"})
    assert refused.status_code == 403
    assert "You are not allowed to open this." in page(refused)
    assert not Customer.objects.exists()


def test_whoever_is_not_signed_in_is_sent_to_sign_in(as_staff, client):
    answer = client.get(reverse("companies"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("sign_in"))


# --- the list ---


def test_the_empty_list_teaches(supervisor):
    shown = page(supervisor.get(reverse("companies")))
    assert "There are no companies yet." in shown
    assert reverse("companies_import") in shown


def test_a_company_that_nobody_of_can_be_told_is_marked_with_a_word(supervisor, bank):
    assert "nobody can be notified" in page(supervisor.get(reverse("companies")))
    assert "Add a contact" in page(supervisor.get(reverse("company", args=[bank.pk])))
    save_contact(Contact(customer=bank), {"name": "Jefe", "email": "jefe@example.com"})
    assert "nobody can be notified" not in page(supervisor.get(reverse("companies")))
    assert "nobody would hear about its cases" not in page(supervisor.get(reverse("company", args=[bank.pk])))


def test_the_list_filters_and_searches(supervisor, bank):
    vip = save_company(Customer(), {"name": "Clínica San Jacinto", "vip": True})
    former = save_company(Customer(), {"name": "Minera Cóndor"})
    end(former)

    def named(query: str) -> set[str]:
        rows = supervisor.get(reverse("companies") + query).context["list"]["rows"]
        return {company.name for company in rows}

    assert named("") == {bank.name, vip.name}
    assert named("?ver=vip") == {vip.name}
    assert named("?ver=inactivas") == {former.name}
    assert named("?q=clinica") == {vip.name}
    assert named("?q=condor&ver=inactivas") == {former.name}
    assert "Nothing matches" in page(supervisor.get(reverse("companies") + "?q=zzz<script>"))


@pytest.mark.parametrize(
    "query", ["?pagina=0", "?pagina=-1", "?pagina=x", "?pagina=99999999999999999999", "?ver=x", "?q=%00"]
)
def test_an_address_nobody_would_write_is_no_error(supervisor, bank, query):
    assert supervisor.get(reverse("companies") + query).status_code == 200


def test_the_list_turns_its_pages(supervisor):
    Customer.objects.bulk_create(Customer(name=f"C {n:03}", folded_name=f"c {n:03}") for n in range(120))
    first = supervisor.get(reverse("companies")).context["list"]
    last = supervisor.get(reverse("companies") + "?pagina=3").context["list"]
    assert (len(first["rows"]), first["counted"], first["before"]) == (50, "99+ companies", "")
    assert (len(last["rows"]), last["after"]) == (20, "")


def test_the_list_asks_the_same_questions_for_one_company_as_for_fifty(supervisor, django_assert_max_num_queries):
    Customer.objects.bulk_create(Customer(name=f"C {n:03}", folded_name=f"c {n:03}") for n in range(50))
    with django_assert_max_num_queries(40):
        supervisor.get(reverse("companies"))


# --- forms ---


def test_a_new_company_leads_to_its_page(supervisor):
    answer = supervisor.post(reverse("company_new"), {"name": "Banco Austral", "vip": "on", "language": "es"})
    company = Customer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("company", args=[company.pk]))
    assert company.vip


def test_a_contact_with_mistakes_keeps_what_was_typed_and_marks_each_field(supervisor, bank):
    typed = {"name": "", "email": "jefe@", "phones": "99", "language": "es", "told": ["closure"]}
    answer = supervisor.post(reverse("contact_new", args=[bank.pk]), typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "email", "phones"}
    assert 'value="jefe@"' in page(answer)
    assert 'aria-invalid="true"' in page(answer)
    assert not Contact.objects.exists()


def test_a_contact_is_saved_and_shown_as_it_is_dialled(supervisor, bank):
    typed = {"title": "Ing.", "name": "Jefe", "email": "jefe@example.com", "phones": "075550148", "language": "en"}
    supervisor.post(reverse("contact_new", args=[bank.pk]), {**typed, "told": ["closure", "registration"]})
    contact = Contact.objects.get()
    assert (contact.phones, contact.told, contact.language) == (["+59375550148"], ["registration", "closure"], "en")
    shown = page(supervisor.get(reverse("company", args=[bank.pk])))
    assert "(07) 555-0148" in shown
    assert 'value="closure" aria-label="Ing. Jefe: Closing" checked' in shown
    assert 'value="diagnosis" aria-label="Ing. Jefe: Diagnosis">' in shown
    assert "(07) 555-0148" in page(supervisor.get(reverse("contact_edit", args=[bank.pk, contact.pk])))


def test_a_taken_circuit_names_its_company(supervisor, bank, site):
    save_service(Service(customer=bank), {"circuit": "ENL-0042", "site": site})
    other = save_company(Customer(), {"name": "Hospital Los Arrayanes"})
    there = save_site(Site(customer=other), {"name": "sede", "city": site.city})
    answer = supervisor.post(reverse("service_new", args=[other.pk]), {"circuit": "enl-0042", "site": there.pk})
    assert answer.status_code == 422
    assert "already a service of Banco Austral" in answer.context["form"].errors["circuit"][0]


def test_a_site_of_another_company_cannot_be_chosen(supervisor, bank, site):
    other = save_company(Customer(), {"name": "Hospital Los Arrayanes"})
    answer = supervisor.post(reverse("service_new", args=[other.pk]), {"circuit": "X", "site": site.pk})
    assert (answer.status_code, Service.objects.count()) == (422, 0)


def test_a_part_is_found_only_under_its_own_company(supervisor, bank, site):
    other = save_company(Customer(), {"name": "Hospital Los Arrayanes"})
    assert supervisor.get(reverse("site_edit", args=[bank.pk, site.pk])).status_code == 200
    assert supervisor.get(reverse("site_edit", args=[other.pk, site.pk])).status_code == 404
    assert supervisor.post(reverse("site_step", args=[other.pk, site.pk, "desactivar"])).status_code == 404


def test_nothing_is_deleted_it_ends_and_resumes(supervisor, bank, site):
    step = reverse("site_step", args=[bank.pk, site.pk, "desactivar"])
    service = save_service(Service(customer=bank), {"circuit": "ENL-0042", "site": site})
    refused = supervisor.post(step)
    assert refused.status_code == 422
    assert "1 service still ends at this site" in page(refused)
    end(service)
    assert supervisor.post(step).status_code == 302
    assert not Site.objects.get().active
    assert supervisor.get(step).status_code == 405
    assert supervisor.post(reverse("site_step", args=[bank.pk, site.pk, "activar"])).status_code == 302
    assert Site.objects.get().active
    assert supervisor.post(reverse("site_step", args=[bank.pk, site.pk, "borrar"])).status_code == 404


def test_a_site_form_asks_for_the_reason_of_its_own_band(supervisor, bank, cuenca):
    typed = {"name": "isla", "city": cuenca.pk, "own_band": "remote"}
    answer = supervisor.post(reverse("site_new", args=[bank.pk]), typed)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"own_reason"})
    supervisor.post(reverse("site_new", args=[bank.pk]), {**typed, "own_reason": "solo en lancha"})
    assert "solo en lancha" in page(supervisor.get(reverse("company", args=[bank.pk])))


def test_the_import_code_cannot_be_changed_by_a_forged_form(supervisor, bank):
    typed = {"name": "Banco Austral", "language": "es", "external_id": "C-999"}
    supervisor.post(reverse("company_edit", args=[bank.pk]), typed)
    assert Customer.objects.get().external_id == "C-001"


# --- cities, crews, people ---


def test_a_city_changes_its_band_and_is_marked_as_edited(supervisor, cuenca):
    typed = {"name": "Cuenca", "province": "Azuay", "band": "intermediate", "zone": "America/Guayaquil"}
    assert set(supervisor.post(reverse("city_edit", args=[cuenca.pk]), typed).context["form"].errors) == {"band_reason"}
    typed["band_reason"] = "obras en la vía"
    assert supervisor.post(reverse("city_edit", args=[cuenca.pk]), typed).status_code == 302
    city = City.objects.get()
    assert (city.band, city.edited) == ("intermediate", True)
    assert "intermediate city" in page(supervisor.get(reverse("cities") + "?q=azuay"))


def test_two_crews_of_one_name_are_refused(supervisor):
    typed = {"name": "Cuadrilla 1", "phone": "02 555 0401", "base": "Quito"}
    assert supervisor.post(reverse("crew_new"), typed).status_code == 302
    assert supervisor.post(reverse("crew_new"), typed).status_code == 422
    assert Crew.objects.get().phone == "+59325550401"


@pytest.fixture
def administrator(sign_in):
    return sign_in(Role.ADMINISTRATOR)


PERSON = {"username": "Ingeniero.9", "name": "Ingeniero 9", "role": "engineer", "language": "es"}


def test_a_person_gets_a_first_password_that_is_long_enough(administrator):
    for password in ("", "corta", "password1234"):
        answer = administrator.post(reverse("member_new"), {**PERSON, "password": password})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"password"})
    assert administrator.post(reverse("member_new"), {**PERSON, "password": "una clave larga 7"}).status_code == 302
    person = Staff.objects.get(username="ingeniero.9")
    assert person.check_password("una clave larga 7")
    administrator.post(reverse("member_edit", args=[person.pk]), {**PERSON, "role": "quality", "password": ""})
    person.refresh_from_db()
    assert person.role == Role.QUALITY
    assert person.check_password("una clave larga 7")


def test_who_signs_in_with_that_name_already_is_said(administrator):
    Staff.objects.create(username="ingeniero.9", name="Ingeniera Nueve")
    answer = administrator.post(reverse("member_new"), {**PERSON, "password": "una clave larga 7"})
    assert "Ingeniera Nueve" in answer.context["form"].errors["username"][0]


def test_the_last_administrator_neither_leaves_nor_changes_role(administrator):
    me = Staff.objects.get()
    typed = {"username": me.username, "name": me.name, "language": "es", "role": "engineer"}
    assert administrator.post(reverse("member_edit", args=[me.pk]), typed).status_code == 422
    assert administrator.post(reverse("member_step", args=[me.pk, "desactivar"])).status_code == 422
    Staff.objects.create(username="otra", name="otra", role=Role.ADMINISTRATOR)
    assert administrator.post(reverse("member_step", args=[me.pk, "desactivar"])).status_code == 302
    assert administrator.get(reverse("staff")).status_code == 302


def test_whoever_changes_the_own_password_stays_signed_in(administrator):
    me = Staff.objects.get()
    typed = {"username": me.username, "name": me.name, "language": "es", "role": "administrator"}
    administrator.post(reverse("member_edit", args=[me.pk]), {**typed, "password": "una clave larga 7"})
    assert administrator.get(reverse("settings_people")).status_code == 200
