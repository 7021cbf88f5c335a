"""What happens next and by when. An hour that has passed is never promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise as LazyWords
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.events.kinds import letter_of_kind
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.procedure.spoken import promised
from guardia.procedure.vocabulary import Band, ClockKind, Moment

STEPS: dict[str, LazyWords] = {
    ClockKind.DIAGNOSIS: _("%(when)s we will tell you the cause and the plan of solution."),
    ClockKind.DISPATCH_AGREED: _("%(when)s we will agree with you on the visit."),
    ClockKind.TRAVEL: _("%(when)s our crew will be at the site."),
    ClockKind.NEXT_DECISION: _("%(when)s we will decide again on the visit and inform you."),
    ClockKind.FIELD_SOLUTION: _("%(when)s our crew will have restored your service."),
    ClockKind.REMOTE_SOLUTION: _("%(when)s we will have restored your service remotely."),
    ClockKind.VERIFICATION: _("%(when)s we will confirm with your company that the service is back to normal."),
    ClockKind.STABILITY: _("%(when)s we will send you the tests that prove that the service is stable."),
    ClockKind.CLOSURE: _("%(when)s we will close the case and send you its report."),
    ClockKind.NEXT_NEWS: _("%(when)s you will hear from us again."),
    ClockKind.FIRST_ANSWER: _("%(when)s we will answer your request."),
    ClockKind.SOLUTION: _("%(when)s we will have solved your request."),
    ClockKind.COMPLAINT: _("%(when)s you will have our reply to your complaint."),
    ClockKind.THIRD_PARTY: _("%(when)s we expect the third party's answer."),
    ClockKind.RULING: _("%(when)s our quality manager will rule on your objection and inform you."),
}


@dataclass(frozen=True)
class NextStep:
    """The next promise to this customer. Hours in UTC; ``from_at`` where the procedure promises a range (P4.1)."""

    kind: str
    due_at: datetime
    from_at: datetime | None = None


def next_step(told: NoticeFacts) -> NextStep | None:
    """The first promise that still lies ahead; None where nothing is owed any more, or all hours have passed."""
    return next((step for step in steps_in(told.facts) if step.due_at > told.now), None)


def steps_in(facts: Mapping[str, Any]) -> list[NextStep]:
    """The decision on a visit or an objection, then the next step of the case, then the next news."""
    found = []
    if facts["moment"] == Moment.CONTESTED and (ruling := moment_of(facts.get("ruling"))):
        found.append(NextStep(ClockKind.RULING, ruling))
    decision = (facts.get("data") or {}).get("due_at")
    if decision and letter_of_kind(facts["moment"]).sets_a_decision:
        found.append(NextStep(ClockKind.NEXT_DECISION, datetime.fromisoformat(decision)))
    if step := facts.get("next"):
        found += agreed_arrival(facts, step["kind"])
        due_at = datetime.fromisoformat(step["due_at"])
        found.append(NextStep(step["kind"], due_at, moment_of(step.get("from_at"))))
    if news := moment_of(facts.get("next_news")):
        found.append(NextStep(ClockKind.NEXT_NEWS, news))
    return found


def agreed_arrival(facts: Mapping[str, Any], kind: str) -> list[NextStep]:
    """The hours of arrival that both sides agreed on, before those of the promise: a letter tells one window (P4.1)."""
    visit = facts.get("visit") or {}
    start, end = moment_of(visit.get("forecast_from")), moment_of(visit.get("forecast_to"))
    return [NextStep(kind, end, start)] if kind == ClockKind.TRAVEL and end else []


def tells_arrival(told: NoticeFacts) -> bool:
    """Whether the next step already says between which hours the crew arrives."""
    step = next_step(told)
    return step is not None and step.kind == ClockKind.TRAVEL


def promises_the_past(facts: Mapping[str, Any], now: datetime) -> bool:
    """True if a mail that was written earlier may promise an hour that has passed since."""
    return any(step.due_at <= now for step in steps_in(facts))


def by_when(told: NoticeFacts, step: NextStep) -> str:
    """``before 03:33``, ``between 04:48 and 06:18``; a range that has begun keeps its end only."""
    if step.from_at and step.from_at > told.now:
        return told.hours.between(step.from_at, step.due_at)
    return told.hours.before(step.due_at)


def next_sentence(told: NoticeFacts, step: NextStep) -> str:
    """``Before 03:33 (Ecuador time) we will agree with you on the visit.``"""
    when = told.hours.zoned(by_when(told, step))
    if step.kind in STEPS:
        return capfirst(str(STEPS[step.kind]) % {"when": when})
    return capfirst(gettext("%(when)s: %(what)s.") % {"when": when, "what": told.clock_name(step.kind)})


def next_notes(told: NoticeFacts, step: NextStep) -> tuple[str, ...]:
    """What stands small under the next step: how long the visit takes after it, and when the customer hears from us."""
    notes = []
    if step.kind == ClockKind.DISPATCH_AGREED:
        travel = promised(told.procedure.clock(ClockKind.TRAVEL), Band(told["band"]))
        notes.append(gettext("The crew's arrival counts from that agreement: %(time)s.") % {"time": travel})
    news = told.hour("next_news")
    if news and told.now < news < step.due_at:
        notes.append(gettext("Meanwhile you will hear from us %(when)s.") % {"when": told.hours.before(news)})
    return tuple(notes)
