"""The rows of the calls that somebody on shift must make (E5, and to a company that no notice reaches), as they follow
from the events. Level 0 is a person of the company: it follows its own events, and the escalation leaves it alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from guardia.cases import voice_course
from guardia.cases.arrays import insert
from guardia.config.sql_rows import rows_of, run
from guardia.escalation.escalation import CallTask
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


def end_calls(events: Sequence["Recorded"], now: datetime) -> None:
    """A page to another level, an answer, or the end leaves an open call behind: undone, or no longer needed. So does
    newer news a call to the company, and the end of the outage.

    Also one that is owed and left behind by these very events, as when several levels are reached at one instant.
    """
    ending = [event for event in events if event.moment in ENDS]
    over = [event for event in events if leaves_voice(event.moment, event.data)]
    leave(ending, now, "level > 0")
    leave(over, now, "level = 0")
    last, last_over = ({event.case.pk: event.seq for event in each} for each in (ending, over))
    calls = [row(e, left_behind(e, last), now) for e in events if e.moment == Moment.CALL_OWED]
    voices = [voice_row(e, left_behind(e, last_over), now) for e in events if e.moment == Moment.VOICE_OWED]
    insert("call_task", COLUMNS, [*calls, *voices])


def leaves_voice(moment: str, data: dict) -> bool:
    """Whether the call to the company that is open before this event is not the one to be made after it."""
    return moment == Moment.VOICE_OWED or voice_course.ends(moment, data)


def cases_of(events: Iterable["Recorded"]) -> set[int]:
    return {event.case.pk for event in events}


def leave(events: Sequence["Recorded"], now: datetime, of_level: str) -> None:
    """The open calls of these cases at this level are over."""
    if events:
        run(f"{LEAVE} AND {of_level}", {"now": now, "cases": list(cases_of(events))})


LEAVE = """
    UPDATE call_task SET settled_at = %(now)s, outcome = CASE WHEN due_at <= %(now)s THEN 'undone' ELSE 'not_needed' END
    WHERE case_id = ANY(%(cases)s) AND settled_at IS NULL
"""


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


# Calls that somebody on shift owes (E5): those to be made now, and those that were not made in time.


MOST = 20
SHOWN_FOR = timedelta(hours=1)
OF_A_TASK = (
    *("level", "contact", "clause", "number", "number_name", "owed_at", "due_at", "settled_at"),
    *("case__number", "case__customer__name"),
)
"""What a page shows of a call that is owed."""

# By hand, since every page of the desk asks them.
OWED = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    WHERE task.settled_at IS NULL AND "case".closed_at IS NULL ORDER BY task.due_at, task.id LIMIT %s
"""
UNDONE = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    JOIN escalation ON escalation.case_id = "case".id
    WHERE ((task.settled_at IS NULL AND task.due_at < %s) OR (task.outcome = 'undone' AND task.settled_at > %s))
    AND task.level > 0 AND "case".closed_at IS NULL AND escalation.ended_at IS NULL
    AND escalation.acknowledged_at IS NULL AND escalation.began_at <= task.owed_at
    ORDER BY task.due_at, task.id LIMIT %s
"""
VOICE_UNDONE = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    WHERE task.settled_at IS NULL AND task.level = 0 AND task.due_at < %s AND "case".closed_at IS NULL
    ORDER BY task.due_at, task.id LIMIT %s
"""


def owed(most: int = MOST) -> list[CallTask]:
    """The calls to be made, first what falls due first."""
    return _shown(OWED, [most])


def owed_for(case_id: int) -> CallTask | None:
    """The call that the escalation of one case owes (E5)."""
    return CallTask.objects.filter(case=case_id, settled_at=None, level__gt=0).order_by("due_at", "pk").first()


def voice_owed_for(case_id: int) -> CallTask | None:
    """The call to the company that is owed for one case (P D): its news reaches nobody by another way."""
    return CallTask.objects.filter(case=case_id, settled_at=None, level=0).order_by("due_at", "pk").first()


def same_call(task: CallTask) -> QuerySet[CallTask]:
    """The other cases that owe a call to this very number now: one conversation may speak for them too."""
    others = CallTask.objects.filter(settled_at=None, number=task.number, case__closed_at=None)
    others = others.filter(level__gt=0) if task.level else others.filter(level=0).exclude(number="")
    return _with_names(others.exclude(case=task.case_id)).order_by("case_id", "pk")


def undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """E5: calls that were not made in time and whose case nobody answers for yet, the oldest first.

    One that is still owed after its hour, and one that the escalation left behind within the last hour (UTC).
    """
    return newest_of_each_case(_shown(UNDONE, [now, now - SHOWN_FOR, 2 * most]))[:most]


def voice_undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """P D: calls to a company that are still owed after their hour, the oldest first."""
    return _shown(VOICE_UNDONE, [now, most])


def newest_of_each_case(tasks: Iterable[CallTask]) -> list[CallTask]:
    """A case that owes another call meanwhile is named once."""
    return list({task.case_id: task for task in tasks}.values())


def _shown(statement: str, values: Sequence[Any]) -> list[CallTask]:
    """Names are read of what is shown alone: in a storm a thousand calls are owed, and twenty shown."""
    ids = [pk for (pk,) in rows_of(statement, values)]
    if not ids:
        return []
    shown = CallTask.objects.filter(pk__in=ids).select_related("case__customer").only(*OF_A_TASK)
    return list(shown.order_by("due_at", "pk"))


def _with_names(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("case__customer", "case__site__city")
