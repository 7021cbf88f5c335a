"""The settings of quick answers, and the list that the composer opens."""

import html

import pytest
from django.urls import reverse

from guardia.people.setting_change import SettingChange
from guardia.quick_answers.quick_answer import NOUN, QuickAnswer


@pytest.fixture
def engineer(story, sign_in):
    return sign_in(story.engineer)


@pytest.fixture
def supervisor(story, sign_in):
    return sign_in(story.supervisor)


def page(browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def sent(**more) -> dict:
    return {"title_es": "Una", "text_es": "Caso {number}.", "stages": ["diagnosis"], **more}


def test_a_supervisor_writes_one_and_the_record_of_changes_says_so(supervisor, engineer):
    assert supervisor.post(reverse("settings_quick_answer_new"), sent()).status_code == 302
    answer = QuickAnswer.objects.get()
    assert answer.newest.stages == ["diagnosis"]
    assert SettingChange.objects.get(noun=NOUN).after["title"] == "Una"
    assert "Una" in page(supervisor, f"/ajustes/cambios?que={NOUN}")
    assert "Una" in page(engineer, reverse("settings_quick_answers"))
    assert "You may read this" in page(engineer, reverse("settings_quick_answer", args=[answer.number]))
    assert engineer.post(reverse("settings_quick_answer", args=[answer.number]), sent()).status_code == 403


def test_an_unknown_placeholder_stands_at_its_field_and_in_the_preview(supervisor):
    answer = supervisor.post(reverse("settings_quick_answer_new"), sent(text_es="Hola {nadie}."))
    assert answer.status_code == 422
    assert html.unescape(answer.content.decode()).count("The placeholder {nadie} is unknown here") == 2
    live = supervisor.post(reverse("settings_quick_answer_preview"), sent(text_es="En {company}: {state}."))
    assert "Compañía de ejemplo" in html.unescape(live.content.decode())


def test_of_two_who_edit_it_at_once_the_second_is_told(supervisor):
    supervisor.post(reverse("settings_quick_answer_new"), sent())
    address = reverse("settings_quick_answer", args=[QuickAnswer.objects.get().number])
    supervisor.post(address, sent(text_es="Otro", seen=SettingChange.objects.latest("pk").pk))
    answer = supervisor.post(address, sent(text_es="Tercero", seen=1))
    assert answer.status_code == 409
    assert "Meanwhile somebody else changed this" in answer.content.decode()


def test_it_is_taken_out_of_use_and_back_to_an_older_edition(supervisor, write):
    one = write("Una")
    supervisor.post(reverse("settings_quick_answer", args=[one.number]), sent(title_es="Dos"))
    supervisor.post(reverse("settings_quick_answer_back", args=[one.number]), {"edicion": 1})
    supervisor.post(reverse("settings_quick_answer_turn", args=[one.number, "retirar"]))
    one = QuickAnswer.objects.select_related("newest").get()
    assert (one.newest.edition, one.newest.texts["es"]["title"], one.active) == (3, "Una", False)
    assert supervisor.post(reverse("settings_quick_answer_turn", args=[one.number, "borrar"])).status_code == 404
    assert supervisor.get(reverse("settings_quick_answer", args=[99])).status_code == 404


def suggested(browser, story, **query) -> str:
    answer = browser.get(reverse("suggestions", args=[story.number]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_composer_offers_what_fits_in_the_customers_language_and_a_note_in_ones_own(engineer, story, write):
    story.open_case()
    write("Una <b>", "Caso {number}: «a» & <b>.", title_en="One", text_en="Case {number}.")
    number = story.case.display_number
    public = suggested(engineer, story, signo="/", audience="public")
    assert f'data-text="Caso {number}: «a» &amp; &lt;b&gt;."' in public
    assert f'data-text="Case {number}."' in suggested(engineer, story, signo="/", audience="internal")
    assert "Nothing has that name" in suggested(engineer, story, signo="/", q="nada")
    assert "Nothing has that name" in suggested(engineer, story, signo="x", q="\0")


def test_what_is_sent_from_the_composer_is_counted(engineer, story, write):
    story.open_case()
    answer = write("Una")
    words = {"text": answer.newest.texts["es"]["text"], "quick": str(answer.number), "seen": story.case.seq}
    for audience, counted in (("public", 1), ("internal", 2)):
        words["seen"] = story.case.seq
        engineer.post(reverse("act", args=[story.number, "escribir"]), {**words, "audience": audience})
        assert answer.uses.count() == counted
    engineer.post(reverse("act", args=[story.number, "escribir"]), {**words, "audience": "internal", "text": "Otra"})
    assert answer.uses.count() == 2
