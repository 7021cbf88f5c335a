"""What the API refuses, as problems (RFC 9457) in the reader's language: what is wrong, where, and what to do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from guardia.cases.refusals import Refused
from guardia.config.database_roles import keeps
from guardia.config.requests import too_large
from guardia.web.shared.act import Refusal
from guardia.web.shared.responses import TYPE

NON_FIELD = "__all__"
TOO_MUCH: tuple[type[Exception], ...] = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class FieldProblem(Schema):
    """What is wrong with one of the values that were sent."""

    field: str = Field(description="The name of the value, with dots between the levels of a body.")
    detail: str


class Problem(Schema):
    """A problem (RFC 9457). `title` and `remedy` are in the language of `Accept-Language`."""

    type: str = "about:blank"
    status: int
    title: str = Field(description="What is wrong, as the desk's screen says it.")
    remedy: str = Field(description="What to do; empty where the title says it.")
    clause: str = Field("", description="The clause of the procedure that refuses it, such as P3.")
    errors: list[FieldProblem] = Field(default_factory=list)


class ProblemRaised(Exception):
    """An operation ends here with this problem; nothing of it is written, unless the problem ``keeps`` what was."""

    def __init__(
        self,
        status: int,
        title: str,
        remedy: str = "",
        *,
        clause: str = "",
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        keeps: bool = False,
    ) -> None:
        self.problem = Problem(
            status=status,
            title=title,
            remedy=remedy,
            clause=clause,
            errors=[FieldProblem(field=name, detail=words) for name, words in (errors or {}).items()],
        )
        self.headers, self.keeps = dict(headers or {}), keeps
        super().__init__(title)


def answer_of(raised: ProblemRaised) -> HttpResponse:
    """The problem as the answer to a request, which nobody keeps."""
    response = JsonResponse(
        raised.problem.model_dump(),
        status=raised.problem.status,
        content_type=TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in {"Cache-Control": "no-store", **raised.headers}.items():
        response[name] = value
    return keeps(response) if raised.keeps else response


def not_found(title: str, remedy: str) -> ProblemRaised:
    return ProblemRaised(404, title, remedy)


def of_another_method(request: HttpRequest, known: str) -> HttpResponse:
    """What an address answers to a method that is none of ``known`` (with commas); OPTIONS asks for those there are."""
    names = {name.strip() for name in known.split(",")}
    allowed = ", ".join(sorted(names | {"OPTIONS"} | ({"HEAD"} if "GET" in names else set())))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    title = _("This address does not know this method.")
    return answer_of(
        ProblemRaised(405, title, _("Send one of: %(values)s.") % {"values": allowed}, headers={"Allow": allowed})
    )


def too_much(raised: Exception) -> ProblemRaised:
    """What Django itself finds to be too much: a body or a text of a form (413 with the limit), or too many parts."""
    title, remedy = too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(raised, TooManyFilesSent):
        remedy = _("Send at most %(count)s of them.") % {"count": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
    elif isinstance(raised, TooManyFieldsSent):
        remedy = _("Send at most %(count)s of them.") % {"count": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    return ProblemRaised(413, title, remedy, errors={"body": remedy})


def of_refusal(refusal: Refusal) -> ProblemRaised:
    """What a rule refuses, by the rule's own sentence and clause."""
    clause = refusal.raised.clause if isinstance(refusal.raised, Refused) else ""
    fields = {name: words for name, words in refusal.fields.items() if name != NON_FIELD}
    return ProblemRaised(refusal.status, refusal.sentence, refusal.remedy, clause=clause, errors=fields)


def of_fields(errors: Mapping[str, Any]) -> ProblemRaised:
    """What is wrong with the values that were sent: sentences by field, as a form's errors are."""
    general = " ".join(errors.get(NON_FIELD, ()))
    fields = {name: " ".join(words) for name, words in errors.items() if name != NON_FIELD}
    title = general or _("Something in the request is missing or wrong.")
    return ProblemRaised(422, title, _("Correct it and send it again."), errors=fields)


# --- what pydantic and ninja find -------------------------------------------------------------------------------------
def words_of(error: Mapping[str, Any]) -> str:
    """One error of pydantic in the reader's language, with what to send instead."""
    kind, context = str(error.get("type", "")), error.get("ctx", {}) or {}
    if kind in {"enum", "literal_error"}:
        return _("Send one of: %(values)s.") % {"values": context.get("expected", "")}
    known = {
        "missing": _("This is missing."),
        "extra_forbidden": _("This operation has no such field."),
        "string_type": _("Send a text."),
        "string_too_long": _("Send at most %(count)s characters.") % {"count": context.get("max_length", "")},
        "string_too_short": _("Send at least %(count)s characters.") % {"count": context.get("min_length", "")},
        "bool_type": _("Send true or false."),
        "bool_parsing": _("Send true or false."),
        "list_type": _("Send a list."),
        "too_long": _("Send at most %(count)s of them.") % {"count": context.get("max_length", "")},
        "timezone_aware": _("Add the zone to the hour, such as 2026-11-28T02:00:00-05:00."),
        "greater_than_equal": _("Send %(least)s or more.") % {"least": context.get("ge", "")},
        "less_than_equal": _("Send %(most)s or less.") % {"most": context.get("le", "")},
        "json_invalid": _("The body is not JSON."),
    }
    if kind in known:
        return known[kind]
    if kind.startswith("int_"):
        return _("Send a whole number.")
    if kind.startswith("datetime_"):
        return _("Send a time as ISO 8601 with its zone, such as 2026-11-28T02:00:00-05:00.")
    if kind == "date_year":
        return _("Send a year from 1900 to 2200.")
    if kind.startswith("time_"):
        return _("Send an hour of the day, such as 08:00.")
    if kind.startswith("date_"):
        return _("Send a day as ISO 8601, such as 2026-11-28.")
    return str(error.get("msg", ""))


def field_of(location: Iterable[Any]) -> str:
    """The name of a value without ninja's own levels (``body``, ``query`` and the parameter's name)."""
    steps = [str(step) for step in location]
    within = 2 if steps[:1] == ["body"] else 1
    return ".".join(steps[within:]) or ".".join(steps[1:]) or ".".join(steps)


def invalid_answer(request: HttpRequest, raised: ValidationError) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for error in raised.errors:
        fields.setdefault(field_of(error.get("loc", ())), []).append(words_of(error))
    return answer_of(of_fields(fields))


def http_answer(request: HttpRequest, raised: HttpError) -> HttpResponse:
    """A body that could not be read (``json_body.py``), the one thing that ninja refuses by itself."""
    why = raised.__cause__
    if isinstance(why, ProblemRaised):
        return answer_of(why)
    if isinstance(why, TOO_MUCH):
        return answer_of(too_much(why))
    return answer_of(ProblemRaised(400, _("The body is not JSON."), _("Send a JSON object as UTF-8.")))
