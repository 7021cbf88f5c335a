"""A drill: the newest backup is restored beside the installation, proven there, and removed again.

It runs the very `guardia restore` that would be typed after a loss, in a folder and an embedded PostgreSQL of its own:
neither the database of the installation nor its files are touched.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import psycopg
from psycopg import sql

from guardia.cli.backups import folder as backups_folder
from guardia.cli.backups.folder import APP, OWNER, Drill, Manifest, NotWhole
from guardia.config import processes
from guardia.config.account import DatabaseTrouble
from guardia.config.address import read
from guardia.config.database import ADDRESSES, FORMS
from guardia.config.postgres import Embedded

FOLDER = "drill"
FAILED = "guardia: "
"""How the command line begins the one sentence that says why it failed."""
NEWEST = "SELECT max(recorded_at) FROM case_event"
NOT_THERE = "the restored histories, clocks or files are not whole: the lines above name each place"


class CannotDrill(Exception):
    """Nothing was tried; the words say why and what to do."""


def run(root: Path, beside: Path) -> Drill:
    """Restore and prove the newest backup of ``root`` in a folder of its own in ``beside``; what was found is written
    beside the backups. Nothing of it stays behind, whatever comes of it. Raises CannotDrill.
    """
    began, since = datetime.now(UTC), monotonic()
    name, lost, trouble = "", None, ""
    with place(beside) as server:
        try:
            folder = backups_folder.chosen(root)
            name = folder.name
            manifest = backups_folder.read(folder)
            server.start()
            make_logins(server, manifest)
            trouble = restore(folder, server.home.parent)
            if not trouble:
                lost = age_of_newest(server, began)
        except (NotWhole, DatabaseTrouble, psycopg.Error) as wrong:
            trouble = " ".join(str(wrong).split())
    found = Drill(
        at=began.isoformat(timespec="seconds"), backup=name, proven=not trouble,
        seconds=round(monotonic() - since, 1), lost_seconds=lost, trouble=trouble,
    )  # fmt: skip
    try:
        backups_folder.write_json(root / backups_folder.DRILL, asdict(found))
    except OSError as wrong:
        raise CannotDrill(
            f"{root / backups_folder.DRILL} cannot be written ({wrong.strerror}), where /metrics and guardia doctor "
            f"look for the result. The backup is {'whole' if found.proven else f'not proven: {found.trouble}'}"
        ) from wrong
    return found


@contextmanager
def place(beside: Path) -> Iterator[Embedded]:
    """A server that is not started yet, in an empty folder that goes again; what a killed drill left goes first.

    Raises CannotDrill where another drill is at work there, or nothing can be written.
    """
    folder = beside / FOLDER
    server = Embedded(folder / "pg")
    try:
        if not server.own():
            raise CannotDrill(
                f"Another drill is at work in {folder} (process {server.owner_pid()}). Wait until it ends"
            )
        clear(folder, server)
        server.own()
    except (DatabaseTrouble, OSError) as wrong:
        raise CannotDrill(f"Nothing can be restored into {folder}: {wrong}") from wrong
    try:
        yield server
    finally:
        clear(folder, server)


def clear(folder: Path, server: Embedded) -> None:
    server.wipe()
    shutil.rmtree(folder, ignore_errors=True)


def make_logins(server: Embedded, manifest: Manifest) -> None:
    """The roles that the backup gives rights to and no server but the installation's has: they may do nothing here."""
    named = {manifest.owner, *manifest.roles, *(member for _role, member, *_how in manifest.members)}
    named |= {str(read(url, name).get("user", "")) for name in ADDRESSES if (url := address(name))}
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        there = {role for (role,) in owner.execute("SELECT rolname::text FROM pg_roles")}
        for role in sorted(named - there - {"", OWNER, APP, *manifest.roles}):
            owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def address(name: str) -> str:
    from django.conf import settings

    return str(getattr(settings, name, ""))


def restore(folder: Path, place: Path) -> str:
    """Run `guardia restore` as on an empty machine, and print its lines as they come; why it failed, or empty."""
    environment = {name: value for name, value in os.environ.items() if not is_ours(name)}
    environment |= {"STATE_DIR": str(place)}
    command = [sys.executable, "-m", "guardia", "restore", str(folder)]
    child = processes.start(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = ""
    try:
        assert child.stdout
        with child.stdout as lines:
            for line in lines:
                words = line.decode(errors="replace").rstrip("\n")
                print(f"  {words}", flush=True)
                if words.startswith(FAILED):
                    said = words.removeprefix(FAILED)
        code = child.wait()
    finally:
        processes.stop(child)
    return (said or NOT_THERE) if code else ""


def is_ours(name: str) -> bool:
    """Whether a variable would lead the drill to the installation's own database or files."""
    ours = (*ADDRESSES, "STATE_DIR", "ATTACHMENTS_DIR", "ATTACHMENTS_URL")
    return name in {f"{each}{form}" for each in ours for form in FORMS}


def age_of_newest(server: Embedded, at: datetime) -> float | None:
    """How long before ``at`` the newest event of the restored database was recorded (s); None where it has none."""
    with psycopg.connect(server.owner_url) as owner:
        (newest,) = owner.execute(NEWEST).fetchone() or (None,)
    return round((at - newest).total_seconds(), 1) if newest else None


def in_words(drill: Drill) -> list[str]:
    """For the terminal, in English as all of the command line."""
    if not drill.proven:
        return [f"NOT PROVEN: {drill.backup or 'no backup'}: {drill.trouble}"]
    if drill.lost_seconds is None:
        lost = "It has no events yet"
    else:
        age = timedelta(seconds=round(drill.lost_seconds))
        lost = f"Its newest event was {age} old: whatever was recorded since would be lost"
    return [f"{drill.backup}: restored and proven in {drill.seconds:.0f} s. {lost}", "Removed again"]
