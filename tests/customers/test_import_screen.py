"""The screen of files: looked at first, brought in by a second press."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guardia.cases.draft import Draft
from guardia.customers.customer import Customer
from guardia.customers.importing.columns import KINDS
from guardia.people.staff import Role


def page(response) -> str:
    return response.content.decode()


def sent(browser, kind: str, content: bytes):
    file = SimpleUploadedFile("datos.csv", content)
    return browser.post(reverse("companies_import"), {"kind": kind, "file": file})


def test_a_file_is_looked_at_first_and_brought_in_by_a_second_press(supervisor):
    looked = sent(supervisor, "companies", KINDS["companies"].sample().encode())
    assert looked.status_code == 200
    assert not Customer.objects.exists()
    press = reverse("companies_import_now", args=["companies", looked.context["draft"].pk])
    assert press in page(looked)
    assert supervisor.post(press).status_code == 302
    assert Customer.objects.count() == 2
    assert supervisor.post(press).status_code == 404
    assert not Draft.objects.exists()
    assert "nothing to import" in page(sent(supervisor, "companies", KINDS["companies"].sample().encode()))


def test_somebody_elses_file_cannot_be_pressed_in(supervisor, sign_in):
    looked = sent(supervisor, "companies", KINDS["companies"].sample().encode())
    press = reverse("companies_import_now", args=["companies", looked.context["draft"].pk])
    assert sign_in(Role.ENGINEER).post(press).status_code == 404
    assert not Customer.objects.exists()


def test_mistakes_are_shown_by_row_and_column_and_nothing_waits(supervisor):
    answer = sent(supervisor, "companies", b"codigo;nombre\nC-1;\n")
    assert answer.status_code == 422
    assert re.search(r"<td[^>]*>2</td><td[^>]*><code>nombre</code></td>", page(answer))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04", b'a;b\n"', b"\xff" * 5000])
def test_no_file_breaks_the_page(supervisor, content):
    assert sent(supervisor, "services", content).status_code == 422


def test_no_file_and_no_kind_are_said(supervisor):
    answer = supervisor.post(reverse("companies_import"), {"kind": "planets"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"kind", "file"})


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_samples_are_offered(supervisor, kind):
    sample = supervisor.get(reverse("companies_sample", args=[kind]))
    assert sample.content.decode() == KINDS[kind].sample()
    assert reverse("companies_sample", args=[kind]) in page(supervisor.get(reverse("companies_import")))
