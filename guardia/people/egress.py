"""Where Guardia may be sent to by what somebody typed or an outside server answered: never to itself or its cloud.

An address is looked at when the connection stands and nothing has been said yet, so that a name cannot mean one
machine when it is checked and another when it is used.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

Address = IPv4Address | IPv6Address
# What answers here is the machine itself, its cloud's own service, or nobody.
NEVER = tuple(map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "fd00:ec2::254/128", "fe80::/10")))
NAT64 = ip_network("64:ff9b::/96")


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


def meant(address: Address) -> Address:
    """The IPv4 address inside one of IPv6 that only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def leads_inside(host: str) -> bool:
    """Whether an address of this name is not outward (EGRESS_LOOPBACK). A name without any leads nowhere."""
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), None, proto=socket.IPPROTO_TCP)}
    except (OSError, UnicodeError):
        return False
    return not all(is_outward(one, loopback=settings.EGRESS_LOOPBACK) for one in found)
