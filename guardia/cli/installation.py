"""What every command shares: opening the installation, a file it takes, and saying that the caller made a mistake."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from guardia.config.database import ensure_database, keep_own_logins, state_dir
from guardia.config.ownership import become_owner, who
from guardia.config.postgres import Embedded

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from guardia.customers.importing.kind import Outcome


# --- the installation -------------------------------------------------------------------------------------------------
type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
type Handler = Callable[[argparse.Namespace], int]


class Mistake(Exception):
    """Something the caller can put right; shown without a traceback. The text says what to do."""


def say(words: str, to: TextIO | None = None) -> None:
    """A line, at once and whole, to the standard output or ``to``.

    Web and worker write there too. Unbuffered, as in a container, ``print`` gives words and end of line one by one:
    what they log would come between, and stand glued to the address of the first steps and its key.
    """
    where = to or sys.stdout
    where.write(f"{words}\n")
    where.flush()


def switch_on() -> None:
    """Switch Django on; alone, where no database is opened and only its settings and languages are needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")
    import django

    django.setup()


def open_installation(*, empty: bool = False, process: str = "") -> Embedded | None:
    """Make sure of a database and switch Django on; for the commands that need them. Returns an own server, if any.

    `empty`: the caller can do with a database in which `guardia migrate` never ran. `process`: it is the worker or a
    listener, which goes on by its own login. Packages may be imported only after this. Raises DatabaseTrouble; Mistake
    for a database without tables.
    """
    become_owner()
    make_state_dir()
    server = ensure_database()
    keep_own_logins(process, os.environ)
    try:
        switch_on()
        if not empty:
            must_have_tables(f"in {server.home.parent}" if server else "of DATABASE_URL")
    except BaseException:
        if server:  # nobody else knows of it yet
            server.stop()
        raise
    return server


def make_state_dir() -> Path:
    """STATE_DIR, made where it is missing. Raises Mistake where this account may not."""
    folder = state_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise Mistake(
            f"STATE_DIR is {folder}, which {who()} cannot make ({trouble.strerror}). "
            "Set STATE_DIR to a folder of that account, or make it: install -d -o ACCOUNT -m 0750 FOLDER"
        ) from trouble
    return folder


def name_public_url(port: int) -> None:
    """Without PUBLIC_URL in the environment, links are those of this machine, by the port that is listened on.

    Called before settings are read; processes that are started by this one inherit it.
    """
    if not (os.environ.get("PUBLIC_URL") or os.environ.get("PUBLIC_URL_FILE")):
        os.environ["PUBLIC_URL"] = f"http://localhost:{port}"


def must_have_tables(where: str) -> None:
    """Raises Mistake."""
    from django.db import connection

    with connection.cursor() as cursor:
        there = has_tables(cursor)
    if not there:
        raise Mistake(
            f"The database {where} has no tables: `guardia run` or `guardia migrate` makes them. "
            "The demo's is another one: put STATE_DIR=var/demo before the command"
        )


def has_tables(cursor: "CursorWrapper") -> bool:
    """Whether `guardia migrate` ever ran in the database that is asked."""
    cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
    return cursor.fetchone() == (True,)


def add_command(subparsers: Subparsers, name: str, words: str, handler: Handler) -> argparse.ArgumentParser:
    """A command `guardia NAME`; `handler` gets the parsed arguments and returns the exit code."""
    parser = add_group(subparsers, name, words)
    parser.set_defaults(handler=handler, parser=parser)
    return parser


def add_group(subparsers: Subparsers, name: str, words: str) -> argparse.ArgumentParser:
    """Commands `guardia NAME STEP`; ``words`` are its line in the list, and the first sentence of its --help."""
    return subparsers.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")


class Words(argparse.ArgumentParser):
    """What was written wrongly is told in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.rstrip('.')}. What it takes says: {self.prog} --help\n")


# --- files that a command takes ---------------------------------------------------------------------------------------
# What the commands that bring a file in have in common: the file they take, and what they say of it.
def takes_a_table(step: argparse.ArgumentParser) -> None:
    words = "a CSV file, parted by comma or semicolon, or an Excel workbook"
    step.add_argument("file", type=Path, metavar="FILE", help=words)
    step.add_argument("--dry-run", action="store_true", help="only say what would change, and what is wrong")


def read_table(file: Path) -> bytes:
    """Raises Mistake when there is no such file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}") from error


def say_outcome(outcome: "Outcome", file: Path, *, dry_run: bool) -> int:
    """Print what came of it and return the exit code. 0: all was right; 1: nothing was written, each mistake a line."""
    for problem in outcome.problems:
        print(problem)
    if outcome.ignored:
        print(f"columns left aside: {', '.join(outcome.ignored)}")
    if outcome.problems:
        print(f"{file}: nothing was written, errors: {len(outcome.problems)}")
        return 1
    written = "not written (dry run)" if dry_run else "written"
    print(f"new {outcome.new}, changed {outcome.changed}, unchanged {outcome.unchanged}, errors 0: {written}")
    return 0
