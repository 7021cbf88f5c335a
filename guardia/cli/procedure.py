"""`guardia procedure …`: check a procedure file, publish it, show what is in force."""

import argparse
import json
import sys
from pathlib import Path

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation, switch_on


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "procedure", "check, publish or show the promise", show)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    for name, words, handler in (
        ("check", "say whether a file can be published, and what is wrong with it", check),
        ("publish", "publish a file: cases that begin from now on are run by it", publish),
    ):
        step = add_command(steps, name, words, handler)
        step.add_argument("file", type=Path, metavar="FILE", help="a procedure in YAML")
    step = add_command(steps, "show", "print the version in force", show)
    step.add_argument("--source", action="store_true", help="print the file it was published from")
    step.add_argument("--json", action="store_true", help="print the document as it is stored")


def check(args: argparse.Namespace) -> int:
    """0: the file can be published; 1: every mistake, one a line, on standard output. Needs no database."""
    switch_on()
    from guardia.procedure.schema import ProcedureFileRefused, load

    try:
        procedure = load(read(args.file), str(args.file))
    except ProcedureFileRefused as refused:
        return refuse(refused)
    size = f"{len(procedure.stages)} stages, {len(procedure.clocks)} clocks, {len(procedure.notices)} notices"
    print(f"{args.file}: no mistakes. {procedure.code}: {size}.")
    return 0


def publish(args: argparse.Namespace) -> int:
    """Prints the number of the version; the same content as the version in force publishes nothing."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.procedure.schema import ProcedureFileRefused
    from guardia.procedure.version import publish as publish_version

    try:
        text = read(args.file)
        with behind(DatabaseRole.STAFF):
            at = now()
            version = publish_version(text, str(args.file), by=None, at=at)
    except ProcedureFileRefused as refused:
        return refuse(refused)
    print(version.number)
    if version.published_at < at:
        print(f"Nothing new: version {version.number} already says the same.", file=sys.stderr)
    return 0


def show(args: argparse.Namespace) -> int:
    """The version in force: its number and hours, or the whole of it."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.procedure.version import NoProcedure, in_force

    try:
        with behind(DatabaseRole.STAFF):
            version = in_force(now())
    except NoProcedure as none:
        raise Mistake(f"{none}. Take the first steps: guardia people first") from none
    if args.source:
        print(version.source, end="")
    elif args.json:
        print(json.dumps(version.document, ensure_ascii=False, indent=2))
    else:
        print(f"{version}\n{version.title}")
        print(f"in force since {version.effective_at:%Y-%m-%d %H:%M} UTC\nsha256 {version.sha256}")
    return 0


def read(file: Path) -> str:
    """Raises Mistake when there is no such file, ProcedureFileRefused when it is no text."""
    from guardia.procedure.yaml_file import read_text

    try:
        return read_text(file)
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}") from error


def refuse(refused: Exception) -> int:
    print(refused)
    return 1
