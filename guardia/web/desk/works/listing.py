"""Planned work (``/trabajos``) as a list and as a calendar; and a work in words: its state, its window, its turns."""

import calendar as days
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.outages import work_answers
from guardia.outages.planned_work import PlannedWork, PlannedWorkTurn, TurnKind, WorkState
from guardia.outages.planned_work_rows import last_ended_works, open_works, work_of_number, works_between
from guardia.outages.work_answers import Objection
from guardia.people.policy import Right, may
from guardia.reports.month import Month
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.shared.hour_in_words import short_date

# --- queries ----------------------------------------------------------------------------------------------------------
# What the pages of planned work read: the works themselves, their answers, who was told.
PREFIX = "tp-"
LARGEST = 2**31 - 1


def called(number: str) -> PlannedWork:
    """The work of this number, as ``TP-0042`` or its digits. Raises Http404."""
    digits = number.lower().removeprefix(PREFIX)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= LARGEST):
        raise Http404
    found = work_of_number(int(digits))
    if found is None:
        raise Http404
    return found


# --- in words ---------------------------------------------------------------------------------------------------------
TURNS: dict[str, Promise] = {
    TurnKind.DRAFTED: _("draft written"),
    TurnKind.CHANGED: _("draft changed"),
    TurnKind.ANNOUNCED: _("announced to the companies"),
    TurnKind.REMINDED: _("notified again"),
    TurnKind.AGREED: _("a company agreed"),
    TurnKind.OBJECTED: _("a company objected"),
    TurnKind.REPLIED: _("the objection was answered"),
    TurnKind.TAKEN_OUT: _("a company was removed"),
    TurnKind.PASSED_ON: _("a service passed to another company, which was told"),
    TurnKind.MOVED: _("moved"),
    TurnKind.CANCELLED: _("cancelled"),
    TurnKind.STARTED: _("begun"),
    TurnKind.OVERRAN: _("overran: it was not over at the end of its window"),
    TurnKind.OVERRUN_LIFTED: _("the overrun was lifted: it had ended in time"),
    TurnKind.ENDED: _("ended"),
}


def state_words(work: PlannedWork) -> str:
    """One word or two; what overran says so."""
    if work.overran_at and work.ended_at is None:
        return gettext("overran")
    if work.overran_at:
        return gettext("ended, late")
    return {
        WorkState.DRAFT: pgettext("planned work", "draft"),
        WorkState.ANNOUNCED: pgettext("planned work", "announced"),
        WorkState.UNDER_WAY: pgettext("planned work", "under way"),
        WorkState.ENDED: pgettext("planned work", "ended"),
        WorkState.CANCELLED: pgettext("planned work", "cancelled"),
    }[WorkState(work.state)]


def day_words(work: PlannedWork) -> str:
    return date_format(localtime(work.starts_at), pgettext("date format", "D j M Y"))


def window_words(work: PlannedWork) -> str:
    """``02:00 – 06:00``, with the day of the end where it is another one; in the operator's zone."""
    return span_words(work.starts_at, work.ends_at)


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    start, end = localtime(starts_at), localtime(ends_at)
    day = "" if start.date() == end.date() else f"{short_date(end, 'j M')} "
    return f"{start:%H:%M} – {day}{end:%H:%M}"


def turn_words(turn: PlannedWorkTurn, names: dict[int, str]) -> str:
    """What happened, to which company, why."""
    said = [str(TURNS.get(turn.moment, turn.moment))]
    if company := names.get(turn.data.get("customer", 0)):
        said.append(company)
    if turn.moment == TurnKind.MOVED:
        written = (turn.data["was_starts_at"], turn.data["was_ends_at"], turn.data["starts_at"], turn.data["ends_at"])
        was_start, was_end, start, end = (datetime.fromisoformat(one) for one in written)
        words = gettext("from %(was)s to %(is)s")
        before, after = dated(was_start, was_end), dated(start, end)
        said.append(words % {"was": before, "is": after})
    said += [turn.data[name] for name in ("why", "late_because") if turn.data.get(name)]
    return ": ".join(said)


def dated(starts_at: datetime, ends_at: datetime) -> str:
    return f"{short_date(localtime(starts_at), 'j M')} {span_words(starts_at, ends_at)}"


def turn_hour(turn: PlannedWorkTurn, now: datetime) -> str:
    return hour(turn.at, now)


# --- calendar ---------------------------------------------------------------------------------------------------------
# The month of planned work as a table of days, in the operator's zone.
AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Day:
    number: int
    words: str
    is_today: bool
    is_other: bool
    works: Sequence[dict[str, Any]]


def month_in(written: str, at: datetime) -> Month:
    """The month asked for, else that of ``at``: what is no month is left aside."""
    try:
        return Month.parse(written.strip())
    except ValueError:
        return Month.of(at)


def calendar_of(month: Month, at: datetime) -> dict[str, Any]:
    works = works_between(month.start, month.end)
    today = localtime(at).date()
    weeks = days.Calendar().monthdatescalendar(month.year, month.number)
    place = reverse("works")
    return {
        "words": date_format(date(month.year, month.number, 1), "YEAR_MONTH_FORMAT"),
        "weekdays": [str(WEEKDAYS[place]) for place in range(7)],
        "weeks": [[day_of(day, month, today, works) for day in week] for week in weeks],
        "before": f"{place}?mes={month.moved(-1)}#calendario",
        "after": f"{place}?mes={month.moved(1)}#calendario",
    }


def day_of(day: date, month: Month, today: date, works: Sequence[PlannedWork]) -> Day:
    other = day.month != month.number
    of_day = [] if other else [in_day(work, day) for work in works if is_on(work, day)]
    return Day(day.day, date_format(day, "l j"), day == today, other, of_day)


def is_on(work: PlannedWork, day: date) -> bool:
    return localtime(work.starts_at).date() <= day <= localtime(work.ends_at - AN_INSTANT).date()


def in_day(work: PlannedWork, day: date) -> dict[str, Any]:
    start, end = localtime(work.starts_at), localtime(work.ends_at)
    first = f"{start:%H:%M}" if start.date() == day else "00:00"
    last = f"{end:%H:%M}" if end.date() == day else "24:00"
    href = reverse("work", args=[work.display_number])
    return {
        "href": href,
        "number": work.display_number,
        "hours": f"{first}–{last}",
        "name": work.name,
        "state": state_words(work),
    }


# --- listing ----------------------------------------------------------------------------------------------------------
@desk_page
@require_GET
def works(request: DeskRequest) -> HttpResponse:
    """``?mes=2026-12`` chooses the month of the calendar."""
    at = now()
    context = {
        "shell": shell_for(request, at, view="works"),
        "objections": [objection_row(each, at) for each in work_answers.objections()],
        "rows": [row_of(work) for work in open_works()],
        "over": [row_of(work) for work in last_ended_works()],
        "calendar": calendar_of(month_in(request.GET.get("mes", "")[:10], at), at),
        "may_plan": may(request.user, Right.HANDLE_CASES),
    }
    return page(request, "desk/works/list.html", context)


def row_of(work: PlannedWork) -> dict[str, Any]:
    """``work`` bears its counts (``with_counts``)."""
    return {
        "href": reverse("work", args=[work.display_number]),
        "number": work.display_number,
        "name": work.name,
        "element": ", ".join(part for part in (work.element.code if work.element else "", work.carrier) if part),
        "day": day_words(work),
        "window": window_words(work),
        "touches": touches(work.service_count, work.company_count),  # type: ignore[attr-defined]
        "answers": answers(work),
        "state": state_words(work),
        "is_late": bool(work.overran_at and work.ended_at is None),
    }


def touches(services: int, companies: int) -> str:
    of_services = ngettext("%(n)d service", "%(n)d services", services) % {"n": services}
    of_companies = ngettext("%(n)d company", "%(n)d companies", companies) % {"n": companies}
    return f"{of_services}, {of_companies}"


def answers(work: PlannedWork) -> str:
    """How many companies have agreed, where that was asked, and how many have objected."""
    agreed, objected = work.agreed_count, work.objected_count  # type: ignore[attr-defined]
    said = []
    if work.needs_agreement:
        said.append(gettext("%(n)d of %(all)d agreed") % {"n": agreed, "all": work.company_count})  # type: ignore[attr-defined]
    if objected:
        said.append(ngettext("%(n)d objected", "%(n)d objected", objected) % {"n": objected})
    return ", ".join(said)


def objection_row(each: Objection, at: datetime) -> dict[str, Any]:
    href = f"{reverse('work', args=[each.work.display_number])}#compania-{each.company.pk}"
    who = ", ".join(part for part in (str(each.contact) if each.contact else "", hour(each.at, at)) if part)
    return {
        "href": href,
        "number": each.work.display_number,
        "company": each.company.name,
        "words": each.words,
        "who": who,
    }


urlpatterns = [
    path("trabajos", works, name="works"),
]
