"""`guardia shadow …`: a former tool's file replayed against a procedure, in a database beside."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.history_import import read_mapping
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation, switch_on
from guardia.cli.progress import Progress, ends_tidily
from guardia.cli.shadow_database import Beside, beside
from guardia.config.database import named, state_dir
from guardia.config.postgres import DATABASE

if TYPE_CHECKING:
    from guardia.history.mapping import Mapping as ColumnMapping
    from guardia.shadow.job import Job
    from guardia.shadow.own_installation import OwnInstallation


def add(subparsers: Subparsers) -> None:
    words = "replay a former tool's file against the procedure, in a database beside: nothing changes, nothing is sent"
    parser = add_command(subparsers, "shadow", words, shadow)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV, a workbook, XES or JSON; also .gz")
    parser.add_argument("--mapping", required=True, metavar="M", help="the name of a tool, or a file (docs/shadow.md)")
    parser.add_argument("--procedure", type=Path, metavar="P.yaml", help="in place of the procedure in force")
    parser.add_argument("--from", dest="since", type=day, metavar="DAY", help="only cases opened since")
    parser.add_argument("--to", dest="until", type=day, metavar="DAY", help="only cases opened until")
    instead = "what if: the same with another length, diagnosis=25min; may be repeated"
    parser.add_argument("--instead", action="append", default=[], metavar="KIND=LENGTH", help=instead)
    means = "an activity of the file is diagnosed, remote, told, confirmed or stable; may be repeated"
    parser.add_argument("--means", action="append", default=[], metavar="ACTIVITY=FACT", help=means)
    more = (
        "so many engineers at work, or so many more: night=+1, 22:00-06:00=2, sat,sun 08:00-20:00=+1; may be repeated"
    )
    parser.add_argument("--engineers", action="append", default=[], metavar="HOURS=N", help=more)
    declared = "what if: each mass outage that would have been proposed is declared at that hour"
    parser.add_argument("--declare-outages", action="store_true", help=declared)
    parser.add_argument("--film", type=day, metavar="DAY", help="the day of the film; else the busiest")
    parser.add_argument("--language", default="", metavar="CODE", help="of the report: es, en, pt")
    parser.add_argument("--out", type=Path, default=Path("shadow-day"), metavar="FOLDER", help="for the report")
    keep = "keep the replayed database in this new folder, to look around in it afterwards"
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help=keep)


def add_replay(subparsers: Subparsers) -> None:
    parser = add_command(
        subparsers, "shadow-replay", "one replay in the database beside; `guardia shadow` calls it", job
    )
    parser.add_argument("folder", type=Path)


def day(written: str) -> str:
    """A day as it is compared; argparse says what is wrong with another word."""
    return date.fromisoformat(written).isoformat()


def shadow(args: argparse.Namespace) -> int:
    """0: the report is written; 1: file, mapping or procedure are wrong, which is said."""
    own = own_copy(args)
    from guardia.shadow.report import write_report
    from guardia.shadow.told import lines_of

    for file in args.files:
        if not file.is_file():
            raise Mistake(f"There is no file {file}")
    language = language_of(args.language)
    jobs = jobs_of(args, read_mapping(args.mapping), own)
    with ends_tidily():
        try:
            args.out.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise Mistake(f"{args.out} cannot be written ({wrong.strerror}): name another folder with --out") from wrong
        with beside(args.keep) as aside:
            done = replayed(aside, jobs)
    at = datetime.now(UTC)
    written = write_report(done, jobs, own.title, args.out, language, at, stays=bool(args.keep))
    for line in (*lines_of(done, own.title), *written, *ways_in(args.keep)):
        print(line)
    return 0


def ways_in(folder: Path | None) -> Iterator[str]:
    """How one looks around in the replayed database; nothing of it is sent, since every notice is suppressed there."""
    if folder:
        state = f"STATE_DIR={folder.resolve()}"
        yield f"The replayed cases are in {folder}. To look around in the desk, as an administrator of that copy alone:"
        yield f"  {state} .venv/bin/guardia people first shadow    # prints a link that sets a password"
        yield f"  {state} .venv/bin/guardia run"


# --- what it is replayed against --------------------------------------------------------------------------------------
def own_copy(args: argparse.Namespace) -> "OwnInstallation":
    """The procedure of the file that is named, or else of the installation here, or else the sample. Raises Mistake."""
    found = None
    if named() or (state_dir() / "pg").exists():
        found = of_installation()
    else:
        switch_on()
    from guardia.procedure.template import SAMPLE
    from guardia.shadow.own_installation import OwnInstallation

    if args.procedure or found is None:
        document, title = of_file(args.procedure or SAMPLE)
        return replace(found, procedure=document, title=title) if found else OwnInstallation(document, title)
    return found


def of_installation() -> "OwnInstallation | None":
    """Read as it stood at one instant, in a transaction that can write nothing."""
    server = open_installation(empty=True)
    try:
        from django.db import connection, connections

        from guardia.cli.installation import has_tables
        from guardia.config.database_roles import DatabaseRole, as_at_one_instant
        from guardia.config.now import now
        from guardia.shadow.own_installation import own_installation

        with connection.cursor() as cursor:
            if not has_tables(cursor):
                return None
        at = now()
        with as_at_one_instant(DatabaseRole.STAFF):
            found = own_installation(at)
        connections.close_all()
        return found
    finally:
        if server:
            server.stop()


def of_file(file: Path) -> "tuple[Mapping, str]":
    """Document and title. Raises Mistake with every mistake of the file."""
    from guardia.procedure.problems import ProcedureFileRefused
    from guardia.procedure.schema import load

    try:
        procedure = load(file.read_text(encoding="utf-8"), file.name)
    except ProcedureFileRefused as wrong:
        raise Mistake(str(wrong)) from wrong
    except OSError as wrong:
        raise Mistake(f"{file} cannot be read: {wrong.strerror}") from wrong
    return procedure.model_dump(mode="json"), f"{procedure.code} ({file.name})"


def language_of(code: str) -> str:
    """The one that is named, or else that of the installation. Raises Mistake."""
    from django.conf import settings

    installed = dict(settings.LANGUAGES)
    if code and code not in installed:
        raise Mistake(f"--language {code}: there are {', '.join(installed)}")
    return code or settings.LANGUAGE_CODE.partition("-")[0]


# --- jobs -------------------------------------------------------------------------------------------------------------
def jobs_of(args: argparse.Namespace, mapping: "ColumnMapping", own: "OwnInstallation") -> "dict[str, Job]":
    """By database: as it was, and where somebody asks what if, as if. Raises Mistake."""
    from guardia.procedure.schema import Procedure
    from guardia.shadow.former_course import SAYABLE
    from guardia.shadow.job import AS_IF, DECLARED, Job
    from guardia.shadow.replayed_procedure import NoSuchChange, change_of

    means = dict(word.rpartition("=")[::2] for word in args.means)
    if wrong := [word for word, fact in means.items() if not word or fact not in SAYABLE]:
        raise Mistake(f"--means {wrong[0]}: write ACTIVITY=FACT, where FACT is one of {', '.join(SAYABLE)}")
    plain = Job(
        files=tuple(str(file.resolve()) for file in args.files),
        mapping=mapping.model_dump(mode="json"),
        procedure=own.procedure,
        since=args.since or "",
        until=args.until or "",
        means=means,
        calendar=own.calendar,
        rotas=own.rotas,
        network=own.network,
        shifts=own.shifts,
        engineers=engineers_of(args.engineers),
        keeps=bool(args.keep),
        film_day=args.film or "",
    )
    procedure = Procedure.model_validate(dict(own.procedure))
    try:
        changes = [change_of(words, procedure) for words in args.instead]
    except NoSuchChange as refused:
        raise Mistake(str(refused)) from refused
    found = {DATABASE: plain}
    if changes:
        seconds = {kind.value: round(length.total_seconds()) for kind, length in changes}
        found[AS_IF] = replace(plain, changes=seconds)
    if args.declare_outages:
        found[DECLARED] = replace(plain, declares=True)
    return found


def engineers_of(written: list[str]) -> tuple[str, ...]:
    """What stands behind --engineers, if it says what is to be changed. Raises Mistake."""
    from guardia.shadow.engineers import NoSuchHours, staffing_of

    try:
        rules = [staffing_of(words) for words in written]
    except NoSuchHours as refused:
        raise Mistake(f"--engineers: {refused}") from refused
    if rules and not any(rule.is_more for rule in rules):
        raise Mistake(
            "--engineers says how many there are. Say also how many more there are to be: --engineers night=+1"
        )
    return tuple(written)


def replayed(aside: Beside, jobs: "Mapping[str, Job]") -> dict[str, dict]:
    """What came of each job, with the film of the first."""
    folders = {}
    for name, asked in jobs.items():
        folders[name] = aside.folder / f"job-{name}"
        folders[name].mkdir()
        (folders[name] / "job.json").write_text(json.dumps(asdict(asked), ensure_ascii=False), encoding="utf-8")
        if name != DATABASE:
            aside.copy(name)
    aside.replays(folders)
    read = {name: json.loads((folder / "findings.json").read_text("utf-8")) for name, folder in folders.items()}
    return read | {"film": json.loads((folders[DATABASE] / "film.json").read_text("utf-8"))}


def job(args: argparse.Namespace) -> int:
    """In the process of one replay; what is wrong stands in the file ``trouble`` of its folder."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.importing.table_file import WrongFile
    from guardia.shadow.job import NoCases, run

    step: Callable = partial(behind, DatabaseRole.STAFF)
    try:
        with ends_tidily():
            run(args.folder, step, now(), Progress)
    except (WrongFile, NoCases, OSError) as wrong:
        (args.folder / "trouble").write_text(str(wrong), encoding="utf-8")
        return 1
    return 0
