"""By what a person is paged beside e-mail: addresses as Apprise reads them, one per line. Most hold a secret."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

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
EVERY_KIND = frozenset({"format", "overflow", "verify", "rto", "cto", "tz", "emojis", "image", "from", "to"})
"""What any kind may say of itself: how it is written, how long it may take, from whom and to whom."""

INCIDENTS = frozenset(
    {
        *("pagerduty", "opsgenie", "pagertree", "splunk", "victorops", "squadcast", "signl4", "ilert"),
        *("goalert", "goalerts"),
    }
)
"""The kinds that open an incident for what went wrong, and take mere information for nothing to be sent."""

_TOKENS = frozenset({"token", "key", "secret", "apikey", "sid", "access"})
_SMS = _TOKENS | {"batch", "region", "unicode", "flash"}
_INCIDENT = _TOKENS | {"action", "dedup", "priority", "region", "severity", "tags", "route", "urgency", "batch"}
ALLOWED: Mapping[str, frozenset[str]] = {
    # a server of whoever it is: its address stands in front
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms"), frozenset({"method"})),
    **dict.fromkeys(("gotify", "gotifys"), frozenset({"priority"})),
    **dict.fromkeys(
        ("ntfy", "ntfys"),
        frozenset({"priority", "mode", "token", "auth", "click", "xtags", "actions", "delay", "email"}),
    ),
    **dict.fromkeys(("mmost", "mmosts"), frozenset({"channel", "channels", "botname", "team", "mode"})),
    **dict.fromkeys(("rocket", "rockets"), frozenset({"mode", "webhook", "avatar"})),
    **dict.fromkeys(("signal", "signals"), frozenset({"batch", "status"})),
    **dict.fromkeys(
        ("matrix", "matrixs"), frozenset({"mode", "msgtype", "version", "token", "discovery", "hsreq", "e2ee"})
    ),
    **dict.fromkeys(("nctalk", "nctalks"), frozenset({"secret", "silent"})),
    **dict.fromkeys(("smseagle", "smseagles"), frozenset({"token", "priority", "flash", "test", "batch", "status"})),
    **dict.fromkeys(("mailto", "mailtos"), frozenset({"name", "cc", "bcc", "reply", "mode", "smtp", "user", "pass"})),
    # a service whose server Apprise knows by itself
    "tgram": frozenset({"silent", "preview", "topic", "thread", "mdv", "content", "detect"}),
    "slack": frozenset({"mode", "token", "blocks", "footer", "timestamp"}),
    "discord": frozenset({"tts", "avatar", "footer", "fields", "href", "thread", "flags", "ping", "batch"}),
    "gchat": frozenset({"workspace", "key", "token", "thread"}),
    **dict.fromkeys(("wxteams", "webex"), frozenset({"mode", "token"})),
    **dict.fromkeys(
        ("workflow", "workflows"),
        frozenset({"id", "sig", "pa", "powerautomate", "ver", "api-version", "sp", "sv", "wrap", "route", "routeid"}),
    ),
    **dict.fromkeys(("zulip", "line", "twist", "flock", "pbul", "prowl", "join"), _TOKENS | {"priority"}),
    "pover": frozenset({"sound", "priority", "expire", "interval", "retry", "key"}),
    "threema": frozenset({"gwid", "secret"}),
    "whatsapp": frozenset({"token", "lang", "template", ":body"}),
    **dict.fromkeys(
        ("vonage", "nexmo", "sns", "clickatell", "clicksend", "bulksms", "msgbird", "plivo", "sinch", "telnyx"), _SMS
    ),
    **dict.fromkeys(("d7sms", "elks", "voipms", "seven"), _SMS | {"source", "label"}),
    "twilio": _SMS | {"method"},
    **dict.fromkeys(INCIDENTS, _INCIDENT | {"service", "location", "status"}),
    **dict.fromkeys(("mailgun", "sendgrid"), frozenset({"name", "cc", "bcc", "region", "batch", "template"})),
}
"""The kinds of channels, and what each may say of itself besides EVERY_KIND. Whatever else Apprise can do is refused.

A parameter that names a file is in none of them, one that names a host in HOST_PARAMETERS as well.
"""

HOST_IS_A_SERVER = frozenset(
    {
        *("json", "jsons", "xml", "xmls", "form", "forms", "gotify", "gotifys", "ntfy", "ntfys", "mmost", "mmosts"),
        *("rocket", "rockets", "signal", "signals", "matrix", "matrixs", "nctalk", "nctalks", "smseagle", "smseagles"),
        *("goalert", "goalerts", "mailto", "mailtos", "workflow", "workflows"),
    }
)
"""The kinds of ALLOWED whose first part is a server; with the others it is a key or a number, and no DNS sees it."""

HOST_PARAMETERS = frozenset({"smtp"})
"""Parameters whose value is a server that is connected to."""

_OWN_WORDS = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""The kinds that take headers, parameters and fields of one's own: +NAME, -NAME and :NAME."""

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
        raise Misfit(
            _("There are %(count)d channels, and at most %(most)d fit.") % {"count": len(written), "most": MOST}
        )
    for place, address in enumerate(written, start=1):
        if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
            sentence = _(
                "Line %d is not the address of a channel. Write its kind, ://, and the rest: tgram://TOKEN/CHAT."
            )
            raise Misfit(sentence % place)
        if stays_inside(address):
            sentence = _(
                "Line %d names a file or program on the server itself, which reaches nobody. Enter the address "
                "of a gateway or a messenger: tgram://TOKEN/CHAT."
            )
            raise Misfit(sentence % place)
        if refused := not_allowed(address):
            raise Misfit(_refusal(place, *refused))
    return written


def _refusal(place: int, kind: str, parameter: str) -> str:
    if parameter:
        sentence = _("Line %(line)d: a channel of type %(kind)s may not contain “%(parameter)s”. Remove that part.")
        return sentence % {"line": place, "kind": kind, "parameter": parameter}
    sentence = _(
        "Line %(line)d: channels of type “%(kind)s” are not supported here. Enter a messenger (tgram, slack, "
        "discord), an SMS gateway (twilio, vonage) or a server of your own (jsons, ntfys, gotifys)."
    )
    return sentence % {"line": place, "kind": kind}


def stays_inside(address: str) -> bool:
    """True if this address would write, read or run something on the server instead of reaching a person."""
    kind, _sign, rest = address.strip().partition("://")
    kind = unquote(kind).lower()
    if kind in OF_THE_SERVER:
        return True
    given = {name.lstrip("+-: ") for name in parameters(rest)}
    return bool(given & FILES_OF_THE_SERVER) or ("template" in given and kind in TEMPLATE_IS_A_FILE)


def not_allowed(address: str) -> tuple[str, str] | None:
    """Why a page by this address is refused: its kind, and the parameter or none. None: it is allowed (ALLOWED)."""
    kind, _sign, rest = address.strip().partition("://")
    kind = unquote(kind).lower()
    allowed = ALLOWED.get(kind)
    if allowed is None:
        return kind if _KIND.fullmatch(kind) else "?", ""
    for name in parameters(rest):
        if name not in allowed | EVERY_KIND and not (kind in _OWN_WORDS and name[:1] in {"+", "-", ":"}):
            return kind, re.sub(r"[^a-z0-9_.-]", "", name)[:30] or "?"
    return None


def parameters(rest: str) -> dict[str, str]:
    """What stands behind the question mark, by name in small letters, read as Apprise reads it (``;`` parts too)."""
    found = {}
    for pair in re.split(r"[&;]", rest.partition("?")[2]):
        name, _is, value = pair.partition("=")
        name = unquote(name[:1] + name[1:].replace("+", " ")).lower().strip()
        if name:
            found[name] = unquote(value).strip()
    return found


def named_hosts(address: str) -> list[str]:
    """The servers that a parameter of the address names (HOST_PARAMETERS), without their ports."""
    said = parameters(address.partition("://")[2])
    return [unquote(said[name]).partition(":")[0] for name in sorted(HOST_PARAMETERS & said.keys()) if said[name]]


def masked(address: str) -> str:
    """``json://10.0.0.7:8080/… (3f9a01)``, ``tgram://… (77b0c4)``: a channel without what is secret in it.

    Enough to tell two apart, too little to write to either. Its mark is made with the installation's own key.
    """
    kind, _sign, rest = address.strip().partition("://")
    kind = kind.lower() if _KIND.fullmatch(kind.lower()) else "?"
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    named = f"{host}/…" if kind in HOST_IS_NO_SECRET and _HOST.fullmatch(host) else "…"
    return f"{kind}://{named} ({mark(address)})"


def mark(address: str) -> str:
    """Six signs that follow from the address."""
    return salted_hmac("guardia.people.channels", address.strip(), algorithm="sha256").hexdigest()[:6]
