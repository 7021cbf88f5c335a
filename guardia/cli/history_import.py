"""`guardia history import`: the closed cases of a former tool come in; and the mappings that Guardia has."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli import history_archive
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation, switch_on
from guardia.cli.progress import Progress, ends_tidily
from guardia.cli.verify import give_way

if TYPE_CHECKING:
    from guardia.history.bringing import Brought
    from guardia.history.former_case import FormerCase
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
    step = add_command(steps, "work", "do one job of an import that was asked for on screen; begun by the worker", work)
    step.add_argument("id", type=int, metavar="IMPORT")
    step.add_argument("turn", type=int, metavar="TURN")


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
    from guardia.history.mapping import source_text, sources

    if args.name not in sources():
        raise Mistake(f"There is no mapping {args.name}. There are: {', '.join(sources())}")
    print(source_text(args.name), end="")
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
    from guardia.history.import_report import report_lines, report_of
    from guardia.history.importing import HistoryFile, must_have_cases
    from guardia.procedure.version import NoProcedure

    mapping = read_mapping(args.mapping)
    try:
        with ends_tidily(), HistoryFile(args.files, mapping) as file, written_down(args.troubles, file):
            with Progress("rows", 0) as progress:
                file.read(progress.step)
            must_have_cases(file)
            brought = bring_cases(file, now, args)
    except (WrongFile, OSError) as wrong:
        raise Mistake(str(wrong)) from wrong
    except NoProcedure as wrong:
        raise Mistake("No procedure is in force: publish one first (guardia procedure publish)") from wrong
    report = report_of(file, brought)
    for line in report_lines(report, dry_run=args.dry_run, names_files=len(file.paths) > 1):
        print(line)
    return 0


def work(args: argparse.Namespace) -> int:
    """0: it came to its end, or somebody else has it. The database's own trouble is raised: then it is tried again."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.history.import_work import Turn, carry_out

    give_way()
    with ends_tidily():
        carry_out(Turn(args.id, args.turn, partial(behind, DatabaseRole.WORKER), now))
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
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.history.attachments import place_of
    from guardia.history.importing import bring_in, put_on_record, zone_of
    from guardia.history.open_cases import CountsFrom, TakingOver

    with behind(DatabaseRole.STAFF):
        zone = zone_of(file.mapping, now())
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
            put_on_record(file, brought.new, now())
    return brought


def printer_of_cases(args: argparse.Namespace) -> "Callable[[FormerCase, str], None]":
    """Prints the first cases of a dry run as they would look."""
    from guardia.history.import_report import example_lines, example_of

    left = [args.show if args.dry_run else 0]

    def show(case: "FormerCase", company: str) -> None:
        if left[0] > 0:
            left[0] -= 1
            print("\n".join(example_lines(example_of(case, company))))

    return show


@contextmanager
def written_down(path: Path | None, file: "HistoryFile") -> Iterator[None]:
    """Inside, every trouble is a row of this file."""
    if path is None:
        yield
        return
    from guardia.history.troubles import written_into

    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        file.troubles.also = written_into(stream, file.names)
        yield
