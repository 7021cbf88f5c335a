"""How TM Forum's addresses refuse: the standard's body for what is a problem (RFC 9457) in /api/v2."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guardia.config.database_roles import keeps
from guardia.web.api.v2.problems import ProblemRaised

INVALID, UNPROCESSABLE = 400, 422
ALSO_WITHOUT_BODY = {"GET": ("GET", "HEAD"), "POST": ("POST",)}


def error(
    status: int, reason: str, message: str = "", *, code: str = "", headers: dict[str, str] | None = None
) -> HttpResponse:
    """An Error of the standards (v4 and v5): ``reason`` says what is wrong, ``message`` what to do."""
    body = {"@type": "Error", "code": code or str(status), "reason": reason, "message": message, "status": str(status)}
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def error_of(raised: ProblemRaised) -> HttpResponse:
    """A problem of /api/v2 in the standard's words; a value that is wrong is 400 there."""
    problem = raised.problem
    status = INVALID if problem.status == UNPROCESSABLE else problem.status
    fields = [f"{each.field}: {each.detail}" for each in problem.errors]
    response = error(status, problem.title, " ".join([*fields, problem.remedy]).strip(), headers=raised.headers)
    return keeps(response) if raised.keeps else response


def other_method(request: HttpRequest, known: tuple[str, ...], message: str = "") -> HttpResponse:
    """The answer to a method that an address does not know; OPTIONS asks for those there are."""
    allowed = ", ".join(sorted({name for one in known for name in ALSO_WITHOUT_BODY[one]} | {"OPTIONS"}))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    reason = _("This address does not know this method.")
    return error(
        405, reason, message or _("Send one of: %(values)s.") % {"values": allowed}, headers={"Allow": allowed}
    )


@csrf_exempt
def missing(request: HttpRequest) -> HttpResponse:
    """An address below TM Forum's that leads nowhere."""
    return error(404, _("There is no such address."), _("See docs/tmforum-problems.md for the addresses there are."))
