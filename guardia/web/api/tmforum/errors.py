"""How TM Forum's addresses refuse: the standard's body for what is a problem (RFC 9457) in /api/v2."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guardia.config.database_roles import keeps
from guardia.config.requests import tm_forum_error
from guardia.web.api.v2.problems import ProblemRaised, not_found

SENT_WRONGLY = (415, 422)
"""What is 400 there."""


def error(
    request: HttpRequest, status: int, reason: str, message: str = "", *, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An Error of the standards (v4 and v5): ``reason`` says what is wrong, ``message`` what to do."""
    return with_headers(tm_forum_error(request.path, status, reason, message), headers or {})


def error_of(request: HttpRequest, raised: ProblemRaised) -> HttpResponse:
    """The refusal in the words of the rule, as TM Forum writes an error."""
    problem = raised.problem
    status = 400 if problem.status in SENT_WRONGLY else problem.status
    parts = [*(f"{one.field}: {one.detail}" for one in problem.errors), problem.remedy]
    more = {}
    if problem.clause:
        parts.insert(0, _("Clause %(clause)s of the procedure.") % {"clause": problem.clause})
        more["referenceError"] = f"{settings.PUBLIC_URL.rstrip('/')}/procedimiento"
    response = tm_forum_error(request.path, status, problem.title, " ".join(part for part in parts if part), **more)
    with_headers(response, raised.headers)
    return keeps(response) if raised.keeps else response


def with_headers(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def other_method(request: HttpRequest, known: Iterable[str], message: str = "") -> HttpResponse:
    """The answer to a method that an address does not know (405); OPTIONS asks for those there are."""
    names = {*known, "OPTIONS"}
    allowed = ", ".join(sorted(names | ({"HEAD"} if "GET" in names else set())))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    reason = _("This address does not know this method.")
    message = message or _("Send one of: %(values)s.") % {"values": allowed}
    return error(request, 405, reason, message, headers={"Allow": allowed})


@csrf_exempt  # whoever sends something to a wrong address has no cookie either
def missing(request: HttpRequest) -> HttpResponse:
    """An address below TM Forum's that leads nowhere."""
    where = _("See docs/tmforum.md for the addresses there are.")
    return error_of(request, not_found(_("There is no such address."), where))
