"""What the address of the reception report asks for: a day, week or month, perhaps one desk, perhaps one line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.reception_report import AskedLines
from guardia.cases.reception_report_span import Length, Span
from guardia.web.desk.reports.asking import NotUnderstood

LENGTHS = {"dia": Length.DAY, "semana": Length.WEEK, "mes": Length.MONTH}
WORDS = {length: word for word, length in LENGTHS.items()}
LONGEST_LINE = 40
NO_LINE = "-"
"""How the address asks for the calls whose line nobody knows."""


def asked_by(query: Mapping[str, str], at: datetime, desks: Mapping[str, str]) -> AskedLines:
    """``periodo`` (dia, semana, mes), ``dia``, ``area``, ``linea``; without a day the one of ``at``. Raises
    NotUnderstood, which says what to write."""
    desk = query.get("area", "")
    if desk and desk not in desks:
        raise NotUnderstood(_("That desk is not known. Choose one of the list."))
    return AskedLines(span_in(query, at), desk, line_in(query.get("linea", "")))


def span_in(query: Mapping[str, str], at: datetime) -> Span:
    length = LENGTHS.get(query.get("periodo", "") or "semana")
    if length is None:
        raise NotUnderstood(_("Choose a day, a week or a month."))
    written = query.get("dia", "").strip()
    if not written:
        return Span.around(length, at)
    try:
        return Span.of(length, date.fromisoformat(written))
    except ValueError:
        raise NotUnderstood(_("That is no day. Write year, month and day, like 2026-11-25.")) from None


def line_in(written: str) -> str | None:
    if len(written) > LONGEST_LINE or "\0" in written:
        raise NotUnderstood(_("That line is not known. Choose one of the list."))
    return "" if written == NO_LINE else written or None


def href(asked: AskedLines, *, page: str = "reception_report", **changes: object) -> str:
    """The address of this report with some filters changed."""
    wanted = replace(asked, **changes)  # type: ignore[arg-type]
    line = NO_LINE if wanted.line == "" else wanted.line
    day = wanted.span.first.isoformat()
    filters = {"periodo": WORDS[wanted.span.length], "dia": day, "area": wanted.desk, "linea": line}
    return f"{reverse(page)}?{urlencode({name: value for name, value in filters.items() if value})}"
