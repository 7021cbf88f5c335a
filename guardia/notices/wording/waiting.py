"""W1: a clock stops or goes on, and the customer sees which one, who asked for it, why and with what proof."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.notices.wording.beginning import opens_text
from guardia.notices.wording.fact_phrases import clocks, desk_name, opens
from guardia.notices.wording.hours import lasting_exactly
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, letter_of, listed, rows_of
from guardia.procedure.vocabulary import Moment, WaitCause

STOPPED = {
    WaitCause.CUSTOMER: gettext_lazy("We have been waiting for your company %(since)s."),
    WaitCause.FORCE_MAJEURE: gettext_lazy("We have been held up by force majeure %(since)s."),
    WaitCause.THIRD_PARTY: gettext_lazy("We have been waiting for %(party)s %(since)s."),
}
NO_LONGER = {
    WaitCause.CUSTOMER: gettext_lazy("We no longer wait for your company %(since)s."),
    WaitCause.FORCE_MAJEURE: gettext_lazy("Nothing in your case has been stopped for force majeure %(since)s."),
    WaitCause.THIRD_PARTY: gettext_lazy("We no longer wait for the third party %(since)s."),
}


@letter_of(Moment.WAIT_STARTED)
def wait_started(told: NoticeFacts) -> News:
    since = told.hours.zoned(told.hours.since(told.at))
    return News(
        _("a clock is stopped"),
        str(STOPPED[WaitCause(told.variant)]) % {"since": since, "party": told.text("party")},
        (
            _("The reason: %(reason)s.") % {"reason": clause(told.text("reason"))},
            _("Until then this clock is stopped: %(clocks)s.") % {"clocks": clocks(told)},
            excluded_text(told),
        ),
        rows_of(
            (_("Stopped clock"), clocks(told)),
            (_("Requested by"), told.text("asked_by")),
            (_("Proof"), proof(told)),
            (_("Third party"), told.text("party")),
            (_("Its ticket"), told.text("party_ticket")),
            (_("Its contact"), told.text("party_contact")),
            (_("Its next promise"), promise(told)),
        ),
    )


@letter_of(Moment.WAIT_ENDED)
def wait_ended(told: NoticeFacts) -> News:
    """What we waited for is here; or it is no longer waited for, since its time has ended by other means (``idle``), or
    since the stop was ruled or said not to count (``void``). Of each time it is said whether it runs again.
    """
    since = told.hours.zoned(told.hours.since(told.at))
    if told.data.get("idle"):
        return no_longer_waited_for(told, since)
    if opens(told):  # A3 D: nothing runs before its desk opens
        words = _("We have had what we were waiting for %(since)s.")
        holds = rows_of((_("Waits until %(desk)s opens") % {"desk": desk_name(told)}, clocks(told)))
        return News(_("we have what we were waiting for"), words % {"since": since}, (opens_text(told),), holds)
    runs = told["clocks"]["runs"] if told["clocks"] else True
    if told.data.get("void"):
        words = (
            _("This clock of your case has been running again %(since)s.")
            if runs
            else _("This stop does not count %(since)s.")
        )
    elif runs:
        words = _("We have had what we were waiting for %(since)s, and the work continues.")
    else:
        words = _("We have had what we were waiting for %(since)s.")
    subject = _("the clock runs again") if runs else _("a clock stop is over")
    return News(subject, words % {"since": since}, rows=rows_of(*what_became(told)))


def no_longer_waited_for(told: NoticeFacts, since: str) -> News:
    return News(
        _("a clock stop is over"),
        str(NO_LONGER[WaitCause(told.variant)]) % {"since": since},
        rows=rows_of(*(what_became(told) or [(_("Clock that has ended"), clocks(told))])),
    )


def what_became(told: NoticeFacts) -> list[tuple[str, str]]:
    """Of each time of the stop: it runs again, it stands still for another reason, or it has ended meanwhile."""
    after = told["clocks"]
    if not after:  # told before this was kept
        return [(_("Clock that runs again"), clocks(told))]
    names = {
        "runs": _("Clock that runs again"),
        "stands": _("Clock still stopped for another reason"),
        "over": _("Clock that has ended"),
    }
    return [(label, listed(f"“{told.clock_name(kind)}”" for kind in after[name])) for name, label in names.items()]


def excluded_text(told: NoticeFacts) -> str:
    """P7 D: an exclusion is agreed and visible."""
    if not told.data.get("excluded"):
        return ""
    return _("As agreed with your company, it is excluded from the affected time as well.")


def promise(told: NoticeFacts) -> str:
    """When the third party says that it will be done; nothing once that hour has passed."""
    due_at = moment_of(told.data.get("due_at"))
    return told.hours.stamp(due_at) if due_at and due_at > told.now else ""


def proof(told: NoticeFacts) -> str:
    return told.text("proof") or _("none on record yet")


# W1, P7 D: a stop of a time is put right, objected to, and ruled on; A3 D: a calendar moves a time.


@letter_of(Moment.WAIT_CORRECTED)
def wait_corrected(told: NoticeFacts) -> News:
    """The wait as it was on record, and as it is now; ``hours`` is absent where it never was."""
    if told.data.get("hours"):
        headline = _("We have corrected the times at which a clock of your case was stopped.")
    else:
        headline = _("We have withdrawn a stop of your case: that clock was not stopped.")
    return News(
        _("we corrected a stop"),
        headline,
        (reason_text(told), _("If you do not agree, tell us: our quality manager will rule on it.")),
        rows_of(
            (_("Which clock"), clocks(told)),
            (_("It was on record"), stretch(told, told.data.get("was"))),
            (_("Now on record"), stretch(told, told.data.get("hours")) or _("no stop")),
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
        _("a promise of your case is moved"),
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
        return _("is stopped")
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
