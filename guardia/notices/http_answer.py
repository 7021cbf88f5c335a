"""What a service answered to the last request of this thread: Apprise says whether it took a message, and keeps from us
its status and for how long it asks to be left alone (Retry-After, RFC 9110 10.2.3).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, wraps
from threading import local
from typing import Any

LONGEST_WAIT = timedelta(hours=1)
"""What a service may ask for at most: a wrong header silences no channel for a day."""

TOO_MANY = 429
GONE = frozenset({404, 410})
"""Nobody takes messages there any more: the webhook was removed, its channel archived."""


class Heard(local):
    """``status`` is 0 where no service has answered; ``wait``: for how long it asked to be left alone."""

    status: int = 0
    wait: timedelta | None = None


heard = Heard()


def forget() -> None:
    heard.status, heard.wait = 0, None


@cache
def listen() -> None:
    """Hear the answers to every request that the library ``requests`` makes from now on; once per process.

    It has no hook for all of its sessions, and Apprise opens one for each request.
    """
    import requests

    send = requests.Session.send

    @wraps(send)
    def heard_send(self: Any, request: Any, **options: Any) -> Any:
        response = send(self, request, **options)
        heard.status = response.status_code
        heard.wait = wait_of(response) if response.status_code == TOO_MANY else None
        return response

    requests.Session.send = heard_send  # type: ignore[method-assign]


def wait_of(response: Any) -> timedelta | None:
    """For how long a service that is asked too often wants to be left alone, in seconds or until an hour by its own
    clock (Date); Telegram says it in its answer as well. None where it says nothing of use.
    """
    written = str(response.headers.get("Retry-After") or in_answer(response)).strip()
    if written.isascii() and written.isdigit():
        return min(timedelta(seconds=int(written[:6])), LONGEST_WAIT)
    until, its_now = hour_in(written), hour_in(response.headers.get("Date", ""))
    return min(max(until - its_now, timedelta()), LONGEST_WAIT) if until and its_now else None


def hour_in(written: str) -> datetime | None:
    """An hour as HTTP writes it (UTC)."""
    try:
        found = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_answer(response: Any) -> str:
    try:
        return str(response.json()["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return ""
