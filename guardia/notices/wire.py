"""How headers and addresses go over the wire: in ASCII, and back to the same words at the other end."""

import re
from base64 import b64decode, b64encode
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.policy import EmailPolicy
from email.quoprimime import body_encode
from email.utils import formataddr
from functools import lru_cache
from typing import Any

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
LINE = "\r\n"
LONGEST_LINE = 78
ENCODED_WORDS = "=?"
UNPLAIN = re.compile(r"=\?|[\"\\]|^\.|\.\.|\.@")
"""In a name, what may be read as encoded already, and the signs that are escaped between quotes; in an address, dots
that no server takes. Python's own reads these."""
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
        return folded_at_blanks(self.name, str(self))


def folded_at_blanks(name: str, words: str) -> str:
    """The header's lines; a word that is longer than a line stays whole."""
    lines = [f"{name}:"]
    for word in words.split():
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


@lru_cache(maxsize=1024)
def header_lines(name: str, value: str) -> str:
    """A header as it goes over the wire, folded; ``value`` is words without line breaks, or one message id.

    What fits into a line is written as it is: Python's own parsing and folding takes a third of a letter's time. It is
    left what is longer, and what looks like words that are encoded already. Raises ValueError for a line break.
    """
    if value.isprintable() and ENCODED_WORDS not in value:
        if name in (HISTORY, CHECKPOINT):
            return folded_at_blanks(name, value)
        if not value.isascii():
            return f"{name}: {encoded(value, name)}{LINE}"
        if len(f"{name}: {value}") <= LONGEST_LINE:
            return f"{name}: {value}".rstrip() + LINE
    return WIRE.fold(*WIRE.header_store_parse(name, value))


@lru_cache(maxsize=1024)
def address_lines(name: str, person: str, address: str) -> str:
    """The header that says from whom or to whom a mail goes: a name on one line, and an address in ASCII.

    Raises ValueError for a line break, and for what is no address.
    """
    if person.isprintable() and ADDRESS.fullmatch(address) and not (UNPLAIN.search(person) or UNPLAIN.search(address)):
        return f"{name}: {named(person, address)}{LINE}"
    return WIRE.fold(*WIRE.header_store_parse(name, Address(person, addr_spec=address)))


def quoted_printable(text: str) -> str:
    """The text as the body of a part (RFC 2045), each line ended as on the wire. Letters share most of their lines,
    those of the style sheet above all, so that each is encoded once.
    """
    return "".join(quoted_line(line) for line in text.encode().splitlines() or [b""])


@lru_cache(maxsize=1024)
def quoted_line(line: bytes) -> str:
    return body_encode(line.decode("latin-1"), LONGEST_LINE).replace("\n", LINE) + LINE


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
