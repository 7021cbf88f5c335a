"""An operation: its address, its name (by which keys are scoped), the right it asks for, and what happens around it.

Each operation runs in the transaction of its request; an answer of 400 or more leaves nothing written. Around its view:
the key's scope, the right of its account, the limit of calls, and the `Idempotency-Key` of a POST.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ValidationInfo, WrapValidator

from guardia.config.now import now
from guardia.people import api_answers
from guardia.people.policy import Right, may
from guardia.web.api.v2.caller import Caller, KeyBearer, caller_of, limit_headers
from guardia.web.api.v2.json_body import JSON
from guardia.web.api.v2.problems import ProblemRaised

IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 255
PROBLEMS = {
    400: "The body is no JSON, or was cut off.",
    401: "No key was sent, or one that is refused.",
    403: "The scopes of the key, or the role of its account, leave this out.",
    404: "There is nothing of this number or id.",
    405: "The address does not know this method; `Allow` says which ones it does.",
    408: "The body took too long to arrive.",
    409: "The procedure does not allow it now: the rule's own sentence, with its clause.",
    410: "The file was withdrawn, and its bytes are gone.",
    412: "Somebody has changed it since the ETag that was sent as If-Match; nothing was done.",
    413: "The body is larger than this address takes; `remedy` names the limit.",
    415: "The body is of another type than application/json.",
    422: "Values are missing or wrong, named in `errors`; or the idempotency key was used for another request.",
    429: "Too many calls, or too many acts of a company, within so many minutes.",
    503: "The database does not answer, or somebody else holds what this needs.",
    507: "There is no room on the disk for what was sent.",
}
"""By the status of a refusal, when it is answered."""

FILE = {"type": "string", "format": "binary"}

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Operation:
    """One line of the API's table; ``name`` is what a key's scopes are matched with (``cases.diagnose``)."""

    name: str
    method: str
    path: str
    summary: str
    right: Right
    tag: str


@dataclass(frozen=True)
class OfCompany:
    """What an operation does for a company's own key: its view, the scope that allows it, what it answers, and with
    which status, 0 for the operation's own. The view is called under the row policies of the company, to read.
    """

    view: View
    scope: str
    answer: Any
    status: int = 0


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name; filled as the modules of the nouns are read."""


def operation(
    router: Router,
    method: str,
    path: str,
    name: str,
    *,
    right: Right,
    answer: Any,
    summary: str,
    status: int = 200,
    description: str = "",
    example: Any = None,
    body_type: str = JSON,
    media: str = "",
    company: OfCompany | None = None,
) -> Callable[[View], View]:
    """Put a view into the API. It returns an ``HttpResponse`` (see ``respond``) and raises ``ProblemRaised``.

    ``example`` is a body as somebody would send it, of ``body_type``; it stands in the document, and a test sends it.
    ``media`` is the type of an answer that is a file and no JSON. ``company``: what a company's own key does here;
    without it, it is refused.
    """
    tag = name.partition(".")[0]
    one = Operation(name, method, path, summary, right, tag)
    if name in OPERATIONS:
        raise ValueError(f"two operations are called {name}")
    OPERATIONS[name] = one

    def put(view: View) -> View:
        guarded = guard(one, view, company)
        extra: dict[str, Any] = {"x-right": str(one.right)}
        if company is not None:
            extra["x-company-key"] = {"scope": company.scope, "status": company.status or status}
        if example is not None:
            extra["requestBody"] = {"content": {body_type: {"example": example}}}
        if media:
            extra["responses"] = {status: {"description": "OK", "content": {media: {"schema": FILE}}}}
        router.add_api_operation(
            path,
            [method],
            guarded,
            response=answers(status, None if media else answer, company),
            operation_id=name,
            url_name=f"api_{name}",
            summary=summary,
            description=description or None,
            tags=[tag],
            auth=KeyBearer(lambda caller: must_be_allowed(name, right, caller, company.scope if company else "")),
            openapi_extra=extra,
        )
        return view

    return put


def answers(status: int, answer: Any, company: OfCompany | None) -> dict[int, Any]:
    """What is answered, by status: to a key of the operator, and to a company's own."""
    if company is None:
        return {status: answer}
    if company.status not in (0, status):
        return {status: answer, company.status: company.answer}
    return {status: answer | company.answer}


def either(operators: Any, companies: type[BaseModel]) -> Any:
    """The type of a body that is another one for a company's own key."""

    def of_the_caller(sent: Any, _handler: Any, about: ValidationInfo) -> BaseModel:
        caller = caller_of((about.context or {})["request"])
        model: type[BaseModel] = operators if caller.customer_id is None else companies
        return model.model_validate(sent)

    return Annotated[operators | companies, WrapValidator(of_the_caller)]


def guard(one: Operation, view: View, company: OfCompany | None) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        caller = caller_of(request)
        chosen = view if caller.customer_id is None or company is None else company.view
        run = partial(chosen, request, *args, **kwargs)
        with caller.reading():
            written = request.headers.get(IDEMPOTENCY_KEY) if one.method == "POST" else ""
            response = once(caller, written, request, run) if written else run()
        for name, value in limit_headers(caller.left, caller.ends_in).items():
            response[name] = value
        return response

    return guarded


def must_be_allowed(name: str, right: Right, caller: Caller, company_scope: str = "") -> None:
    """Raises ProblemRaised (403): the key's scopes leave the operation out, the role of its account has no such right,
    or it is a company's own key and the operation is not for companies (it has no ``company_scope``).
    """
    is_company = caller.customer_id is not None
    if is_company and not company_scope:
        raise ProblemRaised(
            403,
            _("A company's own key is not for %(operation)s.") % {"operation": name},
            _("It opens, reads and confirms its company's cases, and writes to them."),
        )
    scope = company_scope if is_company else name
    if not caller.allows(scope):
        raise ProblemRaised(
            403,
            _("This key is not for %(operation)s.") % {"operation": name},
            _("Ask an administrator for a key with this scope: %(scope)s.") % {"scope": scope},
        )
    if not is_company and not may(caller.staff, right):
        raise ProblemRaised(
            403,
            _("The role of this key's account does not let it do this."),
            _("Ask an administrator for an account with another role."),
        )


def once(caller: Caller, written: str, request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of a POST that may be sent again: the second time it is the same, and nothing is done.

    Whoever sends the same key while the first is under way waits for its answer, and is told 503 where that takes
    longer than anybody waits for what is in use. Raises ProblemRaised: 422 where the key comes with another request.
    """
    if not written.isprintable() or len(written) > LONGEST_KEY:
        title = _("An idempotency key has at most %(count)s printable characters.") % {"count": LONGEST_KEY}
        raise ProblemRaised(400, title, errors={IDEMPOTENCY_KEY: title})
    digest = digest_of(request)
    with caller.acting():
        place = api_answers.reserve(caller.key, written, digest, now())
    if place.request_digest != digest:
        raise ProblemRaised(
            422,
            _("This idempotency key was used for another request."),
            _("Send a new key with a new request."),
            errors={IDEMPOTENCY_KEY: written},
        )
    if place.status:
        response = HttpResponse(place.body, status=place.status, content_type="application/json")
        response["Idempotent-Replayed"] = "true"
        return response
    response = run()
    if response.status_code < 400:
        with caller.acting():
            api_answers.fill(place, response.status_code, response.content.decode())
    return response


def digest_of(request: HttpRequest) -> bytes:
    """What was asked: its address, and its body, or the fields and files of a form, which are never held as a whole."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    digest.update(json.dumps(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode())
            for part in file.chunks():
                digest.update(part)
            file.seek(0)
    return digest.digest()


# --- answers ----------------------------------------------------------------------------------------------------------
def respond(
    body: BaseModel | Mapping[str, Any],
    *,
    status: int = 200,
    etag: str = "",
    fields: str = "",
    request: HttpRequest | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer as JSON; with ``fields`` (names with commas) nothing but these and ``id``, 304 where it is known.

    Raises ProblemRaised (422) where a name of ``fields`` is not one of the answer's.
    """
    if etag and request and etag in tags_of_the_client(request):
        return HttpResponse(status=304, headers={"ETag": etag})
    found = body.model_dump(mode="json") if isinstance(body, BaseModel) else dict(body)
    if fields:
        found = only(found, fields)
    content = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(content, status=status, content_type="application/json")
    return cached_privately(response, {**({"ETag": etag} if etag else {}), **(headers or {})})


def cached_privately(response: HttpResponse, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer, marked as one that its caller alone keeps and asks about each time, with these further headers."""
    response["Cache-Control"] = "no-cache, private"
    response["Content-Language"] = get_language() or ""
    response["Vary"] = "Authorization, Accept-Language"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def only(found: Mapping[str, Any], fields: str) -> dict[str, Any]:
    """The answer with the chosen names alone; of a page the rows are narrowed, and the rest of it stays."""
    chosen = {name.strip() for name in fields.split(",") if name.strip()} | {"id", "number"}
    if "items" in found:
        rows = found["items"]
        known = set(rows[0]) if rows else chosen
        must_be_known(chosen, known)
        return {**found, "items": [{name: row[name] for name in row if name in chosen} for row in rows]}
    must_be_known(chosen, set(found))
    return {name: value for name, value in found.items() if name in chosen}


def must_be_known(chosen: set[str], known: set[str]) -> None:
    if unknown := sorted(chosen - known - {"id", "number"}):
        words = _("There is no such field: %(names)s. There are: %(known)s.") % {
            "names": ", ".join(unknown),
            "known": ", ".join(sorted(known)),
        }
        raise ProblemRaised(422, words, errors={"fields": words})


def tags_of_the_client(request: HttpRequest) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}


def must_match(request: HttpRequest, etag: str) -> None:
    """Two writers: whoever sends `If-Match` acts on what they have read, or not at all. Raises ProblemRaised (412)."""
    written = request.headers.get("If-Match", "").strip()
    if written and written != "*" and etag not in {tag.strip() for tag in written.split(",")}:
        raise ProblemRaised(
            412,
            _("Somebody else has changed it since you read it; nothing was done."),
            _("Read it again, and send your change with the new ETag."),
            headers={"ETag": etag},
        )
