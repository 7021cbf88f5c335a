"""W1: a clock stops only for a named cause, and the customer sees which clock, who asked, why, with what proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import (
    MayNotStop,
    Missing,
    NotAThirdParty,
    NothingToStop,
    NotOfThisCase,
    PromiseInThePast,
    WaitIsOver,
)
from guardia.cases.verbs import Event, Recording, need
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.intervals import Interval
from guardia.clocks.wait import Wait
from guardia.customers.folding import fold
from guardia.people.actor import Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case

UPHELD = "upheld"


@dataclass(frozen=True)
class WaitReason:
    """Why a clock stops. A third party is named with its ticket, its contact and its next promise (UTC).

    ``clocks`` are the kinds that stop, all that may if it is empty. ``excluded``: agreed with the customer that the
    affected time leaves this wait out as well (P7 D).
    """

    cause: WaitCause
    asked_by: str
    reason: str
    proof: str = ""
    party: str = ""
    party_ticket: str = ""
    party_contact: str = ""
    party_promise_at: datetime | None = None
    asked_role: str = ""
    clocks: Sequence[str] = ()
    excluded: bool = False

    @property
    def who_asked(self) -> str:
        return ", ".join(part.strip() for part in (self.asked_by, self.asked_role) if part.strip())


class Waiting(Recording):
    def wait(self: "Case", why: WaitReason, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Stop the running clocks that may wait for this cause, from ``at`` on, also where that is told late (W1).

        While a wait for the same cause and party holds all those clocks, it is given back.
        Raises NothingToStop, MayNotStop, Missing, PromiseInThePast.
        """
        self.must_be_open()
        allowed = self.clocks_that_may_wait_for(why.cause)
        clocks = chosen(why.clocks, allowed)
        standing = [wait for wait in self.standing_for(why.cause) if fold(wait.party) == fold(why.party)]
        if standing and {*clocks} <= {kind for wait in standing for kind in wait.clocks}:
            return self.events.get(moment=Moment.WAIT_STARTED, data__wait=standing[-1].pk)
        self.must_not_precede(at, self.opened_at)
        need("W1", "asked_by", why.asked_by, _("who asked for it"))
        need("W1", "reason", why.reason, _("the reason"))
        self._must_name_the_party(why, at)
        if not clocks:
            raise NothingToStop()
        texts = texts_of(why)
        row = {name: texts[name] for name in texts if name != "asked_by"}
        wait = Wait.objects.create(
            customer_id=self.customer_id,
            case=self,
            cause=why.cause,
            clocks=clocks,
            started_at=at,
            asked_by=texts["asked_by"][:160],
            party_promise_at=promise_of(why),
            **row,
        )
        self.status = "pending" if why.cause == WaitCause.CUSTOMER else "held"
        promise = wait.party_promise_at
        data = {"wait": wait.pk, "clocks": clocks, "excluded": why.excluded}
        if promise:
            data["due_at"] = promise.isoformat()
        event = self.write(Moment.WAIT_STARTED, variant=why.cause.value, by=by, at=at, now=now, data=data, texts=texts)
        self.chase(by=by, at=at, now=now)
        return event

    def go_on(self: "Case", wait: Wait, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """What was waited for is there: the clocks go on, later by as long as they stood still."""
        self.must_be_its_wait(wait)
        if wait.ended_at and (ended := self.events.filter(moment=Moment.WAIT_ENDED, data__wait=wait.pk).first()):
            return ended
        self.must_be_open()
        self.must_not_precede(at, wait.started_at)
        wait.ended_at = at
        wait.save(update_fields=["ended_at"])
        event = self.write(
            Moment.WAIT_ENDED, variant=wait.cause, by=by, at=at, now=now, data={"wait": wait.pk, "clocks": wait.clocks}
        )
        self.chase(by=by, at=at, now=now)
        return event

    def third_party_promised(
        self: "Case",
        wait: Wait,
        promise_at: datetime,
        *,
        word: str = "",
        contact: str = "",
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The third party was chased and has promised anew: the clock that chases it begins again (W1).

        ``promise_at`` in UTC, after ``at``. Raises NotAThirdParty, WaitIsOver, PromiseInThePast.
        """
        self.must_be_its_wait(wait)
        self.must_be_open()
        if wait.cause != WaitCause.THIRD_PARTY:
            raise NotAThirdParty()
        if wait.ended_at:
            raise WaitIsOver()
        self.must_not_precede(at, wait.started_at)
        if promise_at <= at:
            raise PromiseInThePast()
        texts = {"party": wait.party, "word": word.strip(), "contact": contact.strip()}
        due = promise_at.isoformat()
        moment = Moment.THIRD_PARTY_PROMISED
        if same := self.said_already(moment, by=by, at=at, texts=texts, wait=wait.pk, due_at=due):
            return same
        wait.party_promise_at = promise_at
        wait.party_contact = contact.strip() or wait.party_contact
        wait.save(update_fields=["party_promise_at", "party_contact"])
        event = self.write(moment, by=by, at=at, now=now, data={"wait": wait.pk, "due_at": due}, texts=texts)
        self.chase(by=by, at=at, now=now)
        return event

    def chase(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> None:
        """One clock chases all third parties: it runs to the promise that comes first, whoever gave it."""
        promised = [wait for wait in self.standing_for(WaitCause.THIRD_PARTY) if wait.party_promise_at]
        first = min(promised, key=lambda wait: wait.party_promise_at or at, default=None)
        if first is None or first.party_promise_at is None or not self.promises(ClockKind.THIRD_PARTY):
            return
        running = self.clocks.filter(kind=ClockKind.THIRD_PARTY, ended_at=None).first()
        if running is None or running.due_at != first.party_promise_at:
            data = {"wait": first.pk, "due_at": first.party_promise_at.isoformat()}
            self.write(Moment.THIRD_PARTY_PROMISED, by=by, at=at, now=now, data=data, texts={"party": first.party})

    def standing_for(self: "Case", cause: WaitCause) -> list[Wait]:
        """The waits for this cause that have not ended, the oldest first."""
        return list(self.waits.filter(ended_at=None, cause=cause).order_by("pk"))

    def clocks_that_may_wait_for(self: "Case", cause: WaitCause) -> list[str]:
        """The kinds of the running clocks that the procedure lets stop for this cause (table of clocks)."""
        running = self.clocks.filter(ended_at=None).values_list("kind", flat=True)
        return sorted(kind for kind in running if cause in self.may_wait_for(kind))

    def may_wait_for(self: "Case", kind: str) -> Sequence[WaitCause]:
        return versions.of(self.procedure_version_id).clock(ClockKind(kind)).waits

    def exclusions(self: "Case", at: datetime) -> list[Interval]:
        """What the affected time leaves out: waits agreed as excluded, as they stand now, until ``at`` (P7 D)."""
        agreed = self.events.filter(moment=Moment.WAIT_STARTED, data__excluded=True)
        waits = self.waits.filter(pk__in=[event.data["wait"] for event in agreed]).exclude(ruling=UPHELD)
        return [(wait.started_at, min(wait.ended_at or at, at)) for wait in waits]

    def promises(self: "Case", kind: ClockKind) -> bool:
        """Whether the case's procedure has this clock at all; some are optional."""
        return any(rule.kind == kind for rule in versions.of(self.procedure_version_id).clocks)

    def must_be_its_wait(self: "Case", wait: Wait) -> None:
        if wait.case_id != self.pk:
            raise NotOfThisCase()

    def _must_name_the_party(self: "Case", why: WaitReason, at: datetime) -> None:
        """W1: a third party with its name, its ticket, and its next promise, by which it is chased."""
        if why.cause != WaitCause.THIRD_PARTY:
            return
        need("W1", "party", why.party, _("the third party's name"))
        need("W1", "party_ticket", why.party_ticket, _("the third party's ticket"))
        if why.party_promise_at is None and self.promises(ClockKind.THIRD_PARTY):
            raise Missing("W1", "party_promise_at", _("the third party's next promise, or when we ask again"))
        if why.party_promise_at is not None and why.party_promise_at <= at:
            raise PromiseInThePast()


def chosen(asked: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """The clocks to stop: those asked for, or all that may. Raises MayNotStop for one that may not."""
    asked = sorted({*asked})
    if strangers := [kind for kind in asked if kind not in allowed]:
        known = [str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in strangers if kind in list(ClockKind)]
        raise MayNotStop(what=", ".join(known) or "?")
    return asked or list(allowed)


def texts_of(why: WaitReason) -> dict[str, str]:
    """The prose of a wait. What only a third party has is kept for a third party alone."""
    named = ("party", "party_ticket", "party_contact") if why.cause == WaitCause.THIRD_PARTY else ()
    return {
        "asked_by": why.who_asked,
        "reason": why.reason.strip(),
        "proof": why.proof.strip(),
        **{name: getattr(why, name).strip() for name in named},
    }


def promise_of(why: WaitReason) -> datetime | None:
    return why.party_promise_at if why.cause == WaitCause.THIRD_PARTY else None
