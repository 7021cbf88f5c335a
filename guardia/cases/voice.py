"""P D, round the dead link: somebody on shift has rung a person of the company, and says what came of it; and the hour
at which the company asks to be rung for the rest (docs/adr/0058).
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guardia.cases import call_tasks, ledger
from guardia.cases.refusals import AgreedTooFar, HourIsPast, NoAgreedHour, VoiceIsSettled
from guardia.cases.stages.agreement import text_of_clause
from guardia.cases.verbs import Event
from guardia.cases.voice_course import Agreed, VoiceCourse
from guardia.cases.voice_owed import is_told_by_voice
from guardia.escalation.escalation import CallTask
from guardia.events import history
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

LONGEST_NAME = 160
FARTHEST = timedelta(hours=24)
"""``06:00`` names one hour of the next day. Who wants to hear nothing for longer than a day agrees on that each day: a
service that is out may not be silent for a week because somebody typed another date.
"""
STAGES = (Stage.DIAGNOSIS, Stage.EXECUTION, Stage.VERIFICATION)
"""While news is owed: with the confirmation its clock ends (P5)."""


def record_voice_call(
    case: "Case",
    task: CallTask,
    *,
    outcome: str,
    whom: str,
    by: Actor,
    at: datetime,
    now: datetime | None = None,
    again_at: datetime | None = None,
) -> Event:
    """The number was rung at ``at``: ``answered`` by ``whom``, who was told the news, or ``not_answered``.

    Not answered, the next call is owed at once. Said twice it is one. A call in whose place another has come meanwhile
    goes on record with its own hour and moves nothing but the clock of the next news. ``again_at`` (UTC): when whoever
    answered asked to be rung next.

    Raises Missing, TooLong, VoiceIsSettled, TimeBeforeTheCase, HourIsPast, AgreedTooFar.
    """
    if task.outcome in ("answered", "not_answered"):
        return case.events.get(moment=Moment.VOICE_TOLD, data__call=task.event_id)
    if task.settled_at is not None and not is_told_by_voice(case):
        raise VoiceIsSettled()
    owed = case.events.get(pk=task.event_id)
    case.must_not_precede(at, owed.occurred_at)
    is_answered = outcome == "answered"
    whom = text_of_clause("P", "whom", whom, _("who was told"), LONGEST_NAME) if is_answered else ""
    task.settled_at, task.outcome, task.answered_by, task.dialled_by_id = at, outcome, whom, by.id
    task.save(update_fields=["settled_at", "outcome", "answered_by", "dialled_by"])
    data = {"call": task.event_id, "n": owed.data["n"], "about": owed.data["about"], "contact": task.contact_id}
    data |= {"news": True} if is_answered else {}
    entries = [ledger.Entry(case, Moment.VOICE_TOLD, by, at, outcome, data, {"answered_by": whom})]
    if is_answered and again_at:
        entries.append(_agreed(case, again_at, whom, by, at, now or at))
    return ledger.record(entries, now or at)[0]


def agree_on_hour(
    case: "Case", hour: datetime, whom: str, *, by: Actor, at: datetime, now: datetime | None = None
) -> Event:
    """``whom`` of the company asks to be rung at ``hour`` (UTC): at that hour a call is owed whatever has changed, and
    the next news is not owed before it. Another hour takes its place; the same once more is nothing new.

    Raises Missing, TooLong, HourIsPast, AgreedTooFar, NotInThisStage, CaseIsClosed, NotAnIncident.
    """
    case.must_be_in(*STAGES)
    case.must_not_precede(at, case.opened_at)
    standing = agreed_for(case)
    if standing and standing.hour == hour:
        return case.events.get(seq=standing.seq)
    return ledger.record([_agreed(case, hour, whom, by, at, now or at)], now or at)[0]


def withdraw_hour(case: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """The hour was a mistake, or is not asked for any more: news is owed as if it had not been, from now on.

    Raises NoAgreedHour.
    """
    standing = agreed_for(case)
    if standing is None or not case.is_open:
        raise NoAgreedHour()
    data = {"hour": None, "was": history.stamp(standing.hour), **_ends_its_call(case, standing)}
    entry = ledger.Entry(case, Moment.VOICE_AGREED, by, at, "withdrawn", data)
    return ledger.record([entry], now or at)[0]


def agreed_for(case: "Case") -> Agreed | None:
    """The hour that stands for a case; None where none was agreed on, it was kept, or nobody is rung any more."""
    last = case.latest(Moment.VOICE_AGREED)
    if last is None or not last.data.get("hour"):
        return None
    return VoiceCourse().apply_all(case.happened()).agreed


def _agreed(case: "Case", hour: datetime, whom: str, by: Actor, at: datetime, now: datetime) -> ledger.Entry:
    whom = text_of_clause("P", "whom", whom, _("who asks for it"), LONGEST_NAME)
    if hour <= now:
        raise HourIsPast(hour=day_and_hour(hour))
    if hour - now > FARTHEST:
        raise AgreedTooFar(hour=day_and_hour(hour), latest=day_and_hour(now + FARTHEST))
    standing = agreed_for(case)
    before = {"was": history.stamp(standing.hour), **_ends_its_call(case, standing)} if standing else {}
    data = {"hour": history.stamp(hour), **before}
    return ledger.Entry(case, Moment.VOICE_AGREED, by, at, "agreed", data, {"whom": whom})


def _ends_its_call(case: "Case", standing: Agreed) -> dict[str, bool]:
    """Whether the call that stands before the desk is the one of this hour: then it is not to be made any more."""
    task = call_tasks.voice_owed_for(case.pk)
    about = case.events.get(pk=task.event_id).data["about"] if task else None
    return {"over": True} if about == standing.seq else {}


def day_and_hour(hour: datetime) -> str:
    """The hour with its day, as the desk writes it."""
    return hour.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%d/%m %H:%M")
