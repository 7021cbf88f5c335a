"""The box “Who answers” and the acts of an escalation at the desk (E1 to E5)."""

from guardia.cases.refusals import EndsWithThePromise
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.conftest import hand_over, words
from tests.procedure.story import staff


def address(story, act: str = "") -> str:
    return f"/casos/{story.number}/{act}"


def test_e2_the_page_says_level_why_who_was_paged_by_which_way_and_what_comes_next(story, engineer):
    story.open_case_and_breach()
    hand_over(story.page_to(story.supervisor), "supervisora@example.com")
    page = words(engineer.get(address(story)))
    assert "Level 1 " in page
    assert "Overdue: Diagnosis: cause and plan" in page
    assert "Nobody has acknowledged" in page
    assert "Supervisora 1" in page
    assert "Supervisor 2" in page
    assert " delivered" in page
    assert 'href="tel:+593999000001"' in page
    assert "Celular de Operaciones" in page
    assert "never proven" in page
    assert "Level 2 at " in page


def test_e_who_answers_is_shown_with_how_long_it_holds(story, supervisor):
    story.open_case_and_breach()
    back = supervisor.post(address(story, "respondo"), follow=True)
    assert "Supervisora 1 has answered for it since" in words(back)
    assert "if nothing moves" in words(back)
    assert story.running.acknowledged_by == story.supervisor.pk


def test_e_taking_command_after_answering_is_a_second_event_and_twice_is_once(story, supervisor):
    story.open_case_and_breach()
    for _ in range(2):
        supervisor.post(address(story, "respondo"))
        supervisor.post(address(story, "mando"))
    assert story.running.commands
    assert story.moments().count(Moment.ACKNOWLEDGED) == 2


def test_e_passing_it_on_asks_the_next_level_with_the_reason(story, supervisor, sign_in):
    story.open_case_and_breach()
    supervisor.post(address(story, "respondo"))
    back = supervisor.post(address(story, "pasar"), {"reason": ""})
    assert back.status_code == 422
    supervisor.post(address(story, "pasar"), {"reason": "Estoy en otra caída"})
    assert story.running.level == 2
    assert story.running.acknowledged_at is None
    page = words(sign_in(story.manager).get(address(story)))
    assert "Supervisora 1 cannot: Estoy en otra caída" in page
    assert "level 2: Gerente" in page


def test_e1_an_engineer_escalates_to_a_level_with_a_reason(on_time, sign_in):
    story, engineer = on_time, sign_in(on_time.engineer)
    story.open_case()
    back = engineer.post(
        address(story, "escalar"), {"level": 2, "source": "engineer", "reason": "El cliente es crítico"}
    )
    assert back.status_code == 302
    page = words(engineer.get(address(story)))
    assert "El cliente es crítico" in page
    assert "Gerente" in page


def test_e1_the_customer_asks_and_who_asked_must_be_named(story, engineer):
    story.open_case()
    fields = {"level": 1, "source": "customer", "reason": "Pide un supervisor"}
    back = engineer.post(address(story, "escalar"), fields)
    assert back.status_code == 409
    assert "who asked for it" in words(back)
    assert "Pide un supervisor" in words(back)
    engineer.post(address(story, "escalar"), fields | {"asked_by": "Jefe de Sistemas"})
    event = story.case.latest(Moment.ESCALATED)
    assert event.variant == "customer"
    assert "asked for by Jefe de Sistemas" in words(engineer.get(address(story)))


def test_e1_a_level_that_the_procedure_does_not_have_is_refused_at_the_field(story, engineer):
    story.open_case()
    for level in ("9", "0", "x", "99999999999999999999"):
        back = engineer.post(address(story, "escalar"), {"level": level, "source": "engineer", "reason": "x"})
        assert back.status_code == 422
    assert Moment.ESCALATED not in story.moments()


def test_e_one_begun_by_a_broken_promise_ends_with_the_promise_only(story, engineer):
    story.open_case_and_breach()
    back = engineer.post(address(story, "terminar-escalamiento"), {"reason": "ya no hace falta"})
    assert back.status_code == 409
    assert str(EndsWithThePromise()) in words(back)
    assert "terminar-escalamiento" not in words(engineer.get(address(story)))


def test_e_one_begun_by_a_person_may_be_ended_with_a_reason(on_time, sign_in):
    story, engineer = on_time, sign_in(on_time.engineer)
    story.open_case()
    story.case.escalate("Pide un supervisor", source="customer", asked_by="Jefe", by=story.by, at=story.now)
    assert story.running.source == "customer"
    engineer.post(address(story, "terminar-escalamiento"), {"reason": "El cliente lo retira"})
    assert story.case.escalation_now() is None
    assert "ended by a person: El cliente lo retira" in words(engineer.get(address(story)))


def test_e_what_is_over_cannot_be_answered(story, engineer):
    story.open_case()
    back = engineer.post(address(story, "respondo"))
    assert back.status_code == 409
    assert "This case has no open escalation any more" in words(back)


def test_answering_is_put_before_who_was_paged_or_supervises(story, engineer, supervisor):
    story.open_case_and_breach()
    assert f'{address(story, "respondo")}"' not in words(engineer.get(address(story)))
    assert f"{address(story, 'escalar')}#act" in words(engineer.get(address(story)))
    assert f'{address(story, "respondo")}"' in words(supervisor.get(address(story)))


def test_an_auditor_sees_who_answers_and_has_no_button(story, sign_in):
    story.open_case_and_breach()
    auditor = sign_in(staff("auditor", Role.AUDITOR))
    page = words(auditor.get(address(story)))
    assert "Nobody has acknowledged" in page
    assert "/respondo" not in page
    assert auditor.post(address(story, "respondo")).status_code == 403


def test_the_poll_of_the_case_tells_who_answers(story, engineer, supervisor):
    story.open_case_and_breach()
    live = engineer.get(address(story, "vivo"), headers={"hx-request": "true"})
    tag = live.headers["HX-PTag"]
    same = engineer.get(address(story, "vivo"), headers={"hx-request": "true", "hx-ptag": tag})
    assert same.status_code == 304
    supervisor.post(address(story, "respondo"))
    moved = engineer.get(address(story, "vivo"), headers={"hx-request": "true", "hx-ptag": tag})
    assert "Supervisora 1 has answered for it since" in words(moved)
