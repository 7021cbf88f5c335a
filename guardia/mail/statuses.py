"""Reports on the delivery of a mail (RFC 3464) and its status codes (RFC 3463): what became of it for each address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from guardia.mail.addresses import normal
from guardia.mail.charsets import clean, decoded, one_line
from guardia.mail.parts import Part

# Status codes of delivery (RFC 3463), read from what a server says; a full mailbox is told from a wrong address.


ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
BASIC = re.compile(r"(?<![\d.])([45])([0-5])\d(?![\d.])")
GENERIC = re.compile(r"[245]\.0\.0\Z")

FULL = re.compile(
    r"mailbox (?:is )?full|over ?quota|quota exceeded|exceeded (?:the |its |their )?(?:storage|quota|mailbox)"
    r"|out of storage|insufficient (?:disk|system) (?:space|storage)|inbox is full"
    r"|(?:buz[oó]n|casilla|bandeja)[^.]{0,40} llen[oa]|cuota (?:excedida|superada)|cota excedida"
    r"|caixa (?:postal |de (?:correio|entrada) )?(?:est[aá] )?(?:cheia|lotada)",
    re.IGNORECASE,
)
UNKNOWN = re.compile(
    r"user unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|person)|does ?n[o']t exist"
    r"|(?:recipient|mailbox|address|user)[^.]{0,30} (?:not found|unknown|rejected|unavailable|disabled)|no mailbox"
    r"|invalid (?:recipient|mailbox|user)|couldn'?t be found|wasn'?t found|no existe"
    r"|no se (?:ha )?(?:encontr|pudo encontr)|(?:usuario|destinatario) (?:desconocido|inexistente)"
    r"|n[aã]o (?:existe|foi encontrad)|desconhecid",
    re.IGNORECASE,
)
NO_HOST = re.compile(
    r"host (?:or domain name )?not found|find any host|domain (?:not found|does ?n[o']t exist)|no such (?:host|domain)"
    r"|unrouteable|dominio[^.]{0,30} no (?:existe|se )",
    re.IGNORECASE,
)
TOO_LONG = re.compile(r"retry time(?:out)? exceeded|expired|too long|been trying|tiempo de entrega", re.IGNORECASE)


def status_of(said: str, words: str, default: str = "") -> str:
    """The status: as said, unless that is only "something failed" and the server's words know more."""
    told = ENHANCED.search(said)
    status = told[0] if told else ""
    if status and not GENERIC.match(status):
        return with_full(status, words)
    kind = status[:1]
    for found in ENHANCED.finditer(words):
        if not kind or found[1] == kind:
            return with_full(found[0], words)
    if not kind:
        basic = BASIC.search(words)
        kind = basic[1] if basic else default[:1]
    return by_words(kind, words) or status or (f"{kind}.0.0" if kind else "")


def with_full(status: str, words: str) -> str:
    """Some servers call a full mailbox by another code of "mailbox" or "other"."""
    if status[2:] in ("2.0", "2.1", "2.3", "0.0", "3.1") and FULL.search(words):
        return f"{status[0]}.2.2"
    return status


def by_words(kind: str, words: str) -> str:
    if not kind:
        return ""
    if FULL.search(words) or re.search(r"(?<!\d)552(?!\d)", words):
        return f"{kind}.2.2"
    if UNKNOWN.search(words):
        return f"{kind}.1.1"
    if NO_HOST.search(words):
        return f"{kind}.1.2"
    return f"{kind}.4.7" if TOO_LONG.search(words) else ""


# Reports on the delivery of a mail (RFC 3464): what became of it for each address.


MAX_RECIPIENTS = 10_000
WORDS_LENGTH = 500
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")

FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\n]+)*)")
MESSAGE_ID = re.compile(r"^[ \t>]*(?:x-original-)?message-id:\s*(<[^<>]{1,480}>)", re.IGNORECASE | re.MULTILINE)
ID = re.compile(r"<[^<>\s]{1,480}>")
BRACKETS = re.compile(r"<([^<>]*)>")
LOOKED_AT = 256 * 1024


class Action(StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True)
class Recipient:
    """What became of the mail for one address."""

    address: str  # the one it was sent to, lower case; "" when the report does not say
    action: Action
    status: str  # "5.1.1"; "" when the report does not say
    words: str  # the server's own, one line
    final: str = ""  # where that address led to, when it is another

    @property
    def bounced(self) -> bool:
        """Given up: the mail was not, and will not be, delivered."""
        return self.action is Action.FAILED

    @property
    def lasting(self) -> bool:
        """Given up because of the address itself (5.x.x), so that the next mail would fare no better."""
        return self.bounced and self.status.startswith("5") and not self.full

    @property
    def full(self) -> bool:
        """The mailbox is full (x.2.2): the address is right, and a later mail may arrive."""
        return self.status.endswith(".2.2")


@dataclass(frozen=True)
class Report:
    recipients: tuple[Recipient, ...]
    original_message_id: str  # of the mail it is about, with brackets; "" when not found
    standard: bool = True  # RFC 3464, else understood from its text


def standard_report(whole: Part) -> Report | None:
    """The report in this message, if it has a part made for it."""
    for part in whole.leaves():
        if part.type in STATUS_TYPES:
            text = text_of(part)
            recipients = recipients_of(text)
            if recipients:
                return Report(tuple(recipients), original_message_id(whole, text))
    return None


def recipients_of(text: str) -> list[Recipient]:
    found: list[Recipient] = []
    for fields in blocks(text):
        if "final-recipient" in fields or "original-recipient" in fields:
            found.append(recipient(fields))
        if len(found) >= MAX_RECIPIENTS:
            break
    return found


def blocks(text: str) -> Iterator[dict[str, str]]:
    """The groups of fields; one begins after an empty line, or where a recipient is named again without one."""
    for block in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        for name, value in FIELD.findall(block):
            if name.lower() == "final-recipient" and name.lower() in fields:
                yield fields
                fields = {}
            fields.setdefault(name.lower(), value)
        yield fields


def recipient(fields: dict[str, str]) -> Recipient:
    final, original = (address(fields.get(name, "")) for name in ("final-recipient", "original-recipient"))
    words = typed(fields.get("diagnostic-code", ""))
    status = status_of(fields.get("status", ""), words)
    return Recipient(
        address=original or final,
        action=action(fields.get("action", ""), status),
        status=status,
        words=one_line(words, WORDS_LENGTH),
        final=final if original and final != original else "",
    )


def action(said: str, status: str) -> Action:
    """As it says; where it does not, as the status: a report about 4.x.x that gives up says "failed"."""
    word = said.strip().lower().partition(" ")[0]
    if word in Action:
        return Action(word)
    return {"2": Action.DELIVERED, "4": Action.DELAYED}.get(status[:1], Action.FAILED)


def typed(value: str) -> str:
    """Without the type that RFC 3464 puts before it ("rfc822; …", "smtp; …")."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and re.fullmatch(r"\s*[\w-]{1,30}\s*", kind) else value.strip()


def address(value: str) -> str:
    written = typed(value).replace("+2B", "+").replace("+3D", "=")  # some leave the transport's own escapes in
    inside = BRACKETS.search(written)
    return normal(inside[1] if inside else written)


def text_of(part: Part) -> str:
    return clean(decoded(part.content()[0], part.params.get("charset", ""))[0])


def original_message_id(whole: Part, *texts: str) -> str:
    """Of the mail the report is about: from the copy that comes with it, else from its text, else what it answers."""
    returned = (text_of(part)[:LOOKED_AT] for part in whole.leaves() if part.type in RETURNED_TYPES)
    for text in (*returned, *texts):
        if found := MESSAGE_ID.search(text):
            return found[1]
    answered = (ID.findall(whole.headers.first(name)) for name in ("in-reply-to", "references"))
    return next((ids[-1] for ids in answered if ids), "")
