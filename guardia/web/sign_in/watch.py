"""Looks after whoever is signed in: an idle session ends, a used one is noted, an owed second step comes first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from guardia.config.database_roles import NO_DATABASE, DatabaseRole, begun_at, behind, has_own_steps, role_of
from guardia.config.requests import address_of
from guardia.people import presence, second_step
from guardia.people.audit import AuditKind
from guardia.people.second_step import SEEN, must_have_one
from guardia.people.staff import Staff
from guardia.web.desk.clock import hour
from guardia.web.desk.page import is_by_script, say
from guardia.web.shared.audit import note
from guardia.web.sign_in.adapter import is_owed

NOTED_EVERY_SECONDS = 300
BY_A_PERSON = "Guardia-Person"
"""The header of a poll before which somebody touched a key, the mouse or the screen."""
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
        if is_watched(request):
            with role_for_request(request):
                if SESSION_KEY in request.session:
                    keep_count(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not is_watched(request):
            return None
        with role_for_request(request):
            return self.owed(request)

    def owed(self, request: HttpRequest) -> HttpResponse | None:
        """Where somebody has to go first who owes a second step."""
        if SESSION_KEY not in request.session:
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        staff = request.user
        if not isinstance(staff, Staff) or name in OPEN_TO_WHO_OWES:
            return None
        if must_have_one(staff) and is_owed(request, staff):
            return to_second_step(request)
        note_presence(request, staff)
        return None


@contextmanager
def role_for_request(request: HttpRequest) -> Iterator[None]:
    """An address that opens its own steps has no role yet: the session is read, and written, behind one of its own."""
    if not has_own_steps(request.path):
        yield
        return
    with behind(DatabaseRole.STAFF):
        yield
        if request.session.modified and request.session.session_key:
            request.session.save()
            request.session.modified = False


def is_watched(request: HttpRequest) -> bool:
    return not request.path.startswith(NO_DATABASE) and role_of(request) == DatabaseRole.STAFF


def keep_count(request: HttpRequest) -> None:
    """Note every five minutes that this session is used; end it where nobody has used it for too long."""
    at = timezone.now()  # of this process: not worth a question to the database at each poll
    idle = at.timestamp() - request.session.get(SEEN, at.timestamp())
    if idle > 60 * settings.SESSION_IDLE_MINUTES:
        note(request, AuditKind.SESSION_ENDED, why="idle")
        logout(request)
    elif idle > NOTED_EVERY_SECONDS or SEEN not in request.session:
        request.session[SEEN] = int(at.timestamp())
        second_step.seen(request.session.session_key or "", at, address_of(request))


def note_presence(request: HttpRequest, staff: Staff) -> None:
    """A1: what a person does is a sign of life; what a page asks by itself says no more than that it is open."""
    if is_by_a_person(request):
        at = begun_at()
        if back := presence.sign(staff.pk, at):
            say(request, _("You have been on shift again since %(hour)s.") % {"hour": hour(back.started_at, at)})
    elif presence.is_to_be_heard(staff.pk):
        presence.heard(staff.pk, begun_at())


def is_by_a_person(request: HttpRequest) -> bool:
    """Something is sent, a page is opened, or the script says that a key was pressed since it asked last (alive.js)."""
    if request.method not in {"GET", "HEAD"} or BY_A_PERSON in request.headers:
        return True
    if is_by_script(request):
        return False
    wanted = request.headers.get("Sec-Fetch-Dest")
    return wanted == "document" if wanted else "text/html" in request.headers.get("Accept", "")


def to_second_step(request: HttpRequest) -> HttpResponse:
    if is_by_script(request):
        return HttpResponse(headers={"HX-Redirect": resolve_url("mfa_index")})
    return redirect("mfa_index")
