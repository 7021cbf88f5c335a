"""P4 in the field: on the way, arrived, permit cleared, left the site; the steps of a visit as plain facts."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger
from guardia.cases.refusals import DoneAlready, Missing, NoOpenVisit, NotHeldUp, NotRestoredYet, VisitOutOfOrder
from guardia.cases.stages.agreement import PLACE, Agreement, in_order, short
from guardia.cases.stages.dispatching import Dispatching, due_fact, must_come
from guardia.cases.stages.visits import Visits
from guardia.cases.verbs import Event, need
from guardia.cases.waiting import WaitReason
from guardia.field.visit import Outcome, Visit
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Condition, Moment, Stage, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case


# P4.3: a named condition holds a visit up; it is decided again, and in the end the visit goes on.


class HeldUp(Visits):
    def block(
        self: "Case",
        condition: Condition,
        why: str,
        next_decision_at: datetime,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "desk",
        stops_clock: bool = False,
        asked_by: str = "",
        proof: str = "",
    ) -> Event:
        """A named condition holds the visit up; the customer learns when it is decided again (P4.3).

        ``stops_clock``: the promises that may wait for force majeure stand still as well, as a wait that the customer
        sees (W1), until the visit goes on or its crew arrives.
        Raises NoOpenVisit, Missing, DecisionInThePast, NothingToStop.
        """
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        visit = self.must_have_visit()
        why = need("P4.3", "why", why, _("what blocks the visit"))
        must_come(next_decision_at, at)
        due_at = next_decision_at.isoformat()
        texts = {"why": why}
        if said := self.said_already(
            Moment.BLOCKED, by=by, at=at, texts=texts, variant=condition.value, visit=visit.pk, due_at=due_at
        ):
            return said
        self.must_not_precede(at, self.gone_on_since(visit))
        data = {"visit": visit.pk, "due_at": due_at, "source": source}
        if stops_clock:
            wait = WaitReason(WaitCause.FORCE_MAJEURE, asked_by, why, proof)
            data["stopped_by"] = self.wait(wait, by=by, at=at, now=now).data["wait"]
        visit.blocked_at = visit.blocked_at or at
        visit.condition, visit.next_decision_at = condition.value, next_decision_at
        visit.save(update_fields=["blocked_at", "condition", "next_decision_at"])
        blocked = ledger.Entry(self, Moment.BLOCKED, by, at, condition.value, data, texts)
        set_anew = ledger.Entry(self, Moment.DECISION_SET, by, at, "", {"visit": visit.pk, "due_at": due_at})
        return ledger.record([blocked, set_anew], now or at)[0]

    def decide_again(
        self: "Case",
        next_decision_at: datetime,
        why: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "desk",
    ) -> Event:
        """It was decided that the visit cannot go on yet, and when that is decided the next time (P4.3).

        Raises NoOpenVisit, Missing, DecisionInThePast.
        """
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        visit = self.must_have_visit()
        why = need("P4.3", "why", why, _("what was decided, and why"))
        must_come(next_decision_at, at)
        data = {"visit": visit.pk, "due_at": next_decision_at.isoformat(), "source": source}
        texts = {"why": why}
        if said := self.said_already(Moment.DECISION_SET, by=by, at=at, texts=texts, due_at=data["due_at"]):
            return said
        self.must_not_precede(at, visit.blocked_at or self.gone_on_since(visit))
        visit.next_decision_at = next_decision_at
        visit.save(update_fields=["next_decision_at"])
        return self.write(Moment.DECISION_SET, by=by, at=at, now=now, data=data, texts=texts)

    def resume_visit(
        self: "Case",
        forecast_from: datetime | None,
        forecast_to: datetime | None,
        *,
        next_decision_at: datetime | None = None,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "desk",
    ) -> Event:
        """It was decided that the visit goes on, with the forecast of its arrival; what stood still for it runs again
        (P4.3, W1). A crew that waited at the site needs no forecast.

        Raises NoOpenVisit, NotHeldUp, Missing, ForecastReversed, ForecastIsOver, DecisionInThePast.
        """
        visit = self.must_have_visit()
        if not visit.blocked_at:
            if resumed := self.said_of(visit, Moment.VISIT_RESUMED):
                return resumed
            raise NotHeldUp()
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        self.must_not_precede(at, visit.blocked_at)
        must_come(next_decision_at, at)
        data = {"visit": visit.pk, "condition": visit.condition, "source": source, **due_fact(next_decision_at)}
        if forecast_from and forecast_to:
            in_order(forecast_from, forecast_to, at)
            visit.forecast_from, visit.forecast_to = forecast_from, forecast_to
            data["forecast"] = [forecast_from.isoformat(), forecast_to.isoformat()]
        elif not visit.arrived_at:
            raise Missing("P4.3", "forecast_to" if forecast_from else "forecast_from", _("when the crew is expected"))
        self.hold_up_no_more(visit, by=by, at=at, now=now)
        visit.next_decision_at = next_decision_at
        visit.save()
        return self.write(Moment.VISIT_RESUMED, by=by, at=at, now=now, data=data)

    def gone_on_since(self: "Case", visit: Visit) -> datetime:
        """Its last step, or the decision that it goes on: what is told late of the time before holds nothing up now."""
        resumed = self.said_of(visit, Moment.VISIT_RESUMED)
        return max(visit.last_step_at, resumed.occurred_at) if resumed else visit.last_step_at

    def hold_up_no_more(self: "Case", visit: Visit, *, by: Actor, at: datetime, now: datetime | None) -> None:
        """What held the visit up is over, and so is the wait that was opened with it. The visit is not saved."""
        visit.blocked_at, visit.condition, visit.next_decision_at = None, "", None
        held = self.events.filter(moment=Moment.BLOCKED, data__stopped_by__isnull=False).order_by("-seq").first()
        wait = self.waits.filter(pk=held.data["stopped_by"], ended_at=None).first() if held else None
        if wait:
            self.go_on(wait, by=by, at=max(at, wait.started_at), now=now)


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
