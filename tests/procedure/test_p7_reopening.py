"""P7 D: a closed case is opened again with a reason; the fault is back, or was never gone."""

import json
from datetime import timedelta

import pytest

from guardia.cases import chain, derived, linking, rebuild
from guardia.cases.case import Case
from guardia.cases.case_proofs import deny
from guardia.cases.preview import preview
from guardia.cases.refusals import CaseIsClosed, Missing, NotInThisStage, TimeBeforeTheCase, TimeInTheFuture
from guardia.cases.stages import reopening
from guardia.cases.stages.registration import Report
from guardia.cases.stages.reopening import (
    FailedBeforeItWasBack,
    FormerStays,
    GoesOnElsewhere,
    NothingToUndo,
    NotReopenedByUs,
    OnlyASupervisorReopens,
    OpenAgainAlready,
    PromiseBrokenSince,
    ReopeningIsOver,
    RequestStays,
    StillOpen,
    WithdrawnStays,
    WordsAreErased,
)
from guardia.cases.stages.verification import Confirmer
from guardia.intake import customer_acts
from guardia.notices.notice import Notice
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Impact, Moment
from guardia.proof.offline import guardia_verify
from guardia.reports.report_history import company_history
from guardia.web.report.document import closing_document
from tests.history.test_bringing import TABLE, brought
from tests.procedure.office import Office


@pytest.fixture
def closed(story):
    story.open_case()
    story.goes_to_the_closing()
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def reopens(story, what="cayó otra vez", since=None, by=None):
    return story.case.reopen(what, since, by=by or story.by, at=story.now)


def supervisor(story) -> Actor:
    return Actor.of_staff(story.supervisor)


def report(story) -> dict:
    return json.loads(closing_document(story.case, story.now).history)


def nothing_contradicts(story) -> bool:
    """Rows follow from events, clocks rebuild as they are, and whoever has the files computes the same."""
    whole = b"".join(company_history(story.bank.pk, "Banco", story.now, "es"))
    of_case = json.dumps(report(story)).encode()
    return (
        list(chain.breaks(besides=derived.breaks)) == []
        and list(rebuild.rebuild()) == []
        and [guardia_verify.check(file).findings for file in (whole, of_case)] == [[], []]
    )


# --- what runs then ---------------------------------------------------------------------------------------------------
def test_p7_it_is_in_the_diagnosis_again_its_promises_run_and_the_company_is_told(closed):
    closed.minutes_pass(60)
    event = reopens(closed)
    case = closed.case
    assert (case.stage, case.status, case.closed_at, case.affected_seconds) == ("diagnosis", "inProgress", None, None)
    again = closed.clock("diagnosis", 2)
    assert (again.started_at, again.due_at - again.started_at) == (closed.now, timedelta(minutes=20))
    assert closed.clock("next_news", closed.case.clocks.filter(kind="next_news").count()).ended_at is None
    assert (event.moment, event.variant, event.data["report_edition"]) == ("relapsed", "reopened", 2)
    closed.is_told("relapsed", closed.head, closed.desk)
    assert nothing_contradicts(closed)


def test_p7_a_broken_promise_of_it_escalates_as_that_of_a_new_fault(closed):
    closed.minutes_pass(60)
    reopens(closed)
    closed.minutes_pass(21)
    closed.the_sweep_runs()
    assert closed.clock("diagnosis", 2).breached_at == closed.now - timedelta(minutes=1)
    assert closed.case.escalated_level == 1


def test_p7_the_time_between_closing_and_reopening_is_not_counted(closed):
    first = closed.case.affected_seconds
    closed.minutes_pass(600)
    reopens(closed, since=closed.now - timedelta(minutes=10))
    closed.goes_to_the_closing()
    assert closed.case.affected_seconds == first + (10 + 5 + 20) * 60
    assert nothing_contradicts(closed)


def test_p7_one_that_was_never_gone_counts_from_its_restoration_on(closed):
    restored = closed.case.restored_at
    began = closed.case.outage_started_at
    closed.minutes_pass(600)
    reopens(closed, since=restored)
    closed.goes_to_the_closing()
    assert closed.case.affected_seconds == (closed.case.restored_at - began).total_seconds()
    assert len(report(closed)["cases"][0]["report"]["outages"]) == 1
    assert nothing_contradicts(closed)


def test_p7_its_promises_do_not_begin_before_it_was_reported(closed):
    closed.minutes_pass(600)
    reopens(closed, since=closed.now - timedelta(hours=5))
    assert closed.clock("diagnosis", 2).started_at == closed.now
    closed.the_sweep_runs()
    assert closed.clock("diagnosis", 2).breached_at is None


def test_p7_the_same_words_once_more_are_nothing_new(closed):
    closed.minutes_pass(60)
    first = reopens(closed)
    assert reopens(closed).seq == first.seq
    with pytest.raises(OpenAgainAlready, match="desde"):
        reopens(closed, "sigue sin funcionar")
    assert closed.moments().count("relapsed") == 1


def test_p7_a_reason_is_required(closed):
    with pytest.raises(Missing):
        reopens(closed, "  ")


def test_p7_hours_that_cannot_be_are_refused(closed):
    closed.minutes_pass(60)
    with pytest.raises(FailedBeforeItWasBack):
        reopens(closed, since=closed.case.restored_at - timedelta(minutes=2))
    with pytest.raises(TimeInTheFuture):
        reopens(closed, since=closed.now + timedelta(minutes=2))
    with pytest.raises(TimeBeforeTheCase):
        closed.case.reopen("cayó", by=closed.by, at=closed.case.closed_at - timedelta(minutes=5), now=closed.now)


# --- editions of the report -------------------------------------------------------------------------------------------
def test_p7_the_second_edition_says_why_and_since_when(closed):
    assert "edition" not in report(closed)["cases"][0]["report"]
    closed.minutes_pass(60)
    reopens(closed, since=closed.now - timedelta(minutes=10))
    since = closed.now - timedelta(minutes=10)
    closed.goes_to_the_closing()
    said = report(closed)
    assert said["format"] == "guardia-closing-report/4"
    claims = said["cases"][0]["report"]
    assert claims["edition"] == 2
    (row,) = claims["reopenings"]
    assert (row["what"], row["since"]) == ("cayó otra vez", since.isoformat(timespec="microseconds"))
    page = closing_document(closed.case, closed.now).document
    assert "edición 2" in page.banner
    assert any("cayó otra vez" in str(section.tables) for section in page.sections if section.key == "ediciones")
    assert closed.case.events.get(moment="closed", data__has_key="report_edition").data["report_edition"] == 2


def test_p7_a_third_edition_counts_on(closed):
    for _each in range(2):
        closed.minutes_pass(60)
        reopens(closed)
        closed.goes_to_the_closing()
    assert report(closed)["cases"][0]["report"]["edition"] == 3
    assert nothing_contradicts(closed)


def test_p5_a_denial_after_the_closing_makes_an_edition_too(story):
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    story.service_is_tested()
    who = Confirmer("Encargada", "Asistente", "07 555 0149")
    story.case.confirm(who, "se empalmó", by=story.by, at=story.now)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)
    story.minutes_pass(60)
    deny(story.case, story.head, at=story.now)
    story.goes_to_the_closing()
    claims = report(story)["cases"][0]["report"]
    assert (claims["edition"], len(claims["reopenings"])) == (2, 1)
    assert nothing_contradicts(story)


# --- by the customer --------------------------------------------------------------------------------------------------
def test_p7_a_contact_opens_it_again_within_the_days_of_the_procedure(closed):
    closed.now = closed.case.closed_at + timedelta(days=30)
    event = customer_acts.reopen(closed.case, closed.head, "no navega", None, at=closed.now)
    assert (event.by, closed.case.stage) == (customer_acts.by(closed.head), "diagnosis")
    closed.is_told("relapsed", closed.head, closed.desk)


def test_p7_after_these_days_a_contact_reports_a_new_fault(closed):
    closed.now = closed.case.closed_at + timedelta(days=30, minutes=1)
    with pytest.raises(ReopeningIsOver, match="30"):
        customer_acts.reopen(closed.case, closed.head, "no navega", None, at=closed.now)


def test_p7_after_these_days_only_a_supervisor_opens_it_again(closed):
    closed.now = closed.case.closed_at + timedelta(days=31)
    with pytest.raises(OnlyASupervisorReopens):
        reopens(closed)
    assert reopens(closed, by=supervisor(closed)).variant == "reopened"


def test_p7_what_a_second_contact_writes_meanwhile_is_on_record(closed):
    closed.minutes_pass(60)
    customer_acts.reopen(closed.case, closed.head, "no navega", None, at=closed.now)
    customer_acts.reopen(closed.case, closed.desk, "tampoco aquí", None, at=closed.now)
    assert closed.moments()[-2:] == ["relapsed", "message_received"]


# --- what is not opened again -----------------------------------------------------------------------------------------
def test_p7_an_open_case_has_nothing_to_open(story):
    story.open_case()
    with pytest.raises(StillOpen):
        reopens(story)


def test_p7_a_case_that_was_withdrawn_stays_so(story):
    story.open_case()
    story.case.cancel("por error", by=story.by, at=story.now)
    with pytest.raises(WithdrawnStays, match="caso nuevo"):
        reopens(story)


def test_p2_a_duplicate_goes_on_under_the_other_number(story):
    first = story.open_case()
    story.call = None
    story.minutes_pass(10)
    story.case_is_registered("otra vez sin servicio")
    other = linking.case_called(first.display_number, story.case)
    linking.end_as_duplicate(story.case, other, "lo mismo", by=story.by, at=story.now)
    with pytest.raises(GoesOnElsewhere, match=first.display_number):
        reopens(story)


def test_a3_a_request_is_answered_and_done(story):
    office = Office(story)
    office.takes()
    office.solves()
    with pytest.raises(RequestStays):
        reopens(story)


def test_p7_a_case_whose_words_are_erased_says_so(closed, monkeypatch):
    monkeypatch.setattr(reopening, "is_erased", lambda case: True)
    with pytest.raises(WordsAreErased):
        reopens(closed)


def test_p7_a_case_of_a_former_tool_is_history(story, tmp_path):
    text = (
        "Nr,Company,Circuit,Subject,Text,Opened,Back,Closed,Cause,Solution,State\n"
        f"INC1,{story.bank.name},{story.service.circuit},Sin enlace,Sin servicio,03/04/2024 08:10,03/04/2024 09:00,"
        "03/04/2024 10:00,Corte de fibra,Empalme,done\n"
    )
    brought(tmp_path, text, TABLE, story.now)
    story.number = Case.objects.get(former_number="INC1").number
    with pytest.raises(FormerStays, match="herramienta anterior"):
        reopens(story)


# --- by mistake -------------------------------------------------------------------------------------------------------
def test_p7_a_reopening_by_mistake_is_closed_as_it_was(closed):
    before = closed.case
    closed.minutes_pass(60)
    reopens(closed)
    closed.is_told("relapsed", closed.head, closed.desk)
    closed.minutes_pass(5)
    event = closed.case.close_as_mistaken("era otra compañía", by=closed.by, at=closed.now)
    case = closed.case
    same = ("affected_seconds", "outages", "restored_at", "green_since", "cause", "plan", "plan_kind", "confirmed_by")
    assert [getattr(case, name) for name in same] == [getattr(before, name) for name in same]
    assert (case.stage, case.status, case.closed_at) == ("closure", "closed", closed.now)
    assert not case.clocks.filter(ended_at=None).exists()
    assert set(case.clocks.filter(ordinal=2, kind="diagnosis").values_list("outcome", flat=True)) == {"dropped"}
    assert (event.variant, event.data["report_edition"]) == ("mistaken", 2)
    closed.is_told("closed", closed.head, closed.desk, closed.manager)
    assert closed.case.close_as_mistaken("otra vez", by=closed.by, at=closed.now).seq == event.seq
    assert nothing_contradicts(closed)


def test_p7_after_a_mistake_it_may_be_opened_again(closed):
    closed.minutes_pass(60)
    reopens(closed)
    closed.case.close_as_mistaken("era otra compañía", by=closed.by, at=closed.now)
    closed.minutes_pass(60)
    reopens(closed, "ahora sí")
    closed.case.close_as_mistaken("tampoco", by=closed.by, at=closed.now)
    assert closed.case.confirmed_by == "Jefe de Sistemas, Jefe de Sistemas"
    assert nothing_contradicts(closed)


def test_p7_a_broken_promise_is_not_undone_by_a_mistake(closed):
    closed.minutes_pass(60)
    reopens(closed)
    closed.minutes_pass(21)
    with pytest.raises(PromiseBrokenSince):
        closed.case.close_as_mistaken("era otra compañía", by=closed.by, at=closed.now)
    closed.case.recover("funciona", by=closed.by, at=closed.now)
    closed.customer_confirms()
    closed.window_is_green()
    closed.case.stabilise(by=closed.by, at=closed.now)
    closed.case.close("nada", "nada", by=closed.by, at=closed.now)
    assert closed.clock("diagnosis", 2).outcome == "breached"
    assert nothing_contradicts(closed)


def test_p7_what_the_customer_opened_again_is_no_mistake_of_ours(closed):
    closed.minutes_pass(60)
    customer_acts.reopen(closed.case, closed.head, "no navega", None, at=closed.now)
    with pytest.raises(NotReopenedByUs):
        closed.case.close_as_mistaken("no es así", by=supervisor(closed), at=closed.now)


def test_p7_nothing_else_is_closed_that_way(closed):
    with pytest.raises(CaseIsClosed):
        closed.case.close_as_mistaken("x", by=closed.by, at=closed.now)
    closed.minutes_pass(60)
    reopens(closed)
    closed.case.decide_dispatch(by=closed.by, at=closed.now)
    with pytest.raises(NothingToUndo):
        closed.case.close_as_mistaken("x", by=closed.by, at=closed.now)
    closed.diagnosis()
    with pytest.raises(NotInThisStage):
        closed.case.close_as_mistaken("x", by=closed.by, at=closed.now)


def test_p7_another_fault_of_the_same_service_is_a_case_of_its_own(closed):
    closed.minutes_pass(60)
    other = Case.register(
        Report(closed.service, "otra cosa", Impact.DEGRADED), by=closed.by, at=closed.now, engineer=closed.engineer
    )
    assert other.number != closed.case.number
    assert not closed.case.is_open


# --- what they will read ----------------------------------------------------------------------------------------------
def test_p7_before_it_is_done_its_letters_can_be_read(closed):
    closed.minutes_pass(60)
    assert "reopened" in {each.notice.variant for each in preview(closed.case, Moment.RELAPSED, {}, closed.now)}
    reopens(closed)
    (variant,) = {each.notice.variant for each in preview(closed.case, Moment.CLOSED, {"reason": "x"}, closed.now)}
    assert variant == "mistaken"
    closed.diagnosis()
    closed.service_is_restored()
    assert {each.notice.variant for each in preview(closed.case, Moment.RELAPSED, {}, closed.now)} == {""}
