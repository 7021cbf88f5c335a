"""pg_dump and pg_restore: which ones, and how they are run."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from guardia.config.account import DatabaseTrouble, wheel_programs

MAJOR = re.compile(r"\) (\d+)")
LAST_WORDS = 12


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


def run(command: list[str], url: str, options: list[str]) -> None:
    """Run it on the database of this address; its words are kept. Raises ProgramTrouble with the last of them.

    The address may hold a password, and what stands on a command line is read by everybody: it goes by the
    environment.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | libpq(url)
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-LAST_WORDS:])
        raise ProgramTrouble(f"{Path(command[0]).name} failed ({done.returncode}):\n{last}")


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
