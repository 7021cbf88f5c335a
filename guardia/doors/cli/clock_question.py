"""What `guardia clocks due` and `between` ask: in which hours to count, which times, one pair or a file of them."""

import argparse
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from guardia.doors.cli.house import Mistake
from guardia.doors.cli.procedure import open_words, read

if TYPE_CHECKING:
    from guardia.clocks.calendar import Hours
    from guardia.clocks.intervals import Interval
    from guardia.procedure.schema import Procedure

YEARS = range(1970, 2101)
START, END, SECONDS = "start", "end", "seconds"
SHOWN = 20


def ask(args: argparse.Namespace) -> "Question":
    """The hours that the question is about. Raises Mistake naming the argument that is wrong."""
    open_words()
    from guardia.procedure.schema import ProcedureFileRefused, load

    try:
        procedure = load(read(args.procedure), str(args.procedure))
    except ProcedureFileRefused as refused:
        raise Mistake(f"this is no procedure yet:\n{refused}") from refused
    if args.calendar not in procedure.weekly_hours:
        names = ", ".join(procedure.weekly_hours)
        raise Mistake(f"--calendar: {args.procedure} has no weekly hours “{args.calendar}”. It has: {names}")
    decreed = [day(written, "--rest-day") for written in args.rest_day]
    works = [day(written, "--work-day") for written in args.work_day]
    if both := sorted({*decreed} & {*works}):
        raise Mistake(f"--work-day: {both[0]} cannot both rest and work. Give it once")
    calendar = with_working_days(calendar_in(procedure, args.calendar, args.canton, decreed), procedure, args, works)
    question = Question(procedure, args.calendar, calendar, ZoneInfo(procedure.provider.zone), [])
    question.waits.extend(question.wait(written) for written in args.wait)
    return question


def calendar_in(procedure: "Procedure", name: str, canton: str, decreed: list[date]) -> "Hours":
    """With the rest days of Ecuador's law in Ecuador's zones; elsewhere with those that were given."""
    from guardia.clocks.calendar import calendar_of
    from guardia.clocks.rest_days import FIRST, KNOWN, LAST, ZONES, RestDaysUnknown, rest_days

    hours, zone = procedure.hours(name), procedure.provider.zone
    if zone not in ZONES:
        if canton:
            raise Mistake(f"--canton: local days are known for Ecuador, and {zone} is none of its zones")
        return calendar_of(hours, zone, decreed)
    try:
        rests = rest_days(range(FIRST, LAST + 1), canton, decreed)
    except RestDaysUnknown as unknown:
        raise Mistake(f"--canton: {unknown}") from unknown
    return calendar_of(hours, zone, {rest.day for rest in rests}, KNOWN)


def with_working_days(calendar: "Hours", procedure: "Procedure", args: argparse.Namespace, days: list[date]) -> "Hours":
    """The same calendar with days that work although they would rest. 24×7 knows none."""
    from guardia.clocks.calendar import Calendar
    from guardia.clocks.calendars import working_spans

    if not days or not isinstance(calendar, Calendar):
        return calendar
    hours = procedure.hours(args.calendar)
    spans = {each: working_spans(hours, each) for each in days}
    return replace(calendar, exceptions={**calendar.exceptions, **spans})


def day(written: str, named: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Mistake(f"{named}: “{written}” is not a date. Write it as 2026-01-02") from error


@dataclass(frozen=True)
class Question:
    """The hours to count in, and how the times of the question are to be read."""

    procedure: "Procedure"
    name: str
    calendar: "Hours"
    zone: ZoneInfo
    waits: "list[Interval]"

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
        return read_at.astimezone(UTC)

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
        minutes = self.procedure.hours(self.name).minutes_of_a_day()
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
