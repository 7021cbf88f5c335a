"""One person answers for every case of a storm at once (E D: one page per common cause)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guardia.cases import call_tasks, ledger, on_record
from guardia.cases.case import Case
from guardia.cases.queries import locked_cases, with_names
from guardia.cases.verbs import SAID_TO_THE_MINUTE, must_be_a_person, need
from guardia.escalation import reachability
from guardia.escalation.course import Course, Running
from guardia.escalation.escalation import CallTask
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Moment


def locked(case_ids: Sequence[int]) -> list[Case]:
    """These cases, locked in one order, so that two who answer for many do not block each other."""
    cases = locked_cases().filter(pk__in=case_ids)
    return list(cases.order_by("pk"))


def acknowledge_all(
    cases: Sequence[Case],
    staff: Staff,
    *,
    by: Actor,
    at: datetime,
    commands: bool = False,
    reached_at: Sequence[str] = (),
) -> list[Case]:
    """This person answers for all of these locked cases that are still escalated; returns those that changed.

    What the person answers for already stays as it is. ``reached_at``: the addresses the page came by are proven.
    Raises NotAPerson.
    """
    must_be_a_person(staff)
    now_running = running_of(cases)
    open_ones = [(case, running) for case in cases if (running := now_running[case.pk])]
    asked = [(c, r) for c, r in open_ones if not (r.acknowledged_by == staff.pk and (r.commands or not commands))]
    if not asked:
        return []
    level = max(running.level for _, running in asked)
    for address in dict.fromkeys(reached_at):
        reachability.put(address, how="page", reached=True, at=at, level=level, staff=staff, by=staff)
    variant = "commands" if commands else "answers"
    entries = [
        ledger.Entry(case, Moment.ACKNOWLEDGED, by, at, variant, {"staff": staff.pk, "level": running.level})
        for case, running in asked
    ]
    ledger.record(entries, at)
    return [case for case, _ in asked]


def pass_on_all(cases: Sequence[Case], reason: str, *, staff: Staff, by: Actor, at: datetime) -> list[Case]:
    """This person cannot: the next level is asked at once for each case that is still escalated. Raises Missing.

    A case that was moved on to others meanwhile is left alone; one for which somebody else answers as well.
    """
    reason = need("E", "reason", reason, _("the reason"))
    now_running = running_of(cases)
    asked = [case for case in cases if still_asks(now_running[case.pk], staff)]
    entries = [ledger.Entry(c, Moment.PASSED_ON, by, at, "", {"staff": staff.pk}, {"reason": reason}) for c in asked]
    if entries:
        ledger.record(entries, at)
    return asked


def call_made_for_others(
    task: CallTask, *, answered_by: str, by: Actor, at: datetime, now: datetime, answers: Staff | None = None
) -> list[Case]:
    """E5: the call that was made at ``at`` spoke for the other cases too that owed this number then; returns them.

    The caller holds the task's own case; a case that somebody else holds is left, and its call stays owed.
    """
    said = at + SAID_TO_THE_MINUTE if at.second == at.microsecond == 0 else at
    owed = {other.case_id: other for other in call_tasks.same_call(task).filter(owed_at__lte=said)}
    free = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    cases = list(with_names(free).filter(pk__in=owed, closed_at=None).order_by("pk"))
    for case in cases:
        other = CallTask.objects.filter(pk=owed[case.pk].pk, settled_at=None).first()
        if other:
            case.call_made(other, answered_by=answered_by, by=by, at=at, now=now, answers=answers)
    return cases


def running_of(cases: Sequence[Case]) -> dict[int, Running | None]:
    """The open escalation of each case, as it follows from the events, in one question."""
    past = on_record.happenings_of([case.pk for case in cases])
    return {case.pk: Course().apply_all(past.get(case.pk, ())).now for case in cases}


def still_asks(running: Running | None, staff: Staff) -> bool:
    """Whether the escalation waits for this person: who was paged last while nobody answers, or who answers."""
    if running is None or running.must_move_on:
        return False
    answers = running.acknowledged_by
    return answers == staff.pk or (answers is None and staff.pk in running.paged)
