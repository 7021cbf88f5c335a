"""`guardia history import`: the closed cases of a former tool come in; and the mappings that Guardia has."""

import argparse
import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli import history_archive
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation, switch_on
from guardia.cli.progress import Progress, ends_tidily

if TYPE_CHECKING:
    from guardia.history.bringing import Brought
    from guardia.history.former_case import FormerCase, Trouble
    from guardia.history.importing import HistoryFile
    from guardia.history.mapping import Mapping

SHOWN = 10


def add(steps: Subparsers) -> None:
    words = "bring closed cases in, with all that happened to them; a repeat adds what is not there yet"
    step = add_command(steps, "import", words, bring)
    step.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV, a workbook, XES or JSON; also .gz")
    words = "the name of a tool, or a file (docs/history.md); an archive of Guardia needs none"
    step.add_argument("--mapping", metavar="NAME", default="", help=words)
    step.add_argument("--dry-run", action="store_true", help="only say what would come in, and what is wrong")
    step.add_argument("--show", type=int, default=SHOWN, metavar="N", help="of a dry run: show so many cases (10)")
    words = "also bring in what is still open, its promises counting from now or from its opening; else it is left out"
    step.add_argument("--open", choices=("now", "opening"), dest="counts_from", help=words)
    words = "of open cases: whether their companies are told once, by mail (nobody)"
    step.add_argument("--tell", choices=("nobody", "once"), default="nobody", help=words)
    words = "the folder or the ZIP in which the attachments lie that the rows name"
    step.add_argument("--attachments", type=Path, metavar="PLACE", help=words)
    step.add_argument("--troubles", type=Path, metavar="CSV", help="write every row and column that is wrong into it")
    words = "of an archive: leave the proof of each case's history for afterwards"
    step.add_argument("--prove-later", action="store_true", help=words)
    words = "print a mapping for a file, from its heading and its first rows, to be looked through"
    step = add_command(steps, "propose", words, propose)
    step.add_argument("file", type=Path, metavar="FILE", help="the export of a former tool")
    add_command(steps, "mappings", "list the tools whose mapping comes with Guardia", names)
    step = add_command(steps, "mapping", "print one of them, to be changed", show_mapping)
    step.add_argument("name", metavar="NAME")


def propose(args: argparse.Namespace) -> int:
    """Raises Mistake where the file cannot be read."""
    switch_on()
    from guardia.customers.importing.table_file import WrongFile
    from guardia.history.proposing import proposal

    try:
        print(proposal(args.file), end="")
    except (WrongFile, OSError) as wrong:
        raise Mistake(str(wrong)) from wrong
    return 0


def names(args: argparse.Namespace) -> int:
    switch_on()
    from guardia.history.mapping import sources

    print("\n".join(sources()))
    return 0


def show_mapping(args: argparse.Namespace) -> int:
    """Raises Mistake where there is none of that name."""
    switch_on()
    from guardia.history.mapping import SOURCES, sources

    if args.name not in sources():
        raise Mistake(f"There is no mapping {args.name}. There are: {', '.join(sources())}")
    print((SOURCES / f"{args.name}.yaml").read_text(encoding="utf-8"), end="")
    return 0


def bring(args: argparse.Namespace) -> int:
    """0: all that could be read was brought in, what could not is listed; 1: the file or the mapping is wrong."""
    from guardia.history.archive import is_archive

    if len(args.files) == 1 and is_archive(args.files[0]):
        return history_archive.bring(args.files[0], dry_run=args.dry_run, prove_later=args.prove_later)
    if not args.mapping:
        raise Mistake("Say by which mapping: --mapping NAME (guardia history mappings lists them)")
    open_installation()
    from guardia.config.now import now
    from guardia.customers.importing.table_file import WrongFile
    from guardia.history.importing import HistoryFile
    from guardia.procedure.version import NoProcedure

    mapping = read_mapping(args.mapping)
    try:
        with ends_tidily(), HistoryFile(args.files, mapping) as file, written_down(args.troubles, file):
            with Progress("rows", 0) as progress:
                file.read(progress.step)
            if not file.cases:
                raise Mistake(no_cases(file))
            brought = bring_cases(file, now, args)
    except (WrongFile, OSError) as wrong:
        raise Mistake(str(wrong)) from wrong
    except NoProcedure as wrong:
        raise Mistake("No procedure is in force: publish one first (guardia procedure publish)") from wrong
    for line in (
        *summary(file, brought, dry_run=args.dry_run),
        *file.troubles.lines([path.name for path in file.paths]),
    ):
        print(line)
    return 0


def read_mapping(name: str) -> "Mapping":
    """Raises Mistake with every mistake of the file."""
    from guardia.history.mapping import find, sources
    from guardia.procedure.problems import ProcedureFileRefused

    try:
        return find(name)
    except ProcedureFileRefused as wrong:
        raise Mistake(str(wrong)) from wrong
    except OSError as wrong:
        raise Mistake(f"There is no mapping {name}: name a file, or one of {', '.join(sources())}") from wrong


def bring_cases(file: "HistoryFile", now: Callable, args: argparse.Namespace) -> "Brought":
    from zoneinfo import ZoneInfo

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.history.attachments import place_of
    from guardia.history.importing import bring_in
    from guardia.history.open_cases import CountsFrom, TakingOver
    from guardia.people.audit import AuditKind, write_down
    from guardia.procedure.version import in_force

    with behind(DatabaseRole.STAFF):
        zone = ZoneInfo(file.mapping.hours.zone or in_force(now()).procedure.provider.zone)
    write = not args.dry_run
    rule = TakingOver(CountsFrom(args.counts_from), args.tell == "once") if args.counts_from else None

    with Progress("cases", file.cases) as progress:
        step = partial(behind, DatabaseRole.STAFF)
        brought = bring_in(
            file,
            zone,
            now,
            step,
            write=write,
            stepped=progress.step,
            show=printer_of_cases(args),
            taking_over=rule,
            attachments=place_of(args.attachments) if args.attachments else None,
        )
    if write and brought.new:
        with behind(DatabaseRole.STAFF):
            write_down(AuditKind.BROUGHT_IN, at=now(), about="cases", new=brought.new, file=file.sha256)
    return brought


def printer_of_cases(args: argparse.Namespace) -> "Callable[[FormerCase, str], None]":
    """Prints the first cases of a dry run as they would look."""
    left = [args.show if args.dry_run else 0]

    def show(case: "FormerCase", company: str) -> None:
        if left[0] > 0:
            left[0] -= 1
            print("\n".join(as_it_would_look(case, company)))

    return show


def as_it_would_look(case: "FormerCase", company: str) -> Iterator[str]:
    ended = "cancelled" if case.is_cancelled else "closed"
    over = f"{ended} {case.closed_at:%Y-%m-%d %H:%M} UTC" if case.closed_at else "still open"
    hours = f"opened {case.opened_at:%Y-%m-%d %H:%M}, {over}"
    yield f"{case.number} · {company} · {case.fact('service') or '-'} · {case.fact('subject')[:60]}"
    yield f"    {hours}" + (f", restored {case.restored_at:%Y-%m-%d %H:%M}" if case.restored_at else "")
    for step in case.steps[:6]:
        what = f"{'reopened, ' if step.reopens else ''}{step.state} {step.cause}".strip()
        yield f"    {step.at:%Y-%m-%d %H:%M}  {what}  {step.activity[:40]}  {step.text[:50]}".rstrip()
    if len(case.steps) > 6:
        yield f"    … {len(case.steps) - 6} more"


def no_cases(file: "HistoryFile") -> str:
    from guardia.history.importing import missing_headings

    lacking = ", ".join(missing_headings(file.mapping, file.headings)) or "none"
    return f"No row has the columns of the mapping. It names these, which the file lacks: {lacking}"


def summary(file: "HistoryFile", brought: "Brought", *, dry_run: bool) -> Iterator[str]:
    left_out = file.cases - brought.new - brought.known
    cases = f"new {brought.new:,}, there already {brought.known:,}, left out {left_out:,}"
    yield f"rows {file.rows:,}, cases {file.cases:,}: {cases}"
    events = ", ".join(f"{state} {count:,}" for state, count in sorted(brought.events.items()))
    yield f"events {sum(brought.events.values()):,}" + (f": {events}" if events else "")
    for cause, count in sorted(brought.waits.items()):
        yield f"waits {cause or 'of unknown cause'}: {count:,}, {hours(brought.waited.get(cause, timedelta()))}"
    yield f"reopenings {brought.reopenings:,}, of {brought.reopened_cases:,} cases"
    if brought.taken_over:
        yield f"open cases registered here {brought.taken_over:,}"
    if brought.files:
        yield f"attachments {brought.files:,}"
    for (stretch, verdict), count in sorted(brought.judged.items()):
        yield f"judged by version {file.mapping.procedure}, {stretch} {verdict}: {count:,}"
    if brought.created:
        yield f"companies put on file {len(brought.created):,}: {', '.join(sorted(brought.created)[:10])}"
    if dry_run:
        yield "dry run: nothing was written"


def hours(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60:,} h {minutes % 60:02} min in all"


@contextmanager
def written_down(path: Path | None, file: "HistoryFile") -> Iterator[None]:
    """Inside, every trouble is a row of this file."""
    if path is None:
        yield
        return
    from guardia.customers.values import no_formula
    from guardia.history.troubles import WORDS

    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file", "row", "column", "problem", "value"])

        def write(trouble: "Trouble") -> None:
            name = file.paths[trouble.file].name
            rows.writerow([name, trouble.row, trouble.heading, str(WORDS[trouble.what]), no_formula(trouble.words)])

        file.troubles.also = write
        yield
