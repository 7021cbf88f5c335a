"""The files of a case: the list, one with its bytes, several added at once; seen by the customer, or withdrawn."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from guardia.cases.case import Case
from guardia.cases.case_files import LONGEST_CAPTION, show_file, withdraw_file
from guardia.config.now import now
from guardia.evidence import store
from guardia.evidence.files import CaseFile, file_of, files_for_machines
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import etag_of, iso
from guardia.web.api.v2.case_evidence import must_handle
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.desk_form import done
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found
from guardia.web.desk.files import add_all, looked_through
from guardia.web.shared.responses import served

router = Router()


class FileAnswer(Schema):
    """A photograph or a document of a case. Its bytes are at `…/content`."""

    id: int
    name: str
    type: str = Field(description="By its content.")
    size: int = Field(description="Bytes.")
    sha256: str
    caption: str
    width: int | None = Field(description="Pixels; null: no picture.")
    height: int | None
    shown: bool = Field(description="The customer sees it too.")
    taken_at: str
    added_at: str
    added_by: str
    withdrawn_at: str | None = Field(description="Taken off the case: its bytes are gone.")
    visit: int | None


class FilePage(Page):
    items: list[FileAnswer]


PLAIN = ("name", "type", "size", "sha256", "caption", "width", "height", "shown")


def file_item(one: CaseFile, zone: ZoneInfo) -> FileAnswer:
    plain: dict[str, Any] = {name: getattr(one, name) for name in PLAIN}
    return FileAnswer(
        id=one.pk,
        taken_at=iso(one.taken_at, zone) or "",
        added_at=iso(one.added_at, zone) or "",
        added_by=one.added_by_name,
        withdrawn_at=iso(one.withdrawn_at, zone),
        visit=one.visit_id,
        **plain,
    )


def file_called(case: Case, pk: int) -> CaseFile:
    """Raises ProblemRaised (404)."""
    found = file_of(case, pk) if 0 < pk <= LARGEST_ID else None
    if found is None:
        raise not_found(_("The case has no file with this id."), _("Look in the list of its files."))
    return found


def answer_file(case: Case, one: CaseFile) -> HttpResponse:
    return respond(file_item(one, ZoneInfo(case.zone)), etag=etag_of(case_called(str(case.number))))


# --- reading ----------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/cases/{number}/files",
    "cases.files",
    right=Right.SEE_DESK,
    answer=FilePage,
    summary="List the files of a case",
)
def list_files(
    request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields, withdrawn: bool | None = None
) -> HttpResponse:
    case = case_called(number)
    zone = ZoneInfo(case.zone)
    rows = files_for_machines(case, withdrawn=withdrawn)
    return answer_page(
        request, rows, ("id",), lambda one: file_item(one, zone), cursor=cursor, limit=limit, fields=fields
    )


@operation(
    router,
    "GET",
    "/cases/{number}/files/{file}",
    "cases.file",
    right=Right.SEE_DESK,
    answer=FileAnswer,
    summary="Read what is known of a file",
)
def read_file(request: HttpRequest, number: str, file: int, fields: Fields) -> HttpResponse:
    case = case_called(number)
    answer = file_item(file_called(case, file), ZoneInfo(case.zone))
    return respond(answer, fields=fields, request=request)


@operation(
    router,
    "GET",
    "/cases/{number}/files/{file}/content",
    "cases.file_content",
    right=Right.SEE_DESK,
    answer=bytes,
    media="application/octet-stream",
    summary="Download a file",
)
def read_content(request: HttpRequest, number: str, file: int) -> HttpResponse:
    one = file_called(case_called(number), file)
    if one.withdrawn_at:
        raise ProblemRaised(410, _("This file was withdrawn: its bytes are gone."), _("The case's events say why."))
    content = store.read(one.sha256)
    if content is None:
        raise not_found(_("The store has lost this file."), _("Ask an administrator to restore it from a backup."))
    response = served(content, one.name, one.type, in_place=False)
    response["ETag"] = f'"{one.sha256[:32]}"'
    return response


# --- acts -------------------------------------------------------------------------------------------------------------
class NotTaken(Schema):
    """A file that was sent and not taken, with the reason."""

    name: str
    why: str


class Added(Schema):
    files: list[FileAnswer]
    refused: list[NotTaken]


@operation(
    router,
    "POST",
    "/cases/{number}/files",
    "cases.add_files",
    right=Right.TAKE_REQUESTS,
    answer=Added,
    status=201,
    summary="Add files to a case",
    description="A form with files (multipart/form-data), 20 at most. What cannot be taken is named with its reason, "
    "and the rest is added. The same content twice is one file.",
    body_type="multipart/form-data",
    example={"files": ["rack.jpg"], "caption": "The rack", "shown": False},
)
def add_files(
    request: HttpRequest,
    number: str,
    files: Annotated[list[UploadedFile], File(...)],
    caption: Annotated[str, Form("", max_length=LONGEST_CAPTION)],
    shown: Annotated[bool, Form(False, description="The customer sees them too.")],
) -> HttpResponse:
    caller = caller_of(request)
    must_handle(caller, case_called(number))
    coming = looked_through(files, [caption])
    refused = [NotTaken(name=name, why=why) for name, why in coming.refused]
    if not coming.ready:
        title = " ".join(one.why for one in refused)
        raise ProblemRaised(422, title, errors={"files": title})
    case, at = case_called(number, locked=True), now()
    must_match(request, etag_of(case))
    added = done(lambda: add_all(case, coming, caller.staff, at, shown=shown))
    zone = ZoneInfo(case.zone)
    body = Added(files=[file_item(one, zone) for one in added], refused=refused)
    return respond(body, status=201, etag=etag_of(case_called(number)))


class Showing(Body):
    shown: bool = Field(description="The customer sees it too; false: no longer.")


@operation(
    router,
    "POST",
    "/cases/{number}/files/{file}/show",
    "cases.show_file",
    right=Right.TAKE_REQUESTS,
    answer=FileAnswer,
    summary="Let the customer see a file, or no longer",
    example={"shown": True},
)
def show(request: HttpRequest, number: str, file: int, body: Annotated[Showing, BodyOf(...)]) -> HttpResponse:
    caller, case = caller_of(request), case_called(number, locked=True)
    must_handle(caller, case)
    must_match(request, etag_of(case))
    one, at = file_called(case, file), now()
    return answer_file(case, done(lambda: show_file(case, one, shown=body.shown, by=caller.by, at=at)))


class Withdrawal(Body):
    why: str = Field(max_length=1000)


@operation(
    router,
    "POST",
    "/cases/{number}/files/{file}/withdraw",
    "cases.withdraw_file",
    right=Right.TAKE_REQUESTS,
    answer=FileAnswer,
    summary="Withdraw a file: its bytes go for good",
    example={"why": "It shows another customer's rack"},
)
def withdraw(request: HttpRequest, number: str, file: int, body: Annotated[Withdrawal, BodyOf(...)]) -> HttpResponse:
    caller, case = caller_of(request), case_called(number, locked=True)
    must_handle(caller, case)
    must_match(request, etag_of(case))
    one, at = file_called(case, file), now()
    why = body.why.replace("\0", "")
    return answer_file(case, done(lambda: withdraw_file(case, one, why, by=caller.by, at=at)))
