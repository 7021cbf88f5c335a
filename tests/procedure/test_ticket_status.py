"""P2 to P7 as the status of a trouble ticket (TMF621): the turns that MEF 124 allows, written from the standards."""

from itertools import pairwise

from guardia.cases.case import Status
from guardia.cases.waiting import WaitReason
from guardia.events.kinds import TicketStatus
from guardia.procedure.vocabulary import WaitCause

OF_THE_STANDARD = {"acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "closed", "resolved"}
"""The enumeration TroubleTicketStatusType of TMF621, release 5."""

ALLOWED = {
    "acknowledged": {"inProgress", "pending", "held", "cancelled"},
    "inProgress": {"pending", "held", "resolved", "cancelled"},
    "pending": {"inProgress", "held", "cancelled"},
    "held": {"inProgress", "pending", "cancelled"},
    "resolved": {"closed", "inProgress"},
}
"""MEF 124, the life of a trouble ticket; *held* stands for what TMF621 has beside *pending*."""


def of_a_whole_case(story):
    """The turns of its status, from the first promise to the closing, with a wait and a relapse on the way."""
    story.open_case()
    yield
    story.test_shows("100 % loss")
    story.diagnosis()
    yield
    wait = story.case.wait(WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar"), by=story.by, at=story.now)
    assert wait.moment == "wait_started"
    yield
    story.minutes_pass(5)
    story.case.go_on(story.case.waits.get(ended_at=None), by=story.by, at=story.now)
    yield
    story.service_is_restored()
    yield
    story.minutes_pass(5)
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    yield
    story.test_shows("100 % loss")
    story.diagnosis()
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    yield
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(10)
    story.case.close("fibra cortada", "empalme de la fibra", by=story.by, at=story.now)
    yield


def test_every_status_is_one_of_the_standard():
    assert {str(status) for status in TicketStatus} == set(Status.values)
    assert set(Status.values) <= OF_THE_STANDARD


def test_p2_to_p7_a_case_turns_as_the_standards_allow(story):
    turns = [str(story.case.status) for _each in of_a_whole_case(story)]
    assert turns == [
        "acknowledged",
        "inProgress",
        "pending",
        "inProgress",
        "resolved",
        "inProgress",
        "resolved",
        "closed",
    ]
    assert all(after in ALLOWED[before] for before, after in pairwise(turns))


def test_w1_a_case_that_the_way_to_the_site_holds_up_is_held(story):
    story.open_case()
    story.test_shows("100 % loss")
    story.diagnosis("visit")
    story.visit_is_agreed()
    why = WaitReason(WaitCause.FORCE_MAJEURE, "Despacho", "crecida del río", "parte del municipio")
    story.case.wait(why, by=story.by, at=story.now)
    assert story.case.status == "held"


def test_p_a_withdrawn_case_is_cancelled(story):
    story.open_case()
    story.case.cancel("lo avisó por error", by=story.by, at=story.now)
    assert story.case.status == "cancelled"
