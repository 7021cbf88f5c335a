"""Status codes of delivery (RFC 3463), read from what a server says; a full mailbox is told from a wrong address."""

import re

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
