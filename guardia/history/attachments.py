"""The attachments of a former tool: in a folder or a ZIP, by the names that the rows say, or in the rows themselves.

Nothing outside of that folder is read, and nothing that is larger than a file of a case may be. What a file is, and
whether it is taken, ``guardia.cases.case_files`` says of it as of one that a colleague adds.
"""

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import WrongFile
from guardia.evidence.files import limit
from guardia.history.former_case import Attached
from guardia.history.staging import Staging


class Missing(Exception):
    """No file of this name is there."""


class Damaged(Exception):
    """What stands in the row is no base64."""


class TooLarge(Exception):
    """It is larger than a file of a case may be, and is not read."""


class AttachmentPlace(Protocol):
    """Where the files lie. ``read`` gives the bytes of a path in it; raises Missing, TooLarge."""

    def read(self, path: PurePosixPath) -> bytes: ...


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def read(self, path: PurePosixPath) -> bytes:
        try:
            found = (self.folder / path).resolve(strict=True)
            if not (found.is_relative_to(self.folder) and found.is_file()):
                raise Missing(path)
            if found.stat().st_size > most_bytes():
                raise TooLarge(path)
            return found.read_bytes()
        except (OSError, ValueError) as wrong:
            raise Missing(path) from wrong


class Packed:
    """A ZIP. Raises WrongFile where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = ZipFile(path)
        except (BadZipFile, OSError) as wrong:
            raise WrongFile(_("The attachments are neither a folder nor a ZIP that can be read.")) from wrong

    def read(self, path: PurePosixPath) -> bytes:
        try:
            with self.zip.open(str(path)) as entry:
                content = entry.read(most_bytes() + 1)
        except (KeyError, BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as wrong:
            raise Missing(path) from wrong
        if len(content) > most_bytes():
            raise TooLarge(path)
        return content


def place_of(path: Path) -> AttachmentPlace:
    """Raises WrongFile where there is neither a folder nor a ZIP."""
    return Folder(path) if path.is_dir() else Packed(path)


def content_of(attached: Attached, number: str, place: AttachmentPlace | None, staging: Staging) -> bytes:
    """The bytes of a file that a row names: those that the row brought, else those under its path, below a folder of
    the case's number first. Raises Missing, TooLarge.
    """
    if attached.staged:
        return staging.file(attached.staged)
    for path in paths_of(attached.name, number) if place else ():
        with suppress(Missing):
            assert place
            return place.read(path)
    raise Missing(attached.name)


def decoded(data: str) -> bytes:
    """The file that stands in a row in base64. Raises Damaged, TooLarge."""
    if len(data) > most_bytes() * 3 // 2:
        raise TooLarge
    try:
        return b64decode("".join(data.split()), validate=True)
    except (NoBase64, ValueError) as wrong:
        raise Damaged from wrong


def most_bytes() -> int:
    """Of one file of a case."""
    return limit()


def paths_of(name: str, number: str) -> Iterator[PurePosixPath]:
    """Where a file may lie: below the number of its case, by its whole path, by its name alone. Never above."""
    parts = [part for part in PureWindowsPath(name).parts if part.strip("./\\") and ":" not in part]
    if not parts:
        return
    whole = PurePosixPath(*parts)
    if number.strip("./\\") and not set(number) & set("/\\:"):
        yield PurePosixPath(number, *parts)
        yield PurePosixPath(number, parts[-1])
    yield whole
    yield PurePosixPath(parts[-1])


def file_name(attached: Attached) -> str:
    """Without the folders in which the former tool had it."""
    return PureWindowsPath(attached.name).name or attached.name
