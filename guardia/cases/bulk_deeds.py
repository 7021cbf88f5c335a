"""What can be done to many cases at once, each by the verb of one case, and how it is taken back.

Closing is none of them, and never will be: P7 has each case documented by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases import linking
from guardia.cases.case import Case
from guardia.cases.handing_over import NobodyAnswers
from guardia.cases.number import grouped, parse
from guardia.cases.refusals import NothingToStop, Refused
from guardia.cases.verbs import need
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.people.lookup import staff_of_id
from guardia.people.policy import may_handle
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Moment, WaitCause

Facts = dict[str, Any]
"""Codes and ids: what is typed for all, or what taking one back needs."""


class NothingStands(Refused):
    clause = "W1"
    template = _("No clock of this case is stopped: there is nothing to resume.")


class HadNobody(Refused):
    template = _("Nobody had this case before: it stays with the person it was assigned to.")


class ChangedHandsSince(Refused):
    template = _("This case has changed hands since: it stays where it is.")


@dataclass(frozen=True)
class Turn:
    """One case while it is acted on. The case is locked; ``at`` (UTC) is when it is done and recorded."""

    case: Case
    typed: Mapping[str, Any]
    staff: Staff
    at: datetime

    @property
    def by(self) -> Actor:
        return Actor.of_staff(self.staff)

    @property
    def when(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


def nothing_held(typed: Mapping[str, Any]) -> None:
    """Nothing is shared by the cases."""


def no_case_beside(typed: Mapping[str, Any]) -> list[int]:
    return []


@dataclass(frozen=True)
class Deed:
    """``do`` calls the verb and gives back what ``undo`` needs; both raise ``Refused``.

    ``hold`` locks what the cases share, before any case is locked; ``beside`` names the cases locked with them.
    ``only_tells``: it does nothing but tell the customers, and is done when it can no longer be taken back: news that
    nobody got keeps no promise of news.
    """

    kind: str
    do: Callable[[Turn], Facts]
    undo: Callable[[Turn, Facts], None]
    supervisor_only: bool = False
    hold: Callable[[Mapping[str, Any]], None] = nothing_held
    beside: Callable[[Mapping[str, Any]], list[int]] = no_case_beside
    only_tells: bool = False


# --- assign -----------------------------------------------------------------------------------------------------------


def assign(turn: Turn) -> Facts:
    """The case passes to the colleague chosen for all. Raises NobodyAnswers, CaseIsClosed."""
    return passed_to(turn, staff_of_id(turn.typed["to"]))


def give_back(turn: Turn, was: Facts) -> None:
    """It passes back to who had it. Raises HadNobody, ChangedHandsSince, NobodyAnswers."""
    if was["from"] is None:
        raise HadNobody()
    if turn.case.assigned_id != was["to"]:
        raise ChangedHandsSince()
    passed_to(turn, staff_of_id(was["from"]))


def passed_to(turn: Turn, to: Staff | None) -> Facts:
    if to is None or not may_handle(to, turn.case.desk):
        raise NobodyAnswers(number=turn.case.display_number)
    was = {"from": turn.case.assigned_id, "to": to.pk}
    turn.case.assign(to, **turn.when)
    return was


# --- tell the customers -----------------------------------------------------------------------------------------------


def tell(turn: Turn) -> Facts:
    """The same news for the customer of each case (P D). Raises Missing, CaseIsClosed."""
    turn.case.tell(turn.typed["text"], **turn.when)
    return {}


def leave_untold(turn: Turn, was: Facts) -> None:
    """Nothing was told: the case has nothing to undo."""


# --- link -------------------------------------------------------------------------------------------------------------


def relate(turn: Turn) -> Facts:
    """The case and the one named for all show each other (P2 D). Raises NoSuchCase, ItsOwnNumber."""
    other = linking.case_called(turn.typed["number"], turn.case)
    linking.relate(turn.case, other, **turn.when)
    return {"other": other.number, "number": other.display_number}


def unlink(turn: Turn, was: Facts) -> None:
    """Raises NotLinked."""
    linking.unlink(turn.case, linking.case_called(grouped(was["other"]), turn.case), **turn.when)


def the_other_case(typed: Mapping[str, Any]) -> list[int]:
    number = parse(str(typed.get("number", "")).strip())
    return list(Case.objects.filter(number=number).values_list("pk", flat=True)) if number else []


# --- resume -----------------------------------------------------------------------------------------------------------


def resume(turn: Turn) -> Facts:
    """Every clock of the case that stands still goes on (W1). Raises NothingStands."""
    waits = list(turn.case.waits.filter(ended_at=None).order_by("pk"))
    if not waits:
        raise NothingStands()
    clocks = {str(wait.pk): list(wait.clocks) for wait in waits}
    for wait in waits:
        turn.case.go_on(wait, **turn.when)
    return {"waits": clocks}


def stand_again(turn: Turn, was: Facts) -> None:
    """A new wait for the same reason begins where each ended: no time has run meanwhile. Raises what ``wait`` does."""
    for wait in turn.case.waits.filter(pk__in=[int(pk) for pk in was["waits"]]).order_by("pk"):
        begun = turn.case.events.get(moment=Moment.WAIT_STARTED, data__wait=wait.pk)
        why = WaitReason(
            cause=WaitCause(wait.cause),
            asked_by=wait.asked_by,
            reason=wait.reason,
            proof=wait.proof,
            party=wait.party,
            party_ticket=wait.party_ticket,
            party_contact=wait.party_contact,
            party_promise_at=wait.party_promise_at,
            clocks=was["waits"][str(wait.pk)],
            excluded=bool(begun.data.get("excluded")),
        )
        turn.case.wait(why, by=turn.by, at=wait.ended_at or turn.at, now=turn.at)


# --- put in wait ------------------------------------------------------------------------------------------------------


def wait(turn: Turn) -> Facts:
    """The clocks of the case stop for the cause that all share, with its proof (W1). Raises Missing, NothingToStop."""
    typed = turn.typed
    proof = need("W1", "proof", typed["proof"], _("the proof"))
    promise = typed.get("party_promise_at")
    why = WaitReason(
        WaitCause(typed["cause"]),
        asked_by=typed["asked_by"],
        reason=typed["reason"],
        proof=proof,
        party=typed.get("party", ""),
        party_ticket=typed.get("party_ticket", ""),
        party_promise_at=datetime.fromisoformat(promise) if promise else None,
    )
    event = turn.case.wait(why, **turn.when)
    return {"wait": event.data["wait"], "clocks": event.data["clocks"]}


def did_not_wait(turn: Turn, was: Facts) -> None:
    """The wait did not happen: every clock is as it would have been without it (W1)."""
    found = Wait.objects.filter(pk=was["wait"], case=turn.case).first()
    if found is None:
        raise NothingToStop()
    reason = gettext("Undone at once: it had been placed on hold together with other cases by mistake.")
    turn.case.correct_wait(found, hours=None, reason=reason, **turn.when)


DEEDS = {
    deed.kind: deed
    for deed in (
        Deed("assign", assign, give_back),
        Deed("tell", tell, leave_untold, only_tells=True),
        Deed("link", relate, unlink, beside=the_other_case),
        Deed("resume", resume, stand_again),
        Deed("wait", wait, did_not_wait, supervisor_only=True),
    )
}
