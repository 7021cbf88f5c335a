"""A planned work as the desk queries it and speaks of it: its state, its window, its turns."""

from datetime import datetime

from django.http import Http404
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from guardia.outages.planned_work import PlannedWork, PlannedWorkTurn, WorkState
from guardia.outages.planned_work_rows import work_of_number
from guardia.outages.work_turns import TurnKind
from guardia.web.desk.clock import hour

# --- queries ----------------------------------------------------------------------------------------------------------
# What the pages of planned work read: the works themselves, their answers, who was told.
PREFIX = "tp-"
LARGEST = 2**31 - 1


def called(number: str) -> PlannedWork:
    """The work of this number, as ``TP-0042`` or its digits. Raises Http404."""
    digits = number.lower().removeprefix(PREFIX)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= LARGEST):
        raise Http404
    found = work_of_number(int(digits))
    if found is None:
        raise Http404
    return found


# --- in words ---------------------------------------------------------------------------------------------------------
TURNS: dict[str, Promise] = {
    TurnKind.DRAFTED: _("draft written"),
    TurnKind.CHANGED: _("draft changed"),
    TurnKind.ANNOUNCED: _("announced to the companies"),
    TurnKind.REMINDED: _("told once more"),
    TurnKind.AGREED: _("a company agreed"),
    TurnKind.OBJECTED: _("a company objected"),
    TurnKind.REPLIED: _("the objection was answered"),
    TurnKind.TAKEN_OUT: _("a company was taken out"),
    TurnKind.PASSED_ON: _("a service passed to another company, which was told"),
    TurnKind.MOVED: _("moved"),
    TurnKind.CANCELLED: _("cancelled"),
    TurnKind.STARTED: _("begun"),
    TurnKind.OVERRAN: _("overran: it was not over at the end of its window"),
    TurnKind.OVERRUN_LIFTED: _("the overrun was lifted: it had been over in time"),
    TurnKind.ENDED: _("over"),
}


def state_words(work: PlannedWork) -> str:
    """One word or two; what overran says so."""
    if work.overran_at and work.ended_at is None:
        return gettext("overran")
    if work.overran_at:
        return gettext("over, late")
    return {
        WorkState.DRAFT: pgettext("planned work", "draft"),
        WorkState.ANNOUNCED: pgettext("planned work", "announced"),
        WorkState.UNDER_WAY: pgettext("planned work", "under way"),
        WorkState.ENDED: pgettext("planned work", "over"),
        WorkState.CANCELLED: pgettext("planned work", "cancelled"),
    }[WorkState(work.state)]


def day_words(work: PlannedWork) -> str:
    return date_format(localtime(work.starts_at), pgettext("date format", "D j M Y"))


def window_words(work: PlannedWork) -> str:
    """``02:00 – 06:00``, with the day of the end where it is another one; in the operator's zone."""
    return span_words(work.starts_at, work.ends_at)


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    start, end = localtime(starts_at), localtime(ends_at)
    day = "" if start.date() == end.date() else f"{date_format(end, 'j M')} "
    return f"{start:%H:%M} – {day}{end:%H:%M}"


def turn_words(turn: PlannedWorkTurn, names: dict[int, str]) -> str:
    """What happened, to which company, why."""
    said = [str(TURNS.get(turn.moment, turn.moment))]
    if company := names.get(turn.data.get("customer", 0)):
        said.append(company)
    if turn.moment == TurnKind.MOVED:
        written = (turn.data["was_starts_at"], turn.data["was_ends_at"], turn.data["starts_at"], turn.data["ends_at"])
        was_start, was_end, start, end = (datetime.fromisoformat(one) for one in written)
        words = gettext("from %(was)s to %(is)s")
        before, after = dated(was_start, was_end), dated(start, end)
        said.append(words % {"was": before, "is": after})
    said += [turn.data[name] for name in ("why", "late_because") if turn.data.get(name)]
    return ": ".join(said)


def dated(starts_at: datetime, ends_at: datetime) -> str:
    return f"{date_format(localtime(starts_at), 'j M')} {span_words(starts_at, ends_at)}"


def turn_hour(turn: PlannedWorkTurn, now: datetime) -> str:
    return hour(turn.at, now)
