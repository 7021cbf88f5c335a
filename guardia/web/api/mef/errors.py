"""Refusals by the types of MEF 124: Error400 to Error501, and a list of Error422 that point at what is wrong.

Rules, keys and limits refuse with problems (RFC 9457), as they do in `/api/v2`; here each gets the standard's form.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from guardia.config.database_roles import KEPT, keeps
from guardia.web.api.v2.api import in_every_method, nul_in_query
from guardia.web.api.v2.problems import TYPE, words_of

JSON = "application/json;charset=utf-8"
LONGEST_REASON = 255
CODES = {
    400: "invalidBody",
    401: "invalidCredentials",
    403: "accessDenied",
    404: "notFound",
    405: "methodNotAllowed",
    408: "timeOut",
    410: "notFound",
    413: "bodyTooLarge",
    415: "unsupportedMediaType",
    429: "tooManyRequests",
    500: "internalError",
    501: "notImplemented",
    503: "serviceUnavailable",
    507: "serviceUnavailable",
}
"""The code of a refusal by its status, where the operation gives it no other."""
OF_RULES = (409, 412, 422)
"""Refused by a rule or for what was sent: Error422 here (R34, R35, R40)."""
PYDANTIC = {
    "missing": "missingProperty",
    "extra_forbidden": "unexpectedProperty",
    "literal_error": "invalidValue",
    "enum": "invalidValue",
    "string_too_long": "invalidValue",
    "string_too_short": "invalidValue",
    "too_long": "invalidValue",
    "too_short": "invalidValue",
    "string_pattern_mismatch": "missingProperty",
    "greater_than_equal": "invalidValue",
    "date_year": "invalidValue",
}
"""The code of Error422 for what pydantic finds; anything else is an invalid format."""
POINTERS = {
    "service": "/relatedEntity/0/id",
    "symptoms": "/description",
    "impact": "/observedImpact",
    "reporter_name": "/relatedContactInformation/0/name",
    "call_back_number": "/relatedContactInformation/0/number",
    "text": "/note",
    "what": "/reason",
}
"""Where a field of the portal's verbs stands in a body of the standard."""


class MefRefused(Exception):
    """An operation ends here with this status and body; nothing of it is written."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def refuse(status: int, code: str, reason: str, message: str = "") -> MefRefused:
    """A refusal of one type other than Error422."""
    return MefRefused(status, error(code, reason, message))


def unprocessable(path: str, reason: str, *, code: str = "invalidValue", message: str = "") -> MefRefused:
    """What was sent is wrong at this pointer (RFC 6901)."""
    return MefRefused(422, [error(code, reason, message) | {"propertyPath": path}])


def error(code: str, reason: str, message: str = "") -> dict[str, str]:
    """What is wrong, and what to do; a reason that is too long for the standard stands whole in the message."""
    if len(reason) > LONGEST_REASON:
        message = f"{reason} {message}".strip()
        reason = f"{reason[: LONGEST_REASON - 1]}…"
    return {"code": code, "reason": reason, **({"message": message} if message else {})}


def pointer(steps: Iterable[Any]) -> str:
    """A JSON pointer to the value behind these steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def answer_of(request: HttpRequest, refused: MefRefused) -> HttpResponse:
    return written(refused.status, refused.body)


def written(status: int, body: Any) -> HttpResponse:
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=JSON)
    response["Cache-Control"] = "no-store"
    return response


def invalid_answer(request: HttpRequest, raised: ValidationError) -> HttpResponse:
    """What the schemas find: Error400 for the query, Error422 with a pointer for each value of the body."""
    of_query = [one for one in raised.errors if one["loc"][0] != "body"]
    if of_query:
        reasons = (f"{one['loc'][-1]}: {words(one)}" for one in of_query)
        return written(400, error("invalidQuery", " ".join(reasons)))
    if any(len(one["loc"]) <= 2 and one["type"] != "missing" for one in raised.errors):
        return written(400, error("invalidBody", _("Send a JSON object as UTF-8.")))
    return written(422, [of_value(one) for one in raised.errors])


def of_value(found: Mapping[str, Any]) -> dict[str, str]:
    code = PYDANTIC.get(str(found["type"]), "invalidFormat")
    return error(code, words(found)) | {"propertyPath": pointer(found["loc"][2:])}


def words(found: Mapping[str, Any]) -> str:
    """One finding of pydantic in the reader's language."""
    if found["type"] == "nul_character":
        return _("Send a text without NUL characters.")
    if found["type"] == "string_pattern_mismatch":
        return _("This is missing.")
    if found["type"] == "too_short":
        return _("Send at least one of them.")
    return words_of(found)


def in_every_mef_method(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view of an address, whose problems are written as the standard has them.

    A NUL character in the query is Error400, as whatever else is wrong there.
    """
    answered = in_every_method(view)

    @wraps(view)
    def translated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wrong := nul_in_query(request):
            reason = f"{', '.join(wrong)}: {_('Send a text without NUL characters.')}"
            return written(400, error("invalidQuery", reason))
        response = answered(request, *args, **kwargs)
        return from_problem(response) if response["Content-Type"].startswith(TYPE) else response

    return translated


def from_problem(response: HttpResponse) -> HttpResponse:
    """The same refusal in the standard's form, with the headers that it had."""
    problem = json.loads(response.content)
    status = 422 if problem["status"] in OF_RULES else problem["status"]
    if status == 422:
        found = written(422, of_rule(problem))
    else:
        code = CODES.get(status, "otherIssue")
        is_of_query = status == 400 and problem["errors"]
        found = written(status, error("invalidQuery" if is_of_query else code, problem["title"], problem["remedy"]))
    for name in ("Allow", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate"):
        if name in response:
            found[name] = response[name]
    return keeps(found) if getattr(response, KEPT, False) else found


def of_rule(problem: Mapping[str, Any]) -> list[dict[str, str]]:
    """A rule's own sentence, at each value that it names."""
    if not problem["errors"]:
        return [error("otherIssue", problem["title"], problem["remedy"])]
    return [
        error("invalidValue", one["detail"], problem["remedy"])
        | {"propertyPath": POINTERS.get(one["field"], pointer(one["field"].split(".")))}
        for one in problem["errors"]
    ]
