"""The published procedure: its versions, and each as the data it is. Who answers now: `/api/v2/who_answers`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.procedure.version import ProcedureVersion, version_at, version_numbered, versions_newest_first
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found

router = Router()


class VersionAnswer(Schema):
    """A published version of the procedure. It is never changed."""

    number: int
    code: str
    title: str
    sha256: str = Field(description="Of its canonical document; it is printed with it.")
    published_at: str
    effective_at: str


class VersionPage(Page):
    items: list[VersionAnswer]


class ProcedureAnswer(VersionAnswer):
    """A version with all that it promises."""

    document: dict[str, Any] = Field(description="Stages, targets, notices, bands, levels and hours, as data.")


def facts_of(version: ProcedureVersion) -> dict[str, Any]:
    names = ("number", "code", "title", "sha256")
    hours = {name: hour_here(getattr(version, name)) for name in ("published_at", "effective_at")}
    return {**{name: getattr(version, name) for name in names}, **hours}


def version_item(version: ProcedureVersion) -> VersionAnswer:
    return VersionAnswer(**facts_of(version))


@operation(
    router,
    "GET",
    "/procedure",
    "procedure.read",
    right=Right.SEE_DESK,
    answer=ProcedureAnswer,
    summary="Read the procedure that is in force",
)
def read_procedure(request: HttpRequest, fields: Fields) -> HttpResponse:
    found = version_at(now())
    return answered(request, found, fields)


@operation(
    router,
    "GET",
    "/procedure/versions",
    "procedure.versions",
    right=Right.SEE_DESK,
    answer=VersionPage,
    summary="List the published versions, the newest first",
)
def list_versions(request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = versions_newest_first()
    return answer_page(request, rows, ("-number",), version_item, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/procedure/versions/{number}",
    "procedure.version",
    right=Right.SEE_DESK,
    answer=ProcedureAnswer,
    summary="Read a published version",
)
def read_version(request: HttpRequest, number: int, fields: Fields) -> HttpResponse:
    return answered(request, version_numbered(number) if number > 0 else None, fields)


def answered(request: HttpRequest, found: ProcedureVersion | None, fields: str) -> HttpResponse:
    if found is None:
        raise not_found(_("There is no such version of the procedure."), _("Look in /api/v2/procedure/versions."))
    answer = ProcedureAnswer(**facts_of(found), document=found.document)
    return respond(answer, etag=f'"{found.sha256[:32]}"', fields=fields, request=request)
