"""`/api/v2`: the nouns' operations in one document (OpenAPI 3.1), with their refusals as problems."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

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
from guardia.web.api.v2.problems import ProblemRaised, answer_of, http_answer, invalid_answer, not_found
from guardia.web.shared.responses import TYPE

DESCRIPTION = """
Every noun and every verb of the desk, by the same rules, refusals and clauses as its screens.

Hours are ISO 8601 with their zone, lengths are seconds. Words are in the language of `Accept-Language`: es, en, pt.
"""
NOUNS = (
    *(cases, case_acts, case_evidence, case_files, contests, escalations, visits, bulk_acts, groups),
    *(calls, requests, mail, company_acts, companies, network, crews, staff),
    *(outage_acts, planned_work_acts, reports, month_reports, shifts, articles, procedure),
)
"""The modules of the nouns, each with its ``router``."""


class Api(NinjaAPI):
    """Ninja's API with what it leaves out of its document: the type of problems, and the headers of each answer."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**how)
        for operations in schema["paths"].values():
            for method, one in operations.items():
                completed(method, one)
        for scheme in schema["components"]["securitySchemes"].values():
            scheme.pop("name", None)  # OpenAPI 3.1 has none for a bearer token
        return schema


HEADERS = {
    "RateLimit": {"description": "Calls left in this minute, and its seconds left.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "Calls in each minute.", "schema": {"type": "string"}},
}
ETAG = {"ETag": {"description": "Send it back as If-Match, or as If-None-Match.", "schema": {"type": "string"}}}


def completed(method: str, one: dict[str, Any]) -> None:
    """Complete one operation of the document in place."""
    for status, answer in one["responses"].items():
        if int(status) >= 400 and "content" in answer:
            answer["content"] = {TYPE: next(iter(answer["content"].values()))}
        elif int(status) < 400:
            answer["headers"] = {**HEADERS, **ETAG}
    parameters = one.setdefault("parameters", [])
    if method == "post":
        parameters.append(
            header("Idempotency-Key", "The same key with the same body within 48 hours: the same answer, done once.")
        )
    parameters.append(header("Accept-Language", "es, en or pt: the language of words.", example="es"))


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


api.exception_handler(ValidationError)(invalid_answer)
api.exception_handler(HttpError)(http_answer)


def missing(request: HttpRequest) -> HttpResponse:
    """An address that leads nowhere says so as a problem, not as a page."""
    return answer_of(
        not_found(_("There is no such address."), _("See /api/v2/openapi.json for the addresses there are."))
    )


urlpatterns = [
    path("", api.urls),
    re_path("", missing, name="api_v2_missing"),
]
