"""The page of the letterhead: written, looked at before it is kept, and taken back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guardia.config.now import now
from guardia.notices import letterhead
from guardia.people.staff import Role
from tests.notices.pictures import png
from tests.settings.conftest import seen, words

WHOLE = {"sender": "Mesa de Servicio", "heading": "Operadora de Ejemplo S. A.", "footer": "Av. Primera 1-23"}


def logo(content: bytes = png(), name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def sent(browser, **typed):
    return browser.post(reverse("settings_letterhead"), typed)


def shown(browser, query: str = "") -> str:
    return browser.get(reverse("settings_letterhead_view") + query).content.decode()


def test_a_page_without_one_says_so_and_shows_the_plain_letter(supervisor):
    assert "None is in force: emails have no letterhead." in words(supervisor.get(reverse("settings_letterhead")))
    assert "<img" not in shown(supervisor)
    assert "Yours faithfully," in shown(supervisor)


def test_it_is_kept_with_its_logo_and_is_on_record(supervisor):
    assert sent(supervisor, **WHOLE, colour="#0b7a75", logo=logo(), reason="Nueva marca").status_code == 302
    found = letterhead.in_force()
    assert (found.heading, found.logo, found.version) == (WHOLE["heading"], png(), 1)
    page = words(supervisor.get(reverse("settings_record") + "?que=letterhead"))
    for expected in ("Letterhead", "Operadora de Ejemplo", "PNG 240 × 80", "Nueva marca", "#0b7a75"):
        assert expected in page
    page = words(supervisor.get(reverse("settings_letterhead")))
    assert "The logo in force: PNG 240 × 80" in page
    assert "in force" in page


def test_the_logo_stays_until_it_is_taken_away(supervisor):
    sent(supervisor, **WHOLE, logo=logo())
    sent(supervisor, **{**WHOLE, "heading": "Otra"})
    assert letterhead.in_force().logo == png()
    sent(supervisor, **WHOLE, no_logo="on")
    assert letterhead.in_force().logo == b""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("heading", "x" * 201),
        ("sender", "a\x07b"),
        ("footer", "\n".join("x" * 12)),
        ("colour", "#ffff00"),
        ("colour", "rojo"),
        ("logo", b"MZ this is no picture"),
        ("logo", b"\x89PNG" + b"\0" * 200_000),
        ("logo", b"\0" * 3_000_000),
        ("logo", png(3000, 300)),
    ],
)
def test_what_cannot_be_kept_is_marked_with_its_remedy_and_nothing_is_lost(supervisor, field, value):
    typed = {**WHOLE, field: logo(value) if field == "logo" else value, "reason": "Nueva marca"}
    answer = sent(supervisor, **typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert 'value="Nueva marca"' in words(answer)
    assert letterhead.in_force() is None
    view = supervisor.post(reverse("settings_letterhead_view") + "?oscuro", {**typed, **rewound(typed)})
    assert view.status_code == 422
    assert str(answer.context["form"].errors[field][0]) in view.content.decode().replace("&#x27;", "'")


def rewound(typed: dict) -> dict:
    file = typed.get("logo")
    if file:
        file.seek(0)
    return {"logo": file} if file else {}


def test_a_look_shows_what_is_typed_and_keeps_nothing(supervisor):
    answer = supervisor.post(reverse("settings_letterhead_view") + "?claro", {**WHOLE, "logo": logo()})
    html = answer.content.decode()
    for expected in (WHOLE["heading"], "Av. Primera 1-23", "Mesa de Servicio", 'src="data:image/png;base64,'):
        assert expected in html
    assert letterhead.in_force() is None
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


def test_each_paper_is_shown_whatever_the_theme(supervisor):
    light, dark = shown(supervisor, "?claro"), shown(supervisor, "?oscuro")
    assert "prefers-color-scheme" not in light + dark
    assert ("@media all" in light, "@media all" in dark) == (False, True)


def test_an_earlier_version_is_looked_at_and_holds_again(supervisor):
    sent(supervisor, **WHOLE)
    sent(supervisor, heading="Otra")
    assert WHOLE["heading"] in shown(supervisor, "?claro&version=1")
    assert supervisor.post(reverse("settings_letterhead_back", args=[1])).status_code == 302
    assert (letterhead.in_force().version, letterhead.in_force().heading) == (3, WHOLE["heading"])
    supervisor.post(reverse("settings_letterhead_back", args=[0]))
    assert letterhead.in_force() is None
    page = words(supervisor.get(reverse("settings_letterhead")))
    assert "Emails no longer have a letterhead." in page
    assert "plain letter" in page


@pytest.mark.parametrize("number", ["99", "0", "x", "9" * 30, "-1"])
def test_a_version_that_there_is_not_is_not_found(supervisor, number):
    assert supervisor.get(f"{reverse('settings_letterhead_view')}?version={number}").status_code == 404


def test_to_go_back_to_no_version_is_refused_in_words(supervisor):
    answer = supervisor.post(reverse("settings_letterhead_back", args=[99]), follow=True)
    assert "There is no version 99 of the letterhead." in words(answer)
    assert supervisor.post(f"/ajustes/membrete/{'9' * 30}/retomar").status_code in {302, 404}


def test_two_at_once_the_second_is_told_and_loses_nothing(supervisor, sign_in):
    before = seen(supervisor.get(reverse("settings_letterhead")).content.decode())
    sent(sign_in(Role.SUPERVISOR, "otra"), heading="La primera", seen=before)
    late = sent(supervisor, heading="La segunda", seen=before)
    assert late.status_code == 409
    assert "La primera" in words(late)
    assert 'value="La segunda"' in words(late)
    assert letterhead.in_force().heading == "La primera"


def test_whoever_may_only_read_sees_no_form(sign_in):
    letterhead.save(WHOLE, by=None, at=now())
    engineer = sign_in(Role.ENGINEER)
    page = words(engineer.get(reverse("settings_letterhead")))
    assert "Supervisors and administrators change it." in page
    assert not re.search(r'<form[^>]*action="/ajustes/membrete', page)
    assert 'enctype="multipart/form-data"' not in page
    assert sent(engineer, heading="Otra").status_code == 403
    assert engineer.post(reverse("settings_letterhead_view"), WHOLE).status_code == 403


def test_a_colour_without_a_line_is_refused_where_it_is_kept_and_where_it_is_looked_at(supervisor):
    answer = sent(supervisor, colour="#0b7a75")
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"colour"})
    view = supervisor.post(reverse("settings_letterhead_view"), {"colour": "#0b7a75"})
    assert view.status_code == 422
    assert "no line to colour" in view.content.decode()
