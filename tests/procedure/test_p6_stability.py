"""P6: follow-up of at most six hours, a green window of at least thirty minutes, evidence to the customer."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import (
    EvidenceIsThere,
    LastTestIsBad,
    Missing,
    NoGreenEvidence,
    NoTestAtTheEnd,
    NotGreenLongEnough,
    NotWithoutEvidence,
    TooFewGreenTests,
    TooFewTests,
)
from guardia.evidence.files import CaseFile
from guardia.evidence.test_result import Verdict
from guardia.notices.notice import Notice
from guardia.people.staff import Actor


@pytest.fixture
def story(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def test_p6_the_green_window_is_complete_and_its_evidence_is_sent(story):
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    assert story.case.stage == "closure"
    assert story.clock("stability").outcome == "kept"
    facts = story.is_told("stabilised", story.head, story.desk)[0].facts
    assert ("ping", "pérdida 0 %", "good") in {(t["name"], t["result"], t["verdict"]) for t in facts["tests"]}


def test_p6_d_the_window_lasts_at_least_thirty_minutes(story):
    story.window_is_green(29)
    with pytest.raises(NotGreenLongEnough, match="P6"):
        story.case.stabilise(by=story.by, at=story.now)
    story.nobody_is_told()


@pytest.mark.parametrize("verdict", [None, Verdict.BAD, Verdict.UNCLEAR])
def test_p6_no_green_evidence_no_closing(story, verdict):
    story.minutes_pass(31)
    if verdict:
        story.test_shows("pérdida 3 %", verdict)
    with pytest.raises(NoGreenEvidence):
        story.case.stabilise(by=story.by, at=story.now)
    assert story.case.stage == "stability"
    story.nobody_is_told()


def test_p6_d_a_flap_restarts_the_window(story):
    story.window_is_green(25)
    lasted = timedelta(seconds=40)
    story.case.flap("caída de 40 s", lasted, by=story.by, at=story.now - lasted, now=story.now)
    story.minutes_pass(10)
    with pytest.raises(NotGreenLongEnough):
        story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(21)
    with pytest.raises(NoGreenEvidence):  # the test before the flap proves nothing any more
        story.case.stabilise(by=story.by, at=story.now)
    story.test_shows("pérdida 0 % otra vez", Verdict.GOOD)
    story.test_shows("98 Mbps otra vez", Verdict.GOOD, name="ancho de banda")
    story.case.stabilise(by=story.by, at=story.now)
    assert story.case.stage == "closure"


def test_p6_d_a_relapse_takes_the_case_back_to_p3_and_is_told(story):
    story.minutes_pass(20)
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    assert (story.case.stage, story.case.restored_at) == ("diagnosis", None)
    assert story.clock("stability").outcome == "dropped"
    assert story.clock("diagnosis", 2).due_at == story.now + timedelta(minutes=20)
    story.is_told("relapsed", story.head, story.desk)
    with pytest.raises(TooFewTests):  # the tests of the first time do not explain the second
        story.case.diagnose("otra causa", "otro plan", "remote", by=story.by, at=story.now)


def test_p6_d_the_same_test_again_after_a_relapse_is_of_the_new_round(story):
    """Else a fault that came back seconds after a bad test could not be diagnosed with what was measured then."""
    before = story.test_shows("pérdida 100 %")
    story.seconds_pass(5)
    assert story.test_shows("pérdida 100 %").seq == before.seq  # a button pressed twice
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    story.seconds_pass(5)
    again = story.test_shows("pérdida 100 %")
    assert again.seq > before.seq
    assert story.test_shows("pérdida 100 %").seq == again.seq


def test_p6_six_hours_at_most(story):
    begun = story.now
    story.minutes_pass(361)
    story.the_sweep_runs()
    breach = story.case.events.get(moment="breached", data__clock="stability")
    assert breach.occurred_at == begun + timedelta(hours=6)


def test_p6_a_bad_test_after_the_good_one_stops_the_window(story):
    story.window_is_green(31)
    story.minutes_pass(1)
    story.test_shows("pérdida 12 %", Verdict.BAD)
    with pytest.raises(NoGreenEvidence):
        story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.test_shows("pérdida 0 % de nuevo", Verdict.GOOD)
    story.case.stabilise(by=story.by, at=story.now)
    facts = story.is_told("stabilised", story.head, story.desk)[0].facts
    assert {t["verdict"] for t in facts["tests"]} == {"good"}


def test_p6_a_test_of_another_target_does_not_make_up_for_a_bad_one(story):
    story.window_is_green(31)
    story.test_shows("sin respuesta", Verdict.BAD, name="Web")
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    with pytest.raises(LastTestIsBad, match="Web"):
        story.case.stabilise(by=story.by, at=story.now)
    story.test_shows("sin respuesta clara", Verdict.UNCLEAR, name="Web")  # says nothing
    with pytest.raises(LastTestIsBad):
        story.case.stabilise(by=story.by, at=story.now)
    story.test_shows("estado 200", Verdict.GOOD, name=" web ")
    story.case.stabilise(by=story.by, at=story.now)
    assert story.case.stage == "closure"


def test_p6_one_good_test_is_too_few(story):
    story.minutes_pass(30)
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    with pytest.raises(TooFewGreenTests, match=r"2 .*1.*P6"):
        story.case.stabilise(by=story.by, at=story.now)
    story.nobody_is_told()


def test_p6_one_of_them_is_of_the_end_of_the_window(story):
    for minute in (10, 14):
        story.minutes_pass(minute)
        story.test_shows(f"pérdida 0 % ({minute})", Verdict.GOOD)
    story.minutes_pass(8)
    with pytest.raises(NoTestAtTheEnd, match="03:03"):
        story.case.stabilise(by=story.by, at=story.now)
    story.test_shows("pérdida 0 % al final", Verdict.GOOD)
    story.case.stabilise(by=story.by, at=story.now)
    facts = story.is_told("stabilised", story.head, story.desk)[0].facts
    assert [test["typed"] for test in facts["tests"]] == [True] * 3


def test_p6_what_was_typed_without_value_counts_with_a_file_that_the_customer_sees(story):
    story.minutes_pass(30)
    story.test_shows("todo bien", Verdict.GOOD)
    story.test_shows("sin novedad", Verdict.GOOD, name="OTDR")
    with pytest.raises(TooFewGreenTests, match=r"2 .*0.*P6"):
        story.case.stabilise(by=story.by, at=story.now)
    file = {"customer": story.bank, "case": story.case, "name": "captura.png", "type": "image/png", "size": 1}
    file |= {"sha256": "0" * 64, "taken_at": story.now, "added_at": story.now, "added_by_name": "ingeniero1"}
    kept = CaseFile.objects.create(**file)
    with pytest.raises(TooFewGreenTests):
        story.case.stabilise(by=story.by, at=story.now)
    CaseFile.objects.filter(pk=kept.pk).update(shown=True)
    story.case.stabilise(by=story.by, at=story.now)
    assert story.case.stage == "closure"


def test_p6_a_supervisor_goes_on_with_too_few_tests_and_it_is_told(story):
    story.minutes_pass(31)
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    supervisor = Actor.of_staff(story.supervisor)
    event = story.case.stabilise_without_evidence("la sonda no llega", by=supervisor, at=story.now)
    assert event.data["without_evidence"] == "few"


@pytest.mark.parametrize(("verdict", "why"), [(None, "none"), (Verdict.UNCLEAR, "none"), (Verdict.BAD, "bad")])
def test_p6_a_supervisor_goes_on_without_green_evidence_and_it_is_told(story, verdict, why):
    story.minutes_pass(31)
    if verdict:
        story.test_shows("pérdida 3 %", verdict)
    supervisor, reason = Actor.of_staff(story.supervisor), "el equipo no responde pruebas"
    with pytest.raises(NotWithoutEvidence, match="P6"):
        story.case.stabilise_without_evidence(reason, by=story.by, at=story.now)
    with pytest.raises(Missing):
        story.case.stabilise_without_evidence(" ", by=supervisor, at=story.now)
    event = story.case.stabilise_without_evidence(reason, by=supervisor, at=story.now)
    assert (event.data["without_evidence"], event.data["evidence"], story.case.stage) == (why, [], "closure")
    assert story.clock("stability").outcome == "kept"
    facts = story.is_told("stabilised", story.head, story.desk)[0].facts
    assert (facts["texts"]["reason"], facts["texts"]["who"]) == (reason, story.supervisor.name)
    assert story.case.stabilise_without_evidence(reason, by=supervisor, at=story.now).pk == event.pk


def test_p6_a_supervisor_shortens_no_window_and_needs_no_reason_where_there_is_evidence(story):
    supervisor = Actor.of_staff(story.supervisor)
    story.minutes_pass(29)
    with pytest.raises(NotGreenLongEnough):
        story.case.stabilise_without_evidence("prisa", by=supervisor, at=story.now)
    story.window_is_green(10)
    with pytest.raises(EvidenceIsThere):
        story.case.stabilise_without_evidence("prisa", by=supervisor, at=story.now)
