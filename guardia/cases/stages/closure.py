"""P7 Closing: fault, solution and affected time; or a case withdrawn with its reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import case_proofs as green
from guardia.cases import talk
from guardia.cases.closing_figures import outages_of
from guardia.cases.desk_hours import kind_of
from guardia.cases.refusals import BadSinceStable, EvidenceIsThere, Missing, NotWithoutEvidence
from guardia.cases.stages.reopening import edition_facts
from guardia.cases.verbs import Event, Recording, need
from guardia.clocks.intervals import length, union, without
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import CaseKind, Impact, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Closure(Recording):
    def close(
        self: "Case",
        fault: str,
        solution: str,
        *,
        prevention: str = "",
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """Close with fault, solution and affected time; P7's notice is owed. A closed case stays as it is.

        ``prevention``: what is done so that it does not return. Raises BadSinceStable, Missing (of the impact as well:
        nobody completes it later), and ObjectionStands while a contact objects and nobody has answered.
        """
        if self.closed_at and (event := self.latest(Moment.CLOSED)):
            return event
        self.must_be_in(Stage.CLOSURE)
        if bad := green.since_stable(self, at).bad:
            raise BadSinceStable(tests=", ".join(bad))
        written = {"fault": fault, "solution": solution, "prevention": prevention}
        return self._close(written, green.carried_over(self), by=by, at=at, now=now)

    def close_without_evidence(
        self: "Case",
        fault: str,
        solution: str,
        reason: str,
        *,
        prevention: str = "",
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """A test was bad after the service was called stable: a supervisor closes with a reason, which is told (P7).

        Raises NotWithoutEvidence, EvidenceIsThere, Missing.
        """
        if self.closed_at and (event := self.latest(Moment.CLOSED)):
            return event
        self.must_be_in(Stage.CLOSURE)
        if not by.supervises:
            raise NotWithoutEvidence()
        evidence = green.since_stable(self, at)
        if not evidence.bad:
            raise EvidenceIsThere()
        said = green.Lacking(evidence.lacking, green.reason_texts("P7", reason, by))
        written = {"fault": fault, "solution": solution, "prevention": prevention}
        return self._close(written, said, by=by, at=at, now=now)

    def _close(
        self: "Case",
        written: Mapping[str, str],
        lacking: green.Lacking,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None,
    ) -> Event:
        self.must_not_precede(at, self.restored_at)
        talk.must_be_answered(self)
        if self.impact == Impact.REPORTED:
            raise Missing("P7", "impact", _("how the service was"))
        self.fault = need("P7", "fault", written["fault"], _("the fault"))
        self.solution = need("P7", "solution", written["solution"], _("the solution"))
        self.prevention = written["prevention"].strip()
        self.affected_seconds = round(self.affected_time(at).total_seconds())
        self._end(at)
        texts = {"fault": written["fault"], "solution": written["solution"], **lacking.texts}
        if self.prevention:
            texts["prevention"] = self.prevention
        data = {"affected_seconds": self.affected_seconds, **edition_facts(self), **lacking.data}
        if inside := self.seconds_in_work(at):
            data["in_work_seconds"] = inside
        return self.write(Moment.CLOSED, by=by, at=at, now=now, data=data, texts=texts)

    def cancel(self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The case is withdrawn, with its reason; the customer is told. A cancelled case stays as it is."""
        if self.closed_at and (event := self.latest(Moment.CANCELLED)):
            return event
        self.must_be_open()
        reason = need("P2", "reason", reason, _("the reason"))
        self.end_withdrawn(at, now or at)
        return self.write(Moment.CANCELLED, by=by, at=at, now=now, texts={"reason": reason})

    def end_withdrawn(self: "Case", at: datetime, now: datetime) -> None:
        """What was withdrawn was no failure of its own: it has affected nobody (P7)."""
        self.see_the_desk_open(now)
        self.affected_seconds = 0 if kind_of(self.desk) == CaseKind.INCIDENT else None
        self._end(at)

    def affected_time(self: "Case", at: datetime) -> timedelta:
        """The union of the outage intervals until ``at``, less the exclusions agreed and visible (P7 D), and less the
        window of planned work, which is a figure of its own.
        """
        spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else at) for a, b in self.outages]
        excluded = union([*self.exclusions(at), *self.work_window()])
        return length(left for span in union(spans) for left in without(span, excluded))

    def seconds_in_work(self: "Case", at: datetime) -> int:
        """Of the outage intervals until ``at``, what lies within planned work: beside the affected time, not in it."""
        window = self.work_window()
        if not window:
            return 0
        spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else at) for a, b in self.outages]
        return sum(each.in_work for each in outages_of(spans, self.exclusions(at), at, window))

    def _end(self: "Case", at: datetime) -> None:
        self.closed_at = at
        self.end_visit(at)
