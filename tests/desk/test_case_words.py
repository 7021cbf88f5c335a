"""What a case's page says: who confirmed, what each stage took, what is green, and which acts are put before one."""

import re
from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.stages.verification import Confirmer
from guardia.customers.contact import Contact
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, WaitCause
from guardia.web.desk.acts.offered import beside
from guardia.web.desk.case_page.act_form import green_words
from tests.desk.conftest import words

UNCONFIRMED = "Not confirmed by the customer"


def page_of(story, browser, rest: str = "") -> str:
    return words(browser.get(f"/casos/{story.number}/{rest}"))


def stage(page: str, name: str) -> str:
    """What the rail says of a stage."""
    found = re.search(rf'<span class="name">{name}</span>\s*<span class="took">(.*)</span>\s*</a>', page)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def offered(story) -> set[str]:
    return {act.name for act in beside(case_for_desk(str(story.number)))}


@pytest.fixture
def restored(story):
    story.open_case()
    story.minutes_pass(1)
    story.diagnosis()
    story.service_is_restored()
    story.service_is_tested()
    return story


def nobody_answers(story) -> None:
    for _attempt in range(3):
        story.minutes_pass(1)
        story.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=story.by, at=story.now)


def test_a_supervisors_confirmation_says_that_the_customer_confirmed_nothing(restored, engineer, sign_in):
    nobody_answers(restored)
    supervisor = sign_in(restored.supervisor)
    supervisor.post(f"/casos/{restored.number}/sin-confirmacion", {"reason": "nadie contesta"})
    assert restored.case.latest(Moment.CONFIRMED).variant == "supervisor"
    page = page_of(restored, supervisor)
    assert f"Recorded: {UNCONFIRMED}." in page
    assert f'<b class="unconfirmed">{UNCONFIRMED}</b>' in page
    assert f'<span class="kind">{UNCONFIRMED}</span>' in page_of(restored, engineer)


def test_what_the_customer_confirmed_bears_no_such_mark(restored, engineer):
    restored.customer_confirms()
    assert UNCONFIRMED not in page_of(restored, engineer)


def test_a_relapse_takes_the_mark_away(restored, engineer):
    nobody_answers(restored)
    restored.case.go_on_unconfirmed("nadie contesta", by=Actor.of_staff(restored.supervisor), at=restored.now)
    restored.case.relapse("otra vez", by=restored.by, at=restored.now)
    assert 'class="unconfirmed"' not in page_of(restored, engineer)


def test_a_second_round_is_counted_and_its_targets_are_not_added_up(restored, engineer):
    restored.case.relapse("otra vez", by=restored.by, at=restored.now)
    restored.seconds_pass(45)
    restored.diagnosis()
    assert stage(page_of(restored, engineer), "Diagnosis") == "0:45 of 20:00 ×2"


def test_the_broken_round_stands_for_its_stage(story, engineer):
    story.open_case()
    story.minutes_pass(21)
    story.diagnosis()
    story.service_is_restored()
    story.case.relapse("otra vez", by=story.by, at=story.now)
    story.diagnosis()
    assert stage(page_of(story, engineer), "Diagnosis") == "21:00 of 20:00 ×2 · overdue"


def test_a_case_without_a_call_had_no_reception(story, engineer):
    story.case_is_registered()
    page = page_of(story, engineer)
    assert stage(page, "Reception") == "not applicable"
    assert stage(page, "Execution") != "not applicable"


def test_the_green_window_says_how_much_of_it_has_run(restored, engineer):
    restored.customer_confirms()
    page = page_of(restored, engineer)
    assert "<h2>Stability follow-up</h2>" in page
    assert re.search(r"green \d+ of 30 min, complete at (\w+ \d+ )?\d\d:\d\d", page)
    assert "It is stable: proceed to closing" in page


def test_the_last_minute_of_the_green_window_is_told_to_the_second(restored):
    restored.customer_confirms()
    complete = restored.case.green_since + restored.case.green_window
    assert re.search(r"complete at \d\d:\d\d$", green_words(restored.case, complete - timedelta(minutes=2)))
    assert re.search(r"complete at \d\d:\d\d:\d\d$", green_words(restored.case, complete - timedelta(seconds=20)))
    assert re.search(r"complete since \d\d:\d\d$", green_words(restored.case, complete))


def test_the_promise_bears_the_desks_name_not_the_customers(restored, engineer):
    page = page_of(restored, engineer)
    assert "<span>Verification: the customer confirms</span>" in page
    assert "answers for: Verification" in page


def test_a_case_is_not_closed_unseen_while_its_crew_is_at_the_site(story, engineer):
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    for step in (Case.depart, Case.arrive, Case.clear_permit):
        story.minutes_pass(1)
        step(story.case, by=story.by, at=story.now)
    story.service_is_restored()
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    at_once = {"fault": "fibra cortada", "solution": "empalme"}
    refused = engineer.post(f"/casos/{story.number}/cierre", at_once)
    assert refused.status_code == 422
    assert "Ask the crew whether it has left" in words(refused)
    assert story.case.is_open
    engineer.post(f"/casos/{story.number}/cierre", {**at_once, "crew_stays": "on"})
    assert not story.case.is_open


def test_field_steps_end_with_the_execution(story):
    story.open_case()
    story.minutes_pass(1)
    story.diagnosis("visit")
    story.visit_is_agreed()
    assert {"llegada", "bloqueo"} <= offered(story)
    story.case.depart(by=story.by, at=story.now)
    story.case.arrive(by=story.by, at=story.now)
    story.case.clear_permit(by=story.by, at=story.now)
    story.service_is_restored()
    assert not {"salida", "llegada", "permiso", "bloqueo", "restablecido"} & offered(story)


def test_to_go_on_is_offered_while_the_wait_holds_a_clock(story, engineer):
    story.open_case()
    assert "reanudar" not in offered(story)
    fields = {"cause": WaitCause.CUSTOMER.value, "asked_by": "Portería", "reason": "sin llave"}
    engineer.post(f"/casos/{story.number}/espera", fields)
    assert "reanudar" in offered(story)
    story.case.clocks.filter(ended_at=None).update(ended_at=story.now, outcome="kept")
    assert "reanudar" not in offered(story)


def test_who_has_no_address_is_not_told_and_the_warning_bears_the_shape_of_what_is_late(story, engineer):
    Contact.objects.update(email="")
    story.case_is_registered()
    page = page_of(story, engineer, "abierto")
    assert "Nobody at the company can be notified in writing (email): no contact has such an address." in page
    assert 'class="state warned" data-state="late"' in page
    assert "<dt>Guardia de turno</dt>" not in page


def test_who_has_an_address_is_told(story, engineer):
    story.case_is_registered()
    page = page_of(story, engineer, "abierto")
    assert "Nobody at the company can be notified" not in page
    assert "<dt>Jefe de Sistemas</dt>" in page
    assert "Guardia de turno" not in page


def test_p5_the_confirmers_number_is_written_as_it_is_read(restored, engineer):
    who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "+59375550148")
    restored.case.confirm(who, "se empalmó la fibra", by=restored.by, at=restored.now)
    page = page_of(restored, engineer)
    assert "(07) 555-0148" in page
    assert "+59375550148" not in page
