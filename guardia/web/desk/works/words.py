"""How a planned work is spoken of at the desk: its state, its window, its turns."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from guardia.outages.planned_work import PlannedWork, PlannedWorkTurn, WorkState
from guardia.outages.work_turns import TurnKind
from guardia.web.desk.shown.clock import hour

TURNS: dict[str, Promise] = {
    TurnKind.DRAFTED: gettext_lazy("draft written"),
    TurnKind.CHANGED: gettext_lazy("draft changed"),
    TurnKind.ANNOUNCED: gettext_lazy("announced to the companies"),
    TurnKind.REMINDED: gettext_lazy("told once more"),
    TurnKind.AGREED: gettext_lazy("a company agreed"),
    TurnKind.OBJECTED: gettext_lazy("a company objected"),
    TurnKind.REPLIED: gettext_lazy("the objection was answered"),
    TurnKind.TAKEN_OUT: gettext_lazy("a company was taken out"),
    TurnKind.PASSED_ON: gettext_lazy("a service passed to another company, which was told"),
    TurnKind.MOVED: gettext_lazy("moved"),
    TurnKind.CANCELLED: gettext_lazy("cancelled"),
    TurnKind.STARTED: gettext_lazy("begun"),
    TurnKind.OVERRAN: gettext_lazy("overran: it was not over at the end of its window"),
    TurnKind.OVERRUN_LIFTED: gettext_lazy("the overrun was lifted: it had been over in time"),
    TurnKind.ENDED: gettext_lazy("over"),
}


def state_words(work: PlannedWork) -> str:
    """One word or two; what overran says so."""
    if work.overran_at and work.ended_at is None:
        return _("overran")
    if work.overran_at:
        return _("over, late")
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
        words = _("from %(was)s to %(is)s")
        before, after = dated(was_start, was_end), dated(start, end)
        said.append(words % {"was": before, "is": after})
    said += [turn.data[name] for name in ("why", "late_because") if turn.data.get(name)]
    return ": ".join(said)


def dated(starts_at: datetime, ends_at: datetime) -> str:
    return f"{date_format(localtime(starts_at), 'j M')} {span_words(starts_at, ends_at)}"


def turn_hour(turn: PlannedWorkTurn, now: datetime) -> str:
    return hour(turn.at, now)
