"""E1 to E5: a person escalates, a level answers, passes it on or takes command; a call is dialled; somebody ends it.

Pages, moving on and the end by itself are the ledger's (``cases/escalating``); here stand the verbs of people.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger, on_record
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.refusals import CallIsSettled, EndsWithThePromise, NoEscalation, NotAnEscalationLevel, TooLong
from guardia.cases.verbs import Event, Recording, must_be_a_person, need
from guardia.escalation import reachability
from guardia.escalation.course import Course, Running
from guardia.escalation.escalation import CallTask
from guardia.people.staff import Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

LONGEST_NAME = 160


class Answering(Recording):
    def escalate(
        self: "Case",
        reason: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "engineer",
        level: int = 1,
        asked_by: str = "",
    ) -> Event:
        """E1: the operator's people escalate, or the customer does (``asked_by`` says who). The level is paged at once.

        It counts from ``at``. Asked for again while the level has been reached: nothing happens. Raises Missing,
        NotAnEscalationLevel, CaseIsClosed.
        """
        self.must_be_open()
        self.must_not_precede(at, self.opened_at)
        self._must_be_a_level(level)
        need("E1", "reason", reason, _("the reason"))
        if source == "customer":
            need("E1", "asked_by", asked_by, _("who asked for it"))
        running = self.escalation_now()
        if running and running.level >= level and not running.joined:
            found = self.latest(Moment.ESCALATED)
            if found and found.variant == source:
                return found
        return self.write(
            Moment.ESCALATED,
            variant=source,
            by=by,
            at=at,
            now=now,
            data={"level": level, **self._promise_it_stands_on()},
            texts={"reason": reason.strip(), "asked_by": asked_by.strip()},
        )

    def receive_escalation(
        self: "Case",
        who_called: str,
        *,
        staff: Staff,
        level: int,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        words: str = "",
    ) -> Event:
        """E1: the customer dialled a person of the matrix, who enters it: the call's own hour (``at``) counts.

        Whoever received it answers for it at that hour; a level not reached before counts as paged. The same call
        entered twice is one.
        Raises Missing, NotAnEscalationLevel, NotAPerson, CaseIsClosed, TimeInTheFuture, TimeBeforeTheCase.
        """
        self.must_be_open()
        self.must_not_precede(at, self.opened_at)
        self._must_be_a_level(level)
        must_be_a_person(staff)
        texts = {"asked_by": need("E1", "who_called", who_called, _("who called")), "reason": words.strip()}
        if found := self.said_already(Moment.ESCALATED, by=by, at=at, texts=texts, variant="received"):
            return found
        running = self.escalation_now()
        asked = {"level": level, "staff": staff.pk, **self._promise_it_stands_on()}
        entries = [ledger.Entry(self, Moment.ESCALATED, by, at, "received", asked, texts)]
        if running is None or running.level < level:  # a call never takes the escalation back to a lower level
            page = {"level": level, "round": (running.rounds if running else 0) + 1, "why": "received"}
            entries.append(
                ledger.Entry(self, Moment.PAGED, by, at, data={**page, "staff": [staff.pk], "received": True})
            )
        taken = {"staff": staff.pk, "level": max(level, running.level if running else 0)}
        entries.append(ledger.Entry(self, Moment.ACKNOWLEDGED, by, at, "answers", taken))
        return ledger.record(entries, now or at)[0]

    def acknowledge(
        self: "Case",
        staff: Staff,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        commands: bool = False,
        reached_at: Sequence[str] = (),
    ) -> Event:
        """E D: this person answers for it, or takes command (*tomo el mando*). Said twice, it is said once.

        ``reached_at`` are the addresses by which the page reached the person: they are proven. Raises NoEscalation,
        NotAPerson.
        """
        running = self._must_be_escalated()
        must_be_a_person(staff)
        known = self.latest(Moment.ACKNOWLEDGED)
        same = running.acknowledged_by == staff.pk and (running.commands or not commands)
        if known and same and running.acknowledged_at:
            return known
        for address in reached_at:
            reachability.put(
                address, how="page", reached=True, at=now or at, level=running.level, staff=staff, by=staff
            )
        variant = "commands" if commands else "answers"
        data = {"staff": staff.pk, "level": running.level}
        return self.write(Moment.ACKNOWLEDGED, variant=variant, by=by, at=at, now=now, data=data)

    def pass_on(
        self: "Case", reason: str, *, staff: Staff, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """E D: who was paged cannot: the next level is asked at once, and knows why. Raises NoEscalation, Missing."""
        self._must_be_escalated()
        texts = {"reason": need("E", "reason", reason, _("the reason"))}
        if found := self.said_already(Moment.PASSED_ON, by=by, at=at, texts=texts):
            return found
        return self.write(Moment.PASSED_ON, by=by, at=at, now=now, data={"staff": staff.pk}, texts=texts)

    def call_made(
        self: "Case",
        task: CallTask,
        *,
        answered_by: str,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        answers: Staff | None = None,
    ) -> Event:
        """E5: the number was dialled at ``at``; nobody answered (empty ``answered_by``) and it moves on at once, or
        somebody did. ``answers``: the person of the matrix who took it on the telephone, which acknowledges it.

        Told after the escalation had moved on without it, it goes on record with its own hour and moves nothing.
        Raises CallIsSettled where the call was no longer needed, TooLong.
        """
        answered_by = answered_by.strip()
        if len(answered_by) > LONGEST_NAME:
            raise TooLong("E5", "answered_by", _("who answered"), LONGEST_NAME)
        if task.outcome in ("answered", "not_answered"):
            return self.events.get(moment=Moment.CALL_MADE, data__call=task.event_id)
        if task.outcome == "not_needed":
            raise CallIsSettled()
        undone = task.outcome == "undone"
        self.must_be_open()
        self.must_not_precede(at, task.owed_at)
        outcome = "answered" if answered_by else "not_answered"
        task.settled_at, task.outcome, task.answered_by = at, outcome, answered_by
        task.dialled_by_id = by.id
        task.save(update_fields=["settled_at", "outcome", "answered_by", "dialled_by"])
        reachability.put(
            task.number,
            how="call",
            reached=outcome == "answered",
            at=at,
            level=task.level,
            staff=answers,
            answered_by=task.answered_by,
        )
        data: dict[str, Any] = {"call": task.event_id, "level": task.level, "outcome": outcome}
        texts, variant = {"answered_by": answered_by}, "told_late" if undone else outcome
        entries = [ledger.Entry(self, Moment.CALL_MADE, by, at, variant, data, texts)]
        if answers and outcome == "answered" and not undone:
            taken = {"staff": answers.pk, "level": task.level}
            entries.append(ledger.Entry(self, Moment.ACKNOWLEDGED, by, at, "answers", taken))
        return ledger.record(entries, now or at)[0]

    def page_failed(
        self: "Case", staff_id: int, event_id: int, answer: str, *, by: Actor, at: datetime
    ) -> Event | None:
        """E D: no channel reached this person. A page that is no longer the last one is left alone."""
        running = self.escalation_now()
        last = self.latest(Moment.PAGED)
        if not running or not last or last.pk != event_id or staff_id in running.failed:
            return None
        return self.write(Moment.PAGE_FAILED, by=by, at=at, data={"staff": staff_id}, texts={"answer": answer})

    def end_escalation(self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Somebody ends an escalation that a person began, with the reason.

        While a promise is broken it would begin again at once: it ends with the promise. Raises NoEscalation,
        EndsWithThePromise, Missing.
        """
        running = self._must_be_escalated()
        if running.source == "breach" or self._is_a_promise_broken(now or at):
            raise EndsWithThePromise()
        texts = {"reason": need("E", "reason", reason, _("the reason"))}
        data = {"why": "ended", "level": running.level, "staff": sorted(running.told)}
        return self.write(Moment.ESCALATION_ENDED, by=by, at=at, now=now, data=data, texts=texts)

    def escalation_now(self: "Case") -> Running | None:
        """The open escalation, as it follows from the events."""

        return Course().apply_all(on_record.happenings_of([self.pk]).get(self.pk, ())).now

    def _must_be_escalated(self: "Case") -> Running:
        running = self.escalation_now()
        if running is None:
            raise NoEscalation()
        return running

    def _is_a_promise_broken(self: "Case", at: datetime) -> bool:
        """Whether a running promise that escalates by itself is broken at ``at``, marked already or not (E D)."""
        procedure = versions.of(self.procedure_version_id)
        running = self.clocks.filter(ended_at=None).exclude(kind__in=OF_THE_ESCALATION)
        broken = running.filter(Q(breached_at__isnull=False) | Q(due_at__lt=at))
        return any(procedure.clock(ClockKind(kind)).escalates for kind in broken.values_list("kind", flat=True))

    def _must_be_a_level(self: "Case", level: int) -> None:
        if versions.of(self.procedure_version_id).level(level) is None:
            raise NotAnEscalationLevel(level=level)

    def _promise_it_stands_on(self: "Case") -> dict[str, Any]:
        """The promise of the stage that breaks first: when it is met, the escalation has done its work."""
        procedure = versions.of(self.procedure_version_id)
        running = self.clocks.filter(ended_at=None).order_by("due_at", "pk")
        steps = [clock for clock in running if procedure.clock(ClockKind(clock.kind)).stage]
        return {"clock": steps[0].kind, "ordinal": steps[0].ordinal} if steps else {}
