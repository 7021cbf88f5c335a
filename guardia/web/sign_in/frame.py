"""What the pages of the sign-in share: the frame, an answer of 422 that keeps what it wrote, and the journal."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse

from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.people import sessions
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.page import toasts
from guardia.web.desk.shell import shell_for
from guardia.web.sign_in.adapter import is_owed

INVALID = 422


class Framed:
    """For a view of allauth: a page in this house's frame. What was wrong is a 422, and still written down."""

    request: HttpRequest

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        return {**found, **around(self.request)}

    def render_to_response(self, context: dict[str, Any], **how: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **how)  # type: ignore[misc]
        response.headers["Cache-Control"] = "no-store"
        forms = [context.get("form"), context.get("webauthn_form")]
        if self.request.method == "POST" and any(form is not None and form.errors for form in forms):
            response.status_code = INVALID
            keeps(response)
        return response


def stays(request: HttpRequest, staff: Staff) -> None:
    """Whoever changes the own password stays signed in, here alone; the session gets a new key."""
    update_session_auth_hash(request, staff)
    sessions.begin(request)


def around(request: HttpRequest) -> dict[str, Any]:
    """What stands around a page of one's own account: the desk for whoever sees it and owes nothing."""
    staff, owed = request.user, False
    found: dict[str, Any] = {"toasts": toasts(request), "member": staff}
    if isinstance(staff, Staff):
        owed = is_owed(request, staff)
        if may(staff, Right.SEE_DESK) and not owed:
            found["shell"] = shell_for(request, now(), with_views=False)
    return {**found, "is_owed": owed}
