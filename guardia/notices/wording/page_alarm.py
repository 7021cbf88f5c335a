"""Pages without a case: nobody is on shift (A1), calls past their promise (P1, P2), a work that overran, a drill."""

from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.wording import page_text
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.page_text import Page
from guardia.notices.wording.prose import rows_of

NOBODY_ON_SHIFT, DRILL, CALLS_OVERDUE = "nobody_on_shift", "drill", "calls_overdue"
WORK_OVERRAN, HANDOVER_LATE = "work_overran", "handover_late"


def alarm(told: NoticeFacts, address: str) -> Page:
    """The page of one alarm; of one that is not known it says at least that there is one."""
    entry = ALARMS.get(told["kind"], unknown)
    subject, headline, ask = entry(told)
    return Page(
        subject=subject,
        title=subject,
        headline=headline,
        short=(*page_text.late_in_short(told), headline, *again(told)),
        said=(*page_text.late_words(told), *again(told)),
        ask=ask,
        answer=_("Open this link and confirm that you received it:"),
        address=address,
        rows=rows_of(
            (_("Desk"), desk_name(told)),
            (_("State"), capfirst(told.hours.zoned(told.hours.since(since(told))))),
            (_("Ordered by"), told["by"]),
            (_("Last on shift"), who_was_last(told)),
            (_("Still on shift"), told["who"] if told["kind"] == HANDOVER_LATE else ""),
            (_("Level"), page_text.level(told)),
            (_("Operations Centre"), whom_to_call(told.procedure, told.procedure.desk(DESK))),
        ),
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_("You are paged because you hold a level of the matrix."),
    )


def nobody_on_shift(told: NoticeFacts) -> tuple[str, str, str]:
    words = {"desk": desk_name(told), "since": told.hours.zoned(told.hours.since(since(told)))}
    return (
        _("Nobody is on shift: %(desk)s") % words,
        _("Nobody has been on shift at “%(desk)s” %(since)s: no call is answered and no case is looked after.") % words,
        _("Please find who comes now, and have that person begin the shift in Guardia."),
    )


def who_was_last(told: NoticeFacts) -> str:
    """Whom to ring first, and how that person's shift ended; empty where it was said at the desk."""
    if not told["last"]:
        return ""
    if told["how"] == "signed_out":
        return _("%(who)s, who signed out") % {"who": told["last"]}
    seen_at = moment_of(told["seen_at"])
    hour = told.hours.zoned(told.hours.at(seen_at)) if seen_at else ""
    return _("%(who)s, last activity: %(hour)s") % {"who": told["last"], "hour": hour} if hour else told["last"]


def hand_over_late(told: NoticeFacts) -> tuple[str, str, str]:
    words = {"desk": desk_name(told), "since": told.hours.zoned(told.hours.since(since(told))), "who": told["who"]}
    return (
        _("The hand-over is late: %(desk)s") % words,
        _(
            "The hand-over at “%(desk)s” is due %(since)s and is not signed. Still on shift from the previous "
            "shift: %(who)s."
        )
        % words,
        _("Please find out who comes now, and have the hand-over signed in Guardia."),
    )


def drill(told: NoticeFacts) -> tuple[str, str, str]:
    return (
        _("Drill: please answer"),
        _("This is a drill: there is no fault, and no customer is waiting."),
        _("Please open the link: it proves that a page reaches you this way."),
    )


def calls_overdue(told: NoticeFacts) -> tuple[str, str, str]:
    count = int(told["count"] or 1)
    words = {"n": count, "since": told.hours.zoned(told.hours.since(since(told)))}
    return (
        ngettext("%(n)d call is past its promise", "%(n)d calls are past their promise", count) % words,
        ngettext(
            "%(n)d call is late %(since)s: unanswered, not called back, or still without a case number.",
            "%(n)d calls are late, the first %(since)s: unanswered, not called back, or still without a case number.",
            count,
        )
        % words,
        _("Please have somebody answer, call back or give the number now."),
    )


def work_overran(told: NoticeFacts) -> tuple[str, str, str]:
    words = {"number": told["desk"], "since": told.hours.zoned(told.hours.since(since(told)))}
    return (
        _("Planned work %(number)s overran") % words,
        _("The planned work %(number)s should have been over %(since)s and is not: its services are out.") % words,
        _("Please find out how long it will still take, and end it or have the outage declared in Guardia."),
    )


def unknown(told: NoticeFacts) -> tuple[str, str, str]:
    headline = _("Guardia raises an alarm: “%(kind)s”.") % {"kind": told["kind"]}
    return _("Alarm"), headline, _("Please look at it now.")


ALARMS = {
    NOBODY_ON_SHIFT: nobody_on_shift,
    HANDOVER_LATE: hand_over_late,
    DRILL: drill,
    CALLS_OVERDUE: calls_overdue,
    WORK_OVERRAN: work_overran,
}


def again(told: NoticeFacts) -> list[str]:
    number = int(told["round"] or 1)
    return [_("This is page number %(number)d of this alarm.") % {"number": number}] if number > 1 else []


def since(told: NoticeFacts) -> datetime:
    return moment_of(told["since"]) or told.owed_at


def desk_name(told: NoticeFacts) -> str:
    desk = next((desk for desk in told.procedure.desks if desk.key == (told["desk"] or DESK)), None)
    return str(desk.name) if desk else told["desk"]


# Those who were paged by an alarm (nobody on shift, A1; late calls, P1) are told that it is over.


def alarm_over(told: NoticeFacts) -> Page:
    """The end of an alarm; it asks nothing, so no answer is offered."""
    taken_at, hours = moment_of(told["ended_at"]) or told.owed_at, told.hours
    if told["kind"] == CALLS_OVERDUE:
        subject, headline = (
            _("No calls are late any more"),
            _("No calls are late any more: nothing more is asked of you."),
        )
        rows = ((_("Ended"), hours.zoned(hours.at(taken_at))), (_("Late"), hours.zoned(hours.since(since(told)))))
    elif told["kind"] == WORK_OVERRAN:
        subject = _("Planned work %(number)s is over") % {"number": told["desk"]}
        headline = _("The planned work that overran is over: nothing more is asked of you.")
        over = hours.zoned(hours.at(taken_at))
        rows = (
            (_("Ended"), f"{told['by']}, {over}" if told["by"] else over),
            (_("Late"), hours.zoned(hours.since(since(told)))),
        )
    elif told["kind"] == HANDOVER_LATE:
        subject = _("The hand-over is no longer late: %(desk)s") % {"desk": desk_name(told)}
        headline = _("The hand-over is no longer late: nothing more is asked of you.")
        over = hours.zoned(hours.at(taken_at))
        rows = (
            (_("Signed"), f"{told['by']}, {over}") if told["by"] else (_("Ended"), over),
            (_("Late"), hours.zoned(hours.since(since(told)))),
        )
    else:
        subject = _("Somebody is on shift again: %(desk)s") % {"desk": desk_name(told)}
        headline = _("Somebody is on shift again: nothing more is asked of you.")
        rows = (
            (_("Takes over"), f"{told['by']}, {hours.zoned(hours.at(taken_at))}"),
            (_("Nobody was there"), hours.zoned(hours.since(since(told)))),
        )
    return Page(
        subject=subject,
        title=subject,
        headline=headline,
        short=(*page_text.late_in_short(told), headline),
        said=tuple(page_text.late_words(told)),
        rows=rows_of((_("Desk"), desk_name(told)), *rows),
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_("You were paged for it."),
    )
