"""P6 Stability: a green window with its evidence; a flap restarts it, a relapse takes the case back to P3."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases import case_proofs as green
from guardia.cases.refusals import (
    EvidenceIsThere,
    FailsAlready,
    LastTestIsBad,
    NoGreenEvidence,
    NoTestAtTheEnd,
    NotGreenLongEnough,
    NotWithoutEvidence,
    TimeInTheFuture,
    TooFewGreenTests,
)
from guardia.cases.verbs import Event, Recording, desk_hour, has_these_texts, need
from guardia.people.staff import Actor, ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Stability(Recording):
    def flap(
        self: "Case",
        what: str,
        lasted: timedelta,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        saw: Mapping[str, Any] | None = None,
    ) -> Event:
        """The service dropped at ``at`` and came back after ``lasted``: the green window starts again (P6 D).

        ``saw``: what a probe saw, as ``measured_sentences.seen`` says it in any language.
        """
        self.must_be_in(Stage.STABILITY)
        self.must_not_precede(at, self.restored_at)
        what = need("P6", "what", what, _("what was seen"))
        seconds = int(lasted.total_seconds())  # whole ones, as the event says it, so that the report follows from it
        lasted = timedelta(seconds=seconds)
        if at + lasted > (now or at):
            raise TimeInTheFuture()
        if said := self.said_already(Moment.FLAPPED, by=by, at=at, texts={"what": what}, seconds=seconds):
            return said
        # One that is reported late does not make the window begin earlier than the last one.
        self.green_since = max(at + lasted, self.green_since or at)
        self.outages = [*self.outages, [at.isoformat(), (at + lasted).isoformat()]]
        data = {"seconds": seconds, **({"saw": saw} if saw else {})}
        return self.write(Moment.FLAPPED, by=by, at=at, now=now, data=data, texts={"what": what})

    def stabilise(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The green window is complete and its evidence on record; closing follows and P6's notice is owed.

        Raises NotGreenLongEnough, NoGreenEvidence, TooFewGreenTests, NoTestAtTheEnd, LastTestIsBad.
        """
        if self.stage == Stage.CLOSURE and (event := self.latest(Moment.STABILISED)):
            return event
        self._must_be_green(at)
        evidence = green.of_the_window(self, at)
        if not evidence.is_green:
            raise self._not_green(evidence)
        return self._stable(by, at, now, {"evidence": [test.pk for test in evidence.good]}, {})

    def stabilise_without_evidence(
        self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """The window is complete, but no good test says so: a supervisor goes on with a reason, which is told (P6).

        Raises NotWithoutEvidence, NotGreenLongEnough, EvidenceIsThere, Missing.
        """
        if self.stage == Stage.CLOSURE and (event := self.latest(Moment.STABILISED)):
            return event
        self.must_be_in(Stage.STABILITY)
        if not by.supervises:
            raise NotWithoutEvidence()
        self._must_be_green(at)
        evidence = green.of_the_window(self, at)
        if evidence.is_green:
            raise EvidenceIsThere()
        texts = green.reason_texts("P6", reason, by)
        return self._stable(by, at, now, {"evidence": []} | evidence.lacking, texts)

    def _not_green(self: "Case", evidence: green.GreenEvidence) -> NoGreenEvidence:
        if evidence.bad:
            return LastTestIsBad(tests=", ".join(evidence.bad))
        if not evidence.good:
            return NoGreenEvidence()
        if evidence.proving < evidence.needed:
            return TooFewGreenTests(needed=evidence.needed, found=evidence.proving)
        end = green.end_of_window(self)
        return NoTestAtTheEnd(hour=desk_hour(end)[:5] if end else "")

    def _must_be_green(self: "Case", at: datetime) -> None:
        self.must_be_in(Stage.STABILITY)
        needed, found = self.green_window, self.green_for(at)
        if found < needed:
            raise NotGreenLongEnough(needed=_minutes(needed), found=_minutes(found))

    def _stable(
        self: "Case",
        by: Actor,
        at: datetime,
        now: datetime | None,
        proof: Mapping[str, Any],
        texts: Mapping[str, str],
    ) -> Event:
        self.stage = Stage.CLOSURE.value
        data = {"green_since": self.green_since.isoformat() if self.green_since else None, **proof}
        return self.write(Moment.STABILISED, by=by, at=at, now=now, data=data, texts=texts)

    def relapse(
        self: "Case",
        what: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        saw: Mapping[str, Any] | None = None,
    ) -> Event:
        """It fails again, or the customer says it does not work: back to P3, and the customer is told (P6 D).

        ``saw``: what a probe saw, as ``evidence.measured_sentences.seen`` says it in any language. The same words once
        more, or a probe: nothing new. Raises FailsAlready for a person's other words; Missing, NotInThisStage.
        """
        if self.stage == Stage.DIAGNOSIS and (event := self.latest(Moment.RELAPSED)):
            if by.kind != ActorKind.SYSTEM and not has_these_texts(event, {"what": what.strip()}):
                raise FailsAlready(hour=desk_hour(event.occurred_at))
            return event
        self.must_be_in(Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE)
        self.must_not_precede(at, self.restored_at)
        what = need("P6", "what", what, _("what was seen"))
        self.fails_again(at)
        data = {"saw": saw} if saw else {}
        return self.write(Moment.RELAPSED, by=by, at=at, now=now, data=data, texts={"what": what})

    def fails_again(self: "Case", at: datetime) -> None:
        """It is back in P3 since ``at``, and another stretch without service begins."""
        self.stage = Stage.DIAGNOSIS.value
        self.restored_at = self.green_since = None
        self.cause = self.plan = self.plan_kind = self.confirmed_by = ""
        self.outages = [*self.outages, [at.isoformat(), None]]

    @property
    def green_window(self: "Case") -> timedelta:
        return versions.of(self.procedure_version_id).requirements.green_window

    def green_for(self: "Case", at: datetime) -> timedelta:
        return max(at - self.green_since, timedelta()) if self.green_since else timedelta()


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
