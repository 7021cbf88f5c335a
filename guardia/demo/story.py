"""One case told through its verbs: the hour only moves on; what falls due meanwhile is recorded as the sweep would.

The story holds its case in one transaction, so it is the case's only writer. All hours are UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from guardia.calls.call import Call
from guardia.cases import call_tasks, case_proofs, ledger
from guardia.cases.case import Case
from guardia.cases.stages import reception
from guardia.cases.stages.field_work import Agreement
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.cases.voice import agree_on_hour, record_voice_call
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Clock, Wait
from guardia.demo import escalations
from guardia.demo.companies import Circuit
from guardia.demo.staffing import ZONE, Team
from guardia.evidence.test_result import Verdict
from guardia.people.staff import Actor, Staff
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Band, Condition, Impact

# --- voice calls ------------------------------------------------------------------------------------------------------
# The telephone calls of the sample's past to companies whom no notice reaches while their service is out (P D).
RINGS_AFTER = timedelta(minutes=4)


def is_due(case: Case) -> datetime | None:
    """When the desk rings the company (UTC), well within the time it has; None while nobody is to be rung."""
    task = call_tasks.voice_owed_for(case.pk)
    return task.owed_at + RINGS_AFTER if task else None


def ring(case: Case, at: datetime, by: Actor) -> None:
    """Somebody of the company answers the call that is owed, and hears the news."""
    if task := call_tasks.voice_owed_for(case.pk):
        record_voice_call(case, task, outcome="answered", whom=task.number_name or case.customer.name, by=by, at=at)


# --- story ------------------------------------------------------------------------------------------------------------
SWEEP = timedelta(seconds=1)
DECIDED_IN = timedelta(minutes=60)
LINE = "1800400404"


@dataclass
class Story:
    """``engineer`` is who acts; ``told_at`` is when the customer last heard of the case."""

    team: Team
    version: ProcedureVersion
    circuit: Circuit
    engineer: Staff
    now: datetime
    told_at: datetime | None = None
    call: Call | None = None
    received_at: datetime | None = None
    opened: list[Case] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.opened[0]

    @property
    def by(self) -> Actor:
        return Actor.of_staff(self.engineer)

    @property
    def dispatch(self) -> Actor:
        return Actor.of_staff(self.team.dispatcher)

    # --- time ---
    def passes(self, minutes: float) -> None:
        self.until(self.now + timedelta(minutes=minutes))

    def until(self, hour: datetime) -> None:
        """The hour comes; each promise that broke before it is recorded a second after it fell due.

        Whoever was paged about it answers some minutes later. Whom no notice reaches is rung.
        """
        while self.opened and self._something_happens(self.case, hour):
            pass
        self.now = hour

    def _something_happens(self, case: Case, hour: datetime) -> bool:
        """What comes first before ``hour`` is recorded at its own hour; False if nothing does."""
        due, rung_at = self._next_due(case, hour), is_due(case)
        answered_at = escalations.answer_is_due(case)
        first = min(at for at in (due, rung_at, hour) if at)
        if answered_at and answered_at < first and escalations.answer(case, answered_at):
            return True
        if rung_at and rung_at == first < hour:
            ring(case, rung_at, self.by)
            return True
        if due:
            ledger.record_breaches([case], due)
        return due is not None

    def _next_due(self, case: Case, hour: datetime) -> datetime | None:
        """When the sweep looks at the case next, if that is before ``hour``."""
        running = Clock.objects.filter(case=case, ended_at=None, breached_at=None, due_at__lt=hour - SWEEP)
        first = running.order_by("due_at").values_list("due_at", flat=True).first()
        looks = [at for at in (first, case.next_step_at) if at and at < hour - SWEEP]
        return min(looks) + SWEEP if looks else None

    def clock_face(self, minutes_ahead: float = 0) -> str:
        """The hour as people say it, in Ecuador."""
        return (self.now + timedelta(minutes=minutes_ahead)).astimezone(ZONE).strftime("%H:%M")

    def _told(self) -> None:
        self.told_at = self.now

    # --- P1, P2 ---
    @property
    def rung(self) -> Call:
        """The call that began it. Raises LookupError if none did."""
        if self.call is None:
            raise LookupError("nobody has called in this story")
        return self.call

    def rings(self) -> None:
        caller = self.circuit.caller
        self.call = reception.ring(
            from_number=caller.phones[0], line=LINE, version=self.version, at=self.now, contact=caller
        )

    def hangs_up(self) -> None:
        reception.abandon(self.rung, at=self.now)

    def is_reached(self) -> None:
        reception.reach(self.rung, by=self.engineer, at=self.now)

    def is_answered(self) -> None:
        reception.answer(self.rung, by=self.engineer, at=self.now)

    def registers(
        self, symptoms: str, impact: Impact, *, source: str = "phone", since: datetime | None = None, **details: str
    ) -> None:
        caller = self.circuit.caller
        details = {"call_back_number": caller.phones[0], "mains_power": "yes", **details}
        report = Report(self.circuit.service, symptoms, impact, affected_since=since, reporter=caller, details=details)
        nobody_yet = source != "phone"
        case = Case.register(
            report,
            by=self.by,
            at=self.now,
            source=source,
            call=self.call,
            received_at=self.received_at,
            engineer=None if nobody_yet else self.engineer,
        )
        self.opened.append(case)
        self._told()

    # --- P3 ---
    def tests(self, name: str, result: str, verdict: Verdict = Verdict.BAD) -> None:
        self.case.add_test(name, result, verdict, by=self.by, at=self.now)

    def diagnoses(self, cause: str, plan: str, kind: str, probable: bool = False) -> None:
        self.case.diagnose(cause, plan, kind, by=self.by, at=self.now, probable=probable)
        self._told()

    def recovers(self, how: str) -> None:
        self.case.recover(how, by=self.by, at=self.now)
        self._told()

    # --- P4 ---
    def agrees(self, crew: int, first: float, last: float, **more: Any) -> None:
        """The visit is agreed, forecast between ``first`` and ``last`` minutes from now; ``crew`` counts from 1.

        A remote site is decided on again within the hour, or with the next word of its own (P4.3).
        """
        site = self.circuit.service.site
        decided = self.now + DECIDED_IN if self.circuit.band == Band.REMOTE else None
        agreement = Agreement(
            operator=self.team.dispatcher.name,
            customer=self.circuit.caller.name,
            site_contact=site.contact_on_site,
            access=site.access_hours,
            forecast_from=self.now + timedelta(minutes=first),
            forecast_to=self.now + timedelta(minutes=last),
            crew=self.team.crews[crew - 1],
            next_decision_at=decided,
            **more,
        )
        self.case.agree(agreement, by=self.dispatch, at=self.now)
        self._told()

    def departs(self) -> None:
        self.case.depart(by=self.dispatch, at=self.now)
        self._told()

    def sends_the_letter(self) -> None:
        self.case.send_permit_letter(by=self.dispatch, at=self.now)
        self._told()

    def is_blocked(self, condition: Condition, why: str, decided_in: float) -> None:
        next_decision = self.now + timedelta(minutes=decided_in)
        self.case.block(condition, why, next_decision, by=self.dispatch, at=self.now)
        self._told()

    def goes_on_its_way(self, first: float, last: float) -> None:
        """What held the visit up is over; a new forecast, in minutes from now (P4.3)."""
        hours = (self.now + timedelta(minutes=minutes) for minutes in (first, last))
        self.case.resume_visit(*hours, by=self.dispatch, at=self.now)
        self._told()

    def arrives(self) -> None:
        self.case.arrive(by=self.dispatch, at=self.now)
        self._told()

    def clears_permit(self) -> None:
        self.case.clear_permit(by=self.dispatch, at=self.now)

    def corrects(self, cause: str) -> None:
        self.case.correct_cause(cause, by=self.by, at=self.now)
        self._told()

    def restores(self, solution: str) -> None:
        self.case.restore(solution, by=self.by, at=self.now)
        self._told()

    # --- P5, P6, P7 ---
    def tries(self, outcome: str) -> None:
        self.case.try_to_confirm(self.circuit.caller.name, outcome, by=self.by, at=self.now)

    def is_tested(self, of_the_window: bool = False) -> None:
        """What is missing of the good tests since the restoration (P5), or of the green window with its end (P6)."""
        rule = self.version.procedure.requirements
        name, result = "Ping", "0 % pérdida, 12 ms"
        if of_the_window:
            missing = rule.tests_of_stability - case_proofs.of_the_window(self.case).proving
        else:
            missing = rule.tests_to_confirm - case_proofs.since_restored(self.case, self.now)
        for number in range(missing):
            self.tests(name if number == 0 else f"{name} ({number + 1})", result, Verdict.GOOD)

    def confirms(self, plan_executed: str) -> None:
        self.is_tested()
        caller = self.circuit.caller
        who = Confirmer(caller.name, caller.position, caller.phones[0])
        self.case.confirm(who, plan_executed, by=self.by, at=self.now)

    def goes_on_unconfirmed(self, reason: str) -> None:
        self.is_tested()
        self.case.go_on_unconfirmed(reason, by=Actor.of_staff(self.team.supervisor), at=self.now)

    def flaps(self, what: str, seconds: int) -> None:
        """The service drops now; it is known once it came back after these seconds."""
        began, lasted = self.now, timedelta(seconds=seconds)
        self.until(began + lasted)
        self.case.flap(what, lasted, by=self.by, at=began, now=self.now)

    def relapses(self, what: str) -> None:
        self.case.relapse(what, by=self.by, at=self.now)
        self._told()

    def stabilises(self) -> None:
        self.is_tested(of_the_window=True)
        self.case.stabilise(by=self.by, at=self.now)

    def closes(self, fault: str, solution: str) -> None:
        self.case.close(fault, solution, by=self.by, at=self.now)

    def is_cancelled(self, reason: str) -> None:
        self.case.cancel(reason, by=self.by, at=self.now)

    # --- W1 and what is said ---
    def waits(self, why: WaitReason) -> Wait:
        self.case.wait(why, by=self.by, at=self.now)
        self._told()
        return self.case.waits.get(ended_at=None)

    def goes_on(self, wait: Wait) -> None:
        self.case.go_on(wait, by=self.by, at=self.now)
        self._told()

    def tells(self, words: str) -> None:
        self.case.tell(words, by=self.by, at=self.now)
        self._told()

    def record_callback_wish(self, hour: datetime) -> None:
        """Whoever answered wants to be rung at that hour (P D)."""
        agree_on_hour(self.case, hour, self.circuit.caller.name, by=self.by, at=self.now)

    def notes(self, words: str) -> None:
        self.case.note(words, by=self.by, at=self.now)

    def passes_to(self, colleague: Staff) -> None:
        self.case.assign(colleague, by=self.by, at=self.now)
        self.engineer = colleague
