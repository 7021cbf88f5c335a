"""What each event of an escalation says in the log: its levels and persons by name, its hours, its reasons."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.event import CaseEvent
from guardia.cases.words import CLOCK_NAMES
from guardia.customers.phones import spoken
from guardia.events.kinds import name_of_kind
from guardia.notices.wording.page_reasons import WHY
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.web.desk.clock import hour

Texts = Mapping[str, str]
Names = Mapping[int, str]


def staff_of(events: Iterable[CaseEvent]) -> set[int]:
    """The ids of the people these events speak of."""
    found: set[int] = set()
    for event in events:
        if event.moment in ESCALATION_WRITERS and (named := event.data.get("staff")):
            found |= set(named) if isinstance(named, list) else {named}
    return found


def names(event: CaseEvent, staff: Names) -> str:
    named = event.data.get("staff") or []
    ids = named if isinstance(named, list) else [named]
    return ", ".join(staff[pk] for pk in ids if pk in staff)


def level(event: CaseEvent) -> str:
    return _("level %(n)d") % {"n": event.data.get("level") or 0}


def with_reason(words: str, reason: str) -> str:
    return f"{words}: {reason}" if reason else words


def promise(event: CaseEvent) -> str:
    """“Diagnosis: cause and plan”; empty where the escalation stands on no promise."""
    kind = event.data.get("clock")
    return "{}: {}".format(*CLOCK_NAMES[ClockKind(kind)]) if kind in set(ClockKind) else ""


def _escalated(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    who, reason = texts.get("asked_by", ""), texts.get("reason", "")
    if event.variant == "breach":
        words = _("by itself, since “%(promise)s” is overdue") % {"promise": promise(event)}
        joined = _("paged together with another case of the same site")
        return f"{words}; {joined}" if event.data.get("joined") else words
    if event.variant == "received":
        words = _("%(who)s rang %(staff)s, %(level)s")
        return with_reason(words % {"who": who, "staff": names(event, staff), "level": level(event)}, reason)
    if event.variant == "customer":
        words = _("to %(level)s, asked for by %(who)s") % {"level": level(event), "who": who}
    else:
        words = _("to %(level)s") % {"level": level(event)}
    return with_reason(words, reason)


def _paged(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    if event.data.get("received"):
        return _("%(level)s: %(who)s, who took the call") % {"level": level(event), "who": names(event, staff)}
    who = names(event, staff) or _("nobody by a page; a call is made")
    why = str(WHY.get(event.data.get("why", ""), ""))
    return f"{with_reason(level(event), who)}. {why}".strip()


def _informed(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    who = names(event, staff)
    return _("%(level)s is told, not asked: somebody answers already") % {"level": level(event)} + (
        f" ({who})" if who else ""
    )


def _skipped(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    return _("%(level)s has nobody on duty and no number: the next one is asked at once") % {"level": level(event)}


def _page_failed(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    return with_reason(_("no channel reaches %(who)s") % {"who": names(event, staff)}, texts.get("answer", ""))


def _call_owed(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    data = event.data
    number = spoken(data.get("number", ""))
    number = f"{number} ({data['name']})" if data.get("name") else number
    words = _("who is on shift dials %(number)s by %(hour)s, %(level)s")
    due = datetime.fromisoformat(data["due_at"])
    return words % {"number": number, "hour": hour(due, at), "level": level(event)}


def _call_made(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    if event.variant == "told_late" and event.data.get("outcome") != "answered":
        return _("nobody answered; told after the escalation had moved on")
    if event.variant == "not_answered":
        return _("nobody answered: the next level is asked")
    return _("answered by %(who)s") % {"who": texts.get("answered_by", "")}


def _acknowledged(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    words = _("%(who)s has taken command") if event.variant == "commands" else _("%(who)s answers for it")
    return words % {"who": names(event, staff)}


def _passed_on(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    return with_reason(_("%(who)s cannot") % {"who": names(event, staff)}, texts.get("reason", ""))


def _moved(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    by = event.data.get("by", "")
    what = name_of_kind(by) if by in set(Moment) else ""
    return with_reason(_("the acknowledgement holds for as long again"), what)


def _ended(event: CaseEvent, texts: Texts, staff: Names, at: datetime) -> str:
    words = {
        "met": _("the promise is met"),
        "closed": _("the case is closed"),
        "transferred": _("it was passed to another desk"),
        "ended": _("ended by a person"),
    }
    return with_reason(words.get(event.data.get("why", ""), ""), texts.get("reason", ""))


ESCALATION_WRITERS: dict[str, Callable[[CaseEvent, Texts, Names, datetime], str]] = {
    Moment.ESCALATED: _escalated,
    Moment.PAGED: _paged,
    Moment.LEVEL_INFORMED: _informed,
    Moment.LEVEL_SKIPPED: _skipped,
    Moment.PAGE_FAILED: _page_failed,
    Moment.CALL_OWED: _call_owed,
    Moment.CALL_MADE: _call_made,
    Moment.ACKNOWLEDGED: _acknowledged,
    Moment.PASSED_ON: _passed_on,
    Moment.MOVED: _moved,
    Moment.ESCALATION_ENDED: _ended,
}
