"""How Asterisk's manager interface looks on the wire: lines that end in CR LF, a packet ends with an empty one.

Bytes are split into lines before they are decoded, so a letter that two reads share is never torn.
"""

from collections.abc import Mapping, Sequence
from hashlib import md5

Packet = list[tuple[str, str]]
"""Headers in order, as they came; one that repeats stands there as often."""

LONGEST_PACKET = 256 * 1024
BANNER = "Asterisk Call Manager"


class NotTheProtocol(Exception):
    """What came in is no manager interface: the port of something else, or a stream without packets."""


class Unsendable(ValueError):
    """A value with a line break would be read as an action of its own."""


class Packets:
    """Takes bytes as they come in, in pieces of any size, and gives back the packets that are whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._packet: Packet = []
        self._size = 0

    def feed(self, data: bytes) -> list[Packet]:
        """Raises NotTheProtocol where a packet does not end."""
        whole: list[Packet] = []
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._size += len(line)
            self._must_be_a_packet(self._size)  # however the reads fell: its end may come with the same one
            self._take(line.removesuffix(b"\r"), whole)
        self._must_be_a_packet(self._size + len(self._rest))
        return whole

    def _must_be_a_packet(self, size: int) -> None:
        if size > LONGEST_PACKET:
            raise NotTheProtocol(f"a packet of more than {LONGEST_PACKET // 1024} KB")

    def _take(self, line: bytes, whole: list[Packet]) -> None:
        if line:
            header = header_of(line)
            if header:
                self._packet.append(header)
            return
        if self._packet:
            whole.append(self._packet)
        self._packet, self._size = [], 0


def header_of(line: bytes) -> tuple[str, str] | None:
    """Name and value; None for a line that is no header, such as the banner. What is no UTF-8 is replaced."""
    name, colon, value = line.decode("utf-8", errors="replace").replace("\0", "\ufffd").partition(":")
    return (name.strip(), value.removeprefix(" ")) if colon and name.strip() else None


def action(name: str, headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> bytes:
    """The bytes of one action. Raises Unsendable."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"{key}: {value}" for key, value in (("Action", name), *pairs)]
    for line in lines:
        if any(mark in line for mark in "\r\n\0"):
            raise Unsendable(f"{line.partition(':')[0]!r} holds a line break")
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def key_for(challenge: str, secret: str) -> str:
    """The answer to a challenge (AuthType MD5), which keeps the secret off the wire."""
    return md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()


def value(packet: Sequence[tuple[str, str]], name: str, default: str = "") -> str:
    """The first header of this name, whatever its case."""
    wanted = name.lower()
    return next((text for key, text in packet if key.lower() == wanted), default)
