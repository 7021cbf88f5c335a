"""Addresses in headers (RFC 5322), read in one pass over any length: no nesting of comments can make it slow."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from guardia.mail.charsets import clean, one_line
from guardia.mail.headers import readable

MAX_ADDRESSES = 10_000
MAX_LENGTH = 1024 * 1024
ADDRESS_LENGTH = 320
NAME_LENGTH = 200

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[(),:;<>"]|[^\\(),:;<>"]+', re.DOTALL)
LOCAL = re.compile(r"[^\s@()<>\[\],;:\\\"]{1,64}\Z")
DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?\Z")
LOOSE = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,250}")
LITERAL = re.compile(r"\[[0-9a-f:.]{3,60}\]\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Mailbox:
    name: str
    address: str  # lower case, domain in ASCII; "" when it is none


def mailboxes(text: str) -> list[Mailbox]:
    """Those that a header's text names, in its order; its encoded words are decoded after it is taken apart."""
    found: list[Mailbox] = []
    phrase: list[str] = []
    angle: list[str] | None = None
    inside = False  # between < and >
    for token in (*uncommented(text[:MAX_LENGTH]), ","):
        if token in ("<", ">"):
            inside = token == "<"
            angle = [] if angle is None else angle
        elif token in (",", ";") and len(found) < MAX_ADDRESSES:
            found.append(mailbox(phrase, angle))
            phrase, angle, inside = [], None, False
        elif inside and angle is not None:
            angle.append(token)
        elif token == ":":
            phrase = []  # the name of a group
        else:
            phrase.append(token)
    return [each for each in found if each.name or each.address]


def uncommented(text: str) -> Iterator[str]:
    """The tokens that stand in no comment. Where they are not closed, they are none."""
    if text.count("(") != text.count(")"):
        text = text.replace("(", " ").replace(")", " ")
    depth = 0
    for token in TOKEN.findall(text):
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(depth - 1, 0)
        elif not depth:
            yield token


def somewhere(text: str) -> str:
    """The first address that stands anywhere in a broken header; "" if none."""
    return next((address for each in LOOSE.findall(text[:MAX_LENGTH]) if (address := normal(each))), "")


def mailbox(phrase: list[str], angle: list[str] | None) -> Mailbox:
    if angle is None:
        return Mailbox("", normal("".join(phrase)))
    return Mailbox(name_of("".join(phrase)), normal("".join(angle).rpartition(":")[2]))


def name_of(text: str) -> str:
    return one_line(readable(text.replace('\\"', "").replace('"', "").strip()), NAME_LENGTH)


def normal(address: str) -> str:
    """Lower case, domain in ASCII (IDNA); "" when it is no address."""
    local, at, domain = unicodedata.normalize("NFC", clean(address)).strip().strip("'\"").lower().rpartition("@")
    local, domain = local.strip().strip('"'), ascii_domain(domain.strip())
    if not (at and domain and LOCAL.match(local)):
        return ""
    whole = f"{local}@{domain}"
    return whole if len(whole) <= ADDRESS_LENGTH else ""


def ascii_domain(domain: str) -> str:
    if len(domain) > 253:
        return ""
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if LITERAL.match(domain):
        return domain
    return domain.rstrip(".") if DOMAIN.match(domain) else ""
