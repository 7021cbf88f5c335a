"""A ticket in each status of MEF 124, brought there by its Buyer and the desk."""

from collections.abc import Callable
from typing import Any

from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import WaitCause
from tests.mef.buyer import Buyer, body
from tests.procedure.story import Story

ACCESS = WaitReason(WaitCause.CUSTOMER, "Gate", "nobody opens the rack", "call 03:10")


def catches_up(story: Story) -> None:
    """A Buyer acts at the true hour: the desk goes on from the last event."""
    last = story.case.events.order_by("-occurred_at").first()
    story.now = max(story.now, last.occurred_at)


def acknowledged(story: Story, buyer: Buyer) -> None:
    if story.number is None:
        story.open_case()


def in_progress(story: Story, buyer: Buyer) -> None:
    acknowledged(story, buyer)
    story.diagnosis()


def pending(story: Story, buyer: Buyer) -> None:
    in_progress(story, buyer)
    waits(story, buyer)


def resolved(story: Story, buyer: Buyer) -> None:
    in_progress(story, buyer)
    story.service_is_restored()
    story.service_is_tested()


def reopened(story: Story, buyer: Buyer) -> None:
    resolved(story, buyer)
    reopens(story, buyer)


def closed(story: Story, buyer: Buyer) -> None:
    acknowledged(story, buyer)
    story.now = story.case.opened_at
    story.goes_to_the_closing()


def assessing(story: Story, buyer: Buyer) -> None:
    acknowledged(story, buyer)
    cancels(story, buyer)


def cancelled(story: Story, buyer: Buyer) -> None:
    assessing(story, buyer)
    is_cancelled(story, buyer)


def opened(buyer: Buyer, **more: Any) -> dict[str, Any]:
    answer = buyer.post("/troubleTicket", body(**more))
    assert answer.status_code == 201, answer.content
    return answer.json()


def taken(story, machine, id: str) -> int:
    """The desk takes the report: it is a case from now on."""
    report = int(id.removeprefix("R"))
    answer = machine.post(
        "/cases",
        {"service": story.service.pk, "symptoms": "No link", "impact": "down", "written_request": report},
    )
    assert answer.status_code == 201, answer.content
    story.number = answer.json()["number"]
    return story.number


# --- from one to the next ---------------------------------------------------------------------------------------------
def is_diagnosed(story: Story, buyer: Buyer) -> None:
    catches_up(story)
    story.diagnosis()


def waits(story: Story, buyer: Buyer) -> None:
    story.case.wait(ACCESS, by=story.by, at=story.now)


def goes_on(story: Story, buyer: Buyer) -> None:
    (wait,) = story.case.waits.filter(ended_at=None)
    story.case.go_on(wait, by=story.by, at=story.now)


def is_restored(story: Story, buyer: Buyer) -> None:
    story.service_is_restored()


def is_cancelled(story: Story, buyer: Buyer) -> None:
    catches_up(story)
    story.case.cancel("the customer withdraws it", by=story.by, at=story.now)


def reopens(story: Story, buyer: Buyer) -> None:
    answer = buyer.post(f"/troubleTicket/{story.number}/reopen", {"reason": "Still no link"})
    assert answer.status_code == 204, answer.content


def cancels(story: Story, buyer: Buyer) -> None:
    answer = buyer.post(f"/troubleTicket/{story.number}/cancel")
    assert answer.status_code == 204, answer.content


def closes(story: Story, buyer: Buyer) -> None:
    """The Buyer confirms; the desk follows the service up and closes (P6, P7)."""
    answer = buyer.post(f"/troubleTicket/{story.number}/close")
    assert answer.status_code == 204, answer.content
    catches_up(story)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibre cut", "spliced", by=story.by, at=story.now)


type Step = Callable[[Story, Buyer], None]
BROUGHT_TO: dict[str, Step] = {
    "acknowledged": acknowledged,
    "inProgress": in_progress,
    "pending": pending,
    "resolved": resolved,
    "reopened": reopened,
    "closed": closed,
    "assessingCancellation": assessing,
    "cancelled": cancelled,
}
MOVED: dict[tuple[str, str], Step] = {
    ("acknowledged", "inProgress"): is_diagnosed,
    ("acknowledged", "assessingCancellation"): cancels,
    ("inProgress", "pending"): waits,
    ("inProgress", "resolved"): is_restored,
    ("inProgress", "assessingCancellation"): cancels,
    ("pending", "inProgress"): goes_on,
    ("pending", "assessingCancellation"): cancels,
    ("resolved", "closed"): closes,
    ("resolved", "reopened"): reopens,
    ("reopened", "inProgress"): is_diagnosed,
    ("assessingCancellation", "cancelled"): is_cancelled,
}
"""By what a ticket goes from one status to the next."""
