"""Which pictures the panorama has, and how each is drawn from its figures."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.core.cache import cache
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from guardia.config import asking
from guardia.procedure.vocabulary import ClockKind
from guardia.reports import panorama, promises, service_days
from guardia.reports.availability import ServiceMonth
from guardia.reports.panorama import AGES, Hour
from guardia.reports.promises import Line
from guardia.web.desk.panorama.picture import Cell, Picture, behind, count, lasting, named
from guardia.web.desk.reports.promised import names_of, percent
from guardia.web.shared import drawing
from guardia.web.shared.drawing import Mark
from guardia.web.shared.hour_in_words import short_date

SECONDS = 60
"""So long a picture stands before it is counted anew: nobody waits for the same question twice in a minute."""
DASH = "–"
NOTHING = gettext_lazy("Nothing to draw yet: it fills by itself as cases are registered at the desk.")


def picture_of(key: str, at: datetime) -> Picture:
    """One picture as it stands at ``at`` (UTC), in the active language. Raises KeyError."""
    make = PICTURES[key]
    name = f"panorama:{asking.login()}:{key}:{get_language()}:{int(at.timestamp()) // SECONDS}"
    found = cache.get(name)
    if found is None:
        found = make(at)
        cache.set(name, found, SECONDS)
    return found


def pictures_of(at: datetime) -> list[Picture]:
    return [picture_of(key, at) for key in PICTURES]


# --- hours ------------------------------------------------------------------------------------------------------------
def open_cases(at: datetime) -> Picture:
    says = _("Cases open at the end of each hour, next to the same weekday a week earlier.")
    return of_hours(at, "abiertos", _("Open cases by hour"), says, lambda hour: hour.open)


def calls(at: datetime) -> Picture:
    says = _("Calls received in each hour, next to the same weekday a week earlier.")
    return of_hours(at, "llamadas", _("Calls by hour"), says, lambda hour: hour.calls)


def of_hours(at: datetime, key: str, title: str, says: str, value: Callable[[Hour], int | None]) -> Picture:
    today = panorama.day_of(at)
    before = panorama.by_hour(today - timedelta(weeks=1), at)
    hours = panorama.by_hour(today, at)
    groups, rows = [], []
    for place, (then, now) in enumerate(zip(before, hours, strict=True)):
        word = f"{place:02}"
        marks = [mark_of_hour(key, then, value(then), at, is_today=False), mark_of_hour(key, now, value(now), at)]
        groups.append((word, [mark for mark in marks if mark]))
        rows.append([named(f"{word}:00"), *(cell_of_hour(key, each, value(each), at) for each in (then, now))])
    drawn = drawing.columns(groups, says)
    head = (_("Hour"), short_date(today - timedelta(weeks=1), "D j M"), short_date(today, "D j M"))
    nothing = not any(value(hour) for hour in (*before, *hours))
    return Picture(key, title, says, head, rows, None if nothing else drawn, str(NOTHING))


def href_of_hour(key: str, hour: Hour, at: datetime) -> str:
    instant = min(hour.end, at) if key == "abiertos" else hour.start
    return behind(key, en=int(instant.timestamp()))


def mark_of_hour(key: str, hour: Hour, value: int | None, at: datetime, *, is_today: bool = True) -> Mark | None:
    """None where the hour has not come; drawn at a place of its own all the same, so that the pairs stay pairs."""
    if value is None:
        return Mark(0, "")
    words = f"{short_date(hour.start.astimezone(panorama.zone()), 'D j M H:i')}: {value}"
    label = str(value) if is_today and value else ""
    return Mark(value, words, href_of_hour(key, hour, at) if value else "", "today" if is_today else "before", label)


def cell_of_hour(key: str, hour: Hour, value: int | None, at: datetime) -> Cell:
    return Cell(None, DASH) if value is None else count(value, href_of_hour(key, hour, at))


# --- promises ---------------------------------------------------------------------------------------------------------
def promises_kept_by_week(at: datetime) -> Picture:
    weeks = panorama.weeks_until(at)
    lines = promises.by_kind_and_week(panorama.midnight(weeks[0]), at, at)
    found = {(line.kind, line.month): line for line in lines if line.judged}
    kinds = [kind for kind in ClockKind if any(kind == line.kind for line in found.values())]
    marks, rows = [], []
    for kind in kinds:
        name = ": ".join(names_of(kind))
        cells = [found.get((kind, week.isoformat())) for week in weeks]
        marks.append((name, [week_mark(name, kind, week, line) for week, line in zip(weeks, cells, strict=True)]))
        rows.append([named(name), *(week_cell(kind, week, line) for week, line in zip(weeks, cells, strict=True))])
    says = _("Kept out of those decided in each week (from Monday), by stage and promise, as the report counts them.")
    heads = [short_date(week, "j M") for week in weeks]
    drawn = drawing.cells(heads, marks, says) if marks else None
    return Picture("plazos", _("Kept by stage and week"), says, (_("Promise"), *heads), rows, drawn, str(NOTHING))


def week_href(kind: ClockKind, week: date) -> str:
    return behind("plazo", plazo=kind.value, semana=week.isoformat())


def week_mark(name: str, kind: ClockKind, week: date, line: Line | None) -> Mark:
    if line is None:
        return Mark(0, f"{name}, {short_date(week, 'j M')}: {DASH}", label=DASH)
    facts = {"name": name, "week": short_date(week, "j M"), "kept": line.kept, "judged": line.judged}
    words = _("%(name)s, week of %(week)s: %(kept)d of %(judged)d kept") % facts
    share = line.ratio or 0
    tone = "good" if share == 1 else "soon" if share >= 0.95 else "late"
    return Mark(share, f"{words} ({percent(line)})", week_href(kind, week), tone, percent(line))


def week_cell(kind: ClockKind, week: date, line: Line | None) -> Cell:
    if line is None or line.ratio is None:
        return Cell(None, DASH)
    return Cell(float(line.ratio), f"{percent(line)} ({line.kept}/{line.judged})", week_href(kind, week))


# --- open cases -------------------------------------------------------------------------------------------------------
def age(at: datetime) -> Picture:
    counts = panorama.by_age(at)
    names = age_names()
    tones = ("good", "good", "soon", "urgent", "late", "late")
    bars, rows = [], []
    for place, (name, number) in enumerate(zip(names, counts, strict=True)):
        href = behind("edad", tramo=place)
        bars.append((name, [Mark(number, f"{name}: {number}", href, tones[place], str(number))]))
        rows.append([named(name), count(number, href)])
    says = _("How long the cases that are open now have been open, waits included.")
    drawn = drawing.bars(bars, says) if sum(counts) else None
    return Picture("edad", _("Age of open cases"), says, (_("Age"), _("Cases")), rows, drawn, str(NOTHING))


def age_names() -> list[str]:
    ends = [_("%d h") % hours if hours < 72 else _("%d days") % (hours // 24) for hours in AGES]
    between = [_("%(from)s to %(to)s") % {"from": a, "to": b} for a, b in pairwise(ends)]
    return [_("under %s") % ends[0], *between, _("over %s") % ends[-1]]


def load(at: datetime) -> Picture:
    found = panorama.by_engineer(at)
    bars, rows = [], []
    for one in found:
        name = one.name or _("Not assigned")
        late, rest = behind("carga", ingeniero=one.staff_id, vencidos=1), behind("carga", ingeniero=one.staff_id)
        total = f"{one.late + one.rest} ({one.late})" if one.late else str(one.rest)
        late_words, rest_words = _("with an overdue promise"), _("within their promises")
        bars.append(
            (
                name,
                [
                    Mark(one.late, f"{name}, {late_words}: {one.late}", late, "late"),
                    Mark(one.rest, f"{name}, {rest_words}: {one.rest}", rest, "", total),
                ],
            )
        )
        rows.append([named(name), count(one.late, late), count(one.rest, rest)])
    says = _("Cases that each person has assigned now; red, and in brackets: those with an overdue promise.")
    drawn = drawing.bars(bars, says) if bars else None
    head = (_("Engineer"), _("Overdue promise"), _("Others"))
    return Picture("carga", _("Load per engineer"), says, head, rows, drawn, str(NOTHING))


def shift_load(at: datetime) -> Picture:
    changes, found = panorama.changes_of_shift(), panorama.by_shift(at)
    bars, rows = [], []
    for place, number in found.items():
        name = f"{changes[place]} {DASH} {changes[(place + 1) % len(changes)]}"
        href = behind("turno", turno=place)
        bars.append((name, [Mark(number, f"{name}: {number}", href, "", str(number))]))
        rows.append([named(name), count(number, href)])
    says = _("Incidents opened in the last four weeks, by the shift in which they were opened.")
    drawn = drawing.bars(bars, says) if sum(found.values()) else None
    return Picture("turnos", _("Load per shift"), says, (_("Shift"), _("Incidents")), rows, drawn, str(NOTHING))


# --- availability -----------------------------------------------------------------------------------------------------
HOUR = 3600
SHAPES = ((4 * HOUR, "●", "late"), (HOUR, "◐", "urgent"), (1, "○", "soon"), (0, "·", ""))
"""From how many seconds of affected time on a day has which shape and colour."""


def availability(at: datetime) -> Picture:
    found = service_days.calendar(at)
    marks, rows = [], []
    for one in found.services:
        name = one.service.circuit
        drawn_days = list(zip(found.days, one.days, strict=True))
        marks.append((name, [day_mark(name, one.service.pk, day.day, month) for day, month in drawn_days]))
        rows.append(
            [
                Cell(name, f"{name} · {one.service.customer.name}"),
                *(day_cell(one.service.pk, day.day, month) for day, month in drawn_days),
            ]
        )
    heads = [date_format(day.day, "j") for day in found.days]
    says = _(
        "Affected time of the services that failed most often in four weeks: · none, ○ under an hour, ◐ one to four "
        "hours, ● more."
    )
    if found.affected > len(found.services):
        more = found.affected - len(found.services)
        says += " " + ngettext("%(n)d more service failed.", "%(n)d more services failed.", more) % {"n": more}
    head = (_("Service"), *(short_date(day.day, "j M") for day in found.days))
    drawn = drawing.cells(heads, marks, says) if marks else None
    nothing = _("No service was affected in these four weeks.")
    return Picture("disponibilidad", _("Availability day by day"), says, head, rows, drawn, nothing)


def day_mark(name: str, service: int, day: date, month: ServiceMonth) -> Mark:
    down = month.figures.down
    shape, tone = next((shape, tone) for least, shape, tone in SHAPES if down >= least)
    facts = {"name": name, "day": short_date(day, "j M"), "percent": number_format(month.figures.percent, 3)}
    words = _("%(name)s, %(day)s: %(percent)s %% available") % facts
    words += f", {lasting(down)}" if down else ""
    return Mark(down, words, day_href(service, day) if month.shares else "", tone, shape)


def day_cell(service: int, day: date, month: ServiceMonth) -> Cell:
    words = f"{number_format(month.figures.percent, 3)} %"
    return Cell(f"{month.figures.percent}", words, day_href(service, day) if month.shares else "")


def day_href(service: int, day: date) -> str:
    return behind("servicio", servicio=service, dia=day.isoformat())


# --- what fails again -------------------------------------------------------------------------------------------------
def causes(at: datetime) -> Picture:
    bars, rows, so_far = [], [], 0
    for one in panorama.causes(at):
        so_far += one.cases
        name = one.words[:1].upper() + one.words[1:] or _("nobody wrote it")
        share = f"{number_format(100 * so_far / one.of, 0)} %"
        href = behind("causa", causa=one.key)
        words = _("%(cause)s: %(n)d cases, %(share)s with those before it") % {
            "cause": name,
            "n": one.cases,
            "share": share,
        }
        bars.append((name, [Mark(one.cases, words, href, "", f"{one.cases} · {share}")]))
        rows.append([named(name), count(one.cases, href), Cell(so_far / one.of, share)])
    says = _(
        "Faults as the engineers wrote them, from incidents closed in four weeks, most frequent first; the "
        "share is cumulative."
    )
    head = (_("Fault"), _("Cases"), _("Cumulative share"))
    return Picture(
        "causas", _("Causes (Pareto)"), says, head, rows, drawing.bars(bars, says) if bars else None, str(NOTHING)
    )


def sites(at: datetime) -> Picture:
    bars, rows = [], []
    for one in panorama.sites_again(at):
        name, href = f"{one.site}, {one.city}", behind("sede", sede=one.site_id)
        bars.append((name, [Mark(one.cases, f"{name} ({one.company}): {one.cases}", href, "", str(one.cases))]))
        rows.append([named(name), named(one.company), count(one.cases, href)])
    says = _("Sites with three or more incidents in thirty days (P7), those with most first.")
    head = (_("Site"), _("Company"), _("Incidents"))
    nothing = _("No site failed three times in thirty days.")
    return Picture(
        "sedes", _("Sites with recurring faults"), says, head, rows, drawing.bars(bars, says) if bars else None, nothing
    )


def time_to_restore(at: datetime) -> Picture:
    found = panorama.mean_time_to_restore(at)
    points: list[tuple[str, Mark | None]] = []
    rows: list[Sequence[Cell]] = []
    for week in panorama.weeks_until(at):
        word, one = short_date(week, "j M"), found.get(week)
        if one is None:
            points.append((word, None))
            rows.append([named(word), Cell(None, DASH), Cell(None, DASH)])
            continue
        href, mean = behind("reposicion", semana=week.isoformat()), lasting(one.seconds)
        words = ngettext("%(week)s: %(mean)s, of %(n)d incident", "%(week)s: %(mean)s, of %(n)d incidents", one.cases)
        words %= {"week": word, "mean": mean, "n": one.cases}
        points.append((word, Mark(one.seconds, words, href, "today", mean)))
        rows.append([named(word), Cell(timedelta(seconds=round(one.seconds)), mean), count(one.cases, href)])
    says = _(
        "MTTR: mean affected time (P7) of the incidents closed in each week; waits and planned work are "
        "excluded as in their reports."
    )
    head = (_("Week of"), "MTTR", _("Incidents"))
    return Picture(
        "reposicion", _("MTTR by week"), says, head, rows, drawing.line(points, says) if found else None, str(NOTHING)
    )


PICTURES: dict[str, Callable[[datetime], Picture]] = {
    "abiertos": open_cases,
    "llamadas": calls,
    "plazos": promises_kept_by_week,
    "disponibilidad": availability,
    "edad": age,
    "reposicion": time_to_restore,
    "causas": causes,
    "sedes": sites,
    "carga": load,
    "turnos": shift_load,
}
"""In the order of the page."""
