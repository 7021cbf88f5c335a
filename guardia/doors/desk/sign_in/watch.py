"""Looks after whoever is signed in: an idle session ends, a used one is noted, an owed second step comes first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from guardia.config.proxies import address_of
from guardia.config.walls import NO_DATABASE, Wall, wall_of
from guardia.doors.audit import note
from guardia.doors.desk.page import is_fragment
from guardia.doors.desk.sign_in.second_step import is_owed
from guardia.people import sessions
from guardia.people.audit_entry import AuditKind
from guardia.people.second_step import must_have_one
from guardia.people.sessions import SEEN
from guardia.people.staff import Staff

NOTED_EVERY_SECONDS = 300
OPEN_TO_WHO_OWES = frozenset(
    {
        *("sign_in", "sign_out", "account_logout", "account_login", "looks", "account_reauthenticate"),
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_reauthenticate"),
        *("mfa_reauthenticate_webauthn", "change_password"),
    }
)
"""By name, the addresses of somebody who has to set up a second step first."""


class WatchMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_watched(request) and SESSION_KEY in request.session:
            keep_count(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not is_watched(request) or SESSION_KEY not in request.session:
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        staff = request.user
        if name in OPEN_TO_WHO_OWES or not isinstance(staff, Staff) or not must_have_one(staff):
            return None
        return to_second_step(request) if is_owed(request, staff) else None


def is_watched(request: HttpRequest) -> bool:
    return not request.path.startswith(NO_DATABASE) and wall_of(request.path) == Wall.STAFF


def keep_count(request: HttpRequest) -> None:
    """Note every five minutes that this session is used; end it where nobody has used it for too long."""
    at = timezone.now()  # of this process: not worth a question to the database at each poll
    idle = at.timestamp() - request.session.get(SEEN, at.timestamp())
    if idle > 60 * settings.SESSION_IDLE_MINUTES:
        note(request, AuditKind.SESSION_ENDED, why="idle")
        logout(request)
    elif idle > NOTED_EVERY_SECONDS or SEEN not in request.session:
        request.session[SEEN] = int(at.timestamp())
        sessions.seen(request.session.session_key or "", at, address_of(request))


def to_second_step(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": resolve_url("mfa_index")})
    return redirect("mfa_index")
