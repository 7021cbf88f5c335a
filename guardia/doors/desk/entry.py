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

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        right = Right.SEE_DESK if request.method in {"GET", "HEAD"} else Right.HANDLE_CASES
        if not may(request.user, right):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """A poll of a page whose session has ended takes the whole page to the sign-in, not its fragment."""
    if not is_fragment(request):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(headers={"HX-Redirect": resolve_url("sign_in")})
