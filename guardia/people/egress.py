"""Where Guardia may be sent to by what somebody typed or an outside server answered: never to itself or its cloud, and
to an internal network only where the environment names it (EGRESS_NETWORKS). What the environment itself sets is the
operator's own word and may stand anywhere (ADR 42).

What is checked is the address of the very call that connects, before a packet leaves (``outward_only``): a name cannot
mean one machine when it is checked and another when it is used, and a redirect or a discovery is checked like the rest.
"""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import local
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from django.conf import settings

Address = IPv4Address | IPv6Address
# What answers here is the machine itself, its cloud's own service, or nobody.
NEVER = tuple(map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "fd00:ec2::254/128", "fe80::/10")))
NAT64 = ip_network("64:ff9b::/96")
INTERNAL = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"))
)
"""Networks to which no route of the Internet leads (RFC 1918, 6598, 4193): what stands there is somebody's inside."""

MAIL_PORTS = frozenset({25, 143, 465, 587, 993, 2525})
LOOPBACK = ("127.0.0.1", "127.0.1.1", "::1")


def is_outward(written: str, *, loopback: bool) -> bool:
    """Whether this IP address is neither this machine's (unless ``loopback``), nor its cloud's, nor nobody's."""
    try:
        address = meant(ip_address(written.partition("%")[0]))
    except ValueError:
        return False
    if address.is_loopback:
        return loopback
    if address.is_multicast or address.is_unspecified or any(address in net for net in NEVER):
        return False
    return not (address.version == 4 and address.is_reserved)


def is_unnamed(written: str) -> bool:
    """Whether this IP address is of an internal network that EGRESS_NETWORKS does not name."""
    try:
        address = meant(ip_address(written.partition("%")[0]))
    except ValueError:
        return False
    if not any(address in net for net in INTERNAL):
        return False
    return not any(address in ip_network(net) for net in settings.EGRESS_NETWORKS)


def may_lead_to(written: str) -> bool:
    """Whether what somebody typed may lead to this IP address."""
    return is_outward(written, loopback=settings.EGRESS_LOOPBACK) and not is_unnamed(written)


def meant(address: Address) -> Address:
    """The IPv4 address inside one of IPv6 that only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def leads_inside(host: str) -> bool:
    """Whether a typed name may not be used, for one of its addresses. A name without any leads nowhere."""
    return not all(map(may_lead_to, addresses(host)))


def leads_to_unnamed(host: str) -> bool:
    """Whether it leads to an internal network that EGRESS_NETWORKS does not name."""
    return any(map(is_unnamed, addresses(host)))


def addresses(host: str, port: int | None = None) -> set[str]:
    """Every address of a name as it is now; none where nobody knows the name."""
    try:
        return {str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), port, proto=socket.IPPROTO_TCP)}
    except (OSError, UnicodeError):
        return set()


class NotOutward(OSError):
    """A connection to an address that Guardia may not be sent to; nothing was sent."""


_bound = local()
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LEAVES = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"),
        *("_thread.start_new_thread", "_thread.start_joinable_thread"),
    }
)
"""By which foreign code would go on where nobody watches it: another program, another thread."""


@contextmanager
def outward_only(
    besides: frozenset[tuple[str, int]] = frozenset(), may: Callable[[str], bool] = may_lead_to
) -> Iterator[None]:
    """Within it, this thread connects to addresses of the outside alone (``may``), whatever library does so.

    Python itself reports each connection before it is made (its audit events, PEP 578), with the address that is
    connected to. A name in place of an address is refused: it would be resolved after the check. So are programs and
    threads that are started meanwhile. ``besides``: (address, port) pairs that are reached all the same.
    Connections that are refused raise NotOutward.
    """
    _watching()
    before = getattr(_bound, "rule", None)
    _bound.rule = besides, may
    try:
        yield
    finally:
        _bound.rule = before


@cache
def _watching() -> None:
    """Begin to watch, once per process: an audit hook is never taken away."""
    sys.addaudithook(_watch)


def _watch(event: str, given: tuple[Any, ...]) -> None:
    rule = getattr(_bound, "rule", None)
    if rule is None:
        return
    if event in _LEAVES:
        raise NotOutward(f"{event} is refused here")
    if event in _CONNECTS:
        where = given[1] if len(given) > 1 else None
        if where is None and event == "socket.sendmsg":  # over a connection that stands and was checked
            return
        besides, may = rule
        if not isinstance(where, tuple) or not (where[:2] in besides or may(str(where[0]))):
            raise NotOutward("this address is not of the outside")


def is_loopback(host: str) -> bool:
    """Whether the name is this machine for certain: one other than localhost may lead anywhere."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def not_this_machine(written: str) -> bool:
    """The rule for where the directory of the environment sends us on to: an internal network may be its own."""
    return is_outward(written, loopback=settings.EGRESS_LOOPBACK)


def own_word(url: str) -> frozenset[tuple[str, int]]:
    """Addresses and port of an address that the environment names: it may stand anywhere, a redirect of it may not."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return frozenset((one, port) for one in addresses(parts.hostname or "", port))


def mail_of_this_machine(port: int) -> frozenset[tuple[str, int]]:
    """A mail server may stand on this machine itself, at the ports of mail."""
    return frozenset((one, port) for one in LOOPBACK) if port in MAIL_PORTS else frozenset()


def proxies() -> frozenset[tuple[str, int]]:
    """Addresses and ports of the proxies that the environment names (HTTPS_PROXY): they may stand anywhere."""
    found: set[tuple[str, int]] = set()
    for scheme, written in getproxies().items():
        if scheme == "no":
            continue
        try:
            parts = urlsplit(written if "://" in written else f"http://{written}")
            port = parts.port or (443 if parts.scheme == "https" else 80)
            asked = socket.getaddrinfo(parts.hostname, port, proto=socket.IPPROTO_TCP)
        except (OSError, ValueError):
            continue
        found.update((str(one[4][0]), port) for one in asked)
    return frozenset(found)
