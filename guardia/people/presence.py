"""A1: whether who is on shift is there. Signs of life are noted, silence is asked about, and who is gone is off shift.

A page that stays open says that a browser is there and no more: it keeps a session from being lost, and nothing else.
What a person does is a sign of life: a key, an act in the desk, a call answered, a page acknowledged (docs/adr/0048).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from guardia.config import unchanged
from guardia.config.sql_rows import rows_of
from guardia.people import shifts
from guardia.people.shifts import EndedAs, Handover, Shift
from guardia.people.staff import Staff

GRACE = timedelta(minutes=5)
"""So long a session may be lost, and a question unanswered."""
HOURLY = timedelta(hours=1)
"""So often somebody is asked while nothing waits."""
COMES_BACK = timedelta(hours=12)
"""So long a sign of life brings a shift back that ended by silence: later it is another day's."""
GOES_ON = (EndedAs.SILENT, EndedAs.LOST)
"""A shift that ended so goes on by a sign of life."""
NOTED_EVERY = timedelta(seconds=20)
HEARD_EVERY_SECONDS = 60

ASK = "ask"


def judged(shift: Shift, at: datetime, *, waits: bool, quiet: timedelta, is_member: bool = False) -> str:
    """What follows for an open shift at ``at`` (UTC): ``ask``, ``silent`` or ``lost``; empty: nothing.

    ``waits``: something waits for a person at the desk; then it is asked after ``quiet``, else hourly. ``is_member``:
    the exchange says that this person is in a queue and not paused: nobody with a telephone in hand has lost a session.
    """
    if shift.seen_at is None:
        return ""
    heard = max(shift.seen_at, shift.heard_at or shift.seen_at)
    if at - heard >= GRACE and not is_member:
        return EndedAs.LOST
    if shift.asked_at is not None:
        return EndedAs.SILENT if at - shift.asked_at >= GRACE else ""
    return ASK if at - shift.seen_at >= (quiet if waits else max(quiet, HOURLY)) else ""


def outlived(shift: Shift, changes_at: datetime, at: datetime) -> bool:
    """Whether a shift in which no page was ever heard has outlived the change that it was for (``changes_at``)."""
    return shift.seen_at is None and at >= changes_at + shifts.GRACE


def begin_anew(open_shifts: Sequence[Shift], at: datetime) -> None:
    """Nobody looked for a while (the worker was down): nobody is absent for that, and a question is asked anew."""
    for shift in open_shifts:
        if shift.seen_at is not None:
            shift.heard_at, shift.asked_at = at, shift.asked_at and at
            shift.save(update_fields=["heard_at", "asked_at"])


# --- signs ------------------------------------------------------------------------------------------------------------


def sign(staff_id: int, at: datetime) -> Shift | None:
    """This person is alive at ``at`` (UTC), by a page of the desk: an open question is answered.

    Returns the shift that goes on by it, where one had ended by silence. A shift that somebody holds just now is left
    alone: whoever holds it writes it.
    """
    ((signed, ended_as),) = rows_of(SIGN, {"at": at, "staff": staff_id, "before": at - NOTED_EVERY})
    unchanged.overlook(signed)
    return come_back(staff_id, at) if signed is None and ended_as in GOES_ON else None


# By hand, since whatever a person does asks it. The first column is the transaction where the sign was written, ""
# where it answered a question too, which a page shows; the second says how the last shift ended, "" while it is open.
SIGN = """
    WITH signed AS (
        UPDATE shift SET seen_at = %(at)s, heard_at = %(at)s, asked_at = NULL FROM (
            SELECT id, asked_at FROM shift WHERE staff_id = %(staff)s AND ended_at IS NULL
            AND (seen_at IS NULL OR seen_at < %(before)s OR asked_at IS NOT NULL) FOR UPDATE SKIP LOCKED
        ) AS before WHERE shift.id = before.id
        RETURNING CASE WHEN before.asked_at IS NULL THEN pg_current_xact_id()::text ELSE '' END AS transaction
    )
    SELECT (SELECT transaction FROM signed LIMIT 1),
           (SELECT ended_as FROM shift WHERE staff_id = %(staff)s ORDER BY started_at DESC, id DESC LIMIT 1)
"""


def is_to_be_heard(staff_id: int) -> bool:
    """Whether an open page is to be noted: once a minute by each process, since pages ask every few seconds."""
    return cache.add(f"presence-heard:{staff_id}", 1, HEARD_EVERY_SECONDS)


def heard(staff_id: int, at: datetime) -> None:
    """A page of this person is open at ``at`` (UTC). No page shows it."""
    for (transaction,) in rows_of(HEARD, {"at": at, "staff": staff_id}):
        unchanged.overlook(transaction)


HEARD = """
    UPDATE shift SET heard_at = %(at)s, seen_at = coalesce(seen_at, %(at)s) WHERE id IN (
        SELECT id FROM shift WHERE staff_id = %(staff)s AND ended_at IS NULL FOR UPDATE SKIP LOCKED)
    RETURNING pg_current_xact_id()::text
"""


def resume_shift(staff_id: int, at: datetime) -> Shift | None:
    """The shift that ended by silence, or with its session, and goes on by a sign of life at ``at``; else None."""
    last = Shift.objects.filter(staff=staff_id).order_by("-started_at", "-pk").first()
    if last is None or last.ended_at is None or last.ended_as not in GOES_ON:
        return None
    if at - last.ended_at > COMES_BACK or not last.staff.is_active:
        return None
    signed = Handover.objects.filter(desk=last.desk, outgoing=staff_id, signed_at__gte=last.ended_at)
    return None if signed.exists() else last


def come_back(staff_id: int, at: datetime) -> Shift | None:
    """On shift again, from ``at`` on: the gap stays on record."""
    if resume_shift(staff_id, at) is None:
        return None
    shifts.take_turn()
    last = resume_shift(staff_id, at)
    return shifts.enter(last.staff, last.desk, at, is_seen=True) if last else None


@dataclass(frozen=True, slots=True)
class PresenceQuestion:
    """What a page says to somebody who is asked: since when no sign of life has come, and until when to answer."""

    seen_at: datetime
    until: datetime


def open_question(shift: Shift | None) -> PresenceQuestion | None:
    """The question to this person, if one is open."""
    if shift is None or shift.asked_at is None or shift.seen_at is None:
        return None
    return PresenceQuestion(shift.seen_at, shift.asked_at + GRACE)


def answers_by_page(staff: Staff, at: datetime) -> None:
    """Somebody acknowledged a page at ``at`` (UTC), from wherever: a sign of life of who is on shift, no more."""
    open_ones = Shift.objects.filter(staff=staff, ended_at=None, seen_at__lt=at)
    open_ones.update(seen_at=at, asked_at=None)
