"""What is asked of a company's provider over HTTP: outward alone, in little time, and no more is read than needed."""

import json
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = (5, 10)
"""Seconds: to connect, and for each answer."""
LARGEST = 512 * 1024


class Trouble(StrEnum):
    """Why nobody comes in by a provider."""

    UNREACHABLE = "unreachable"
    NOT_A_PROVIDER = "not_a_provider"
    ISSUER = "issuer"
    ENDPOINTS = "endpoints"
    KEYS = "keys"
    CLIENT = "client"
    SECRET = "secret"
    STATE = "state"
    DENIED = "denied"
    EXCHANGE = "exchange"
    TOKEN = "token"
    NO_EMAIL = "no_email"
    UNCHECKED = "unchecked"
    DOMAIN = "domain"
    NOBODY = "nobody"


class ProviderFailed(Exception):
    """``detail``: what the provider said, in a few words; never a token nor a person's data."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble, self.detail = trouble, "".join(sign for sign in detail if sign.isprintable())[:200]


def is_safe(address: str) -> bool:
    """Whether an address may be asked, or a browser sent to: https, or a machine of a trial (EGRESS_LOOPBACK)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    return (
        bool(host)
        and is_sayable(address)
        and (parts.scheme == "https" or (parts.scheme == "http" and is_of_a_trial(host)))
    )


def is_sayable(said: object) -> bool:
    """Whether what a provider wrote can be kept, compared and shown: JSON may carry halves of letters, and NUL."""
    written = str(said)
    return "\0" not in written and not any("\ud800" <= sign <= "\udfff" for sign in written)


def is_of_a_trial(host: str) -> bool:
    try:
        return bool(settings.EGRESS_LOOPBACK) and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def request_json(method: str, address: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of the answer; no object: an empty one. No redirect is followed.

    Raises ProviderFailed.
    """
    if not is_safe(address):
        raise ProviderFailed(Trouble.ENDPOINTS, address)
    import requests  # loaded with the first company that signs in by its own provider

    from guardia.people.outward import Outward

    try:
        with requests.Session() as session:
            session.mount("http://", Outward())
            session.mount("https://", Outward())
            more = {"timeout": TIMEOUT, "allow_redirects": False, "stream": True, **more}
            with session.request(method, address, **more) as answer:
                content = answer.raw.read(LARGEST + 1, decode_content=True)
                return answer.status_code, object_in(content)
    except (requests.RequestException, OSError, ValueError, RecursionError) as wrong:
        raise ProviderFailed(Trouble.UNREACHABLE, reason_of(wrong)) from wrong
    except Exception as wrong:  # urllib3's own, while the body is read
        raise ProviderFailed(Trouble.UNREACHABLE, type(wrong).__name__) from wrong


def object_in(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def reason_of(wrong: Exception) -> str:
    """The innermost reason, without the objects that the libraries print."""
    words = str(getattr(wrong.args[0], "reason", wrong.args[0]) if wrong.args else wrong)
    return words.rpartition("> ")[2].rpartition(">: ")[2] or type(wrong).__name__
