"""The numbers of the lines in words: what became of the calls, how their hours are known, percents and waits."""

from datetime import timedelta
from math import ceil, floor

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from guardia.cases.reception_report import Lines
from guardia.cases.reception_report_span import Length, Span
from guardia.web.desk.shown.clock import written

EXACT_SECONDS = 600
"""Waits shorter than this are written with their tenths."""


def parts_of(lines: Lines) -> list[tuple[str, int, str]]:
    """What became of the calls: name, how many, what it means. They sum to the calls."""
    return [
        (_("answered within the minute"), lines.kept, ""),
        (_("answered later"), lines.late, ""),
        (_("answered, no wait was seen"), lines.direct, _("the call went to a person without waiting in line")),
        *lost_parts(lines),
        (_("closed without an answer on record"), lines.unanswered, _("somebody settled it at the desk")),
        (_("still waiting"), lines.waiting, past(lines.waiting_late)),
        (_("not measured"), lines.not_measured, _("the exchange was not heard and left no log: not counted as kept")),
    ]


def lost_parts(lines: Lines) -> list[tuple[str, int, str]]:
    after = past(lines.lost_late)
    return [
        (_("hung up while waiting"), lines.abandoned, after),
        (_("hung up in the menu"), lines.in_menu, _("no desk was chosen yet: no minute ran")),
        (_("given up by the queue"), lines.timed_out, ""),
        (_("turned away"), lines.turned_away, _("desk closed, queue full, or nobody signed in")),
        (_("cut by a restart of the exchange"), lines.restarted, ""),
    ]


def past(count: int) -> str:
    return _("%d after the minute") % count if count else ""


def measured(lines: Lines) -> list[tuple[str, int, str]]:
    """Where the hours come from: name, how many calls, what it means. They sum to the calls."""
    doubt = _("to the second; %d so near to the minute that either is possible") % lines.doubtful
    marked = lines.by_receipt + lines.by_log + lines.by_hand
    exactly = lines.calls - marked - lines.not_measured
    return [
        (_("by the exchange's own hours"), exactly, _("to the millisecond")),
        (_("by receipt"), lines.by_receipt, _("the exchange says no hour: when its message came in")),
        (_("by its log, afterwards"), lines.by_log, doubt if lines.doubtful else _("to the second")),
        (_("by hand"), lines.by_hand, _("when somebody at the desk pressed")),
        (_("not measured"), lines.not_measured, _("nobody saw it")),
    ]


def span_words(span: Span) -> str:
    if span.length is Length.MONTH:
        return date_format(span.first, _("F Y"))
    if span.length is Length.DAY:
        return date_format(span.first, "D j/m/Y")
    last = span.days[-1]
    return _("%(from)s to %(to)s") % {"from": date_format(span.first, "j/m"), "to": date_format(last, "j/m/Y")}


def percent(ratio: float | None) -> str:
    """Rounded down: a hundred is said only when every minute was kept."""
    if ratio is None:
        return "–"
    return f"{number_format(floor(ratio * 1000 + 1e-9) / 10, 1, use_l10n=True)}\u00a0%"


def waited(seconds: float | None) -> str:
    """``1:00.1``, rounded up to a tenth, so that a wait past the minute never reads as the minute itself."""
    if seconds is None:
        return "–"
    tenths = ceil(round(seconds * 10, 5))
    if tenths >= EXACT_SECONDS * 10:
        return written(timedelta(seconds=tenths // 10), loose=True)
    part = number_format(tenths % 600 / 10, 1, use_l10n=True)
    return f"{tenths // 600}:{part if tenths % 600 >= 100 else f'0{part}'}"
