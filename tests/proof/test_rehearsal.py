"""A case of a rehearsal says so in its history, and no figure counts it: Guardia and the offline verifier agree."""

import json

import pytest
from django.db import connection

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.notices import holding
from guardia.people.rehearsal import NamedList
from guardia.procedure.vocabulary import Impact
from guardia.proof.offline import guardia_verify
from guardia.reports import promises
from guardia.reports.availability import service_month
from guardia.reports.month import Month
from guardia.reports.month_report import month_report
from guardia.reports.promises import ReportFilters
from guardia.reports.report_history import company_history
from guardia.web.report.document import closing_document
from tests.procedure.story import Story


@pytest.fixture
def story(as_staff):
    return Story()


def one_in_it_and_one_after(story: Story) -> tuple[Case, Case]:
    """Both out for an hour, of one service."""
    holding.begin(NamedList(), by=None, at=story.now)
    first = a_case_that_ends(story)
    holding.go_live(by=None, at=story.now)
    return first, a_case_that_ends(story)


def a_case_that_ends(story: Story) -> Case:
    story.call = None
    story.minutes_pass(1)
    case = story.case_is_registered(f"sin servicio {story.now}", Impact.DOWN)
    story.goes_to_the_closing()
    return Case.objects.get(pk=case.pk)


def test_its_registration_says_so_and_the_row_follows_from_it(story):
    first, after = one_in_it_and_one_after(story)
    said = CaseEvent.objects.filter(moment="registered").order_by("case_id")
    assert [(one.case_id, one.data.get("rehearsal"), one.public) for one in said] == [
        (first.pk, True, True),
        (after.pk, None, True),
    ]
    assert not [*chain.breaks(besides=derived.breaks), *rebuild.rebuild()]


def test_who_takes_the_mark_off_in_the_database_is_found(story):
    first, _after = one_in_it_and_one_after(story)
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "case" SET in_rehearsal = false WHERE id = %s', [first.pk])
    found = list(chain.breaks(besides=derived.breaks))
    assert any("rehearsal" in str(each) for each in found)


def test_no_figure_of_the_month_counts_it(story):
    _first, after = one_in_it_and_one_after(story)
    month, at = Month.of(story.now), story.now
    only = service_month(story.service.pk, month, at)
    assert [share.case.pk for share in only.shares] == [after.pk]
    assert only.figures.down == after.affected_seconds
    facts = month_report(story.bank, month, at)
    assert (facts.opened, facts.closed, facts.down) == (1, 1, after.affected_seconds)
    judged = promises.by_kind(ReportFilters(month), at)
    assert {line.kind.value: line.judged for line in judged if line.kind.value == "diagnosis"} == {"diagnosis": 1}


@pytest.mark.parametrize("which", [0, 1])
def test_the_verifier_computes_the_same(story, which):
    case = one_in_it_and_one_after(story)[which]
    document = closing_document(case, story.now)
    content = document.history
    assert guardia_verify.check(content).findings == []
    is_first = which == 0
    assert json.loads(content)["format"] == f"guardia-closing-report/{5 if is_first else 3}"
    words = document.document.banner
    assert ("Ensayo: nada de esto se avisó al cliente." in words) == is_first
    printed = "\n".join(guardia_verify.lines_of(guardia_verify.check(content), json.loads(content), "es"))
    assert ("Ensayo: nada de esto se avisó al cliente" in printed) == is_first


def test_the_whole_history_agrees_and_who_counts_it_is_found(story):
    one_in_it_and_one_after(story)
    said = json.loads(b"".join(company_history(story.bank.pk, "Banco", story.now, "es")))
    assert said["format"] == "guardia-history/3"
    assert guardia_verify.check(json.dumps(said).encode()).findings == []
    said["months"][0]["down"] *= 2
    assert {each.rule for each in guardia_verify.check(json.dumps(said).encode()).findings} == {"availability"}
