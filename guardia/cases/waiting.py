"""W1: a clock stops only for a named cause, and the customer sees which clock, who asked, why, with what proof."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import NothingToStop
from guardia.cases.verbs import Event, Recording, need
from guardia.clocks.wait import Wait
from guardia.people.actor import Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case


@dataclass(frozen=True)
class WaitReason:
    """Why a clock stops. A third party is named with its ticket, its contact and its next promise (UTC)."""

    cause: WaitCause
    asked_by: str
    reason: str
    proof: str = ""
    party: str = ""
    party_ticket: str = ""
    party_contact: str = ""
    party_promise_at: datetime | None = None


class Waiting(Recording):
    def wait(self: "Case", why: WaitReason, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Stop the running clocks that may wait for this cause. Raises NothingToStop, Missing.

        While a wait for the same cause holds all those clocks, it is given back.
        """
        self.must_be_open()
        clocks = self.clocks_that_may_wait_for(why.cause)
        standing = list(self.waits.filter(ended_at=None, cause=why.cause).order_by("pk"))
        if standing and {*clocks} <= {kind for wait in standing for kind in wait.clocks}:
            return self.events.get(moment=Moment.WAIT_STARTED, data__wait=standing[-1].pk)
        self.must_not_precede(at, self.opened_at)
        need("W1", "asked_by", why.asked_by, _("who asked for it"))
        need("W1", "reason", why.reason, _("the reason"))
        if why.cause == WaitCause.THIRD_PARTY:
            need("W1", "party", why.party, _("the third party's name"))
            need("W1", "party_ticket", why.party_ticket, _("the third party's ticket"))
        if not clocks:
            raise NothingToStop()
        wait = Wait.objects.create(customer_id=self.customer_id, case=self, clocks=clocks, started_at=at, **vars(why))
        self.status = "pending" if why.cause == WaitCause.CUSTOMER else "held"
        promise = why.party_promise_at
        texts = {
            name: getattr(why, name)
            for name in ("asked_by", "reason", "proof", "party", "party_ticket", "party_contact")
        }
        return self.write(
            Moment.WAIT_STARTED,
            variant=why.cause.value,
            by=by,
            at=at,
            now=now,
            data={"wait": wait.pk, "clocks": clocks, "party_promise_at": promise.isoformat() if promise else None},
            texts=texts,
        )

    def go_on(self: "Case", wait: Wait, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """What was waited for is there: the clocks go on, later by as long as they stood still."""
        if wait.ended_at and (ended := self.events.filter(moment=Moment.WAIT_ENDED, data__wait=wait.pk).first()):
            return ended
        self.must_be_open()
        self.must_not_precede(at, wait.started_at)
        wait.ended_at = at
        wait.save(update_fields=["ended_at"])
        return self.write(
            Moment.WAIT_ENDED, variant=wait.cause, by=by, at=at, now=now, data={"wait": wait.pk, "clocks": wait.clocks}
        )

    def clocks_that_may_wait_for(self: "Case", cause: WaitCause) -> list[str]:
        """The kinds of the running clocks that the procedure lets stop for this cause (table of clocks)."""
        procedure = versions.of(self.procedure_version_id)
        running = self.clocks.filter(ended_at=None).values_list("kind", flat=True)
        return sorted(kind for kind in running if cause in procedure.clock(ClockKind(kind)).waits)
