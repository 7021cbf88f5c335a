"""By what a person is paged beside e-mail: addresses as Apprise reads them, one per line. Most hold a secret."""

import re
from urllib.parse import parse_qsl, unquote

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, lines

MOST, LONGEST = 5, 500
OF_THE_SERVER = frozenset(
    {
        *("file", "exec", "cmd", "script", "shell", "sh", "bash", "python"),
        *("syslog", "dbus", "kde", "qt", "glib", "gio", "gnome", "macosx", "windows", "blink1"),
    }
)
"""Kinds that stay on the server where the worker runs: its screen, its log, its programs, its lamp."""

FILES_OF_THE_SERVER = frozenset({"keyfile", "subfile", "pgpkey", "pgppub", "pgpprv", "attach", "attachment", "config"})
"""What an address says of itself by which Apprise would open a file of the server."""

TEMPLATE_IS_A_FILE = frozenset({"discord", "guilded", "slack", "tgram", "workflow", "workflows"})
HOST_IS_NO_SECRET = frozenset(
    {"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos", "gotify", "gotifys"}
)
"""The kinds whose first part is a server; with others it may be a key (``tgram://KEY/…``)."""
_KIND = re.compile(r"[a-z][a-z0-9+.-]{0,29}", re.ASCII)
_HOST = re.compile(r"[a-z0-9.-]{1,120}(:\d{1,5})?", re.ASCII)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{0,29})://\S{2,}", re.IGNORECASE)


def channels(value: str) -> list[str]:
    """The addresses of a field, each once, in their order. Raises Misfit naming the line that is none.

    Only its shape is looked at: whether it reaches somebody is proven by a page, not by reading.
    """
    written = list(dict.fromkeys(lines(MOST * LONGEST + MOST)(value).splitlines()))
    if len(written) > MOST:
        raise Misfit(_("These are %(count)d channels and %(most)d fit.") % {"count": len(written), "most": MOST})
    for place, address in enumerate(written, start=1):
        if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
            sentence = _(
                "Line %d is not the address of a channel. Write its kind, ://, and the rest: tgram://TOKEN/CHAT."
            )
            raise Misfit(sentence % place)
        if stays_inside(address):
            sentence = _(
                "Line %d names a file or a program of the server itself, which reaches nobody. "
                "Write the address of a gateway or a messenger: tgram://TOKEN/CHAT."
            )
            raise Misfit(sentence % place)
    return written


def stays_inside(address: str) -> bool:
    """True if this address would write, read or run something on the server instead of reaching a person."""
    kind, _sign, rest = address.strip().partition("://")
    kind = unquote(kind).lower()
    if kind in OF_THE_SERVER:
        return True
    given = {name.lower().lstrip("+-:") for name, _value in parse_qsl(rest.partition("?")[2], keep_blank_values=True)}
    return bool(given & FILES_OF_THE_SERVER) or ("template" in given and kind in TEMPLATE_IS_A_FILE)


def masked(address: str) -> str:
    """``json://10.0.0.7:8080/… (3f9a01)``, ``tgram://… (77b0c4)``: a channel without what is secret in it.

    Enough to tell two apart, too little to write to either. Its mark is made with the house's own key.
    """
    kind, _sign, rest = address.strip().partition("://")
    kind = kind.lower() if _KIND.fullmatch(kind.lower()) else "?"
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    named = f"{host}/…" if kind in HOST_IS_NO_SECRET and _HOST.fullmatch(host) else "…"
    return f"{kind}://{named} ({mark(address)})"


def mark(address: str) -> str:
    """Six signs that follow from the address."""
    return salted_hmac("guardia.people.channels", address.strip(), algorithm="sha256").hexdigest()[:6]
