"""Who may open a page of the desk, and who may act there."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from guardia.doors.desk.page import is_fragment
from guardia.people.policy import Right, may

View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """For those who see the desk; a POST is for those who handle cases. Others are sent to sign in, or refused."""
    return guarded(view, Right.HANDLE_CASES)


def request_page(view: View) -> View:
    """For those who see the desk; a POST is for those who take requests. Of which desk, the view looks at."""
    return guarded(view, Right.TAKE_REQUESTS)


def guarded(view: View, acts: Right) -> View:
    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        looks = request.method in {"GET", "HEAD"}
        if not (may(request.user, Right.SEE_DESK) and (looks or may(request.user, acts))):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return asking(Right.SEE_DESK, acts)(guard)


def own_page(view: View) -> View:
    """For whoever has signed in, of whatever role: it is about this person alone."""

    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return guard


def asking(looks: Right | None, acts: Right | None) -> Callable[[View], View]:
    """Note on a view which rights it asks for, to look and to send something (None: nothing is there to see, or sent).

    The guards of a door note it by themselves. Put above a view that asks for more than its guard does.
    """

    def noted(view: View) -> View:
        view.asks = (looks, acts)  # type: ignore[attr-defined]
        return view

    return noted


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """A poll of a page whose session has ended takes the whole page to the sign-in, not its fragment."""
    if not is_fragment(request):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(headers={"HX-Redirect": resolve_url("sign_in")})
