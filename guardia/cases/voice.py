"""P D, round the dead link: somebody on shift has rung a person of the company, and says what came of it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger
from guardia.cases.refusals import TooLong, VoiceIsSettled
from guardia.cases.verbs import Event, need
from guardia.cases.voice_owed import is_out
from guardia.escalation.call_task import CallTask
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

LONGEST_NAME = 160


def told_by_voice(
    case: "Case", task: CallTask, *, outcome: str, whom: str, by: Actor, at: datetime, now: datetime | None = None
) -> Event:
    """The number was rung at ``at``: ``answered`` by ``whom``, who was told the news, or ``not_answered``.

    Not answered, the next call is owed at once. Said twice it is one. A call in whose place another has come meanwhile
    goes on record with its own hour and moves nothing. Raises Missing, TooLong, VoiceIsSettled, TimeBeforeTheCase.
    """
    if task.outcome in ("answered", "not_answered"):
        return case.events.get(moment=Moment.VOICE_TOLD, data__call=task.event_id)
    if not is_out(case):
        raise VoiceIsSettled()
    case.must_not_precede(at, task.owed_at)
    whom = need("P", "whom", whom, _("who was told")) if outcome == "answered" else ""
    if len(whom) > LONGEST_NAME:
        raise TooLong("P", "whom", _("who was told"), LONGEST_NAME)
    task.settled_at, task.outcome, task.answered_by, task.dialled_by_id = at, outcome, whom, by.id
    task.save(update_fields=["settled_at", "outcome", "answered_by", "dialled_by"])
    owed = case.events.get(pk=task.event_id)
    data = {"call": task.event_id, "n": owed.data["n"], "about": owed.data["about"], "contact": task.contact_id}
    entry = ledger.Entry(case, Moment.VOICE_TOLD, by, at, outcome, data, {"answered_by": whom})
    return ledger.record([entry], now or at)[0]
