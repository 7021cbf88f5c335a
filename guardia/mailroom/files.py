"""The parts of a mail that are files: what they are by their content, never by what the mail says of them.

No archive is ever unpacked, so none can be a bomb; a winmail.dat and an opaque signature are laid open (``packed``).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from guardia.mailroom.bodies import bodies_of
from guardia.mailroom.charsets import one_line
from guardia.mailroom.names import MAX_LENGTH, safe_name
from guardia.mailroom.parts import Part, taken_apart
from guardia.mailroom.types import OCTETS, PASSIVE, is_program, type_of


@dataclass(frozen=True)
class FileFound:
    """``part`` counts 1, 2, … through the files of this mail, in the order of the original."""

    part: int
    name: str  # safe, at most 120 characters
    type: str  # by its content
    size: int  # bytes
    sha256: str
    refused: str = ""  # why it is not given out: executable, too_big, too_many, too_big_together
    inert: bool = False  # only given out as a download of octets
    content_id: str = ""  # by which the HTML shows it, without brackets, in lower case

    @property
    def served_as(self) -> str:
        return OCTETS if self.inert else self.type


@dataclass(frozen=True)
class Limits:
    each: int = 25 * 1024 * 1024  # bytes
    together: int = 25 * 1024 * 1024
    count: int = 100


LIMITS = Limits()


def files_of(parts: Iterable[Part], limits: Limits = LIMITS) -> tuple[list[FileFound], list[str]]:
    """The files and the defects of their encodings. One that is refused is named all the same."""
    found: list[FileFound] = []
    defects: list[str] = []
    together = 0
    for number, part in enumerate(parts, 1):
        content, defect = part.content()
        together += len(content)
        name, type_ = name_and_type(part, content, number)
        found.append(
            FileFound(
                part=number,
                name=name,
                type=type_,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                refused=refusal(content, name, number, together, limits),
                inert=type_ not in PASSIVE,
                content_id=content_id(part),
            )
        )
        defects += [defect] if defect else []
    return found, defects


def content_of(raw: bytes, part: int) -> bytes:
    """The bytes of the file with this number in this mail. Raises LookupError, Unreadable."""
    files = bodies_of(taken_apart(raw)).files
    if not 0 < part <= len(files):
        raise LookupError(part)
    return files[part - 1].content()[0]


def name_and_type(part: Part, content: bytes, number: int) -> tuple[str, str]:
    name = safe_name(part.file_name, "")
    type_, extension = type_of(content, name)
    if not name and part.type == "message/rfc822":
        type_, extension = type_of(content, "x.eml")
    return name or f"part-{number}{extension}"[:MAX_LENGTH], type_


def refusal(content: bytes, name: str, number: int, together: int, limits: Limits) -> str:
    """Why it is not given out; "" when it is."""
    if is_program(content, name):
        return "executable"
    if len(content) > limits.each:
        return "too_big"
    if number > limits.count:
        return "too_many"
    return "too_big_together" if together > limits.together else ""


def content_id(part: Part) -> str:
    return one_line(part.headers.first("content-id", 300), 250).strip("<> ").lower()
