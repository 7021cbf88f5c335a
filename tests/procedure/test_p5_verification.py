"""P5: plan executed, hour, and who of the company confirms, in less than ten minutes."""

import pytest

from guardia.cases.refusals import (
    AGuard,
    ConfirmedAlready,
    FailsAlready,
    Missing,
    NotOfTheCompany,
    OneOfOurs,
    OnlyASupervisor,
    SupervisorWentOn,
    TooFewAttempts,
    TooFewTestsSince,
)
from guardia.cases.stages.verification import Capacity, Confirmer
from guardia.cases.waiting import WaitReason
from guardia.evidence.test_result import Verdict
from guardia.field.crew import Crew, CrewMember
from guardia.intake import customer_acts
from guardia.notices.notice import Notice
from guardia.people.staff import SYSTEM, Actor, Staff
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.story import contact


@pytest.fixture
def untested(make_story):
    story = make_story()
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


@pytest.fixture
def story(untested):
    untested.service_is_tested()
    return untested


@pytest.mark.parametrize(("minutes", "outcome"), [(9, "kept"), (10, "breached")])
def test_p5_a_person_of_the_company_confirms_in_less_than_ten_minutes(story, minutes, outcome):
    story.minutes_pass(minutes)
    story.customer_confirms()
    assert story.clock("verification").outcome == outcome
    assert story.case.stage == "stability"


def test_p5_the_notice_tells_plan_executed_hour_and_who_confirmed(story):
    restored_at = story.now
    story.minutes_pass(5)
    story.customer_confirms()
    facts = story.is_told("confirmed", story.head, story.desk)[0].facts
    assert facts["solution"] == "se empalmó la fibra"
    assert facts["restored_at"] == restored_at.isoformat()
    assert facts["confirmed_by"] == "Jefe de Sistemas, Jefe de Sistemas"


@pytest.mark.parametrize("capacity", [Capacity.GUARD, Capacity.OUR_TECHNICIAN])
def test_p5_d_never_a_guard_never_our_technician(story, capacity):
    with pytest.raises(NotOfTheCompany, match="P5"):
        story.customer_confirms(capacity=capacity)
    assert story.case.stage == "verification"
    story.nobody_is_told()


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("Guardia de la garita", "Recepción"),
        ("Turno de noche", "Guardia de seguridad"),
        ("Turno de noche", "VIGILANTE"),
        ("Night shift", "Security guard"),
        ("Turno da noite", "Vigia"),
    ],
)
def test_p5_d_a_guard_is_known_by_his_own_word(story, name, position):
    with pytest.raises(AGuard, match="guard"):
        confirms(story, name, position)
    assert story.case.stage == "verification"
    story.nobody_is_told()


@pytest.mark.parametrize("position", ["Ingeniero de guardia", "Jefa de Seguridad de la Información", "Recepcionista"])
def test_p5_d_anybody_else_of_the_company_is_accepted_at_once(story, position):
    confirms(story, "Encargada de turno", position)
    assert story.case.stage == "stability"


def test_p5_d_one_of_ours_is_known_by_name_telephone_and_mailbox(story):
    Staff.objects.filter(pk=story.engineer.pk).update(mobile="+593999000111", email="noc1@example.com")
    crew = Crew.objects.create(name="Cuadrilla Sur", phone="+593999000222", email="sur@example.com")
    CrewMember.objects.create(crew=crew, name="Técnico Sur", phone="+593999000333")
    for name in (story.engineer.name, story.engineer.name.upper(), "tecnico  sur"):
        with pytest.raises(OneOfOurs, match="el nombre"):
            confirms(story, name)
    for phone in ("099 900 0111", "+593 99 900 0222", "0999000333"):
        with pytest.raises(OneOfOurs, match="el teléfono"):
            confirms(story, phone=phone)
    with pytest.raises(OneOfOurs, match="el buzón"):
        confirms(story, mailbox="NOC1@example.com")
    story.nobody_is_told()


def test_p5_d_whoever_is_called_like_one_of_ours_and_is_a_contact_of_the_company_confirms(story):
    contact(story.bank, story.engineer.name, "", "es", phones=["+593999000111"])
    Staff.objects.filter(pk=story.engineer.pk).update(mobile="+593999000111")
    confirms(story, story.engineer.name, phone="+593999000111")
    assert story.case.stage == "stability"


def confirms(story, name="Encargada de turno", position="Asistente", phone="07 555 0149", **more):
    who = Confirmer(name, position, phone, **more)
    return story.case.confirm(who, "se empalmó la fibra", by=story.by, at=story.now)


@pytest.mark.parametrize("missing", ["name", "position", "phone"])
def test_p5_d_name_position_and_telephone_are_asked_for(story, missing):
    facts = {"name": "Jefe", "position": "Jefe", "phone": "07 555 0148"} | {missing: ""}
    with pytest.raises(Missing):
        story.case.confirm(Confirmer(**facts), "empalme", by=story.by, at=story.now)
    story.nobody_is_told()


def test_p5_d_at_night_nobody_answers_and_a_supervisor_goes_on(story):
    supervisor = Actor.of_staff(story.supervisor)
    for _ in range(2):
        story.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=story.by, at=story.now)
        story.minutes_pass(1)
    with pytest.raises(OnlyASupervisor):
        story.case.go_on_unconfirmed("nadie contesta", by=story.by, at=story.now)
    with pytest.raises(TooFewAttempts, match="P5"):
        story.case.go_on_unconfirmed("nadie contesta", by=supervisor, at=story.now)
    story.case.try_to_confirm("Mesa de ayuda", "no contesta", by=story.by, at=story.now)
    story.case.go_on_unconfirmed("nadie contesta", by=supervisor, at=story.now)
    event = story.case.events.get(moment="confirmed")
    assert (event.variant, event.data["attempts"], story.case.confirmed_by) == ("supervisor", 3, "")


def test_p5_d_while_nobody_can_confirm_the_clock_stops_and_the_customer_is_told(story):
    story.minutes_pass(4)
    why = WaitReason(WaitCause.CUSTOMER, "Mesa de ayuda", "el jefe llega a las 06:00", "llamada 02:40")
    story.case.wait(why, by=story.by, at=story.now)
    story.is_told("wait_started", story.head, story.desk)
    story.minutes_pass(200)
    story.the_sweep_runs()
    assert story.clock("verification").breached_at is None
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
    story.minutes_pass(5)
    story.customer_confirms()
    clock = story.clock("verification")
    assert (clock.taken_seconds, clock.outcome) == (9 * 60, "kept")


@pytest.mark.parametrize("verdict", [Verdict.BAD, Verdict.UNCLEAR])
def test_p5_two_good_tests_since_the_restoration_come_first(untested, verdict):
    """ "múltiples pruebas desde las consolas de gestión": those of the diagnosis, bad and unclear ones do not count."""
    untested.minutes_pass(1)
    untested.test_shows("pérdida 0 %", Verdict.GOOD)
    untested.test_shows("pérdida 4 %", verdict, name="OTDR")
    with pytest.raises(TooFewTestsSince, match=r"2 .*1.*P5"):
        confirms(untested)
    for _ in range(3):
        untested.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=untested.by, at=untested.now)
        untested.minutes_pass(1)
    supervisor = Actor.of_staff(untested.supervisor)
    with pytest.raises(TooFewTestsSince):
        untested.case.go_on_unconfirmed("nadie contesta", by=supervisor, at=untested.now)
    untested.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    confirms(untested)
    assert untested.case.stage == "stability"


def test_p5_after_a_relapse_the_tests_of_the_first_time_count_no_more(story):
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    story.minutes_pass(1)
    story.diagnosis()
    story.minutes_pass(1)
    story.service_is_restored()
    with pytest.raises(TooFewTestsSince):
        confirms(story)


def test_p5_the_customers_own_word_waits_for_no_test_of_ours(untested):
    customer_acts.works(untested.case, untested.head, "", "", at=untested.now)
    assert untested.case.stage == "stability"


def test_p5_the_tests_go_with_the_letter_and_what_was_typed_says_so(story):
    story.minutes_pass(1)
    story.customer_confirms()
    facts = story.is_told("confirmed", story.head, story.desk)[0].facts
    told = {test["name"]: test for test in facts["tests"] if test["verdict"] == "good"}
    assert {(name, test["typed"]) for name, test in told.items()} == {("ping", True), ("ancho de banda", True)}


def test_p5_what_guardia_measured_is_not_typed_whoever_asked_for_it(story):
    event = story.case.add_test("ping", "12 ms", Verdict.GOOD, by=story.by, at=story.now, measured=True)
    assert "typed" not in event.data
    event = story.case.add_test("alarma", "terminó", Verdict.GOOD, by=SYSTEM, at=story.now)
    assert "typed" not in event.data
    assert story.test_shows("13 ms", Verdict.GOOD).data["typed"] is True


def test_p5_confirming_twice_is_once(story):
    first = story.customer_confirms()
    assert story.customer_confirms().pk == first.pk
    story.is_told("confirmed", story.head, story.desk)


def test_p5_it_does_not_work_takes_the_case_back_to_diagnosis(story):
    story.case.relapse("el cliente dice que no funciona", by=story.by, at=story.now)
    assert story.case.stage == "diagnosis"
    assert story.clock("verification").outcome == "dropped"
    assert story.clock("diagnosis", 2).started_at == story.now
    story.is_told("relapsed", story.head, story.desk)


def test_p5_a_second_different_confirmation_is_not_answered_as_done(story):
    """The same words once more are a button pressed twice; another person, or other words, are refused in words."""
    first = story.customer_confirms()
    assert story.customer_confirms().pk == first.pk
    somebody = Confirmer("Jefa de Redes", "Jefa de Redes", "07 555 0149")
    with pytest.raises(ConfirmedAlready, match="Jefe de Sistemas, Jefe de Sistemas"):
        story.case.confirm(somebody, "se empalmó la fibra", by=story.by, at=story.now)
    who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "07 555 0148")
    with pytest.raises(ConfirmedAlready):
        story.case.confirm(who, "se cambió el equipo", by=story.by, at=story.now)
    with pytest.raises(ConfirmedAlready):
        story.case.go_on_unconfirmed("no contesta", by=Actor.of_staff(story.supervisor), at=story.now)
    assert story.moments().count("confirmed") == 1
    assert story.case.solution == "se empalmó la fibra"


def test_p5_who_confirms_after_a_supervisor_went_on_is_on_record_and_the_window_goes_on(story):
    supervisor = Actor.of_staff(story.supervisor)
    for _ in range(3):
        story.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=story.by, at=story.now)
        story.minutes_pass(1)
    first = story.case.go_on_unconfirmed("no contesta", by=supervisor, at=story.now)
    assert story.case.go_on_unconfirmed("no contesta", by=supervisor, at=story.now).pk == first.pk
    with pytest.raises(SupervisorWentOn):
        story.case.go_on_unconfirmed("otra razón", by=supervisor, at=story.now)
    green_since = story.case.green_since
    story.minutes_pass(5)
    story.customer_confirms()
    assert (story.case.confirmed_by, story.case.green_since) == ("Jefe de Sistemas, Jefe de Sistemas", green_since)
    assert story.clock("stability").ended_at is None
    assert story.moments().count("confirmed") == 2


def test_p6_a_second_different_report_that_it_fails_is_not_answered_as_done(story):
    story.customer_confirms()
    story.minutes_pass(1)
    first = story.case.relapse("se cae cada minuto", by=story.by, at=story.now)
    assert story.case.relapse("se cae cada minuto", by=story.by, at=story.now).pk == first.pk
    with pytest.raises(FailsAlready):
        story.case.relapse("no hay luz en el equipo", by=story.by, at=story.now)


def test_p5_what_a_second_contact_says_on_the_page_is_on_record_as_that_contacts_word(story):
    story.customer_confirms()
    customer_acts.works(story.case, story.desk, "", "07 555 0150", at=story.now)
    story.minutes_pass(1)
    customer_acts.does_not_work(story.case, story.head, "se cae", at=story.now)
    customer_acts.does_not_work(story.case, story.desk, "no hay luz", at=story.now)
    words = story.case.events.filter(moment="message_received").order_by("seq")
    assert [event.actor_id for event in words] == [story.desk.pk] * 2
    assert [event.texts.get(name="text").text for event in words][1] == "no hay luz"
    assert story.moments().count("relapsed") == 1
