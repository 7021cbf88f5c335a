"""Where the bytes of attachments stand: named by what they contain, written whole, and the same ones only once.

Behind Django's storage API, under the name ``attachments`` in STORAGES: a folder, or whatever takes its place.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible

THUMBNAIL = ".thumbnail"
HALF_WRITTEN = ".part"


class CannotKeep(Exception):
    """The store takes nothing: it is full, gone, or may not be written."""


@deconstructible(path="guardia.evidence.store.Folder")
class Folder(FileSystemStorage):
    """A folder in which a file is there whole or not at all, also after the power has failed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name says what the file contains: one that is there already is the same."""
        return name

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        with NamedTemporaryFile(dir=path.parent, suffix=HALF_WRITTEN, delete=False) as half:
            try:
                for chunk in content.chunks():
                    half.write(chunk)
                half.flush()
                os.fsync(half.fileno())
                os.replace(half.name, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(half.name)
                raise
        _sync(path.parent)
        return name


def _sync(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Storage:
    return storages["attachments"]


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def place(sha: str) -> str:
    """Where the bytes of this hash stand: 256 folders, so that none grows without bound."""
    return f"{sha[:2]}/{sha}"


def keep(sha: str, content: bytes, thumbnail: bytes = b"") -> None:
    """Both stand whole in the store when this returns; what is there already is left as it is.

    The caller holds the turn of this hash (``turn``) until its row is committed. Raises CannotKeep.
    """
    parts = [(place(sha), content)] + ([(place(sha) + THUMBNAIL, thumbnail)] if thumbnail else [])
    for name, data in parts:
        try:
            _keep(name, data)
        except OSError as wrong:
            raise CannotKeep(str(wrong)) from wrong


def _keep(name: str, data: bytes) -> None:
    to = store()
    if to.exists(name):
        if to.size(name) == len(data):
            return
        to.delete(name)
    saved = to.save(name, ContentFile(data))
    if saved != name:  # a store that gives another name to what is there: somebody was faster
        to.delete(saved)


def turn(sha: str) -> str:
    """Who writes or removes the bytes of this hash takes this turn, so that none is removed which another counts on."""
    return f"attachment {sha}"


def read(sha: str, *, thumbnail: bool = False) -> bytes | None:
    """The bytes; None where the store does not have them (any more)."""
    try:
        with store().open(place(sha) + (THUMBNAIL if thumbnail else ""), "rb") as kept:
            return kept.read()
    except OSError:
        return None


def has(sha: str) -> bool:
    """Whether the store has the bytes; a store that does not answer has not."""
    try:
        return store().exists(place(sha))
    except OSError:
        return False


def is_older(sha: str, than: datetime) -> bool:
    """Whether the bytes were written before this hour (UTC)."""
    try:
        return store().get_modified_time(place(sha)) < than
    except OSError:
        return False


def remove(sha: str) -> None:
    """The bytes and their thumbnail are gone. The caller holds the turn. Raises OSError."""
    for name in (place(sha) + THUMBNAIL, place(sha)):
        store().delete(name)


def hashes() -> Iterator[list[str]]:
    """What stands in the store, folder by folder; nothing else in it is looked at."""
    for folder in _names(store(), "", folders=True):
        found = {name.removesuffix(THUMBNAIL) for name in _names(store(), folder)}
        if named := sorted(sha for sha in found if is_hash(sha) and sha[:2] == folder):
            yield named


def _names(at: Storage, path: str, *, folders: bool = False) -> list[str]:
    found: tuple[Any, Any] = ([], [])
    with suppress(FileNotFoundError):
        found = at.listdir(path)
    return sorted(found[0] if folders else found[1])


def is_hash(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")
