"""What `guardia clocks due` and `between` ask: in which hours to count, which times, one pair or a file of them."""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from guardia.cli.installation import Mistake, switch_on
from guardia.cli.procedure import read
from guardia.config.languages import installed

if TYPE_CHECKING:
    from guardia.clocks.calendar import Hours
    from guardia.clocks.calendars import Announced
    from guardia.clocks.intervals import Interval
    from guardia.procedure.weekly_hours import WeeklyHours

YEARS = range(1970, 2101)
START, END, SECONDS = "start", "end", "seconds"
SHOWN = 20
DAY = 24 * 60
LANGUAGES = tuple(dict(installed()))
OPENING = re.compile(
    r"(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))?\s+"
    r"(?P<first_hour>\d{1,2}):(?P<first_minute>[0-5]\d)-(?P<last_hour>\d{1,2}):(?P<last_minute>[0-5]\d)"
)
WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def ask(args: argparse.Namespace) -> "Question":
    """The hours that the question is about. Raises Mistake naming the argument that is wrong."""
    switch_on()
    from guardia.clocks.calendars import calendar_of_days
    from guardia.procedure.weekly_hours import RestDays

    weekly, zone = hours_written(args) if args.hours else hours_of_procedure(args)
    if weekly.rest_days is RestDays.AS_USUAL:
        for given, named in ((args.rest_day, "--rest-day"), (args.rest_days, "--rest-days"), (args.canton, "--canton")):
            if given:
                raise Mistake(f"{named}: these hours count on rest days as on any other, so none changes the answer")
    question = Question(weekly, ZoneInfo(zone), calendar_of_days(weekly, zone, announced_in(args, zone)), [])
    question.waits.extend(question.wait(written) for written in args.wait)
    return question


def hours_of_procedure(args: argparse.Namespace) -> "tuple[WeeklyHours, str]":
    """The weekly hours of a procedure that are asked for, and its operator's zone. Raises Mistake."""
    from guardia.procedure.schema import ProcedureFileRefused, load

    if not args.procedure or not args.calendar:
        raise Mistake("Give the hours: --hours “mon-fri 07:30-18:00”, or --procedure FILE with --calendar NAME")
    try:
        procedure = load(read(args.procedure), str(args.procedure))
    except ProcedureFileRefused as refused:
        raise Mistake(f"this is no procedure yet:\n{refused}") from refused
    if args.calendar not in procedure.weekly_hours:
        names = ", ".join(procedure.weekly_hours)
        raise Mistake(f"--calendar: {args.procedure} has no weekly hours “{args.calendar}”. It has: {names}")
    zone = zone_of(args.zone) if args.zone else procedure.provider.zone
    return procedure.hours(args.calendar), zone


def hours_written(args: argparse.Namespace) -> "tuple[WeeklyHours, str]":
    """The hours as they were typed, closed on rest days unless said otherwise, and their zone. Raises Mistake."""
    from django.conf import settings
    from pydantic import ValidationError

    from guardia.procedure.weekly_hours import Weekday, WeeklyHours

    if args.procedure or args.calendar:
        raise Mistake("--hours: these are the hours already. Leave --procedure and --calendar out")
    days: dict[int, list[tuple[int, int]]] = {}
    for line in (part for given in args.hours for part in given.split(";") if part.strip()):
        of_week, opens, closes = opening(line)
        for weekday in of_week:
            if opens < closes:
                days.setdefault(weekday, []).append((opens, closes))
            else:  # past midnight: the rest of them is of the next day
                days.setdefault(weekday, []).append((opens, DAY))
                if closes:
                    days.setdefault((weekday + 1) % 7, []).append((0, closes))
    named = {tuple(Weekday)[weekday]: sorted(spans) for weekday, spans in days.items()}
    written = {
        day: [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans] for day, spans in named.items()
    }
    name = dict.fromkeys(LANGUAGES, "hours")
    try:
        weekly = WeeklyHours.model_validate({"name": name, "days": written, "rest_days": args.on_rest_days})
    except ValidationError as refused:
        raise Mistake("--hours: two of these hours are of the same time. Give each hour of the week once") from refused
    return weekly, zone_of(args.zone or settings.TIME_ZONE)


def opening(line: str) -> tuple[list[int], int, int]:
    """The weekdays (Monday is 0) and the two hours, in minutes, of ``mon-fri 07:30-18:00``. Raises Mistake."""
    match = OPENING.fullmatch(line.strip().lower())
    if match is None:
        raise Mistake(
            f"--hours: “{line.strip()}” is not understood. Write it as “mon-fri 07:30-18:00; sat 08:00-12:00”"
        )
    first, last = (WEEKDAYS.get(name) for name in (match["first"], match["last"] or match["first"]))
    if first is None or last is None:
        raise Mistake(f"--hours: “{line.strip()}”: the days are mon, tue, wed, thu, fri, sat and sun")
    opens, closes = (int(match[f"{end}_hour"]) * 60 + int(match[f"{end}_minute"]) for end in ("first", "last"))
    if opens >= DAY or closes > DAY or opens == closes:
        raise Mistake(f"--hours: “{line.strip()}” is no time of a day. Write two different hours from 00:00 to 24:00")
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)], opens, closes


def zone_of(named: str) -> str:
    try:
        return ZoneInfo(named).key
    except (KeyError, ValueError, OSError) as error:
        raise Mistake(f"--zone: “{named}” is no time zone. Write it as America/Guayaquil") from error


def announced_in(args: argparse.Namespace, zone: str) -> "Announced":
    """The days that were given in words and in the file, as if they had always been known. Raises Mistake."""
    from guardia.clocks.calendars import Announced, ChangeKind, Holding
    from guardia.clocks.rest_days import ZONES, RestDaysUnknown, local_day

    rests = [day(written, "--rest-day") for written in args.rest_day]
    if args.rest_days:
        rests += days_in(args.rest_days)
    works = [day(written, "--work-day") for written in args.work_day]
    if both := sorted({*rests} & {*works}):
        raise Mistake(f"--work-day: {both[0]} cannot both rest and work. Give it once")
    cantons = []
    if args.canton:
        if zone not in ZONES:
            raise Mistake(f"--canton: local days are known for Ecuador, and {zone} is none of its zones")
        try:
            cantons = [local_day(args.canton)[0]]
        except RestDaysUnknown as unknown:
            raise Mistake(f"--canton: {unknown}") from unknown
    return Announced(
        (
            *(Holding(ChangeKind.OBSERVE, canton=canton) for canton in cantons),
            *(Holding(ChangeKind.REST, day=each) for each in rests),
            *(Holding(ChangeKind.WORK, day=each) for each in works),
        )
    )


def days_in(file: Path) -> list[date]:
    """A date in each line, what follows it is not read; empty lines and those that begin with # are left out."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not written in UTF-8"
        raise Mistake(f"--rest-days: {file} cannot be read: {why}") from error
    written = ((number, line.replace(";", " ").replace(",", " ").split()) for number, line in enumerate(lines, start=1))
    return [
        day(words[0], f"--rest-days, {file}, line {number}")
        for number, words in written
        if words and not words[0].startswith("#")
    ]


def day(written: str, named: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Mistake(f"{named}: “{written}” is not a date. Write it as 2026-01-02") from error


@dataclass(frozen=True)
class Question:
    """The hours to count in, and how the times of the question are to be read."""

    weekly: "WeeklyHours"
    zone: ZoneInfo
    calendar: "Hours"
    waits: "list[Interval]"
    read: list[datetime] = field(default_factory=list)
    """Every time that was asked with, in UTC."""

    def time(self, written: str, named: str) -> datetime:
        """An instant, in UTC. Raises Mistake with the name of the argument or column."""
        try:
            read_at = datetime.fromisoformat(written.strip())
        except ValueError:
            read_at = None
        if read_at is None or len(written.strip()) <= len("2026-11-24"):
            raise Mistake(f"{named}: “{written}” is not a time. Write it as 2026-11-24T08:30 or 2026-11-24T08:30-05:00")
        if read_at.year not in YEARS:
            raise Mistake(f"{named}: “{written}” is out of reach. Write a year from {YEARS[0]} to {YEARS[-1]}")
        if read_at.tzinfo is None:
            read_at = read_at.replace(tzinfo=self.zone)
            if read_at.utcoffset() != read_at.replace(fold=1).utcoffset():
                raise Mistake(
                    f"{named}: “{written}” was skipped or came twice when the clocks of {self.zone} changed. "
                    "Write it with its offset, such as -03:00"
                )
        self.read.append(read_at.astimezone(UTC))
        return self.read[-1]

    def warn(self, *answers: datetime) -> None:
        """Say on the standard error that rest days are not known so far ahead; clocks that run count just so."""
        from guardia.clocks.rest_days import LAST_DAY, ZONES
        from guardia.procedure.weekly_hours import RestDays

        counts_them = not self.weekly.always and self.weekly.rest_days is not RestDays.AS_USUAL
        if (
            counts_them
            and self.zone.key in ZONES
            and max([*answers, *self.read]).astimezone(self.zone).date() > LAST_DAY
        ):
            words = f"rest days by law are known until {LAST_DAY}; after it the week alone counts, and what you give"
            print(words, file=sys.stderr)

    def wait(self, written: str) -> "Interval":
        begin, dots, end = written.partition("..")
        if not dots:
            raise Mistake(f"--wait: “{written}” has no end. Write its two times as A..B")
        return self.span(begin, end, ("--wait", "--wait"))

    def span(self, begin: str, end: str, names: tuple[str, str]) -> "Interval":
        start, over = self.time(begin, names[0]), self.time(end, names[1])
        if over < start:
            raise Mistake(f"{names[1]}: “{end}” is before “{begin}”. Write the earlier time first")
        return start, over

    def target(self, written: str) -> timedelta:
        """A length; an office day is as long as the open days of these hours. Raises Mistake."""
        from pydantic_core import PydanticCustomError

        from guardia.procedure.durations import office_days, parse

        days = office_days(written)
        minutes = self.weekly.minutes_of_a_day()
        if days is not None and minutes is not None:
            return timedelta(minutes=round(days * minutes))
        try:
            return parse(written)[0]
        except PydanticCustomError as refused:
            context = refused.context or {}
            raise Mistake(f"--target: {context['message']}. {context['remedy']}.") from refused

    def seconds(self, begin: str, end: str, names: tuple[str, str]) -> str:
        """Whole seconds, or with their fraction if the times have one."""
        from guardia.clocks.arithmetic import between as running_time
        from guardia.clocks.calendar import NoAnswer

        start, over = self.span(begin, end, names)
        try:
            took = running_time(start, over, self.waits, self.calendar)
        except NoAnswer as none:
            raise Mistake(f"{names[0]}: {none}") from none
        return str(took // timedelta(seconds=1)) if not took.microseconds else f"{took.total_seconds():.6f}"

    def table(self, file: Path) -> str:
        """The file with its seconds. Raises Mistake that names the row (as a spreadsheet counts) and the column."""
        (header, *rows), mark = read_csv(file)
        columns = [name.strip().lower() for name in header]
        check_columns(file, columns)
        done, wrong = [], []
        for number, row in enumerate(rows, start=2):
            try:
                done.append(self.answered(row, columns) if row else row)
            except Mistake as mistake:
                wrong.append(f"{file}, row {number}, {mistake}")
        if wrong:
            raise Mistake("\n".join(refusals(wrong)))
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=mark, lineterminator="\n").writerows([[*header, SECONDS], *done])
        return out.getvalue()

    def answered(self, row: list[str], columns: list[str]) -> list[str]:
        if len(row) != len(columns):
            raise Mistake(f"{len(row)} fields instead of {len(columns)}: write one under each name of the first row")
        begin, end = row[columns.index(START)], row[columns.index(END)]
        return [*row, self.seconds(begin, end, (f"column {START}", f"column {END}"))]


def check_columns(file: Path, columns: list[str]) -> None:
    for name in (START, END):
        if columns.count(name) != 1:
            raise Mistake(f"{file}, row 1: one column must be named “{name}”. There are: {', '.join(columns)}")
    if SECONDS in columns:
        raise Mistake(f"{file}, row 1: there is a column “{SECONDS}” already. Give it another name")


def refusals(wrong: list[str]) -> Iterator[str]:
    yield f"nothing was computed, mistakes: {len(wrong)}"
    yield from wrong[:SHOWN]
    if len(wrong) > SHOWN:
        yield f"… and {len(wrong) - SHOWN} more"


def read_csv(file: Path) -> tuple[list[list[str]], str]:
    """The rows, the names first, and the sign that parts them. Raises Mistake when there is no such file, or no row."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            text = stream.read()
        mark = ";" if ";" in text.partition("\n")[0] else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Mistake(f"{file} is not written in UTF-8. Save it as CSV UTF-8") from error
    except csv.Error as error:
        raise Mistake(f"{file} is no CSV file: {error}") from error
    if not rows:
        raise Mistake(f"{file} is empty. Its first row names the columns, {START} and {END} among them")
    return rows, mark
