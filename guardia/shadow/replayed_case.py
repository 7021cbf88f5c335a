"""One case of the replay: each fact of its file as the verb that a desk would have used, at its own hour.

What a stage asks as proof (tests, who confirmed) no former tool has: these steps go straight to ``ledger.record``.
Facts of one hour that follow from each other are one step.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.stages.diagnosis import REMOTE
from guardia.cases.stages.registration import Report
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.customers.customer import Service
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Impact, Moment, Stage, WaitCause
from guardia.shadow.agenda import Subject
from guardia.shadow.former_course import Fact, What

UNSAID = "-"
OF_WHAT = {
    What.DIAGNOSED: Moment.DIAGNOSED,
    What.REMOTE: Moment.DIAGNOSED,
    What.CONFIRMED: Moment.CONFIRMED,
    What.STABLE: Moment.STABILISED,
    What.RESTORED: Moment.RESTORED,
    What.CLOSED: Moment.CLOSED,
}


@dataclass
class Assumed:
    """An event whose hour the file does not say: the latest possible one, and the earliest (UTC)."""

    moment: Moment
    at: datetime
    since: datetime


@dataclass
class ReplayedCase:
    """A case of the file in the database beside."""

    subject: Subject
    authors: dict[datetime, str] = field(default_factory=dict)
    """Who did what the file says that happened at an hour (UTC), where it names somebody."""
    assumed: list[Assumed] = field(default_factory=list)
    is_remote: bool = False
    """Whether the file says that its plan needed no visit."""
    _together: list[ledger.Entry] = field(default_factory=list)
    _wait: Wait | None = None

    def register(self, service: Service, author: Staff, at: datetime) -> Case:
        """P2; no call and no mail is known, so that neither reception nor registration is measured."""
        words = self.subject.subject
        report = Report(service, words, Impact.DOWN, subject=words)
        return Case.register(report, by=Actor.of_staff(author), at=at, engineer=author)

    def act(self, case: Case, fact: Fact, author: Staff) -> None:
        """Raises Refused where the procedure does not allow it."""
        by = Actor.of_staff(author)
        if fact.author and fact.since is None:
            self.authors[fact.at] = fact.author
        if fact.what in OF_WHAT:
            self._stage(case, fact, by)
            return
        self.write(case, fact.at)
        match fact.what:
            case What.TOLD:
                case.tell(UNSAID, by=by, at=fact.at)
            case What.WAITING:
                self._waits(case, fact, by)
            case What.WORKING:
                self._goes_on(case, fact.at, by)
            case What.REOPENED:
                case.relapse(UNSAID, by=by, at=fact.at)
            case What.CANCELLED:
                case.cancel(UNSAID, by=by, at=fact.at)

    # --- stages -------------------------------------------------------------------------------------------------------
    def _stage(self, case: Case, fact: Fact, by: Actor) -> None:
        moment = OF_WHAT[fact.what]
        self.is_remote |= fact.what == What.REMOTE
        if fact.since is not None:
            self.assumed.append(Assumed(moment, fact.at, fact.since))
        if self._together and self._together[0].at != fact.at:
            self.write(case, self._together[0].at)
        self._together.append(entry_of(case, moment, fact.at, by))
        if fact.what in (What.RESTORED, What.CLOSED) or fact.since is None:
            self.write(case, fact.at)

    def write(self, case: Case, at: datetime) -> None:
        """What was gathered, as one step."""
        if self._together:
            entries, self._together = self._together, []
            ledger.record(entries, at)

    # --- waits --------------------------------------------------------------------------------------------------------
    def _waits(self, case: Case, fact: Fact, by: Actor) -> None:
        """W1. A third party has a name, a ticket and a promise here; its own promise is no former tool's, and is not
        judged.
        """
        party: dict[str, Any] = {}
        if fact.cause == WaitCause.THIRD_PARTY:
            promise = (fact.until or fact.at) + timedelta(seconds=1)
            party = {"party": UNSAID, "party_ticket": UNSAID, "party_contact": UNSAID, "party_promise_at": promise}
        reason = WaitReason(WaitCause(fact.cause), asked_by=UNSAID, reason=UNSAID, proof=UNSAID, **party)
        case.wait(reason, by=by, at=fact.at)
        self._wait = case.waits.filter(ended_at=None).order_by("-pk").first()

    def _goes_on(self, case: Case, at: datetime, by: Actor) -> None:
        wait, self._wait = self._wait, None
        if wait and not Wait.objects.filter(pk=wait.pk, ended_at__isnull=False).exists():
            case.go_on(wait, by=by, at=at)


def entry_of(case: Case, moment: Moment, at: datetime, by: Actor) -> ledger.Entry:
    """A step of the stages as its verb writes it, and the case's row as it stands after it."""
    match moment:
        case Moment.DIAGNOSED:
            case.stage, case.cause, case.plan, case.plan_kind = Stage.EXECUTION.value, UNSAID, UNSAID, REMOTE
            return ledger.Entry(case, moment, by, at, REMOTE, {"probable": False}, {"cause": UNSAID, "plan": UNSAID})
        case Moment.RESTORED:
            case.solution = UNSAID
            case.back_in_service(at)
            return ledger.Entry(case, moment, by, at, REMOTE, {"source": "desk"}, {"solution": UNSAID})
        case Moment.CONFIRMED:
            case.stage, case.green_since, case.confirmed_by = Stage.STABILITY.value, at, UNSAID
            texts = {"name": UNSAID, "position": UNSAID, "phone": UNSAID, "plan_executed": UNSAID}
            return ledger.Entry(case, moment, by, at, "customer", {"channel": "phone"}, texts)
        case Moment.STABILISED:
            case.stage = Stage.CLOSURE.value
            since = case.green_since.isoformat() if case.green_since else None
            return ledger.Entry(case, moment, by, at, "", {"green_since": since, "evidence": []})
    case.closed_at, case.fault = at, UNSAID
    case.affected_seconds = round(case.affected_time(at).total_seconds())
    data = {"affected_seconds": case.affected_seconds}
    return ledger.Entry(case, moment, by, at, "", data, {"fault": UNSAID, "solution": UNSAID})
