"""Who may ask the API: somebody who has signed in at the desk, with the same rights. It only answers questions yet."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from guardia.people.policy import Right, may
from guardia.web.shared.problem import problem

View = Callable[..., JsonResponse]


def question(right: Right) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """A GET for those who have this right; anybody else, and any other method, is told what to do."""

    def guard(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD"}:
                refused = problem(405, _("This address only answers questions."), _("Ask with GET."))
                refused["Allow"] = "GET, HEAD"
                return refused
            if not request.user.is_authenticated:
                return problem(401, _("Nobody has signed in."), _("Sign in at the desk and send its cookie."))
            if not may(request.user, right):
                return problem(
                    403,
                    _("Your role does not let you see this."),
                    _("Ask an administrator for a role that sees the desk."),
                )
            answer = view(request, *args, **kwargs)
            answer["Cache-Control"] = "no-cache, private"
            answer["Vary"] = "Cookie, Accept-Language"
            return answer

        guarded.asks = (right, None)  # type: ignore[attr-defined]
        guarded.csrf_exempt = True  # type: ignore[attr-defined]  # it changes nothing: a POST is refused in words
        return guarded

    return guard
