"""What the page computes of cases with something of their own, which `closed` has not."""

import json
from datetime import timedelta

from playwright.sync_api import expect

from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import WaitCause
from guardia.web.report.document import closing_document
from tests.browser.verifier_page import FINDINGS, drop, heading, verifier
from tests.procedure.office import Office
from tests.procedure.story import Story
from tests.proof.test_evidence import observes_a_local_day, with_another_feast

__all__ = ["verifier"]


def test_a_request_reports_the_month_of_the_service_that_it_is_about(verifier, as_staff):
    """No event says the service of a request: the other cases in its file do."""
    story = Story()
    story.open_case()
    story.minutes_pass(20)
    story.call = None
    story.case_is_registered("Otra falla")
    story.minutes_pass(5)
    Office(story).passes("billing")
    story.minutes_pass(5)
    file = closing_document(story.case, story.now).history
    assert len(json.loads(file)["cases"]) == 2
    assert json.loads(file)["cases"][0]["report"]["availability"]["down"] > 1700
    assert verifier().evaluate(FINDINGS, [file.decode()]) == [[]]


def test_a_wait_that_was_subtracted_stands_with_its_proof_and_may_be_objected_to(verifier, as_staff):
    """Half seconds on the way: the rows add up to the rounded sum as they do in the report."""
    case = Story()
    case.open_case()
    case.seconds_pass(600.5)
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada de las 02:14", excluded=True)
    case.case.wait(why, by=case.by, at=case.now)
    case.seconds_pass(1800.5)
    case.case.go_on(case.case.waits.get(), by=case.by, at=case.now)
    case.diagnosis("remote")
    case.seconds_pass(300.5)
    case.service_is_restored()
    case.minutes_pass(2)
    case.customer_confirms()
    case.minutes_pass(5)
    for _again in range(2):
        case.case.flap("parpadeo", timedelta(seconds=40), by=case.by, at=case.now, now=case.now + timedelta(minutes=1))
        case.seconds_pass(301.25)
    page = verifier()
    drop(page, closing_document(case.case, case.now).history)
    heading(page, "Coincide consigo mismo")
    wait = page.locator(".wait").filter(has_text="Su Compañía")
    for words in ("Restado", "30 min", "Portería", "no dejan entrar", "llamada de las 02:14"):
        expect(wait).to_contain_text(words)
    page.get_by_label("Espera").uncheck()
    expect(page.get_by_text("más que el informe.", exact=False).first).to_be_visible()
    assert "No aceptamos que se resten estas esperas:\n- Su Compañía" in page.get_by_label("Texto").input_value()


def test_the_feast_of_a_canton_is_bound_by_the_events_that_count_by_it(verifier, as_staff):
    case = Story()
    observes_a_local_day(case)
    said = json.loads(closing_document(case.case, case.now).history)
    files = [json.dumps(each) for each in (said, *with_another_feast(said))]
    whole, of_the_entry, beside = verifier().evaluate(FINDINGS, files)
    assert (whole, beside) == ([], [])
    assert "journal" in of_the_entry
