"""Which addresses may be tested: those of the operator and its customers, never this machine or its surroundings.

A name is resolved once, when it is written down, and its address is kept: what the name says later changes nothing.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit

Address = IPv4Address | IPv6Address
RESOLVE_SECONDS = 3
# What answers here is the machine itself, its cloud's own service, or nobody.
NEVER = tuple(map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "fd00:ec2::254/128", "fe80::/10")))
NAT64 = ip_network("64:ff9b::/96")


def resolved(host: str) -> str:
    """The address of a name, asked for at most three seconds. Raises Misfit where there is none."""
    if host.rstrip(".").lower() == "localhost":
        return "127.0.0.1"
    try:
        found = dns.resolver.Resolver().resolve_name(host, lifetime=RESOLVE_SECONDS)
        return next(iter(found.addresses()))
    except (dns.exception.DNSException, OSError, StopIteration, UnicodeError, ValueError):
        raise Misfit(_("The name “%s” has no address here. Correct it, or write the IP address.") % host) from None


def pinned(host: str, resolve: Callable[[str], str] = resolved) -> str:
    """The one address that ``host`` (a name or an address) is tested at. Raises Misfit where it may not be tested."""
    try:
        written = str(ip_address(host.strip("[]")))
    except ValueError:
        written = resolve(host)
    if not is_allowed(written):
        sentence = _("%s is not an address that may be tested: it is this machine's own, its network's or nobody's.")
        raise Misfit(sentence % written)
    return written


def is_allowed(written: str) -> bool:
    """Whether this address may be tested here, by what the installation allows (PROBE_NETWORKS, PROBE_LOOPBACK)."""
    try:
        address = meant(ip_address(written))
    except ValueError:
        return False
    if address.is_loopback:
        return settings.PROBE_LOOPBACK
    if address.is_multicast or address.is_unspecified or any(address in net for net in NEVER):
        return False
    if address.version == 4 and address.is_reserved:
        return False
    return not settings.PROBE_NETWORKS or any(address in ip_network(net) for net in settings.PROBE_NETWORKS)


def meant(address: Address) -> Address:
    """The IPv4 address inside one of IPv6 that only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
