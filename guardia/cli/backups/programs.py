"""pg_dump and pg_restore: which ones, and how they are run."""

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from guardia.config.account import DatabaseTrouble, wheel_programs

MAJOR = re.compile(r"\) (\d+)")
LAST_WORDS = 12
ROWS_OF = re.compile(r'(?:dumping contents of|processing data for) table "(?:public\.)?(.+)"')
TALK = re.compile(r"\S+: (?!error:|warning:|detail:|hint:)(?:[a-z]+ing |last built-in|identifying|[a-z]+ed )")
"""What --verbose adds: it is no trouble, and would push the words of the trouble out."""


class ProgramTrouble(Exception):
    """A program of PostgreSQL is missing, does not fit or failed; the words say what to do."""


def found(name: str, server: int) -> str:
    """The path of the program for a server of this major version: of the same one, else of the next later one there is.

    An older pg_dump refuses a newer server. Raises ProgramTrouble.
    """
    fitting = sorted((major, place) for place in places(name) if (major := major_of(place)) and major >= server)
    if not fitting:
        raise ProgramTrouble(
            f"No {name} for PostgreSQL {server} was found. Install the client of that version "
            f"(Debian, Ubuntu: apt install postgresql-client-{server})"
        )
    return fitting[0][1]


def places(name: str) -> list[str]:
    """The embedded one, that of the PATH, and those that Debian keeps for each version."""
    known = [shutil.which(name), *map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    with suppress(DatabaseTrouble):
        known.append(str(wheel_programs() / name))
    return [place for place in known if place]


def major_of(place: str) -> int | None:
    try:
        said = subprocess.run([place, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = MAJOR.search(said)
    return int(match[1]) if match else None


def run(command: list[str], url: str, options: list[str], begins: Callable[[str], object] | None = None) -> str:
    """Run it on the database of this address; returns what it printed. Raises ProgramTrouble with its last words.

    ``begins`` is told the name of each table, as it begins with its rows. The address may hold a password, and what
    stands on a command line is read by everybody: it goes by the environment.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | libpq(url)
    talks = ["--verbose"] if begins else []
    last: deque[str] = deque(maxlen=LAST_WORDS)
    with (
        TemporaryFile("w+", errors="replace") as printed,
        subprocess.Popen(
            [*command, *talks, *options],
            env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.PIPE, text=True,
            errors="replace",
        ) as program,
    ):  # fmt: skip
        try:
            for line in program.stderr or ():
                if begins and (table := ROWS_OF.search(line)):
                    begins(table[1])
                elif not (talks and TALK.match(line)):
                    last.append(line.rstrip("\n"))
        except BaseException:  # whoever stops this command stops the program as well
            program.kill()
            raise
        code = program.wait()
        printed.seek(0)
        said = printed.read()
    if code:
        raise ProgramTrouble(f"{Path(command[0]).name} failed ({code}):\n" + "\n".join(last).strip())
    return said


def libpq(url: str) -> dict[str, str]:
    """The address as the variables that libpq reads."""
    from psycopg.conninfo import conninfo_to_dict

    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    more = {
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
        "passfile": "PGPASSFILE",
        "service": "PGSERVICE",
        "target_session_attrs": "PGTARGETSESSIONATTRS",
    }
    said = conninfo_to_dict(url)
    return {(names | more)[key]: str(value) for key, value in said.items() if key in names | more and value}
