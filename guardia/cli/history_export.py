"""`guardia history export`: the event log of the operator or of one company, as XES, OCEL or CSV; or its archive."""

import argparse
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from guardia.cli import history_archive
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation
from guardia.cli.progress import Progress, ends_tidily
from guardia.config.languages import installed

ARCHIVE = "archive"
PARQUET = "parquet"
FORMS = ("xes", "ocel", "csv", PARQUET, ARCHIVE)
ROWS = ("event", "stage", "wait", "promise")


def add(steps: Subparsers) -> None:
    step = add_command(
        steps, "export", "write the event log of every case for process mining, or all as an archive", export
    )
    words = "XES, OCEL 2.0 (JSON), CSV, Parquet (an extra); archive: all, read without Guardia or brought in elsewhere"
    step.add_argument("--format", dest="form", choices=FORMS, required=True, help=words)
    step.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where it goes, in place of what is there"
    )
    words = "only open cases, with all their facts: as CSV a case in each row, which other tools import"
    step.add_argument("--open", dest="open_only", action="store_true", help=words)
    step.add_argument("--company", metavar="CODE", default="", help="of one company: its code, or company-N by its id")
    step.add_argument("--from", dest="first", type=day, metavar="DATE", help="cases opened on this day or later")
    step.add_argument("--to", dest="last", type=day, metavar="DATE", help="cases opened on this day or earlier")
    words = "which rows, parted by commas: event, stage, wait, promise (all)"
    step.add_argument("--rows", type=kinds_of_rows, default=ROWS, metavar="KINDS", help=words)
    words = "with names and prose too: personal data, which whoever gets the file then answers for"
    step.add_argument("--with-texts", action="store_true", help=words)
    step.add_argument("--language", choices=tuple(dict(installed())), help="of the names of activities (LANGUAGE_CODE)")


def day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written!r} is no day: write it like 2026-11-24") from None


def kinds_of_rows(written: str) -> tuple[str, ...]:
    kinds = tuple(part.strip() for part in written.split(",") if part.strip())
    if wrong := [kind for kind in kinds if kind not in ROWS]:
        raise argparse.ArgumentTypeError(f"{wrong[0]!r} is no kind of row: {', '.join(ROWS)}")
    if not kinds:
        raise argparse.ArgumentTypeError(f"name one at least: {', '.join(ROWS)}")
    return kinds


def export(args: argparse.Namespace) -> int:
    """0: the file is whole, and as the database was at one instant."""
    if not args.out.parent.is_dir():
        raise Mistake(f"{args.out.parent} is no folder: name a file in one that there is")
    if args.out.is_dir():
        raise Mistake(f"{args.out} is a folder: name a file in it")
    narrowed = args.first or args.last or args.rows != ROWS or args.open_only
    if args.form == ARCHIVE and (narrowed or args.with_texts or args.language):
        raise Mistake("An archive has everything as it is: of these words it takes --out and --company alone")
    must_be_installed(args.form)
    open_installation()
    from django.conf import settings
    from django.utils import translation

    from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
    from guardia.config.now import now
    from guardia.history.event_log import LogRequest, RowKind
    from guardia.history.event_log_file import EventLog, whole_file
    from guardia.people.audit import AuditKind, write_down

    zone = ZoneInfo(settings.TIME_ZONE)
    if args.open_only and args.form == "csv":
        return export_open_cases(args)
    with behind(DatabaseRole.STAFF):
        request = LogRequest(
            company=company_of(args.company) if args.company else None,
            opened_from=midnight(args.first, zone) if args.first else None,
            opened_before=midnight(args.last + timedelta(days=1), zone) if args.last else None,
            rows=frozenset(map(RowKind, args.rows)),
            with_texts=args.with_texts or args.open_only,
            open_only=args.open_only,
        )
        form = f"{args.form}, with texts" if request.with_texts else args.form
        about = "archive" if args.form == ARCHIVE else "event_log"
        write_down(AuditKind.EXPORTED, at=now(), about=about, key=request.company or "", form=form)
    if args.form == ARCHIVE:
        return history_archive.export(args.out, request.company)
    with (
        translation.override(args.language or settings.LANGUAGE_CODE),
        as_at_one_instant(DatabaseRole.WORKER),
        ends_tidily(),
        whole_file(args.out) as file,
    ):
        log = EventLog(request, args.form)
        with Progress("cases written", log.total) as progress:
            log.write(file, progress.step)
    print(f"{progress.done} cases, {log.events} events, {log.rows} rows in {args.out}")
    return 0


def export_open_cases(args: argparse.Namespace) -> int:
    """The open cases as a table; narrowed by nothing. Raises Mistake where something would narrow them."""
    from django.conf import settings
    from django.utils import translation

    from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
    from guardia.config.now import now
    from guardia.history.event_log_file import whole_file
    from guardia.history.open_file import write_open_cases
    from guardia.people.audit import AuditKind, write_down

    if args.company or args.first or args.last or args.rows != ROWS:
        raise Mistake(
            "--open as CSV has every open case, one in each row: leave --company, --from, --to and --rows out"
        )
    with behind(DatabaseRole.STAFF):
        write_down(AuditKind.EXPORTED, at=now(), about="open_cases", form="csv")
    with (
        translation.override(args.language or settings.LANGUAGE_CODE),
        as_at_one_instant(DatabaseRole.WORKER),
        ends_tidily(),
        whole_file(args.out) as file,
        Progress("cases written", 0) as progress,
    ):
        count = write_open_cases(file, progress.step)
    print(f"{count} open cases in {args.out}")
    return 0


def must_be_installed(form: str) -> None:
    """Raises Mistake where the library of this format is not there."""
    from guardia.history.event_log_parquet import is_there

    if form == PARQUET and not is_there():
        raise Mistake(
            "Parquet needs pyarrow, which is an extra of 170 MB: pip install 'guardia[parquet]', or uv sync --extra "
            "parquet. Without it: --format csv"
        )


def midnight(at: date, zone: ZoneInfo) -> datetime:
    """The beginning of this day in the operator's zone, in UTC."""
    return datetime.combine(at, time(), zone).astimezone(UTC)


def company_of(code: str) -> int:
    """The id of the company of this code. Raises Mistake."""
    from guardia.history.event_log_things import company_of_code

    found = company_of_code(code)
    if found is None:
        raise Mistake(f"No company has the code {code!r}: it is the one of the import of companies, or company-N")
    return found
