"""The window of a planned work as an entry of a calendar (RFC 5545): it moves and is cancelled with the letters."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guardia.notices.announcement import Announcement
from guardia.notices.envelope import Attachment, domain
from guardia.notices.work_facts import Telling, WorkFacts
from guardia.people.connections import setting

if TYPE_CHECKING:
    from icalendar import Event

TOLD = frozenset(
    {*(Telling.ANNOUNCED, Telling.REMINDED, Telling.MOVED, Telling.CANCELLED, Telling.TAKEN_OUT), Telling.PASSED_ON}
)
"""The letters that an entry goes with; what is told later than the window's beginning needs none."""
GONE = frozenset({Telling.CANCELLED, Telling.TAKEN_OUT})
MOST_SERVICES = 40


def calendar_entry(told: Announcement, title: str) -> tuple[Attachment, ...]:
    """The entry in the active language; none for a letter that needs none. ``title``: what is done."""
    work = WorkFacts.of(told.facts)
    if Telling(work.telling) not in TOLD:
        return ()
    from icalendar import Calendar  # loaded with the first entry that is sent

    gone = Telling(work.telling) in GONE
    calendar = Calendar()
    calendar.add("prodid", "-//Guardia//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    calendar.add_component(event_of(told, work, title, gone=gone))
    return (Attachment(f"{work.number}.ics", "text/calendar", calendar.to_ical()),)


def event_of(told: Announcement, work: WorkFacts, title: str, *, gone: bool) -> "Event":
    """One entry for each work and company: a later letter replaces the entry of an earlier one."""
    from icalendar import Event, vCalAddress

    event = Event()
    # Without one neither PUBLISH nor CANCEL is an entry (RFC 5546), and Outlook cancels nothing.
    event.add("organizer", vCalAddress(f"mailto:{setting('MAIL_FROM')}"))
    event.add("uid", f"work-{work.work}-company-{told.customer_id}@{domain()}")
    event.add("sequence", work.sequence)
    event.add("dtstamp", told.made_at.astimezone(UTC))
    event.add("dtstart", hour(work.starts_at))
    event.add("dtend", hour(work.ends_at))
    event.add("summary", _("Planned work %(number)s: %(what)s") % {"number": work.number, "what": title})
    event.add("description", "\n".join(f"{each.circuit}: {each.where}" for each in work.services[:MOST_SERVICES]))
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def hour(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
