"""Who may open a page of the desk, and who may act there."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from guardia.doors.desk.page import is_fragment
from guardia.people.policy import Right, may
from guardia.people.staff import Staff

View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """For those who see the desk; a POST is for those who handle cases. Others are sent to sign in, or refused."""
    return guarded(view, lambda staff: may(staff, Right.HANDLE_CASES))


def request_page(view: View) -> View:
    """For those who see the desk; a POST is for those who take requests. Of which desk, the view looks at."""
    return guarded(view, lambda staff: may(staff, Right.TAKE_REQUESTS))


def guarded(view: View, may_act: Callable[[Staff], bool]) -> View:
    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        looks = request.method in {"GET", "HEAD"}
        if not (may(request.user, Right.SEE_DESK) and (looks or may_act(request.user))):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guard


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """A poll of a page whose session has ended takes the whole page to the sign-in, not its fragment."""
    if not is_fragment(request):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(headers={"HX-Redirect": resolve_url("sign_in")})
