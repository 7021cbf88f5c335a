"""Whom a request comes from: what a proxy says of it is believed only of the operator's own (TRUSTED_PROXIES)."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
UNKNOWN = "0.0.0.0"


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
    return nearest if is_address(nearest) else UNKNOWN


def is_proxy(written: str) -> bool:
    return is_address(written) and any(ip_address(written) in one for one in networks(tuple(settings.TRUSTED_PROXIES)))


def is_address(written: str) -> bool:
    try:
        return bool(ip_address(written))
    except ValueError:
        return False


@cache
def networks(written: tuple[str, ...]) -> list[Network]:
    return [ip_network(one) for one in written]
