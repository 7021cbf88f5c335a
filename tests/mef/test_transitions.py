"""The statuses of a ticket: those that the standard has, in its order, by the calls of the Buyer and the desk."""

import itertools
from typing import Any

import pytest

from tests.breaking.stages import by_a_visit, by_mistake, by_nobody, by_the_customer
from tests.breaking.unproven import without_proof
from tests.mef.buyer import Buyer, note
from tests.mef.definition import POSSIBLE, STATUSES, TRANSITIONS
from tests.mef.staged import BROUGHT_TO, MOVED


def walked(ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """The pairs of statuses that follow each other in its history, the last of which is its own."""
    statuses = [one["status"] for one in ticket["statusChange"]]
    assert statuses[0] == "acknowledged"
    assert statuses[-1] == ticket["status"]
    hours = [one["changeDate"] for one in ticket["statusChange"]]
    assert hours == sorted(hours)
    return list(itertools.pairwise(statuses))


def test_every_transition_of_the_standard_has_a_way_here():
    assert set(MOVED) == TRANSITIONS


@pytest.mark.parametrize("status", STATUSES)
def test_a_ticket_comes_to_each_status_by_the_transitions_of_the_standard(story, ours, status):
    BROUGHT_TO[status](story, ours)
    ticket = ours.ticket(str(story.number))
    assert ticket["status"] == status
    assert set(walked(ticket)) <= TRANSITIONS
    found = ours.get("/troubleTicket", status=status).json()
    assert [one["id"] for one in found] == [ticket["id"]]
    for other in set(STATUSES) - {status}:
        assert ours.get("/troubleTicket", status=other).json() == [], other


@pytest.mark.parametrize(("before", "after"), sorted(TRANSITIONS))
def test_a_transition_of_the_standard_is_done(story, ours, before, after):
    BROUGHT_TO[before](story, ours)
    MOVED[before, after](story, ours)
    ticket = ours.ticket(str(story.number))
    assert ticket["status"] == after
    assert (before, after) in walked(ticket)


OURS_BESIDE = {("closed", "reopened"), ("resolved", "cancelled")}
"""What the procedure does and the standard has not: P7 D, and a case that the desk withdraws (docs/mef124.md)."""


@pytest.mark.parametrize("road", [by_a_visit, by_mistake, by_the_customer, by_nobody, without_proof])
def test_whatever_happens_to_a_case_its_ticket_goes_by_the_standard(story, ours, road):
    seen = set()
    for _stop in road(story):
        ticket = ours.ticket(str(story.number))
        seen.add(ticket["status"])
        assert set(walked(ticket)) <= TRANSITIONS | OURS_BESIDE, ticket["statusChange"]
        assert ticket["id"] in [one["id"] for one in ours.get("/troubleTicket", status=ticket["status"]).json()]
    assert seen


def send(buyer: Buyer, number: int, act: str) -> Any:
    address = f"/troubleTicket/{number}"
    if act == "change":
        return buyer.patch(address, {"note": [note("The router is lit")]})
    return buyer.post(f"{address}/{act}", {"reason": "Still no link"} if act == "reopen" else None)


@pytest.mark.parametrize(("act", "status"), sorted(itertools.product(POSSIBLE, STATUSES)))
def test_a_buyer_does_what_the_status_allows_and_nothing_else(story, ours, act, status):
    BROUGHT_TO[status](story, ours)
    seq = story.case.seq
    answer = send(ours, story.number, act)
    if status in POSSIBLE[act]:
        assert answer.status_code == (200 if act == "change" else 204), answer.content
        assert story.case.seq > seq
        return
    assert answer.status_code == 422, answer.content
    (wrong,) = answer.json()
    assert wrong["code"] == "otherIssue"
    assert status in wrong["reason"] or status == "closed"
    assert story.case.seq == seq
    assert ours.ticket(str(story.number))["status"] == status


@pytest.mark.parametrize(("before", "after"), sorted(set(itertools.product(STATUSES, STATUSES)) - TRANSITIONS))
def test_no_call_brings_a_status_that_the_standard_does_not_let_follow(story, ours, before, after):
    """A status is no property of what a Buyer sends: it is named as such, and stays."""
    BROUGHT_TO[before](story, ours)
    answer = ours.patch(f"/troubleTicket/{story.number}", {"status": after})
    assert answer.status_code == 422
    assert [(one["code"], one["propertyPath"]) for one in answer.json()] == [("unexpectedProperty", "/status")]
    assert ours.ticket(str(story.number))["status"] == before
