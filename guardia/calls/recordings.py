"""Where the recording of a call is to be heard: as the exchange says in a message of it, or by the exchange's pattern.

Guardia keeps no recording and no link of its own: the link is made when the call is looked at.
"""

from string import Formatter
from urllib.parse import quote, urlsplit

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.calls.cti_messages import value
from guardia.calls.exchange import ExchangeEvent, ExchangeKind

LONGEST = 300
SAID = ("recording", "recordingUrl", "recording_url")
"""What the field of a pushed message is called that holds the link."""
PLACES = ("id", "number", "dialled", "year", "month", "day", "hour", "minute", "second")
"""What a pattern may hold in braces; hours are those of the arrival in the operator's zone."""


def checked(pattern: str) -> str:
    """The pattern, fit to be kept. Raises ValidationError."""
    pattern = pattern.strip()
    if not pattern:
        return ""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        parts = []
    names = [name for _text, name, _spec, _how in parts if name is not None]
    unknown = [name for name in names if name not in PLACES]
    if not parts or unknown or any(spec or how for _text, _name, spec, how in parts):
        known = ", ".join(f"{{{name}}}" for name in PLACES)
        raise ValidationError(_("Only %s may appear in braces.") % known)
    if not names:
        raise ValidationError(_("Write in braces what differs from call to call, such as {id}."))
    if len(pattern) > LONGEST or not is_address(pattern):
        raise ValidationError(_("Write a whole address: https://pbx.example.com/recordings/{id}.wav"))
    return pattern


def is_address(words: str) -> bool:
    """Whether a browser may be led there."""
    try:
        return words.isprintable() and urlsplit(words).scheme in {"https", "http"} and bool(urlsplit(words).hostname)
    except ValueError:
        return False


def link_of(call: Call) -> str:
    """The address of its recording; empty where none is known, or nobody was talked to."""
    if call.exchange is None or call.answered_at is None or call.reached_at:
        return ""
    return _description(call) or _by_pattern(call, call.exchange.recording)


def _description(call: Call) -> str:
    if call.exchange is None or call.exchange.kind != ExchangeKind.CTI:
        return ""
    told = ExchangeEvent.objects.filter(exchange=call.exchange, reference=call.reference).order_by("-pk")
    links = (value(event.packet, *SAID) for event in told[:50])
    return next((link for link in links if is_address(link)), "")


def _by_pattern(call: Call, pattern: str) -> str:
    if not pattern:
        return ""
    at = localtime(call.arrived_at)
    hour = {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}", "hour": f"{at:%H}", "minute": f"{at:%M}"}
    facts = {"id": call.reference, "number": call.from_number, "dialled": call.dialled, "second": f"{at:%S}", **hour}
    link = pattern.format_map({name: quote(fact, safe="") for name, fact in facts.items()})
    return link if is_address(link) else ""
