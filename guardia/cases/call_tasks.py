"""The rows of the calls that somebody on shift must make (E5, and to a company that no notice reaches), as they follow
from the events. Level 0 is a person of the company: it follows its own events, and the escalation leaves it alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case as Choose
from django.db.models import Value, When

from guardia.cases import voice_course
from guardia.cases.writes import insert
from guardia.escalation.call_task import CallTask
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent
    from guardia.cases.ledger import Recorded

COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "event_id": "bigint",
    "level": "smallint",
    "contact_id": "bigint",
    "clause": "text",
    "number": "text",
    "number_name": "text",
    "owed_at": "timestamptz",
    "due_at": "timestamptz",
    "settled_at": "timestamptz",
    "outcome": "text",
    "answered_by": "text",
}
ENDS = frozenset({Moment.PAGED, Moment.ACKNOWLEDGED, Moment.ESCALATION_ENDED})
"""What leaves an open call of the escalation behind."""


def keep(events: Sequence["Recorded"], now: datetime) -> None:
    """A page to another level, an answer, or the end leaves an open call behind: undone, or no longer needed. So does
    newer news a call to the company, and the end of the outage.

    Also one that is owed and left behind by these very events, as when several levels are reached at one instant.
    """
    ending = [event for event in events if event.moment in ENDS]
    over = [event for event in events if leaves_voice(event.moment, event.data)]
    leave(ending, now, level__gt=0)
    leave(over, now, level=0)
    last, last_over = ({event.case.pk: event.seq for event in each} for each in (ending, over))
    calls = [row(e, left_behind(e, last), now) for e in events if e.moment == Moment.CALL_OWED]
    voices = [voice_row(e, left_behind(e, last_over), now) for e in events if e.moment == Moment.VOICE_OWED]
    insert("call_task", COLUMNS, [*calls, *voices])


def leaves_voice(moment: str, data: dict) -> bool:
    """Whether the call to the company that is open before this event is not the one to be made after it."""
    return moment == Moment.VOICE_OWED or voice_course.ends(moment, data)


def cases_of(events: Iterable["Recorded"]) -> set[int]:
    return {event.case.pk for event in events}


def leave(events: Sequence["Recorded"], now: datetime, **of_level: int) -> None:
    """The open calls of these cases at this level are over."""
    if events:
        outcome = Choose(When(due_at__lte=now, then=Value("undone")), default=Value("not_needed"))
        open_ones = CallTask.objects.filter(case__in=cases_of(events), settled_at=None, **of_level)
        open_ones.update(settled_at=now, outcome=outcome)


def left_behind(event: "Recorded", last: dict[int, int]) -> bool:
    return event.seq < last.get(event.case.pk, 0)


def row(event: "Recorded", is_left: bool, now: datetime) -> tuple:
    data = event.data
    return _row(event, is_left, now, data["level"], None, data["clause"], data["number"], data["name"])


def voice_row(event: "Recorded", is_left: bool, now: datetime) -> tuple:
    """A customer's number and name are texts of the event, which can be erased."""
    texts = {name: text for name, _salt, text in event.texts}
    about = (0, event.data["contact"], event.data["clause"])
    return _row(event, is_left, now, *about, texts.get("number", ""), texts.get("name", ""))


def owed_since(event: "Recorded | CaseEvent") -> datetime:
    """When it is put before the desk (UTC): as it is owed; a call at an agreed hour, shortly before that hour."""
    said = event.data.get("from_at")
    return datetime.fromisoformat(said) if said else event.occurred_at


def _row(
    event: "Recorded",
    is_left: bool,
    now: datetime,
    level: int,
    contact: int | None,
    clause: str,
    number: str,
    name: str,
) -> tuple:
    due_at = datetime.fromisoformat(event.data["due_at"])
    outcome = "" if not is_left else "undone" if due_at <= now else "not_needed"
    owner = (event.case.customer_id, event.case.pk, event.id)
    settled_at = now if is_left else None
    return (*owner, level, contact, clause, number, name, owed_since(event), due_at, settled_at, outcome, "")


def of_escalation(case: "Case", pk: int) -> CallTask | None:
    """Return the call with this id that an escalation of the case owes (E5), settled or not."""
    return CallTask.objects.filter(case=case, pk=pk, level__gt=0).first()


def to_the_company(case: "Case", pk: int) -> CallTask | None:
    """Return the call with this id that is owed to the company of the case, settled or not."""
    return CallTask.objects.filter(case=case, pk=pk, level=0).first()
