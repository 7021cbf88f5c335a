"""Who may open a page of the desk, who may act there, and the request of somebody who has signed in."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from guardia.config.unchanged import Memory
from guardia.people.policy import Right, may
from guardia.web.desk.page import LIVE, is_by_script, page_of, unchanged

if TYPE_CHECKING:
    from guardia.people.staff import Staff


View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """For those who see the desk; a POST is for those who handle cases. Others are sent to sign in, or refused.

    A part that is opened like a page, by its address, leads to its page.
    """
    return guarded(view, Right.HANDLE_CASES)


def request_page(view: View) -> View:
    """For those who see the desk; a POST is for those who take requests. Of which desk, the view looks at."""
    return guarded(view, Right.TAKE_REQUESTS)


def guarded(view: View, acts: Right) -> View:
    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if LIVE in request.GET and request.method == "GET" and not is_by_script(request):
            return redirect(page_of(request))
        looks = request.method in {"GET", "HEAD"}
        if not (may(request.user, Right.SEE_DESK) and (looks or may(request.user, acts))):
            raise PermissionDenied
        if view in COUNTING_DOWN:
            return view(request, *args, **kwargs)
        return polled(request, lambda: view(request, *args, **kwargs))

    return asking(Right.SEE_DESK, acts)(guard)


# --- polls ------------------------------------------------------------------------------------------------------------
UNCHANGED = Memory(seconds=10)
"""By person and address, the tag of what a poll was answered last. The browser moves its clocks by itself."""
COUNTING_DOWN: set[View] = set()


def counts_down(view: View) -> View:
    """A screen that says how many seconds are left: nobody writes, and each poll is answered something else."""
    COUNTING_DOWN.add(view)
    return view


def polled(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; of a poll whose screen shows what was answered last, while nobody has written since, 304 at once."""
    if request.method != "GET" or not is_by_script(request):
        return answer()
    page = request.headers.get("HX-Current-URL", "")
    key = (request.user.pk, request.get_full_path(), page, get_language())
    if (tag := UNCHANGED.get(key)) and (same := unchanged(request, tag)):
        return same
    response = answer()
    if tag := response.headers.get("HX-PTag"):
        UNCHANGED.put(key, tag)
    return response


def own_page(view: View) -> View:
    """For whoever has signed in, of whatever role: it is about this person alone."""

    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return guard


def asking(looks: Right | None, acts: Right | None) -> Callable[[View], View]:
    """Note on a view which rights it asks for, to look and to send something (None: nothing is there to see, or sent).

    The guards note it by themselves. Put above a view that asks for more than its guard does.
    """

    def noted(view: View) -> View:
        view.asks = (looks, acts)  # type: ignore[attr-defined]
        return view

    return noted


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """A poll of a page whose session has ended takes the whole page to the sign-in, and from there back to itself."""
    if not is_by_script(request):
        is_sent = request.method not in {"GET", "HEAD"}
        typed_at = page_of_ours(request, request.headers.get("Referer", "")) if is_sent else ""
        return redirect_to_login(typed_at or page_of(request))
    here = page_of_ours(request, request.headers.get("HX-Current-URL", ""))
    sign_in = redirect_to_login(here).url if here else resolve_url("sign_in")
    return HttpResponse(headers={"HX-Redirect": sign_in, "Cache-Control": "no-store"})


def page_of_ours(request: HttpRequest, written: str) -> str:
    """The page from which something is asked or sent, as the browser says; empty where it is none of ours."""
    if not url_has_allowed_host_and_scheme(written, {request.get_host()}):
        return ""
    address = urlsplit(written)
    return urlunsplit(("", "", address.path or "/", address.query, ""))


# --- desk request -----------------------------------------------------------------------------------------------------
class DeskRequest(HttpRequest):
    """Only a name for the checker of types: the person is known."""

    user: "Staff"
