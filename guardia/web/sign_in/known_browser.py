"""A browser by which somebody came in before: it is known by a signed cookie, and its wrong attempts are counted apart.

Whoever has the cookie has a limit of its own and nothing else: no step of the sign-in is left out for it.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guardia.people.staff import Staff

SALT = "guardia.web.known_browser"
GOOD_FOR = timedelta(days=90)


def remember(request: HttpRequest, response: HttpResponse, staff: Staff) -> None:
    """This person came in by this browser."""
    browser = known_by(request, staff.username) or secrets.token_hex(8)
    response.set_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        f"{browser}:{staff.username}",
        salt=SALT,
        max_age=int(GOOD_FOR.total_seconds()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def known_by(request: HttpRequest, username: str) -> str:
    """By what this browser is known as one of ``username``; empty where it is not."""
    said = request.get_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME, default="", salt=SALT, max_age=int(GOOD_FOR.total_seconds())
    )
    browser, _colon, name = (said or "").partition(":")
    return browser if name == username else ""
