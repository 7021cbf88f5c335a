"""The pages of whoever is signed in: their frame, their sessions, and how an administrator lets somebody in again."""

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.people import access_link, second_step
from guardia.people.audit import AuditKind
from guardia.people.lookup import locked_staff
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.entry import own_page
from guardia.web.desk.page import say, toasts
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import note
from guardia.web.sign_in.adapter import is_owed


# --- sessions ---------------------------------------------------------------------------------------------------------
# Where somebody is signed in: one's own sessions, and those of anybody for an administrator, with what helps them.
@require_POST
def end_own(request: HttpRequest) -> HttpResponse:
    """``sesion``: one of one's own; without it all but this one."""
    staff = member(request)
    current = request.session.session_key or ""
    end(request, staff, but=current)
    return redirect("mfa_index")


@needs(Right.MANAGE_STAFF)
def access(request: HttpRequest, member_id: int, link: str = "") -> HttpResponse:
    """How somebody comes in, for an administrator; ``link`` is shown this once."""
    staff = get_object_or_404(Staff, pk=member_id)
    context = {
        "of": staff,
        "sessions": second_step.standing(staff, request.session.session_key or ""),
        "has_step": second_step.has_one(staff),
        "must_have": second_step.must_have_one(staff),
        "link": link,
    }
    return customers_page(request, "access", context, tab="settings_people")


@needs(Right.MANAGE_STAFF)
@require_POST
def access_step(request: HttpRequest, member_id: int, step: str) -> HttpResponse:
    staff = get_object_or_404(locked_staff(), pk=member_id)
    if step == "enlace":
        return handed_over(request, staff)
    if step == "segundo-paso":
        access_link.clear_second_step(staff, by=member(request), at=now(), address=address_of(request))
        say(request, _("%s sets up a second step at the next sign-in.") % staff.name)
    if step == "sesiones":
        end(request, staff)
    return redirect("member_access", member_id)


def handed_over(request: HttpRequest, staff: Staff) -> HttpResponse:
    try:
        token = access_link.token(staff, by=member(request), at=now(), address=address_of(request))
    except ValidationError as refused:
        say(request, refused.messages[0])
        return redirect("member_access", staff.pk)
    request.method = "GET"
    return access(request, staff.pk, settings.PUBLIC_URL.rstrip("/") + reverse("access_link", args=[token]))


def end(request: HttpRequest, staff: Staff, but: str = "") -> None:
    written = request.POST.get("sesion", "")
    if written:
        is_one = written.isascii() and written.isdigit() and len(written) < 18
        count = int(is_one and second_step.end_one(staff, int(written)))
    else:
        count = second_step.end_all(staff, but=but)
    if count:
        note(request, AuditKind.SESSION_ENDED, about="staff", key=staff.pk, sessions=count)
    words = ngettext("%d browser was signed out.", "%d browsers were signed out.", count)
    say(request, words % count if count else _("No other browser is signed in."))


# --- frame ------------------------------------------------------------------------------------------------------------
# What the pages of the sign-in share: the frame, an answer of 422 that keeps what it wrote, and the journal.
INVALID = 422


class Framed:
    """For a view of allauth: a page in our frame. What was wrong is a 422, and still written down."""

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
    second_step.begin(request)


def around(request: HttpRequest) -> dict[str, Any]:
    """What stands around a page of one's own account: the desk for whoever sees it and owes nothing."""
    staff, owed = request.user, False
    found: dict[str, Any] = {"toasts": toasts(request), "member": staff}
    if isinstance(staff, Staff):
        owed = is_owed(request, staff)
        if may(staff, Right.SEE_DESK) and not owed:
            found["shell"] = shell_for(request, now(), with_views=False)
    return {**found, "is_owed": owed}


urlpatterns = [
    path("cuenta/sesiones/cerrar", own_page(end_own), name="sessions_end"),
    path("personas/<int:member_id>/acceso", access, name="member_access"),
    path("personas/<int:member_id>/acceso/<slug:step>", access_step, name="member_access_step"),
]
