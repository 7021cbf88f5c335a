"""Every call that ever came in, the latest first: by number, company, line, day and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.calls.call import Call, LeftAs, Measure
from guardia.cases.call_rows import calls_matching, has_calls_before, last_of
from guardia.config.now import now
from guardia.customers import lookup
from guardia.customers.phones import NotANumber, normalise, spoken
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.reports.reception_report import Length, Span, promise_of
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.phone.calls import LineNames, line_names
from guardia.web.desk.reports.reception_spreadsheet import waited
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import seen_in_bulk
from guardia.web.shared.hour_fields import day_of_filter

# --- what the address asks for ----------------------------------------------------------------------------------------
# What the address of the history asks for. A filter that is not understood says what to write.
FILTERS = ("numero", "compania", "linea", "dia", "resultado")
LONGEST = 80
NO_LINE = "-"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cursor:
    """Where the page before ended: the arrival and id of its last call. Calls after it are older, or lower by id."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.pk}"

    @classmethod
    def parse(cls, written: str) -> "Cursor | None":
        at, _dash, pk = written.partition("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (at, pk)):
            return None
        try:
            return cls(EPOCH + int(at) * MICROSECOND, min(int(pk), LARGEST_ID))
        except OverflowError:
            return None


@dataclass(frozen=True)
class CallFilters:
    """``number``: as the table keeps it; ``company``: an id, or words of a name. ``mistakes``: by field."""

    number: str = ""
    company: str = ""
    line: str | None = None
    day: date | None = None
    result: str = ""
    before: Cursor | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_filtered(self) -> bool:
        return any(self.typed.values())

    @property
    def is_narrow(self) -> bool:
        """Whether an index finds its calls: then no part of the past is left out."""
        return bool(self.number or self.company or self.day)

    def href(self, before: Cursor | None = None) -> str:
        asked = {name: words for name, words in self.typed.items() if words}
        query = urlencode({**asked, **({"antes": str(before)} if before else {})})
        return f"{reverse('call_history')}?{query}" if query else reverse("call_history")


def filters_in(query: Mapping[str, str], results: Mapping[str, object]) -> CallFilters:
    """``numero``, ``compania``, ``linea``, ``dia``, ``resultado``, ``antes``."""
    typed = {name: query.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FILTERS}
    day = day_of_filter(typed["dia"])
    mistakes = {}
    if typed["dia"] and day is None:
        mistakes["dia"] = _("That is not a day. Write one such as 25/11, today or mon.")
    if typed["resultado"] and typed["resultado"] not in results:
        mistakes["resultado"] = _("Choose one from the list.")
    return CallFilters(
        number=number_in(typed["numero"]),
        company=typed["compania"],
        line="" if typed["linea"] == NO_LINE else typed["linea"] or None,
        day=day,
        result=typed["resultado"] if "resultado" not in mistakes else "",
        before=Cursor.parse(query.get("antes", "")),
        typed=typed,
        mistakes=mistakes,
    )


def number_in(written: str) -> str:
    """The number as calls keep it: with its country; what has none (an extension) as it was written."""
    try:
        return normalise(written) if written else ""
    except NotANumber:
        return written


# --- queries ----------------------------------------------------------------------------------------------------------
# The calls of one page of the history, found by index: fifty, and never the whole past.
# A filter that an index finds (a number, a company, a day) is asked of all calls. Any other looks through one stretch
# of days at a time: a rare result years ago costs a page more, not a scan of the table.
PAGE = 50
STRETCH = timedelta(days=31)
MOST_COMPANIES = 50


@dataclass(frozen=True)
class Found:
    """``older``: where the next page begins; ``looked_until``: how far back was looked, where that was not all."""

    calls: list[Call]
    older: Cursor | None
    looked_until: datetime | None = None


def calls_of(asked: CallFilters, at: datetime) -> Found:
    """The calls that are asked for, the latest first, before ``asked.before``; ``at`` is now (UTC)."""
    since = None
    if not asked.is_narrow and (asked.line is not None or asked.result):
        since = (asked.before.at if asked.before else at) - STRETCH
    found = calls_matching(
        result=asked.result,
        number=asked.number,
        companies=companies(asked.company) if asked.company else None,
        line=asked.line,
        between=whole(asked.day) if asked.day else None,
    )
    before = (asked.before.at, asked.before.pk) if asked.before else None
    rows = last_of(found, PAGE + 1, before=before, since=since)
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        return Found(rows[:PAGE], Cursor(last.arrived_at, last.pk))
    if since and has_calls_before(since):
        return Found(rows, Cursor(since, 0), since)
    return Found(rows, None)


def whole(day: date) -> tuple[datetime, datetime]:
    """The first and the last instant of a day in the operator's zone."""
    span = Span.of(Length.DAY, day)
    return span.start, span.end - timedelta(microseconds=1)


def companies(written: str) -> list[int]:
    """By id, where the address was made by a link; else by words of the name."""
    if written.isascii() and written.isdigit() and len(written) < 19:
        return [min(int(written), LARGEST_ID)]
    return lookup.ids_found_by(written, MOST_COMPANIES)


# --- rows -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PastCall:
    """``is_bad``: the minute was missed, or somebody is owed a call-back; ``doubt``: why its wait is not exact."""

    href: str
    day: str
    hour: str
    number: str
    who: str
    company_href: str
    vip: bool
    line: str
    desk: str
    result: str
    is_bad: bool
    wait: str
    doubt: str
    by: str
    case_number: int | None
    case_words: str


def rows_of(calls: Iterable[Call], names: LineNames, at: datetime) -> list[PastCall]:
    return [row_of(call, names, at) for call in calls]


def row_of(call: Call, names: LineNames, at: datetime) -> PastCall:
    local, wait = localtime(call.arrived_at), wait_of(call, at)
    is_late = is_past(call, wait)
    return PastCall(
        href=reverse("call", args=[call.pk]),
        day=date_format(local, "D j/m/Y"),
        hour=date_format(local, "H:i:s"),
        number=spoken(call.from_number) if call.from_number else _("no number"),
        who=who_of(call),
        company_href=reverse("company", args=[call.customer_id]) if call.customer_id else "",
        vip=bool(call.customer and call.customer.vip),
        line=names.name(call.line),
        desk=names.desk(call.desk),
        result=result_of(call, is_late),
        is_bad=is_late or call.is_owed_a_call_back,
        wait=waited(wait),
        doubt=doubt_of(call),
        by=call.answered_by.name if call.answered_by else call.answered_as,
        case_number=call.case.number if call.case else None,
        case_words=call.case.display_number if call.case else "",
    )


def who_of(call: Call) -> str:
    """Company and person; else the name that the exchange announced."""
    known = [call.customer.name if call.customer else "", str(call.contact) if call.contact else call.from_name]
    return " · ".join(filter(None, known))


def wait_of(call: Call, at: datetime) -> float | None:
    """Seconds from when it waited for a desk until an answer, its end, or ``at`` (UTC). None: it never waited."""
    over = call.abandoned_at or call.answered_at or call.ended_at or call.settled_at or at
    return (over - call.waiting_at).total_seconds() if call.waiting_at else None


def is_past(call: Call, wait: float | None) -> bool:
    """Whether it is known that somebody waits or waited for a desk longer than the minute that was promised (P1)."""
    target, at_most = promise_of(call.procedure_version_id)
    is_promised = call.measure != Measure.GAP and call.left_as not in {LeftAs.IN_MENU, LeftAs.TURNED_AWAY}
    return is_promised and wait is not None and (wait > target or (not at_most and wait == target))


def result_of(call: Call, is_late: bool) -> str:
    if call.abandoned_at or call.left_as:
        how = lost_words().get(call.left_as or LeftAs.ABANDONED, call.left_as)
        if call.reached_at:
            return _("%(how)s, called back") % {"how": how}
        return _("%(how)s, call-back pending") % {"how": how} if call.is_owed_a_call_back else how
    if call.lost_again_at and not call.reached_at:
        return _("answered, transferred, and hung up while waiting")
    if call.answered_at:
        return _("answered after the minute") if is_late else pgettext("call", "answered")
    if call.settled_at or call.ended_at:
        return _("closed without an answer on record")
    return _("still waiting, past the minute") if is_late else _("still waiting")


def lost_words() -> dict[str, str]:
    return {
        LeftAs.ABANDONED: _("hung up while waiting"),
        LeftAs.IN_MENU: _("hung up in the menu"),
        LeftAs.TIMED_OUT: _("timed out in the queue"),
        LeftAs.TURNED_AWAY: _("refused by the exchange"),
        LeftAs.RESTARTED: _("cut by a restart of the exchange"),
        LeftAs.UNSEEN: _("ended while the exchange was disconnected"),
    }


def doubt_of(call: Call) -> str:
    words = {
        Measure.RECEIPT: _("by time of receipt"),
        Measure.LOG: _("by its log, afterwards"),
        Measure.HAND: _("by hand"),
        Measure.GAP: _("not measured"),
    }
    return words.get(Measure(call.measure), "")


def result_names() -> dict[str, str]:
    """The results that can be asked for, by the word of the address."""
    return {
        "contestada": pgettext("call", "answered"),
        "colgo": _("hung up while waiting"),
        "menu": _("hung up in the menu"),
        "cola": _("timed out in the queue"),
        "rechazada": _("refused by the exchange"),
        "por-devolver": _("owed a call-back"),
        "en-espera": _("still waiting"),
        "fuera-de-horario": _("After hours"),
        "sin-medir": _("not measured"),
        "sin-caso": _("answered, without a case"),
    }


# --- views ------------------------------------------------------------------------------------------------------------
# The history of calls on the screen: filters in the address, fifty a page.
BULK = 25
"""So many rows of one page are more than somebody looks for by name."""
TEMPLATE = "desk/call_history/history.html"


@needs(Right.SEE_DESK)
def call_history(request: HttpRequest) -> HttpResponse:
    at = now()
    names, results = line_names(at), result_names()
    asked = filters_in(request.GET, results)
    context: dict[str, Any] = {
        "shell": shell_for(request, at, view="calls"),
        "asked": asked,
        "company": company_words(asked),
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "results": results.items(),
    }
    if asked.mistakes:
        return page(request, TEMPLATE, context, status=422)
    found = calls_of(asked, at)
    if len(found.calls) >= BULK:
        seen_in_bulk(request, "call_history", rows=len(found.calls))
    context |= {
        "rows": rows_of(found.calls, names, at),
        "is_searched": True,
        "older": asked.href(found.older) if found.older else "",
        "looked_until": date_format(localtime(found.looked_until), "j/m/Y") if found.looked_until else "",
    }
    return page(request, TEMPLATE, context)


def company_words(asked: CallFilters) -> str:
    """The name of the company that a link asked for by its id; else what was typed."""
    if not (asked.company.isascii() and asked.company.isdigit() and len(asked.company) < 19):
        return asked.company
    return lookup.company_name(int(asked.company)) or asked.company


urlpatterns = [path("llamadas/historial", call_history, name="call_history")]
