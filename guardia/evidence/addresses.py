"""Which addresses may be tested: those of the operator and its customers, never this machine or its surroundings.

A name is resolved once, when it is written down, and its address is kept: what the name says later changes nothing.
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit
from guardia.people.egress import is_outward, meant

RESOLVE_SECONDS = 3


def resolved(host: str) -> str:
    """The address of a name, asked for at most three seconds. Raises Misfit where there is none."""
    if host.rstrip(".").lower() == "localhost":
        return "127.0.0.1"
    import dns.exception  # loaded with the first name that is written down
    import dns.resolver

    try:
        found = dns.resolver.Resolver().resolve_name(host, lifetime=RESOLVE_SECONDS)
        return next(iter(found.addresses()))
    except (dns.exception.DNSException, OSError, StopIteration, UnicodeError, ValueError):
        raise Misfit(_("The name “%s” does not resolve here. Correct it, or write the IP address.") % host) from None


def pinned(host: str, resolve: Callable[[str], str] = resolved) -> str:
    """The one address that ``host`` (a name or an address) is tested at. Raises Misfit where it may not be tested."""
    try:
        written = str(ip_address(host.strip("[]")))
    except ValueError:
        written = resolve(host)
    if not is_allowed(written):
        sentence = _(
            "%s is not an address that may be tested: it belongs to this machine, to its network or to nobody."
        )
        raise Misfit(sentence % written)
    return written


def is_allowed(written: str) -> bool:
    """Whether this address may be tested here, by what the installation allows (PROBE_NETWORKS, PROBE_LOOPBACK)."""
    if not is_outward(written, loopback=settings.PROBE_LOOPBACK):
        return False
    address = meant(ip_address(written))
    if address.is_loopback:
        return True
    return not settings.PROBE_NETWORKS or any(address in ip_network(net) for net in settings.PROBE_NETWORKS)


def may_hear_a_secret(written: str) -> bool:
    """Whether an access of SNMP may be spoken to this IP address: within PROBE_NETWORKS alone; empty means nowhere.

    A community goes in plain text, and whoever answers to a user of SNMPv3 can try passwords on what it was sent.
    """
    try:
        address = meant(ip_address(written.partition("%")[0]))
    except ValueError:
        return False
    return is_allowed(written) and any(address in ip_network(net) for net in settings.PROBE_NETWORKS)
