"""A case at the desk: every verb by a plain form, a refusal with the rule's own sentence, two people on one case."""

import pytest

from guardia.cases.draft import Draft
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.desk.conftest import words
from tests.procedure.story import staff


def address(story, act: str = "") -> str:
    return f"/casos/{story.number}/{act}"


def test_the_page_shows_the_promise_the_rail_and_who_was_told(story, engineer):
    story.open_case()
    page = words(engineer.get(address(story)))
    assert "Promised now" in page
    assert "3:00 of 4:00" in page
    assert "1\xa0h\xa030 to 3\xa0h" in page
    assert "Notified of the case: 3 contacts" in page
    assert "why this time?" in page


def test_the_number_may_be_written_in_groups(story, engineer):
    story.open_case()
    assert engineer.get(f"/casos/{story.case.display_number}/").status_code == 200
    assert engineer.get("/casos/104-001-3/").status_code == 404
    assert engineer.get("/casos/nada/").status_code == 404


def test_a_refusal_bears_the_rules_sentence_and_keeps_the_input(story, engineer):
    story.open_case()
    back = engineer.post(
        address(story, "diagnostico"), {"cause": "Fibra cortada", "plan": "Empalmar", "plan_kind": "visit"}
    )
    assert back.status_code == 409
    assert "The diagnosis needs at least 2 tests on record; there are 0." in words(back)
    assert "Fibra cortada" in words(back)
    assert story.case.stage == "diagnosis"


def test_an_hour_that_is_none_is_refused_with_an_example(story, engineer):
    story.open_case()
    fields = {"name": "ping", "result": "0 %", "verdict": "good", "at": "las dos"}
    back = engineer.post(address(story, "prueba"), fields)
    assert back.status_code == 422
    assert "Write a time such as 14:05" in words(back)


def test_the_stage_chooses_the_one_primary_action(story, engineer):
    story.open_case()
    assert_asks(story, engineer, "diagnostico")
    story.minutes_pass(1)
    story.diagnosis("visit")
    assert_asks(story, engineer, "acuerdo")
    story.visit_is_agreed()
    assert_asks(story, engineer, "salida")
    story.minutes_pass(1)
    story.case.depart(by=story.by, at=story.now)
    assert_asks(story, engineer, "llegada")
    story.case.arrive(by=story.by, at=story.now)
    assert_asks(story, engineer, "permiso")
    story.case.clear_permit(by=story.by, at=story.now)
    assert_asks(story, engineer, "restablecido")
    story.service_is_restored()
    assert_asks(story, engineer, "confirmacion")
    story.customer_confirms()
    assert_asks(story, engineer, "estable")


def assert_asks(story, browser, act: str) -> None:
    page = words(browser.get(address(story)))
    assert page.count('class="button primary" type="submit" data-sends') == 1
    assert f'<form method="post" action="{address(story, act)}"' in page


@pytest.mark.parametrize(
    ("act", "fields", "moment"),
    [
        ("prueba", {"name": "ping", "result": "0 %", "verdict": "good"}, Moment.TESTED),
        ("escribir", {"audience": "internal", "text": "para el equipo"}, Moment.NOTED),
        ("escribir", {"audience": "public", "text": "para ustedes"}, Moment.NEWS_SENT),
        ("espera", {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"}, Moment.WAIT_STARTED),
        ("normalizado", {"how": "responde al ping"}, Moment.RECOVERED),
        ("datos", {"impact": "degraded", "mains_power": "yes"}, Moment.DETAILS_UPDATED),
        ("envio", {}, Moment.DISPATCH_DECIDED),
        ("anular", {"reason": "abierto por error"}, Moment.CANCELLED),
    ],
)
def test_each_act_is_a_plain_form_that_leads_back_to_the_case(story, engineer, act, fields, moment):
    story.open_case()
    assert engineer.get(address(story, act)).status_code == 200
    done = engineer.post(address(story, act), {**fields, "seen": story.case.seq})
    assert done.headers["Location"] == address(story)
    assert story.moments()[-1] == moment


def test_an_internal_note_owes_the_customer_nothing(story, engineer):
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    engineer.post(address(story, "escribir"), {"audience": "internal", "text": "solo nosotros"})
    story.nobody_is_told()


def test_the_wait_is_let_go_by_its_own_form(story, engineer):
    story.open_case()
    engineer.post(address(story, "espera"), {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"})
    wait = story.case.waits.get()
    assert "the customer: sin llave</option>" in words(engineer.get(address(story, "reanudar")))
    assert "waiting" in words(engineer.get(address(story)))
    engineer.post(address(story, "reanudar"), {"wait": wait.pk})
    assert story.moments()[-1] == Moment.WAIT_ENDED


def test_a_stale_act_comes_back_with_what_changed_and_what_was_typed(story, engineer, colleague):
    story.open_case()
    seen = story.case.seq
    colleague.post(address(story, "espera"), {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"})
    stale = {"audience": "public", "text": "Seguimos con pruebas", "seen": seen}
    back = engineer.post(address(story, "escribir"), stale)
    assert back.status_code == 409
    assert "This case changed while you were writing" in words(back)
    assert "sin llave" in words(back)
    assert "Seguimos con pruebas" in words(back)
    assert Moment.NEWS_SENT not in story.moments()
    engineer.post(address(story, "escribir"), {**stale, "seen": story.case.seq})
    assert story.moments()[-1] == Moment.NEWS_SENT


def test_a_note_a_test_and_ones_own_acts_make_nothing_stale(story, engineer, colleague):
    story.open_case()
    seen = story.case.seq
    colleague.post(address(story, "prueba"), {"name": "ping", "result": "0 %", "verdict": "good"})
    engineer.post(address(story, "espera"), {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"})
    done = engineer.post(address(story, "escribir"), {"audience": "public", "text": "Seguimos", "seen": seen})
    assert done.status_code == 302


def test_two_people_on_one_case_see_each_other(story, engineer, colleague):
    story.open_case()
    assert "is viewing this case" not in words(engineer.get(address(story)))
    assert "ingeniero1 is viewing this case" in words(colleague.get(address(story)))
    assert "ingeniero2 is viewing this case" in words(engineer.get(address(story, "vivo")))


def test_the_live_parts_answer_304_until_something_happens(story, engineer):
    story.open_case()
    tag = engineer.get(address(story, "vivo")).headers["HX-PTag"]
    assert engineer.get(address(story, "vivo"), headers={"hx-ptag": tag}).status_code == 304
    story.test_shows("0 %")
    assert engineer.get(address(story, "vivo"), headers={"hx-ptag": tag}).status_code == 200


def test_what_is_being_typed_is_no_live_part(story, engineer):
    story.open_case()
    live = words(engineer.get(address(story, "vivo")))
    assert 'id="act"' not in live
    assert 'id="composer"' not in live


def test_an_htmx_act_brings_the_next_form_and_the_parts_that_moved(story, engineer):
    story.open_case()
    fields = {"name": "ping", "result": "0 %", "verdict": "good", "seen": story.case.seq}
    answer = words(engineer.post(address(story, "prueba"), fields, headers={"hx-request": "true"}))
    assert answer.lstrip().startswith('<section class="act" id="act"')
    assert '<hx-partial hx-target="#log"' in answer
    assert "Recorded: Test." in answer


def test_a_draft_survives_and_goes_with_its_act(story, engineer):
    story.open_case()
    key = f"caso:{story.number}:diagnostico"
    engineer.post("/borradores", {"draft": key, "cause": "quizá la fuente", "plan": ""})
    assert "quizá la fuente" in words(engineer.get(address(story)))
    story.test_shows("pérdida")
    story.test_shows("corte", name="OTDR")
    engineer.post(address(story, "diagnostico"), {"cause": "la fuente", "plan": "cambiarla", "plan_kind": "remote"})
    assert not Draft.objects.filter(key=key).exists()


def test_without_a_script_the_draft_is_kept_on_the_way_to_another_form(story, engineer):
    story.open_case()
    key = f"caso:{story.number}:diagnostico"
    fields = {"draft": key, "cause": "media frase", "next": address(story, "prueba")}
    assert engineer.post("/borradores", fields).headers["Location"] == address(story, "prueba")
    assert engineer.post("/borradores", {**fields, "next": "https://example.com/"}).status_code == 200
    assert Draft.objects.get(key=key).fields == {"cause": "media frase"}


def test_only_a_supervisor_is_offered_to_go_on_without_the_customer(story, engineer, sign_in):
    story.open_case()
    story.minutes_pass(1)
    story.diagnosis()
    story.service_is_restored()
    assert engineer.get(address(story, "sin-confirmacion")).status_code == 403
    assert "sin-confirmacion" not in words(engineer.get(address(story)))
    assert "sin-confirmacion" in words(sign_in(story.supervisor).get(address(story)))


def test_who_may_only_look_gets_no_form(story, sign_in):
    story.open_case()
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    page = words(auditor.get(address(story)))
    assert 'id="composer"' not in page
    assert "data-sends" not in page
    assert auditor.post(address(story, "escribir"), {"audience": "internal", "text": "x"}).status_code == 403


def test_a_closed_case_offers_nothing_and_says_when_it_ended(story, engineer):
    story.open_case()
    story.case.cancel("abierto por error", by=story.by, at=story.now)
    page = words(engineer.get(address(story)))
    assert "Cancelled at" in page
    assert "data-sends" not in page


def test_the_log_can_be_narrowed(story, engineer):
    story.open_case()
    story.case.note("solo para el equipo", by=story.by, at=story.now)
    assert "solo para el equipo" in words(engineer.get(address(story) + "?bitacora=interno"))
    assert "solo para el equipo" not in words(engineer.get(address(story) + "?bitacora=pruebas"))
    assert "Jefe de Sistemas: owed since" in words(engineer.get(address(story) + "?bitacora=avisos"))


def test_whom_an_act_will_tell_is_said_before_it_is_done(story, engineer):
    story.open_case()
    assert "Notifies 2 contacts" in words(engineer.get(address(story, "diagnostico")))
    assert "Notifies nobody outside" in words(engineer.get(address(story, "prueba")))


@pytest.mark.parametrize(("act", "writes"), [("diagnostico", True), ("envio", False)])
def test_a_letter_is_offered_to_look_at_where_one_is_written(story, engineer, act, writes):
    story.open_case()
    page = words(engineer.get(address(story, act)))
    assert ("Notifies nobody outside" in page) is not writes
    assert (f"/vista/{act}" in page) is writes


def test_search_goes_straight_to_a_whole_number_and_finds_words(story, engineer):
    case = story.open_case()
    assert engineer.get(f"/buscar?q=[{case.display_number}]").headers["Location"] == address(story)
    assert case.display_number in words(engineer.get("/buscar?q=servicios"))
    assert "ENL-0042" in words(engineer.get("/buscar?q=ENL-0042"))
    assert "Nothing was found" in words(engineer.get("/buscar?q=zzzz"))
    assert "Write at the top" in words(engineer.get("/buscar"))
