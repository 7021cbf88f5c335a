"""How anything leaves by HTTP for an address that somebody typed: where it may lead, and by which addresses and proxy.

The name is looked up and every address of it is checked (``people/egress.py``); the connection goes to the very address
that was checked, with the name in the Host header and in the TLS greeting.
"""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guardia.customers.values import Misfit
from guardia.people.egress import INTERNAL as INTERNAL_NETWORKS
from guardia.people.egress import addresses, is_loopback, may_lead_to, meant

NOWHERE = gettext_noop("the name leads nowhere")
NOT_NAMED = gettext_noop("the name leads to this machine or to an internal network that EGRESS_NETWORKS does not name")
WITHOUT_TLS = gettext_noop("without TLS only networks of one’s own are reached")
"""Why nothing was sent, as it is kept; a screen says it in the reader's language."""
LONGEST_WAIT = timedelta(hours=24)
"""No receiver makes us wait longer, whatever its Retry-After says."""


class MayNotLeave(Exception):
    """An address that Guardia may not be sent to; nothing was sent."""


def must_be_reachable(written: str) -> SplitResult:
    """The parts of an address that we may be sent to: https, or http within the operator's own networks. Raises Misfit
    with what is wrong and what to write instead.
    """
    try:
        parts = urlsplit(written)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"} or any(sign.isspace() for sign in written):
        raise Misfit(_("This is no address. Write it whole: https://example.com/events."))
    found = addresses(host, parts.port)
    if found and not all(map(may_lead_to, found)):
        raise Misfit(
            _(
                "“%s” leads to this machine or to an internal network that EGRESS_NETWORKS does not name. "
                "Write another address, or name the network there."
            )
            % host
        )
    if parts.scheme == "http" and not (found and all(map(is_inside, found))):
        raise Misfit(_("Without TLS only your own networks are reached. Write an address that begins with https://."))
    return parts


@cache
def authorities() -> ssl.SSLContext:
    """The machine's own, or those that SSL_CERT_FILE names."""
    return ssl.create_default_context()


def why_not(scheme: str, found: list[str]) -> str:
    """Why nothing may be sent to these addresses by this scheme; empty where it may."""
    if not found:
        return NOWHERE
    if not all(map(may_lead_to, found)):
        return NOT_NAMED
    if scheme != "https" and not all(map(is_inside, found)):
        return WITHOUT_TLS
    return ""


def is_inside(written: str) -> bool:
    """Whether this IP address is this machine's or of an internal network."""
    return is_loopback(str(meant(ip_address(written.partition("%")[0])))) or is_internal(written)


def is_internal(written: str) -> bool:
    """Whether this IP address is of an internal network; this machine's own is none."""
    address = meant(ip_address(written.partition("%")[0]))
    return not is_loopback(str(address)) and any(address in network for network in INTERNAL_NETWORKS)


def proxy_of(parts: SplitResult) -> str | None:
    """The proxy that the environment names for this address (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)."""
    if not (found := getproxies().get(parts.scheme)) or proxy_bypass(parts.netloc):
        return None
    return found if "://" in found else f"http://{found}"


def at_address(parts: SplitResult, place: str) -> str:
    host = f"[{place}]" if ":" in place else place
    netloc = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def wait_in(written: str) -> timedelta | None:
    """How long a Retry-After asks us to wait: in seconds, or until an hour; None where it says nothing sensible."""
    written = written.strip()
    if written.isascii() and written.isdigit() and len(written) < 10:
        return min(timedelta(seconds=int(written)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(written)
    except ValueError:
        return None
    wait = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait, timedelta()), LONGEST_WAIT)
