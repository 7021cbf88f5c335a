"""The elements of the network at the desk: what hangs on what, which services end there, and what fails with one."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.network.reach import services_behind
from guardia.people.setting_change import SettingChange, last_change
from guardia.people.staff import Role
from tests.desk.conftest import words
from tests.procedure.story import staff


def save(browser, path: str = "/elementos/nuevo", **fields):
    return browser.post(path, {"code": "CUE-N1", "name": "Nodo Cuenca 1", "kind": "node", "seen": "0", **fields})


@pytest.fixture
def ring(story, engineer) -> Element:
    save(engineer, code="ANILLO-SUR", name="Anillo sur", kind="route")
    return Element.objects.get()


def test_an_element_is_written_with_what_it_hangs_on_and_what_ends_there(story, engineer, ring):
    answer = save(engineer, uppers="anillo-sur", services=story.service.circuit, public_es="Nodo de Cuenca")
    assert answer.status_code == 302, words(answer)
    node = Element.objects.get(code="CUE-N1")
    assert ElementLink.objects.get(lower=node).upper == ring
    assert ServiceElement.objects.get().customer == story.service.customer
    assert node.public_name == {"es": "Nodo de Cuenca"}
    assert services_behind([ring.pk]) == [story.service.pk]
    page = words(engineer.get(f"/elementos/{ring.pk}/"))
    assert "1 service fails with it, 1 company" in page
    assert story.service.circuit in page


def test_another_way_keeps_it_from_failing(story, engineer, ring):
    save(engineer, protected_uppers="ANILLO-SUR", services=story.service.circuit)
    assert services_behind([ring.pk]) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("uppers", "NADA-1", "No element has this code: nada-1"),
        ("services", "ENL-9999", "No service has this circuit: enl-9999"),
        ("code", "anillo-sur", "There is already an element with this code"),
        ("code", "", "This field is required"),
        ("kind", "moon", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(engineer, ring, field, value, said):
    answer = save(engineer, **{field: value})
    assert answer.status_code == 422
    assert said in words(answer)
    assert Element.objects.count() == 1


def test_nothing_hangs_on_itself(engineer, ring):
    save(engineer, uppers="ANILLO-SUR")
    seen = last_change("element", ring.pk)
    answer = save(engineer, f"/elementos/{ring.pk}/editar", code="ANILLO-SUR", kind="route", uppers="CUE-N1", seen=seen)
    assert answer.status_code == 422
    assert "CUE-N1 depends on this same element" in words(answer)
    assert not ElementLink.objects.filter(lower=ring).exists()


def test_one_that_is_not_in_use_takes_nothing_down(story, engineer, ring):
    save(engineer, uppers="ANILLO-SUR", services=story.service.circuit)
    node = Element.objects.get(code="CUE-N1")
    engineer.post(f"/elementos/{node.pk}/desactivar")
    assert services_behind([ring.pk]) == []


def test_a_change_is_on_record_in_words(story, engineer, ring, sign_in):
    engineer.post(
        f"/elementos/{ring.pk}/editar",
        {"code": "ANILLO-SUR", "name": "Anillo del sur", "kind": "route", "seen": last_change("element", ring.pk)},
    )
    change = SettingChange.objects.filter(noun="element").order_by("-pk").first()
    assert (change.before["name"], change.after["name"]) == ("Anillo sur", "Anillo del sur")
    page = words(sign_in(staff("supervisora9", role=Role.SUPERVISOR)).get("/ajustes/cambios"))
    assert "Element of the network" in page
    assert "Anillo del sur" in page


def test_who_only_looks_may_not_write(story, ring, sign_in):
    auditor = sign_in(staff("auditora", role=Role.AUDITOR))
    assert "New element" not in words(auditor.get("/elementos/"))
    assert save(auditor).status_code == 403


def test_the_list_teaches_while_it_is_empty_and_finds_by_words(story, engineer):
    assert "a mass outage is declared with one code" in words(engineer.get("/elementos/"))
    save(engineer)
    assert "CUE-N1" in words(engineer.get("/elementos/?q=cuenca"))
    assert "No element is called “quito”" in words(engineer.get("/elementos/?q=quito"))


def test_the_inventory_comes_as_a_file_that_is_looked_at_first(story, engineer):
    written = (
        "elemento,tipo,nombre,depende_de,circuito",
        "ANILLO-SUR,ruta,Anillo sur,,",
        "CUE-N1,nodo,Nodo,ANILLO-SUR,",
        f"CUE-N1,,,,{story.service.circuit}",
    )
    sample = words(engineer.get("/companias/importar/elements.csv"))
    header = sample.lstrip("\ufeff").splitlines()[0].replace(";", ",").split(",")
    assert {"elemento", "tipo", "nombre"} <= set(header)
    file = SimpleUploadedFile("red.csv", "\n".join(written).encode(), "text/csv")
    page = words(engineer.post("/companias/importar", {"kind": "elements", "file": file}))
    assert not Element.objects.exists()
    confirm = re.search(r'action="(/companias/importar/elements/\d+)"', page)
    assert confirm, page
    assert engineer.post(confirm[1]).url == "/elementos/"
    assert services_behind([Element.objects.get(code="ANILLO-SUR").pk]) == [story.service.pk]
