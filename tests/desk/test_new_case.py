"""Registration with the caller on the line: two fields suffice, and nothing that was typed is lost (P2)."""

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from tests.desk.conftest import words


def ring_and_answer(browser) -> Call:
    browser.post("/llamadas/timbra", {"from_number": "07 255 50148"})
    call = Call.objects.latest("pk")
    answered = browser.post(f"/llamadas/{call.pk}/contesta")
    assert answered.headers["Location"] == f"/casos/nuevo?llamada={call.pk}"
    return call


def test_the_callers_number_finds_the_company(story, engineer):
    call = ring_and_answer(engineer)
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert "Banco Austral" in page
    assert "Jefe de Sistemas, registered contact of the company" in page
    assert "ENL-0042" in page
    assert "To give the number" in page


def test_service_and_symptoms_suffice_and_the_number_is_read_aloud(story, engineer):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    page = words(engineer.post(f"/casos/nuevo?llamada={call.pk}", fields, follow=True))
    case = Case.objects.get()
    assert f'class="read-aloud number">{case.display_number}<' in page
    assert case.reporter == story.head
    assert case.assigned == story.engineer
    assert [c.kind for c in case.clocks.filter(outcome="kept")] == ["reception", "registration"]


def test_the_site_answers_what_was_not_asked(story, engineer):
    engineer.post("/casos/nuevo", {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"})
    assert (Case.objects.get().site_contact, Case.objects.get().access_hours) == ("Portería", "24 horas")


def test_without_symptoms_the_form_comes_back_with_everything_else(story, engineer):
    fields = {"service": story.service.pk, "symptoms": "", "impact": "degraded", "reporter_name": "La recepcionista"}
    back = engineer.post("/casos/nuevo", fields)
    assert back.status_code == 422
    assert "Write what the caller says" in words(back)
    assert "La recepcionista" in words(back)
    assert not Case.objects.exists()


def test_three_letters_find_a_company_and_a_stranger_gets_nothing_confidential(story, engineer):
    found = words(engineer.get("/casos/nuevo?q=ban"))
    assert f"compania={story.bank.pk}" in found
    engineer.post("/llamadas/timbra", {"from_number": ""})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}&compania={story.bank.pk}"))
    assert "Not a registered contact" in page


def test_a_company_that_nobody_can_be_told_of_is_warned_about(story, engineer):
    story.bank.contacts.update(email="")
    assert "No contact of this company can be reached by mail" in words(
        engineer.get(f"/casos/nuevo?compania={story.bank.pk}")
    )


def test_a_call_about_an_open_case_is_joined_to_it(story, engineer):
    case = story.open_case()
    call = ring_and_answer(engineer)
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert case.display_number in page
    engineer.post(f"/casos/{case.number}/unir", {"call": call.pk})
    call.refresh_from_db()
    assert (call.case_id, call.settled_as) == (case.pk, "joined")


def test_a_number_that_cannot_be_dialled_is_refused_with_an_example(story, engineer):
    back = engineer.post("/llamadas/timbra", {"from_number": "abc"})
    assert back.status_code == 422
    assert "02 555 0100" in words(back)


def test_the_same_call_sent_twice_opens_one_case(story, engineer):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    for _ in range(2):
        answer = engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
        assert answer.headers["Location"] == f"/casos/{Case.objects.get().number}/abierto"
    assert Case.objects.count() == 1


def test_what_is_being_written_is_there_on_any_screen(story, engineer):
    key = f"nuevo:{story.bank.pk}:0"
    saved = engineer.post("/borradores", {"draft": key, "symptoms": "la mitad de una frase", "impact": "degraded"})
    assert words(saved).startswith("draft saved")
    assert "la mitad de una frase" in words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    engineer.post(
        f"/casos/nuevo?compania={story.bank.pk}",
        {"service": story.service.pk, "symptoms": "la frase entera", "impact": "degraded"},
    )
    assert not Draft.objects.exists()


def test_p1_a_reception_that_was_late_says_so_beside_the_registration(story, engineer):
    story.caller_rings(story.head)
    story.seconds_pass(75)
    call = story.engineer_answers()
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert "reception 1:15" in page
    assert "overdue" in page.split("reception 1:15")[1][:300]


def test_the_demo_call_button_is_there_in_the_demonstration_only(story, engineer, settings):
    assert engineer.post("/demo/llamada").status_code == 404
    assert "/demo/llamada" not in words(engineer.get("/llamadas/"))
    settings.DEMO = True
    assert "/demo/llamada" in words(engineer.get("/llamadas/"))
    assert engineer.post("/demo/llamada").status_code == 302
    assert "Jefe de Sistemas" in words(engineer.get("/llamadas/"))
