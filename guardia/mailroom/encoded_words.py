"""Encoded words in headers (RFC 2047): decoded once, never twice, and what they hide stays on one line."""

import binascii
import re

from guardia.mailroom.charsets import decoded
from guardia.mailroom.transfer import base64

WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")


def readable(text: str) -> str:
    """The header's text with its encoded words decoded. One that cannot be decoded stays as it is."""
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  # words side by side: a letter may begin in one and end in the next
    end = 0
    for word in WORD.finditer(text):
        between = text[end : word.start()]
        if not run or between.strip():
            out += [joined(run), between]
            run = []
        run.append((word[1].partition("*")[0].lower(), octets_of(word[2], word[3])))
        end = word.end()
    return "".join([*out, joined(run), text[end:]])


def octets_of(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64(octets)[0]
    return binascii.a2b_qp(octets, header=True)


def joined(run: list[tuple[str, bytes]]) -> str:
    out: list[str] = []
    charset, pending = "", bytearray()
    for each, octets in run:
        if each != charset:
            out.append(decoded(bytes(pending), charset)[0])
            charset, pending = each, bytearray()
        pending += octets
    return "".join([*out, decoded(bytes(pending), charset)[0]])
