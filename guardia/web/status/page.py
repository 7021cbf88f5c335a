"""`/estado` and its feed: off by default; made once in a few seconds, whoever asks, in each of the languages."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from threading import Lock
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guardia.cases.labels import IMPACT_NAMES
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.languages import in_active
from guardia.config.now import now
from guardia.network.element import Element
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.outages.outage import Outage, OutageState
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.outages.published import Public, public_at
from guardia.people import rehearsal
from guardia.procedure.vocabulary import Impact

# --- cache ------------------------------------------------------------------------------------------------------------
# Answers that are the same for everybody, cached by this process for seconds: a thousand requests cost one query.
# Whoever finds an answer too old makes it anew, alone; the others get the old one meanwhile.
SECONDS = 5.0
OUTLIVES_SECONDS = 600.0
"""How long an answer is still given when the database cannot be asked."""


@dataclass(frozen=True)
class Answer:
    content: bytes
    tag: str
    made: float

    @classmethod
    def of(cls, content: bytes, made: float) -> "Answer":
        return cls(content, f'"{sha256(content).hexdigest()[:24]}"', made)


@dataclass
class _Place:
    answer: Answer | None = None
    makes: Lock = field(default_factory=Lock)


class CachedPage:
    """By a key; there are as few keys as there are languages. ``clock`` counts seconds and never goes back."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self.places: dict[str, _Place] = {}
        self.finding = Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> Answer:
        """The answer of this key, no older than it may be. Raises what ``make`` raises, if there is none to give."""
        with self.finding:
            place = self.places.setdefault(key, _Place())
        if self._is_fresh(place.answer):
            return place.answer  # type: ignore[return-value]
        if not place.makes.acquire(blocking=place.answer is None):
            return place.answer  # type: ignore[return-value]
        try:
            if not self._is_fresh(place.answer):
                place.answer = self._made(place.answer, make)
            return place.answer  # type: ignore[return-value]
        finally:
            place.makes.release()

    def forget(self) -> None:
        with self.finding:
            self.places.clear()

    def _is_fresh(self, answer: Answer | None) -> bool:
        return answer is not None and self.clock() - answer.made < self.seconds

    def _made(self, old: Answer | None, make: Callable[[], bytes]) -> Answer:
        try:
            return Answer.of(make(), self.clock())
        except DatabaseError:
            if old is None or self.clock() - old.made > OUTLIVES_SECONDS:
                raise
            return old


# --- view -------------------------------------------------------------------------------------------------------------
# The status page in words: what is the matter, where, since when, until when; in the active language and the
# operator's zone. What customers are called, and what they pay for, is never read.
@dataclass(frozen=True, slots=True)
class Entry:
    """One outage or work. ``kind``: outage, restored, work, late, coming, over, cancelled; ``changed`` for the feed."""

    id: str
    kind: str
    kind_words: str
    title: str
    where: str
    what: str
    hours: tuple[str, ...]
    changed: datetime
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Entries of one city, or of none."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Day:
    words: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Status:
    operator: str
    zone_words: str
    stamped: str
    outages: Sequence[Place]
    works: Sequence[Place]
    coming: Sequence[Entry]
    days: Sequence[Day]

    @property
    def is_quiet(self) -> bool:
        return not (self.outages or self.works)

    @property
    def entries(self) -> list[Entry]:
        """All of them, what changed last first."""
        found = [entry for place in (*self.outages, *self.works) for entry in place.entries]
        found += [*self.coming, *(entry for day in self.days for entry in day.entries)]
        return sorted(found, key=lambda entry: entry.changed, reverse=True)


def status_of(public: Public, now: datetime) -> Status:
    hours = public_hours(public, now)
    past = [*(outage(one, hours) for one in public.past_outages), *(work(one, hours) for one in public.past_works)]
    past.sort(key=lambda entry: entry.over_at or now, reverse=True)
    return Status(
        operator=public.version.procedure.provider.name if public.version else "Guardia",
        zone_words=hours.zone_words,
        stamped=hours.stamp(now),
        outages=by_place([outage(one, hours) for one in public.outages]),
        works=by_place([work(one, hours) for one in public.running]),
        coming=[work(one, hours) for one in public.coming],
        days=by_day(past, hours.zone),
    )


def public_hours(public: Public, now: datetime) -> Hours:
    if public.version is None:
        return Hours(settings.TIME_ZONE, settings.TIME_ZONE, now)
    procedure = public.version.procedure
    return hours_of(procedure.provider.zone, procedure, now)


def outage(one: Outage, hours: Hours) -> Entry:
    since = _("Since %(hour)s.") % {"hour": hours.stamp(one.started_at)}
    said = [since]
    kind, words = "outage", str(IMPACT_NAMES.get(Impact(one.impact), _("Outage")))
    if one.ended_at:
        kind, words = "over", _("ended")
        said = [lasted(one.started_at, one.restored_at or one.ended_at, hours)]
    elif one.state == OutageState.RESTORED and one.restored_at:
        kind, words = "restored", _("restored, being watched")
        said.append(_("Restored %(hour)s.") % {"hour": hours.at(one.restored_at)})
    elif one.forecast_at and one.forecast_at > hours.now:
        said.append(_("Expected to be restored %(hour)s.") % {"hour": hours.at(one.forecast_at)})
    if one.last_news_at and not one.ended_at:
        said.append(_("Last news to customers %(hour)s.") % {"hour": hours.at(one.last_news_at)})
    changed = max(at for at in (one.started_at, one.restored_at, one.last_news_at, one.ended_at) if at)
    return Entry(
        one.display_number, kind, words, title_of(one.public_name, one.element, _("Outage")), where_of(one.element),
        kind_of(one.element), tuple(said), changed, one.restored_at or one.ended_at,
    )  # fmt: skip


def work(one: PlannedWork, hours: Hours) -> Entry:
    said = [window(one, hours)]
    if one.expected_minutes and one.ended_at is None:
        time = lasting(one.expected_minutes * 60)
        said.append(_("Without service for up to %(time)s within the window.") % {"time": time})
    kind, words = "coming", _("announced")
    if one.state == WorkState.CANCELLED:
        kind, words = "cancelled", _("cancelled")
    elif one.ended_at:
        kind, words = "over", pgettext("planned work", "ended")
        said.append(_("Ended %(hour)s.") % {"hour": hours.at(one.ended_at)})
    elif one.overran_at:
        kind, words = "late", _("takes longer than announced")
    elif one.state == WorkState.UNDER_WAY:
        kind, words = "work", _("under way")
    known = (one.announced_at, one.started_at, one.overran_at, one.ended_at)
    changed = max(at for at in known if at)
    return Entry(
        one.display_number, kind, words, title_of(one.public_name, one.element, _("Planned work")),
        where_of(one.element), kind_of(one.element), tuple(said), changed, one.ended_at,
    )  # fmt: skip


def window(one: PlannedWork, hours: Hours) -> str:
    words = hours.window(one.starts_at, one.ends_at)
    return f"{words[:1].upper()}{words[1:]}."


def lasted(start: datetime, end: datetime, hours: Hours) -> str:
    length = lasting(max(0, round((end - start).total_seconds())))
    words = hours.window(start, end)
    return _("%(window)s: %(length)s.") % {"window": f"{words[:1].upper()}{words[1:]}", "length": length}


def title_of(names: dict[str, str], element: Element | None, otherwise: str) -> str:
    return in_active(names) or (in_active(element.public_name) if element else "") or otherwise


def where_of(element: Element | None) -> str:
    """``Cuenca, Azuay``; empty where it is of no one city."""
    city = element.city if element else None
    return f"{city.name}, {city.province}" if city else ""


def kind_of(element: Element | None) -> str:
    return str(element.get_kind_display()) if element else ""


def by_place(entries: Sequence[Entry]) -> list[Place]:
    """By city, in their order; what is of no one city comes first."""
    ordered = sorted(entries, key=lambda entry: entry.where)
    return [
        Place(where or _("Other places"), list(theirs)) for where, theirs in groupby(ordered, lambda one: one.where)
    ]


def by_day(entries: Sequence[Entry], zone: str) -> list[Day]:
    """By the day on which it was over, in the operator's zone."""

    def day(entry: Entry) -> str:
        assert entry.over_at is not None, "what is over has its hour"
        return date_format(localtime(entry.over_at, ZoneInfo(zone)), "DATE_FORMAT")

    return [Day(words, list(theirs)) for words, theirs in groupby(entries, day)]


# --- page -------------------------------------------------------------------------------------------------------------
PAGE, FEED = "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"
MOST_IN_FEED = 50

kept = CachedPage()


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is the matter now, what is coming, and the last 90 days. 404 where the operator wants no such page."""
    return answered(request, "page", PAGE, page_made)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The same as Atom, for a reader that asks by itself."""
    return answered(request, "feed", FEED, feed_made)


def answered(request: HttpRequest, what: str, kind: str, make: Callable[[], bytes]) -> HttpResponse:
    if not settings.STATUS_PAGE:
        raise Http404
    language = language_of(request)
    with translation.override(language):
        try:
            answer = kept.get(f"{what} {language}", make)
        except DatabaseError:
            return unknown(kind)
    return stamped(request, answer, kind, language)


def language_of(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


def stamped(request: HttpRequest, answer: Answer, kind: str, language: str) -> HttpResponse:
    """304 for who has it already; anybody on the way may keep it for as long as this process does."""
    has_it = answer.tag in {
        tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")
    }
    response = HttpResponse(status=304) if has_it else HttpResponse(answer.content, content_type=kind)
    response.headers["ETag"] = answer.tag
    response.headers["Cache-Control"] = f"public, max-age={SECONDS:.0f}"
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def unknown(kind: str) -> HttpResponse:
    words = _("The status cannot be read just now. Please try again in a minute, or call us.")
    plain = HttpResponse(words, content_type="text/plain; charset=utf-8", status=503)
    plain.headers["Retry-After"] = "60"
    return plain


def read() -> Status:
    """Raises Http404 in a rehearsal: nothing is declared to the public then."""
    with behind(DatabaseRole.PORTAL):
        if rehearsal.is_on():
            raise Http404
        at = now()
        return status_of(public_at(at), at)


def page_made() -> bytes:
    languages = [(code, name, code == translation.get_language()) for code, name in settings.LANGUAGES]
    return render_to_string("status/page.html", {"status": read(), "languages": languages}).encode()


def feed_made() -> bytes:
    found = read()
    address = f"{settings.PUBLIC_URL.rstrip('/')}/estado"
    title = _("%(operator)s: service status") % {"operator": found.operator}
    made = Atom1Feed(title, address, "", language=translation.get_language(), feed_url=f"{address}.atom")
    for entry in found.entries[:MOST_IN_FEED]:
        said = [part for part in (entry.where, entry.what) if part]
        made.add_item(
            title=f"{entry.title}: {entry.kind_words}",
            link=f"{address}#{entry.id}",
            description=" ".join((", ".join(said) + "." if said else "", *entry.hours)).strip(),
            unique_id=f"{address}#{entry.id}",
            unique_id_is_permalink=False,
            updateddate=entry.changed,
            pubdate=entry.changed,
        )
    return made.writeString("utf-8").encode()


urlpatterns = [
    path("", status, name="status"),
    path(".atom", feed, name="status_feed"),
]
