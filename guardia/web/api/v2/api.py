"""`/api/v2`: the nouns' operations in one document (OpenAPI 3.1), with their refusals as problems."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from guardia.config.requests import WITH_APIS
from guardia.web.api.v2 import (
    articles,
    bulk_acts,
    calls,
    case_acts,
    case_evidence,
    case_files,
    cases,
    companies,
    company_acts,
    contests,
    crews,
    escalations,
    events,
    groups,
    mail,
    month_reports,
    network,
    outage_acts,
    planned_work_acts,
    procedure,
    reports,
    requests,
    shifts,
    staff,
    visits,
)
from guardia.web.api.v2.caller import KeyBearer, unauthorised
from guardia.web.api.v2.json_body import JsonBody
from guardia.web.api.v2.operations import PROBLEMS, View
from guardia.web.api.v2.problems import (
    TOO_MUCH,
    Problem,
    ProblemRaised,
    answer_of,
    http_answer,
    invalid_answer,
    not_found,
    of_another_method,
    of_fields,
    too_much,
)
from guardia.web.shared.responses import TYPE

DESCRIPTION = """
Every noun and every verb of the desk, by the same rules, refusals and clauses as its screens.

Hours are ISO 8601 with their zone, lengths are seconds. Words are in the language of `Accept-Language`: es, en, pt.
"""
NOUNS = (
    *(cases, case_acts, events, case_evidence, case_files, contests, escalations, visits, bulk_acts, groups),
    *(calls, requests, mail, company_acts, companies, network, crews, staff),
    *(outage_acts, planned_work_acts, reports, month_reports, shifts, articles, procedure),
)
"""The modules of the nouns, each with its ``router``."""


class AddressedApi(NinjaAPI):
    """Ninja's API, which knows its address outside a request too: the smaller site map of the pages has none."""

    def get_root_path(self, path_params: Any) -> str:
        return reverse(f"{self.urls_namespace}:api-root", WITH_APIS, kwargs=path_params)


class Api(AddressedApi):
    """Ninja's API with what it leaves out of its document: the type of problems, and the headers of each answer."""

    documents: ClassVar[dict[str, OpenAPISchema]] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Made once in each process: it takes a second and a half of the processor, and anybody may ask for it."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self.documents:
            self.documents[prefix] = self.completed_schema(prefix)
        return self.documents[prefix]

    def completed_schema(self, path_prefix: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix)
        of_a_problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**of_a_problem.pop("$defs"), "Problem": of_a_problem}
        for address, operations in schema["paths"].items():
            for method, one in operations.items():
                completed(method, address, one)
        for scheme in schema["components"]["securitySchemes"].values():
            scheme.pop("name", None)  # OpenAPI 3.1 has none for a bearer token
        return schema


HEADERS = {
    "RateLimit": {"description": "Calls left in this minute, and its seconds left.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "Calls in each minute.", "schema": {"type": "string"}},
}
RETRY = {"Retry-After": {"description": "Seconds after which it may be sent again.", "schema": {"type": "string"}}}
OF_REFUSALS = {
    405: {"Allow": {"description": "The methods that the address knows.", "schema": {"type": "string"}}},
    **dict.fromkeys((429, 503, 507), RETRY),
}
"""Headers of a refusal, by its status."""
PROBLEM = {"$ref": "#/components/schemas/Problem"}
IN_PATH = {
    "cases/number": "The number of the case, with or without dashes.",
    "outages/number": "The number of the outage: 42 or AM-0042.",
    "planned_works/number": "The number of the work: 42 or TP-0042.",
    "articles/number": "The number of the article: 7 or AR-0007.",
    "procedure/number": "The number of the version.",
    "bulk_acts/key": "The id of the act, as its answer has it.",
    "reports/month": "Such as 2026-11.",
}
"""By noun and name, what a part of an address is; one that is missing here is an id."""
ETAG = {"ETag": {"description": "Send it back as If-Match, or as If-None-Match.", "schema": {"type": "string"}}}


def completed(method: str, address: str, one: dict[str, Any]) -> None:
    """Complete one operation of the document in place.

    The refusals are put in here and not where an operation is made: Ninja would build sixteen models for each, which
    is half of what a process of the web did before it answered.
    """
    for answer in one["responses"].values():
        answer["headers"] = {**HEADERS, **ETAG}
    for status in sorted(PROBLEMS.keys() - impossible(method, address, one)):
        answer = {"description": PROBLEMS[status], "content": {TYPE: {"schema": PROBLEM}}}
        one["responses"][status] = answer | ({"headers": OF_REFUSALS[status]} if status in OF_REFUSALS else {})
    parameters = one.setdefault("parameters", [])
    for each in parameters:
        if each["in"] == "path":
            each.setdefault("description", in_path(address.split("/")[3], each["name"]))
    if method == "post":
        parameters.append(
            header("Idempotency-Key", "The same key with the same body within 48 hours: the same answer, done once.")
        )
    if "{" in address and method == "get":
        parameters.append(header("If-None-Match", "The ETag that is known already: 304 while it is still the one."))
        one["responses"][304] = {"description": "It is still the one of If-None-Match."}
    elif "{" in address:
        parameters.append(header("If-Match", "The ETag of what was read: 412 where somebody has changed it since."))
    parameters.append(header("Accept-Language", "es, en or pt: the language of words.", example="es"))


def in_path(noun: str, name: str) -> str:
    """What stands in the address in this place."""
    whose = "" if name == "id" else f" of the {name}"
    return IN_PATH.get(f"{noun}/{name}", f"The id{whose}, as its list has it.")


def impossible(method: str, address: str, one: dict[str, Any]) -> set[int]:
    """The refusals that this operation never answers with."""
    found = set() if one["operationId"] == "cases.file_content" else {410}
    if method == "get":
        found |= {409, 507}
    if method == "get" or "{" not in address:
        found.add(412)
    if "application/json" not in one.get("requestBody", {}).get("content", {}):
        found.add(415)
    return found


def header(name: str, description: str, **more: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    } | (more)


api = Api(
    title="Guardia",
    version="2.0.0",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    auth=KeyBearer(),
    parser=JsonBody(),
    urls_namespace="api_v2",
)
for noun in NOUNS:
    api.add_router("", noun.router)


@api.exception_handler(ProblemRaised)
def refused(request: HttpRequest, raised: ProblemRaised) -> HttpResponse:
    return answer_of(raised)


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, raised: AuthenticationError) -> HttpResponse:
    return answer_of(unauthorised(_("No key was sent.")))


def refused_by_its_size(request: HttpRequest, raised: Exception) -> HttpResponse:
    """A body or a form that Django does not read, such as a JSON of many megabytes where files are taken."""
    return answer_of(too_much(raised))


for one_limit in TOO_MUCH:
    api.exception_handler(one_limit)(refused_by_its_size)
api.exception_handler(ValidationError)(invalid_answer)
api.exception_handler(HttpError)(http_answer)


@csrf_exempt  # whoever sends something to a wrong address has no cookie either
def missing(request: HttpRequest) -> HttpResponse:
    """An address that leads nowhere says so as a problem, not as a page."""
    return answer_of(
        not_found(_("There is no such address."), _("See /api/v2/openapi.json for the addresses there are."))
    )


def nul_in_query(request: HttpRequest) -> list[str]:
    """The names in the query of which a value holds a NUL character, which PostgreSQL holds in no text."""
    return [name for name, values in request.GET.lists() if "\0" in "".join(values)]


def in_every_method(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view of an address, which answers HEAD and OPTIONS too, and 405 as a problem (RFC 9110).

    A NUL character, which PostgreSQL holds in no text, is refused before a view could ask for one.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "\0" in request.path_info:
            return missing(request)
        if wrong := nul_in_query(request):
            return answer_of(of_fields({name: [_("Send a text without NUL characters.")] for name in wrong}))
        asks_for_head = request.method == "HEAD"
        if asks_for_head:
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            response = of_another_method(request, response["Allow"])
        if asks_for_head:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return answered


def addresses_of(api: NinjaAPI, missing: View, answering: Callable[[View], View]) -> tuple[list[Any], str, str]:
    """Ninja's addresses, each ``answering`` every method. Its document is only read, and its root is ``missing``."""
    patterns, application, namespace = api.urls
    for one in patterns:
        if not isinstance(one, URLPattern):
            continue
        view = one.callback
        if one.name == "openapi-json":
            view = csrf_exempt(require_safe(view))
        one.callback = missing if one.name == "api-root" else answering(view)
    return patterns, application, namespace


urlpatterns = [
    path("", addresses_of(api, missing, in_every_method)),
    re_path("", missing, name="api_v2_missing"),
]
