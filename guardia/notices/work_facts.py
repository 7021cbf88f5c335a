"""What one company is told of a planned work, as it is frozen: codes, names and hours, so that what was sent stays
what it was. Hours are ISO 8601 in UTC and empty where there is none.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from guardia.notices.announcement import Announcement
from guardia.notices.envelope import Attachment, domain
from guardia.people.connections import setting

if TYPE_CHECKING:
    from icalendar import Event


class Telling(StrEnum):
    """For which turn of the work a letter is written."""

    ANNOUNCED = "announced"
    REMINDED = "reminded"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OVERRAN = "overran"
    ENDED = "ended"
    TAKEN_OUT = "taken_out"
    REPLIED = "replied"
    PASSED_ON = "passed_on"


@dataclass(frozen=True)
class AffectedServiceFacts:
    """A service of the company that the work touches; ``zone`` (IANA) is that of its site."""

    circuit: str
    where: str
    zone: str


@dataclass(frozen=True)
class WorkFacts:
    """``names`` by language: what is done. ``sequence`` counts the letters of this work, for the calendar entry.

    ``asks``: the company is asked for its yes. ``why``: the reason of a move, a cancelling, or the answer to what the
    company said. ``late_because``: why it was announced later than the procedure promises.
    """

    work: int
    number: str
    telling: str
    names: Mapping[str, str]
    zone: str
    starts_at: str
    ends_at: str
    services: tuple[AffectedServiceFacts, ...]
    sequence: int = 0
    was_starts_at: str = ""
    was_ends_at: str = ""
    ended_at: str = ""
    expected_minutes: int | None = None
    carrier: str = ""
    asks: bool = False
    why: str = ""
    late_because: str = ""

    @property
    def zones(self) -> tuple[str, ...]:
        """Those of its services, the one of most of them first."""
        every = [each.zone for each in self.services] or [self.zone]
        return tuple(sorted(dict.fromkeys(every), key=lambda zone: -every.count(zone)))

    def facts(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "WorkFacts":
        """From what was kept."""
        own = {field.name: facts[field.name] for field in fields(cls) if field.name in facts}
        own["services"] = tuple(AffectedServiceFacts(**each) for each in facts["services"])
        return cls(**own)


# The window of a planned work as an entry of a calendar (RFC 5545): it moves and is cancelled with the letters.


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
