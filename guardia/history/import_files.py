"""The bytes of the files of an import: taken in pieces, written out for whoever reads them, never whole in memory."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.history.history_import import (
    A_PIECE,
    MOST_FILES,
    HistoryImport,
    HistoryImportFile,
    HistoryImportPiece,
    files_sent,
    troubles_file,
)

UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\\/]")
TROUBLES = -1
"""The place of the file of what was wrong."""


def add_file(to: HistoryImport, name: str, chunks: Iterable[bytes]) -> HistoryImportFile:
    """Take one more file, whatever the size of its ``chunks``. Raises ValidationError: empty, or one too many."""
    place = len(files_sent(to))
    if place >= MOST_FILES:
        raise ValidationError(_("At most %d files belong to one import.") % MOST_FILES)
    file = _written(to, place, _safe(name), chunks)
    if not file.size:
        raise ValidationError(_("“%s” is empty. Export it again.") % file.name)
    return file


def put_troubles(to: HistoryImport, stream: BinaryIO) -> None:
    """Keep the CSV of all that was wrong, in place of the one before."""
    drop_troubles(to)
    _written(to, TROUBLES, "troubles.csv", iter(lambda: stream.read(A_PIECE), b""))


def drop_troubles(of: HistoryImport) -> None:
    """What was wrong at a run before says nothing of this one."""
    if before := troubles_file(of):
        before.delete()


def _written(to: HistoryImport, place: int, name: str, chunks: Iterable[bytes]) -> HistoryImportFile:
    digest, size, number = sha256(), 0, 0
    file = HistoryImportFile.objects.create(of=to, place=place, name=name, size=0, sha256="")
    for number, piece in enumerate(in_pieces(chunks)):
        digest.update(piece)
        size += len(piece)
        HistoryImportPiece.objects.create(file=file, number=number, content=piece)
    file.size, file.sha256 = size, digest.hexdigest()
    file.save(update_fields=["size", "sha256"])
    return file


def in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size; the last one may be smaller."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= A_PIECE:
            yield bytes(waiting[:A_PIECE])
            del waiting[:A_PIECE]
    if waiting:
        yield bytes(waiting)


def _safe(name: str) -> str:
    """Without what no database or list of files takes; the end of a long name says what it is."""
    return UNFIT.sub("", name).strip()[-200:] or _("a file")


def content_of(file: HistoryImportFile) -> Iterator[bytes]:
    """Its pieces, one question to the database for each."""
    number = 0
    while piece := HistoryImportPiece.objects.filter(file=file, number=number).first():
        yield bytes(piece.content)
        number += 1


def written_out(of: HistoryImport, folder: Path) -> tuple[list[Path], list[str]]:
    """The files in this folder, and what they are called. Raises OSError."""
    paths, names = [], []
    for file in files_sent(of):
        path = folder / str(file.place)
        with path.open("wb") as stream:
            stream.writelines(content_of(file))
        paths.append(path)
        names.append(file.name)
    return paths, names
