"""W1, P7 D: a stop of a time is put right, objected to, and ruled on; A3 D: a calendar moves a time."""

from django.utils.translation import gettext as _

from guardia.notices.wording.fact_phrases import clocks, desk_name
from guardia.notices.wording.hours import lasting_exactly
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, letter_of, rows_of
from guardia.procedure.vocabulary import Moment


@letter_of(Moment.WAIT_CORRECTED)
def wait_corrected(told: NoticeFacts) -> News:
    """The wait as it was on record, and as it is now; ``hours`` is absent where it never was."""
    if told.data.get("hours"):
        headline = _("We have corrected the hours in which a time of your case stood still.")
    else:
        headline = _("We have withdrawn a stop of your case: that time did not stand still.")
    return News(
        _("we corrected a stop"),
        headline,
        (reason_text(told), _("If you do not agree, tell us: our quality manager will rule on it.")),
        rows_of(
            (_("Which time"), clocks(told)),
            (_("It was on record"), stretch(told, told.data.get("was"))),
            (_("It is now"), stretch(told, told.data.get("hours")) or _("no stop")),
        ),
    )


def affected(told: NoticeFacts) -> str:
    """``3 h 35 min (was 3 h)``: only where the ruling came after the closing, and it is known."""
    now, was = told.data.get("affected_seconds"), told.data.get("affected_seconds_was")
    if now is None:
        return ""
    if was is None or was == now:
        return lasting_exactly(int(now))
    return _("%(now)s (it was %(was)s)") % {"now": lasting_exactly(int(now)), "was": lasting_exactly(int(was))}


@letter_of(Moment.CALENDAR_CHANGED)
def calendar_changed(told: NoticeFacts) -> News:
    """A rest day that was announced or withdrawn moves what is counted in working hours."""
    return News(
        _("a time of your case moves"),
        _("A change of the calendar of working days moves a time of your case."),
        (reason_text(told),),
        (
            *rows_of((_("%(desk)s opens") % {"desk": desk_name(told)}, opening_text(told))),
            *((told.clock_name(moved["clock"]), moved_text(told, moved)) for moved in told.data.get("moved") or ()),
        ),
    )


def opening_text(told: NoticeFacts) -> str:
    """A3 D: the desk opens on another day than was said."""
    opens, was = moment_of(told.data.get("opens_at")), moment_of(told.data.get("opened"))
    if opens is None or was is None:
        return ""
    if opens <= told.now:
        return _("open %(since)s (it was %(was)s)") % {"since": told.hours.since(opens), "was": told.hours.on(was)}
    return _("%(due)s (it was %(was)s)") % {"due": told.hours.on(opens), "was": told.hours.on(was)}


def moved_text(told: NoticeFacts, moved: dict) -> str:
    due, was = moment_of(moved.get("due_at")), moment_of(moved.get("was"))
    if due is None:
        return _("stands still")
    if was is None:
        return told.hours.before(due)
    return _("%(due)s (it was %(was)s)") % {"due": told.hours.before(due), "was": told.hours.before(was)}


def reason_text(told: NoticeFacts) -> str:
    reason = clause(told.text("reason"))
    return _("The reason: %(reason)s.") % {"reason": reason} if reason else ""


def stretch(told: NoticeFacts, hours: list[str | None] | None) -> str:
    """``between 02:10 and 02:40``; ``since 02:10`` while it still stands."""
    start, end = (moment_of(hour) for hour in hours) if hours else (None, None)
    if start is None:
        return ""
    return told.hours.between(start, end) if end else told.hours.since(start)
