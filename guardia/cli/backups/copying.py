"""The files that the rows of a backup name, copied beside it: each once, whatever the number of backups."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg

from guardia.cli.backups import kept
from guardia.cli.backups.kept import KeptFile
from guardia.cli.progress import Progress
from guardia.evidence import store

NAMED = "SELECT DISTINCT sha256 FROM case_file WHERE withdrawn_at IS NULL ORDER BY sha256"
STILL_NAMED = "SELECT EXISTS (SELECT FROM case_file WHERE sha256 = %s AND withdrawn_at IS NULL)"
Say = Callable[[str], None]


class CannotBackUp(Exception):
    """Nothing was kept; the words say why and what to do."""


def copy_files(
    standing: psycopg.Connection, asked: psycopg.Connection, root: Path, folder: Path, progress: Progress
) -> tuple[int, int, list[str]]:
    """The files that the rows of the snapshot name; their bytes in all, how many, and what is wrong with any.

    Raises CannotBackUp where the store does not answer at all.
    """
    size, number, troubles = 0, 0, list[str]()
    with (folder / kept.FILES_LIST).open("w", encoding="ascii") as lines, standing.cursor("named") as named:
        for (sha,) in named.execute(NAMED):
            if found := copy(root, sha, asked, troubles):
                lines.write(" ".join(map(str, (found.sha256, found.size, found.thumbnail))).strip() + "\n")
                size, number = size + found.size, number + 1
            progress.step()
        lines.flush()
        os.fsync(lines.fileno())
    return size, number, troubles


def copy(root: Path, sha: str, asked: psycopg.Connection, troubles: list[str]) -> KeptFile | None:
    place = kept.place_of(root, sha)
    content = place.read_bytes() if place.exists() else from_store(store.place(sha))
    if content is None:
        if row(asked, STILL_NAMED, sha)[0]:
            troubles.append(f"file {sha} is lost: no case can show it any more")
        return None
    if store.digest(content) != sha:
        place.unlink(missing_ok=True)
        content = from_store(store.place(sha))
        if content is None or store.digest(content) != sha:
            troubles.append(f"file {sha} was changed: its bytes are not those that were kept")
            return None
    put(place, content)
    small = from_store(store.place(sha) + store.THUMBNAIL)
    if small is None:
        return KeptFile(sha, len(content))
    put(kept.place_of(root, store.digest(small)), small)
    return KeptFile(sha, len(content), store.digest(small))


def from_store(name: str) -> bytes | None:
    """None where it is not there. Raises CannotBackUp where the store does not answer: that is not the same."""
    try:
        with store.store().open(name, "rb") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
    except OSError as wrong:
        raise CannotBackUp(f"The store of files does not answer: {wrong}. Nothing was kept") from wrong


def put(place: Path, content: bytes) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_name(f"{place.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)
    kept.sync(place.parent)


def row(connection: psycopg.Connection, question: str, *values: object) -> tuple:
    found = connection.execute(question, values or None).fetchone()
    assert found is not None
    return found
