"""P6 Stability: a green window with its evidence; a flap restarts it, a relapse takes the case back to P3."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import NoGreenEvidence, NotGreenLongEnough, TimeInTheFuture
from guardia.cases.verbs import Event, Recording, need
from guardia.evidence.test_result import TestResult, Verdict
from guardia.people.actor import Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Stability(Recording):
    def flap(
        self: "Case", what: str, lasted: timedelta, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """The service dropped at ``at`` and came back after ``lasted``: the green window starts again (P6 D)."""
        self.must_be_in(Stage.STABILITY)
        self.must_not_precede(at, self.restored_at)
        what = need("P6", "what", what, _("what was seen"))
        if at + lasted > (now or at):
            raise TimeInTheFuture()
        if said := self.said_already(
            Moment.FLAPPED, by=by, at=at, texts={"what": what}, seconds=round(lasted.total_seconds())
        ):
            return said
        # One that is reported late does not make the window begin earlier than the last one.
        self.green_since = max(at + lasted, self.green_since or at)
        self.outages = [*self.outages, [at.isoformat(), (at + lasted).isoformat()]]
        data = {"seconds": round(lasted.total_seconds())}
        return self.write(Moment.FLAPPED, by=by, at=at, now=now, data=data, texts={"what": what})

    def stabilise(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The green window is complete and its evidence on record; closing follows and P6's notice is owed.

        Raises NotGreenLongEnough, NoGreenEvidence.
        """
        if self.stage == Stage.CLOSURE and (event := self.latest(Moment.STABILISED)):
            return event
        self.must_be_in(Stage.STABILITY)
        needed, green = self.green_window, self.green_for(at)
        if green < needed:
            raise NotGreenLongEnough(needed=_minutes(needed), found=_minutes(green))
        evidence = list(self.green_evidence(at))
        if not evidence:
            raise NoGreenEvidence()
        self.stage = Stage.CLOSURE.value
        data = {
            "green_since": self.green_since.isoformat() if self.green_since else None,
            "evidence": [test.pk for test in evidence],
        }
        return self.write(Moment.STABILISED, by=by, at=at, now=now, data=data)

    def relapse(self: "Case", what: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """It fails again, or the customer says it does not work: back to P3, and the customer is told (P6 D)."""
        if self.stage == Stage.DIAGNOSIS and (event := self.latest(Moment.RELAPSED)):
            return event
        self.must_be_in(Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE)
        self.must_not_precede(at, self.restored_at)
        what = need("P6", "what", what, _("what was seen"))
        self.stage, self.status = Stage.DIAGNOSIS.value, "inProgress"
        self.restored_at = self.green_since = None
        self.cause = self.plan = self.plan_kind = self.confirmed_by = ""
        self.outages = [*self.outages, [at.isoformat(), None]]
        return self.write(Moment.RELAPSED, by=by, at=at, now=now, texts={"what": what})

    @property
    def green_window(self: "Case") -> timedelta:
        return versions.of(self.procedure_version_id).requirements.green_window

    def green_for(self: "Case", at: datetime) -> timedelta:
        return max(at - self.green_since, timedelta()) if self.green_since else timedelta()

    def green_evidence(self: "Case", at: datetime) -> "list[TestResult]":
        """The good tests taken inside the green window; none of them counts while the last test of it is bad."""
        if self.green_since is None:
            return []
        taken = self.tests.filter(measured_at__gt=self.green_since, measured_at__lte=at).order_by("measured_at", "pk")
        tests = list(taken)
        if not tests or tests[-1].verdict == Verdict.BAD:
            return []
        return [test for test in tests if test.verdict == Verdict.GOOD]


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
