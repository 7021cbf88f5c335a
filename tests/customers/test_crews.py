"""Crews and their people on their screens: what is kept, what is refused and how that is said."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from guardia.field import crews
from guardia.field.crew import Crew, CrewMember
from guardia.people.staff import Role, Staff

WHOLE = {
    "name": "Cuadrilla 1",
    "phone": "02 555 0401",
    "base": "Quito",
    "contractor": "Redes del Sur",
    "specialties.shown": "1",
    "specialties": ["tower", "fibre"],
    "plate": "aaa-0001",
    "tools": "Fusionadora\n\n  OTDR ",
    "email": "cuadrilla@example.com",
}


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def crew(as_staff) -> Crew:
    return crews.save_crew(Crew(), {"name": "Cuadrilla 1", "specialties": ["fibre"]})


@pytest.fixture
def technician(as_staff) -> Staff:
    return Staff.objects.create(username="tecnico", name="Personal de campo 1", role=Role.TECHNICIAN)


def test_a_crew_is_kept_whole_and_shown_on_its_page(supervisor):
    answer = supervisor.post(reverse("crew_new"), WHOLE)
    crew = Crew.objects.get()
    assert answer["Location"] == reverse("crew", args=[crew.pk])
    assert (crew.phone, crew.plate, crew.tools) == ("+59325550401", "AAA-0001", "Fusionadora\nOTDR")
    assert crew.specialties == ["fibre", "tower"]
    shown = page(supervisor.get(answer["Location"]))
    for words in ("Redes del Sur", "Optical fibre, Work at height", "AAA-0001", "OTDR", "cuadrilla@example.com"):
        assert words in shown
    assert 'href="tel:+59325550401"' in shown
    assert "Nobody yet. Enter who goes in" in shown


def test_ticks_that_were_not_shown_stay_as_they_are(supervisor, crew):
    supervisor.post(reverse("crew_edit", args=[crew.pk]), {"name": "Cuadrilla 1", "base": "Quito"})
    crew.refresh_from_db()
    assert (crew.base, crew.specialties) == ("Quito", ["fibre"])
    supervisor.post(reverse("crew_edit", args=[crew.pk]), {"name": "Cuadrilla 1", "specialties.shown": "1"})
    crew.refresh_from_db()
    assert crew.specialties == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "02 555 0401\n02 555 0402", "One telephone fits here."),
        ("email", "nadie", "is not an email address"),
        ("plate", "x" * 21, "at most 20 characters"),
        ("specialties", ["juggling"], "juggling"),
    ],
)
def test_what_cannot_be_kept_says_what_to_write_instead(supervisor, field, value, sentence):
    answer = supervisor.post(reverse("crew_new"), {**WHOLE, field: value})
    assert answer.status_code == 422
    assert sentence in page(answer)
    assert not Crew.objects.exists()


def test_an_unknown_specialty_is_refused_by_the_room_itself(as_staff):
    with pytest.raises(ValidationError, match="juggling"):
        crews.save_crew(Crew(), {"name": "x", "specialties": ["juggling"]})


def test_a_person_enters_with_the_crew_and_an_account_is_a_choice(supervisor, crew, technician):
    add = reverse("crew_member_new", args=[crew.pk])
    assert page(supervisor.get(add)).index("Personal de campo 1 · Technician") < page(supervisor.get(add)).index(
        "supervisor · Supervisor"
    ), "technicians stand first"
    supervisor.post(add, {"name": "Personal de campo 1", "document": "000000001-1", "staff": technician.pk})
    supervisor.post(add, {"name": "Personal de campo 2"})
    with_account, without = CrewMember.objects.order_by("pk")
    assert (with_account.staff, without.staff) == (technician, None)
    shown = page(supervisor.get(reverse("crew", args=[crew.pk])))
    assert "000000001-1" in shown
    assert "no document: the guard will ask" in shown
    assert ">2<" in page(supervisor.get(reverse("crews")))


def test_nobody_stands_twice_in_one_crew(supervisor, crew, technician):
    add = reverse("crew_member_new", args=[crew.pk])
    supervisor.post(add, {"name": "Personal de campo 1", "document": "000000001-1", "staff": technician.pk})
    twice = supervisor.post(add, {"name": "Otra", "document": "000000001-1", "staff": technician.pk})
    assert twice.status_code == 422
    assert "is already in this crew with this account" in page(twice)
    assert "of this crew has this document" in page(twice)
    assert CrewMember.objects.count() == 1


def test_who_has_left_the_crew_may_come_back_unless_replaced(supervisor, crew, technician):
    first = crews.save_member(CrewMember(crew=crew), {"name": "Personal de campo 1", "staff": technician})
    step = reverse("crew_member_step", args=[crew.pk, first.pk, "desactivar"])
    assert supervisor.post(step)["Location"] == reverse("crew", args=[crew.pk])
    crews.save_member(CrewMember(crew=crew), {"name": "Personal de campo 2", "staff": technician})
    refused = supervisor.post(reverse("crew_member_step", args=[crew.pk, first.pk, "activar"]))
    assert refused.status_code == 422
    assert "is already in this crew" in page(refused)
    first.refresh_from_db()
    assert not first.active


def test_a_person_of_another_crew_is_not_found_in_this_one(supervisor, crew):
    other = crews.save_crew(Crew(), {"name": "Cuadrilla 2"})
    person = crews.save_member(CrewMember(crew=other), {"name": "Personal de campo 1"})
    assert supervisor.get(reverse("crew_member_edit", args=[crew.pk, person.pk])).status_code == 404
    assert supervisor.get(reverse("crew_member_new", args=[10**9])).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_no_more(sign_in, crew, role):
    browser = sign_in(role)
    looks = role != Role.TECHNICIAN
    writes = role in {Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}
    assert browser.get(reverse("crew", args=[crew.pk])).status_code == (200 if looks else 403)
    assert browser.get(reverse("crew_member_new", args=[crew.pk])).status_code == (200 if writes else 403)
