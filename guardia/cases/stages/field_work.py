"""P4 in the field: on the way, arrived, permit cleared, left the site; the steps of a visit as plain facts."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import DoneAlready, NoOpenVisit, NotRestoredYet, VisitOutOfOrder
from guardia.cases.stages.agreement import PLACE, Agreement, short
from guardia.cases.stages.dispatching import Dispatching
from guardia.cases.stages.held_up import HeldUp
from guardia.cases.verbs import Event, need
from guardia.field.visit import Outcome, Visit
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

__all__ = ["Agreement", "FieldWork"]


class FieldWork(Dispatching, HeldUp):
    def depart(
        self: "Case",
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        place: str = "",
        source: str = "desk",
    ) -> Event:
        """The crew is on the way; once more, where it had turned back and the visit was resumed."""
        return self._step("departed_at", Moment.DEPARTED, by, at, now, place, source)

    def arrive(
        self: "Case",
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        place: str = "",
        source: str = "desk",
    ) -> Event:
        """The crew is at the site: travel ends, the work permit and the solution's hours begin (P4.4)."""
        return self._step("arrived_at", Moment.ARRIVED, by, at, now, place, source)

    def clear_permit(
        self: "Case",
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        place: str = "",
        source: str = "desk",
    ) -> Event:
        """The work permit is given; its time was not counted in the four hours (P4 D)."""
        return self._step("permit_cleared_at", Moment.PERMIT_CLEARED, by, at, now, place, source)

    def leave_site(
        self: "Case",
        finished: bool,
        why: str = "",
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        place: str = "",
        source: str = "desk",
    ) -> Event:
        """The crew leaves: with the work done, also when the case is in P5 to P7 by then, or unfinished, which ends the
        visit. The four hours of P4.4 go on (ADR 0018), and another visit is agreed on.

        Raises NoOpenVisit, VisitOutOfOrder, NotRestoredYet, DoneAlready, Missing, CaseIsClosed.
        """
        visit = self.visit_at_site()
        if visit is None:
            return self._left_already()
        self.must_be_open()
        self.must_be_an_incident()
        why = why.strip() if finished else need("P4.4", "why", why, _("what is left to do, and why"))
        if finished and not visit.ended_at:
            raise NotRestoredYet()
        if not finished:
            if visit.ended_at:
                raise DoneAlready()
            self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        self.must_not_precede(at, visit.restored_at or visit.last_step_at)
        visit.left_at = at
        if not finished:
            visit.ended_at, visit.outcome = at, Outcome.UNFINISHED.value
            visit.blocked_at, visit.condition, visit.next_decision_at = None, "", None
        visit.save()
        variant = "done" if finished else "unfinished"
        data, texts = {"visit": visit.pk, "source": source}, {"reason": why, "place": placed(place)}
        return self.write(Moment.LEFT_SITE, variant=variant, by=by, at=at, now=now, data=data, texts=texts)

    def _left_already(self: "Case") -> Event:
        left = self.latest(Moment.LEFT_SITE)
        if visit := self.open_visit():
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        if left is None:
            raise NoOpenVisit()
        return left

    def _step(
        self: "Case",
        field: str,
        moment: Moment,
        by: Actor,
        at: datetime,
        now: datetime | None,
        place: str,
        source: str,
    ) -> Event:
        visit = self.open_visit() or self._done_in_the_last_visit(field, at)
        taken = getattr(visit, field)
        if taken and not (field == "departed_at" and self._set_out_again(visit, at)):
            return self.said_of(visit, moment)  # type: ignore[return-value]
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        after = "arrived_at" if field == "permit_cleared_at" else "agreed_at"
        if not getattr(visit, after) or (field == "departed_at" and visit.arrived_at):
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        self.must_not_precede(at, visit.last_step_at)
        setattr(visit, field, at)
        if field != "permit_cleared_at":
            self.hold_up_no_more(visit, by=by, at=at, now=now)
        visit.save()
        data = {"visit": visit.pk, "source": source}
        return self.write(moment, by=by, at=at, now=now, data=data, texts={"place": placed(place)})

    def _done_in_the_last_visit(self: "Case", field: str, at: datetime) -> Visit:
        """A step that the visit before has on record already, said once more. Raises NoOpenVisit, also for what was
        done after its end while the case waits for another visit.
        """
        last = self.last_visit()
        if last is None or not getattr(last, field):
            raise NoOpenVisit()
        if self.stage in (Stage.DIAGNOSIS, Stage.EXECUTION) and last.ended_at and at > last.ended_at:
            raise NoOpenVisit()
        return last

    def _set_out_again(self: "Case", visit: Visit, at: datetime) -> bool:
        """The crew had turned back: the visit was held up after it left, and goes on now (P4.3). Or another crew has
        the visit since, and leaves in its turn.
        """
        if visit.arrived_at or not visit.departed_at:
            return False
        if visit.blocked_at:
            return at >= visit.blocked_at
        since = self.said_of(visit, Moment.VISIT_RESUMED, Moment.CREW_CHANGED)
        changed = self.events.filter(moment=Moment.DISPATCH_CHANGED, data__visit=visit.pk, data__has_key="crew_was")
        hours = [each.occurred_at for each in (since, changed.order_by("-seq").first()) if each]
        return any(visit.departed_at <= hour <= at for hour in hours)


def placed(place: str) -> str:
    return short("place", place, _("the place"), PLACE)
