"""The sentences of the page of the hand-over: which change is due, what is new, what the button does."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.draft import Draft
from guardia.web.desk.handover import reading
from guardia.web.desk.handover.frame import Frame
from guardia.web.desk.handover.standing import Standing
from guardia.web.desk.shown.clock import ClockFace, hour

WARN, URGENT = timedelta(minutes=30), timedelta(minutes=10)


def new_words(count: int) -> str:
    if not count:
        return ""
    words = ngettext("%(n)d case is new since then.", "%(n)d cases are new since then.", count)
    return words % {"n": count}


def due_face(standing: Standing) -> ClockFace:
    """The change of shift as a clock: it warns half an hour before."""
    due = standing.due_at
    return ClockFace(standing.at, due, standing.began_at, due - WARN, due - URGENT)


def due_words(standing: Standing) -> str:
    words = _("Hand-over due since %(hour)s.") if standing.beyond else _("Change of shift at %(hour)s")
    return words.removesuffix(".") % {"hour": hour(standing.due_at, standing.at)}


def more_words(shown_or_more: int) -> str:
    """How many are open beside those of the page, if any."""
    if shown_or_more < reading.MOST_SHOWN:
        return ""
    beside = reading.how_many_open() - reading.MOST_SHOWN
    if beside <= 0:
        return ""
    words = ngettext(
        "The %(most)d cases that break first stand here. One more is open: it is handed over as well, with the step "
        "its stage asks for, and stands on the signed sheet.",
        "The %(most)d cases that break first stand here. %(n)s more are open: they are handed over as well, each with "
        "the step its stage asks for, and stand on the signed sheet.",
        beside,
    )
    many = (
        f"{reading.MOST_SIGNED - reading.MOST_SHOWN}+" if beside > reading.MOST_SIGNED - reading.MOST_SHOWN else beside
    )
    return words % {"most": reading.MOST_SHOWN, "n": many}


def prepared_words(theirs: Draft | None, frame: Frame, at: datetime) -> str:
    if theirs is None or frame.outgoing is None:
        return ""
    words = _("%(who)s has prepared this hand-over (%(hour)s).")
    return words % {"who": frame.outgoing.name, "hour": hour(theirs.saved_at, at)}


def consequence(frame: Frame, standing: Standing) -> str:
    """What the button does, said before it is pressed."""
    if frame.is_preparing:
        return _("It stands before whoever signs. Your shift goes on until then.")
    mine = _("Your shift goes on.") if frame.is_mine else _("Your shift begins.")
    if frame.outgoing is None or standing.shift_of(frame.outgoing) is None:
        return mine
    return _("%(who)s's shift ends.") % {"who": frame.outgoing.name} + " " + mine
