"""Where somebody is signed in, and how that ends. The rows are allauth's; ending one deletes Django's session too."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from guardia.people.staff import Staff

SEEN = "guardia_seen_at"
"""Under which name a session keeps when it was used, in seconds since 1970; noted every some minutes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One browser that is signed in: since when, when it was used last (UTC), from where, and what it says it is."""

    id: int
    since: datetime
    seen_at: datetime
    address: str
    device: str
    is_this: bool


def standing(staff: Staff, current: str = "") -> list[Standing]:
    """The sessions of this person that are good still, the latest used first. ``current``: the key of one's own."""
    found = UserSession.objects.purge_and_list(staff)
    return [
        Standing(one.pk, one.created_at, one.last_seen_at, one.ip, device(one.user_agent), one.session_key == current)
        for one in sorted(found, key=lambda one: one.last_seen_at, reverse=True)
    ]


def end_one(staff: Staff, session_id: int) -> bool:
    """Whether this session of this person was there to be ended."""
    found = UserSession.objects.filter(user_id=staff.pk, pk=session_id).first()
    if found:
        found.end()
    return found is not None


def end_all(staff: Staff, but: str = "") -> int:
    """End every session of this person, but the one of the key ``but``; how many there were."""
    found = list(UserSession.objects.filter(user_id=staff.pk).exclude(session_key=but))
    for one in found:
        one.end()
    return len(found)


def seen(session_key: str, at: datetime, address: str) -> None:
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at, ip=address)


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device(agent: str) -> str:
    """``Firefox · Windows``: what a browser says of itself, in two words; itself where it says neither."""
    named = [next((words for sign, words in kinds if sign in agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in named if word) or agent[:60] or "–"


def begin(request: HttpRequest) -> None:
    """Write down that somebody is signed in by this browser."""
    UserSession.objects.create_from_request(request)
