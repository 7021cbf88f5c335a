"""What the pages of this folder share: who may open them, and the frame around them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.entry import View, asking, to_sign_in
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for


def needs(see: Right, write: Right | None = None) -> Callable[[View], View]:
    """For those with the right: to look, or to send something. Others are sent to sign in, or refused (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not may(request.user, see if request.method in {"GET", "HEAD"} else write or see):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return asking(see, write or see)(guarded)

    return guard


def customers_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of this folder, with the desk's frame and the row of its neighbours."""
    frame = {"shell": shell_for(request, now(), view="customers"), "tabs": tabs(request, tab)}
    return page(request, f"desk/companies/{template}.html", {**frame, **context}, status=status)


def member(request: HttpRequest) -> Staff:
    """Who has signed in; every page here is for nobody else."""
    return cast("Staff", request.user)


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The neighbours this person may open."""
    offered = [
        ("companies", _("Companies"), Right.SEE_DESK),
        ("customer_changes", _("Changed by companies"), Right.SEE_DESK),
        ("provisionals", _("Provisional"), Right.SEE_DESK),
        ("companies_import", _("Import"), Right.EDIT_CUSTOMERS),
        ("cities", _("Cities"), Right.SEE_DESK),
        ("band_changes", _("Changes of band"), Right.SEE_DESK),
        ("crews", _("Crews"), Right.SEE_DESK),
        ("elements", _("Network"), Right.SEE_DESK),
        ("staff", _("People"), Right.MANAGE_STAFF),
    ]
    return [
        {"href": reverse(name), "words": words, "is_current": name == current}
        for name, words, right in offered
        if may(member(request), right)
    ]
