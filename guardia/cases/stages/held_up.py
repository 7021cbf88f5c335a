"""P4.3: a named condition holds a visit up; it is decided again, and in the end the visit goes on."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger
from guardia.cases.refusals import Missing, NotHeldUp
from guardia.cases.stages.agreement import in_order
from guardia.cases.stages.dispatching import due, must_come
from guardia.cases.stages.visits import Visits
from guardia.cases.verbs import Event, need
from guardia.cases.waiting import WaitReason
from guardia.field.visit import Visit
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Condition, Moment, Stage, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case


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
        why = need("P4.3", "why", why, _("what holds the visit up"))
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
        data = {"visit": visit.pk, "condition": visit.condition, "source": source, **due(next_decision_at)}
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
