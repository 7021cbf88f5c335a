"""`guardia shadow …`: a former tool's file replayed against a procedure, in a database beside."""

import argparse
import json
from collections.abc import Callable, Mapping
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

AS_IF = "as_if"
"""The database of the replay with another procedure."""


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
    parser.add_argument("--film", type=day, metavar="DAY", help="the day of the film; else the busiest")
    parser.add_argument("--language", default="", metavar="CODE", help="of the report: es, en, pt")
    parser.add_argument("--out", type=Path, default=Path("shadow-day"), metavar="FOLDER", help="for the report")


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
        with beside() as aside:
            done = replayed(aside, jobs)
    at = datetime.now(UTC)
    for line in (*lines_of(done, own.title), *write_report(done, jobs, own.title, args.out, language, at)):
        print(line)
    return 0


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
        return OwnInstallation(*of_file(args.procedure or SAMPLE), found.calendar if found else ())
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
    from guardia.shadow.job import Job
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
        film_day=args.film or "",
    )
    procedure = Procedure.model_validate(dict(own.procedure))
    try:
        changes = [change_of(words, procedure) for words in args.instead]
    except NoSuchChange as refused:
        raise Mistake(str(refused)) from refused
    if not changes:
        return {DATABASE: plain}
    seconds = {kind.value: round(length.total_seconds()) for kind, length in changes}
    return {DATABASE: plain, AS_IF: replace(plain, changes=seconds)}


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
