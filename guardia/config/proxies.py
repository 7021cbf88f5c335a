"""Whom a request comes from: what a proxy says of it is believed only of the operator's own (TRUSTED_PROXIES)."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
UNKNOWN = "0.0.0.0"
PREFIX = 64


class ProxyMiddleware:
    """Takes away what anybody else says of where a request comes from, before Django reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_proxy(request.META.get("REMOTE_ADDR", "")):
            for name in [name for name in request.META if name.startswith(("HTTP_X_FORWARDED_", "HTTP_FORWARDED"))]:
                del request.META[name]
        return self.get_response(request)


def address_of(request: HttpRequest) -> str:
    """The address a request comes from: the nearest one of the chain that is no proxy of ours."""
    nearest = request.META.get("REMOTE_ADDR", "")
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if is_proxy(nearest) else []
    for written in reversed(chain):
        if not is_address(written.strip()):
            break
        nearest = written.strip()
        if not is_proxy(nearest):
            break
    return plain(nearest) if is_address(nearest) else UNKNOWN


def plain(written: str) -> str:
    """An IPv4 address that came over an IPv6 socket (``::ffff:192.0.2.1``) is that IPv4 address."""
    address = ip_address(written)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or written)


def network(written: str) -> str:
    """What limits count as one sender: an IPv4 address, or the /64 of an IPv6 address, which one household has whole.

    As text such as ``192.0.2.1`` or ``2001:db8::/64``; ``written`` is an address.
    """
    address = ip_address(plain(written))
    return str(address) if address.version == 4 else str(ip_network((address, PREFIX), strict=False))


def of_network(written: str) -> tuple[str, str]:
    """The first and the last address of the ``network`` of an address, for a question to the database."""
    found = ip_network(network(written))
    return str(found[0]), str(found[-1])


def is_proxy(written: str) -> bool:
    return is_address(written) and any(
        ip_address(plain(written)) in one for one in networks(tuple(settings.TRUSTED_PROXIES))
    )


def is_address(written: str) -> bool:
    """One of a link alone (``fe80::1%eth0``) names nobody outside of this machine."""
    try:
        ip_address(written)
    except ValueError:
        return False
    return "%" not in written


@cache
def networks(written: tuple[str, ...]) -> list[Network]:
    return [ip_network(one) for one in written]
