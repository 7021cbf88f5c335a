"""Where a case of a former tool is met again: by its old number, in what is counted, in what is proven."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from guardia.cases.case import Case
from guardia.cases.finding import found_by
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import load
from guardia.intake.mail_threads import by_former_numbers
from guardia.proof.offline import guardia_verify
from guardia.reports.availability import cases_of_service
from guardia.reports.company_cases import history
from guardia.reports.month import Month
from guardia.reports.month_report import incidents
from guardia.reports.recurring import recurring
from guardia.reports.report_history import company_history
from guardia.web.desk.case_page.page import report_href
from tests.procedure.story import Story

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MAPPING = """
system: Old Desk
rows:
  - columns: {number: Nr, company: Company, service: Circuit, subject: Subject, symptoms: Text, opened: Opened,
      restored: Back, closed: Closed, cause: Cause, solution: Solution, state: State}
states: {done: closed, withdrawn: cancelled}
"""
ROWS = (
    "Nr,Company,Circuit,Subject,Text,Opened,Back,Closed,Cause,Solution,State\n"
    "INC0012345,{company},{circuit},Sin enlace,Cliente sin servicio,"
    "20/11/2026 10:00,20/11/2026 11:00,20/11/2026 12:00,Corte,Empalme,done\n"
    "INC0012346,{company},{circuit},Por error,Nada,21/11/2026 10:00,,21/11/2026 12:00,,,withdrawn\n"
)


@pytest.fixture
def story(as_staff, tmp_path):
    story = Story()
    story.now = NOW
    path = Path(tmp_path / "old.csv")
    text = ROWS.format(company=story.bank.name, circuit=story.service.circuit)
    path.write_text(text, encoding="utf-8")
    with HistoryFile([path], load(MAPPING, "mapping.yaml")) as file:
        file.read()
        bring_in(file, ZoneInfo("America/Guayaquil"), lambda: NOW, nullcontext, write=True)
    return story


@pytest.fixture
def case(story):
    return Case.objects.get(former_number="INC0012345")


def test_it_answers_to_its_old_number(story, case):
    assert found_by("INC0012345", 10) == [case]
    assert found_by("inc0012345", 10) == [case]
    assert list(history(story.bank.pk, "INC0012345")) == [case]


@pytest.mark.parametrize("subject", ["Re: [INC0012345] sin servicio", "RV: Ticket#INC0012345", "inc: (INC0012345)"])
def test_a_mail_with_its_old_number_in_the_subject_is_of_it(story, case, subject):
    (finding,) = by_former_numbers(subject)
    assert (finding.case_id, finding.customer_id, finding.proven) == (case.pk, story.bank.pk, False)


def test_a_mail_without_a_number_is_of_none(story):
    assert list(by_former_numbers("Urgente: sin servicio en la matriz")) == []


def test_it_counts_as_a_recurrence_and_in_no_figure_of_a_promise(story, case):
    found = recurring(story.site.pk, NOW)
    assert [one.former_number for one in found.before] == ["INC0012345"], "what was withdrawn was no failure"
    november = Month(2026, 11)
    assert cases_of_service(story.service.pk, november, NOW) == []
    assert list(incidents(november)) == []


def test_its_company_can_prove_its_history(story, case):
    file = b"".join(company_history(story.bank.pk, story.bank.name, NOW, "es"))
    verdict = guardia_verify.check(file)
    assert verdict.findings == []
    assert str(case.number) in file.decode()


def test_it_has_no_closing_report(story, case):
    assert case.is_history
    assert report_href(case) == ""
    assert case.status == "closed"
    assert Case.objects.get(former_number="INC0012346").status == "cancelled"
