"""P4 Execution of the plan, remotely or by a visit: until the service is restored."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import probing
from guardia.cases.refusals import VisitOutOfOrder
from guardia.cases.stages.diagnosis import REMOTE, VISIT
from guardia.cases.stages.field_work import placed
from guardia.cases.verbs import Event, Recording, need
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Execution(Recording):
    def correct_cause(self: "Case", cause: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """A probable cause is corrected, or becomes certain, once more is known (P3 D)."""
        self.must_be_in(Stage.EXECUTION, Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE)
        cause = need("P4", "cause", cause, _("the cause"))
        if cause == self.cause and not self.cause_is_probable:
            return self.latest(Moment.CAUSE_CORRECTED, Moment.DIAGNOSED)  # type: ignore[return-value]
        self.cause, self.cause_is_probable = cause, False
        return self.write(Moment.CAUSE_CORRECTED, by=by, at=at, now=now, texts={"cause": cause})

    def change_plan(
        self: "Case", plan: str, plan_kind: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """Another plan, or another way to carry it out: remotely or by a visit (P4)."""
        self.must_be_in(Stage.EXECUTION)
        plan = need("P4", "plan", plan, _("the solution plan"))
        if (plan, plan_kind) == (self.plan, self.plan_kind):
            return self.latest(Moment.PLAN_CHANGED, Moment.DIAGNOSED)  # type: ignore[return-value]
        self.plan, self.plan_kind = plan, plan_kind
        if plan_kind == REMOTE:
            self.end_visit(at)
        data = self.must_not_be_agreed_yet()
        return self.write(
            Moment.PLAN_CHANGED, variant=plan_kind, by=by, at=at, now=now, data=data, texts={"plan": plan}
        )

    def restore(
        self: "Case",
        solution: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        place: str = "",
        source: str = "desk",
    ) -> Event:
        """The service works again: what was done, and the hour. Verification follows (P4.4, P5)."""
        if self.stage == Stage.VERIFICATION and (event := self.latest(Moment.RESTORED)):
            return event
        self.must_be_in(Stage.EXECUTION)
        solution = need("P4", "solution", solution, _("what was done"))
        visit = self.open_visit()
        if self.plan_kind == VISIT and (visit is None or visit.arrived_at is None):
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        self.must_not_precede(at, visit.last_step_at if visit and self.plan_kind == VISIT else self.began_at())
        self.solution = solution
        self.end_visit(at, restored=self.plan_kind == VISIT)
        self.back_in_service(at)
        data: dict[str, object] = {"source": source}
        if self.plan_kind == VISIT and visit:
            data["visit"] = visit.pk
        texts = {"solution": solution, "place": placed(place)}
        written = self.write(Moment.RESTORED, variant=self.plan_kind, by=by, at=at, now=now, data=data, texts=texts)
        probing.at_verification(self, now or at)
        return written

    def back_in_service(self: "Case", at: datetime) -> None:
        """The service is back since ``at``: the outage ends there and verification begins."""
        self.stage, self.restored_at = Stage.VERIFICATION.value, at
        self.outages = [[begin, end or at.isoformat()] for begin, end in self.outages]
