"""A3: the sweep opens a desk, somebody answers, somebody else passes it on, all at the same instant."""

from datetime import timedelta

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases import calendar_change, chain, derived, rebuild, sweep, written
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.cases.stages.administrative import Ask
from guardia.cases.stages.registration import Report
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import ChangeKind
from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import portal_requests
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Impact, WaitCause
from tests.house.test_together import at_once
from tests.procedure.office import FRIDAY, MONDAY, Office
from tests.procedure.story import Story

WHY = WaitReason(WaitCause.CUSTOMER, "Facturación 1", "falta la orden de compra", "correo")


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.now = FRIDAY + timedelta(minutes=2)
        return story


@pytest.fixture
def office(story) -> Office:
    with behind(DatabaseRole.STAFF):
        return Office(story)


def tried(act):
    def safely():
        try:
            return act()
        except Refused as refused:
            return type(refused).__name__

    return safely


def whole() -> None:
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


@pytest.mark.parametrize("turn", range(4))
def test_the_opening_an_answer_a_transfer_and_a_wait_at_once(story, office, turn):
    with behind(DatabaseRole.STAFF):
        office.takes()
    story.now = MONDAY + timedelta(minutes=1)
    acts = [
        lambda: sweep.sweep(story.now) and None,
        lambda: office.answers() and None,
        lambda: office.passes("sales") and None,
        lambda: story.case.wait(WHY, by=office.by, at=story.now) and None,
        lambda: calendar_change.follow(story.now) and None,
    ]
    said = at_once(*(tried(act) for act in acts[turn:] + acts[:turn]))
    assert not any(said)
    with behind(DatabaseRole.STAFF):
        case = story.case
        assert case.events.filter(moment="admin_desk_opened").count() == 1
        assert case.events.get(moment="admin_desk_opened").occurred_at == MONDAY
        assert (case.desk, case.stage, case.opens_at) == ("sales", "answered", None)
    whole()


def test_a_paper_taken_as_a_request_and_as_a_fault_at_once_is_one_of_the_two(story, office):
    with behind(DatabaseRole.STAFF):
        facts = {"subject": "s", "text": "t", "version": story.version, "customer": story.bank}
        paper = written.arrive(story.head, way="office", received_at=story.now, now=story.now, office="Quito", **facts)

    def as_a_request():
        request = written.locked(paper.pk)
        return portal_requests.take(request, "billing", by=office.biller, at=story.now).pk

    def as_a_fault():
        request = written.locked(paper.pk)
        report = Report(story.service, "No hay enlace", Impact.DOWN, reporter=story.head)
        return Case.register(report, by=story.by, at=story.now, request=request).pk

    def needs_nothing():
        request = written.locked(paper.pk)
        written.settle(request, as_=written.DISMISSED, at=story.now)

    at_once(*(tried(act) for act in (as_a_request, as_a_fault, needs_nothing)))
    with behind(DatabaseRole.STAFF):
        paper = WrittenRequest.objects.get()
        assert Case.objects.count() == (1 if paper.settled_as == "case" else 0)
        assert (paper.case_id is not None) == (paper.settled_as == "case")
    whole()


def test_taken_three_times_at_once_it_is_one_request(story, office):
    by = Actor.of_staff(office.biller)

    def takes():
        return Case.take(Ask(story.bank, "billing", "una factura"), by=by, at=story.now).number

    assert len(set(at_once(takes, takes, takes))) == 1
    whole()


def test_a_decree_is_followed_while_the_request_is_passed_on_and_solved(story, office):
    with behind(DatabaseRole.STAFF):
        office.takes()
        day = MONDAY.date()
        calendar_change.announce(ChangeKind.REST, day=day, by=story.supervisor, at=story.now, reason="Decreto")
    at_once(
        tried(lambda: calendar_change.follow(story.now)),
        tried(lambda: office.passes("sales") and None),
        tried(lambda: office.solves() and None),
        tried(lambda: calendar_change.follow(story.now)),
    )
    with behind(DatabaseRole.STAFF):
        calendar_change.follow(story.now)
        assert not story.case.is_open
        assert story.case.opens_at is None
    whole()
