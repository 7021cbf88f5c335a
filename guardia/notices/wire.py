"""How headers and addresses go over the wire: in ASCII, and back to the same words at the other end."""

import re
from base64 import b64decode, b64encode
from email.header import Header
from email.headerregistry import HeaderRegistry, MessageIDHeader
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
LINE = "\r\n"
LONGEST_LINE = 78
HISTORY, CHECKPOINT = "X-Guardia-History", "X-Guardia-Checkpoint"
"""The whole hash of an event, and the newest signed log: a letter brings both (docs/evidence.md)."""
PIECE = 54
"""So that the first one stands beside the name: some servers take a first line that is empty amiss."""


class BadAddress(Exception):
    """The address cannot be written into a mail; its words are for the proof."""

    def __init__(self, written: str) -> None:
        super().__init__(f"this is no mail address: {written!r}")


class Registry(HeaderRegistry):
    """Python's own makes a class anew for every header of every mail, which is a tenth of what a mail costs."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        kind = name.lower()
        if kind not in self.made:
            self.made[kind] = super().__getitem__(name)
        return self.made[kind]


class PlainHeader:
    """Words in ASCII that are ours: nothing is to be read out of them, and a line may be folded at each blank.

    Python's own parsing and folding of the two headers of the proof takes half a millisecond of each mail.
    """

    max_count = None
    name: str

    @classmethod
    def parse(cls, value: str, more: dict[str, Any]) -> None:
        more |= {"decoded": value, "parse_tree": None}

    def fold(self, *, policy: EmailPolicy) -> str:
        lines = [f"{self.name}:"]
        for word in str(self).split():
            if len(lines[-1]) + len(word) < LONGEST_LINE:
                lines[-1] += f" {word}"
            else:
                lines.append(f" {word}")
        return f"{LINE.join(lines)}{LINE}"


def registry() -> Registry:
    """A thread's root is one word, which must stay whole even where it is longer than a line."""
    found = Registry()
    for name in (HISTORY, CHECKPOINT):
        found.map_to_type(name, PlainHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants it
    for name in ("in-reply-to", "references"):
        found.map_to_type(name, MessageIDHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants it
    return found


class WirePolicy(EmailPolicy):
    """Words beyond ASCII are encoded whole: Python's own folding loses the blank between two words with accents."""

    def fold(self, name: str, value: str) -> str:
        if addresses := getattr(value, "addresses", ()):
            return f"{name}: {', '.join(named(one.display_name, one.addr_spec) for one in addresses)}{LINE}"
        if not str(value).isascii():
            return f"{name}: {encoded(str(value), name)}{LINE}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


WIRE = WirePolicy(linesep=LINE, raise_on_defect=False, cte_type="7bit", header_factory=registry())


def named(name: str, address: str) -> str:
    return formataddr((name, address)) if name.isascii() else f"{encoded(name)} <{address}>"


def encoded(words: str, header: str = "") -> str:
    return Header(words, "utf-8", header_name=header or None).encode(linesep=LINE)


def wire_address(written: str) -> str:
    """The address in ASCII, its domain in punycode. Raises BadAddress where it is none."""
    local, _, host = written.strip().rpartition("@")
    try:
        found = f"{local}@{host.encode('idna').decode()}"
    except UnicodeError as wrong:
        raise BadAddress(written) from wrong
    if not ADDRESS.fullmatch(found):
        raise BadAddress(written)
    return found


def one_line(text: str) -> str:
    """Without line breaks and other control characters, so that nothing can begin a header of its own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


# --- the signed log, of which a letter brings the newest state --------------------------------------------------------


def header_of(note: str) -> str:
    """A signed note has line breaks and a dash beyond ASCII, which no header keeps: it stands in base64, in pieces
    between which a server may fold the line as it likes.
    """
    coded = b64encode(note.encode()).decode()
    return " ".join(coded[start : start + PIECE] for start in range(0, len(coded), PIECE))


def note_of(header: str) -> str:
    """The note, however its line was folded; what cannot be one is returned as it is."""
    try:
        return b64decode("".join(header.split()), validate=True).decode()
    except ValueError:
        return header
