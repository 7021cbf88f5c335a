"""The tickets themselves: the list, one ticket, a new one, a change, and the files of one."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.evidence import store
from guardia.intake.portal_requests import report_of
from guardia.tmforum.ticket import REPORT_PREFIX, Ticket, ticket_of_report, tickets_of
from guardia.web.api.tmforum.endpoint import Asked, conflict, finish
from guardia.web.api.tmforum.ticket_acts import changed, opened
from guardia.web.api.tmforum.ticket_bodies import json_in, new_ticket
from guardia.web.api.tmforum.ticket_patch import changes_in
from guardia.web.api.tmforum.ticket_query import fields_in, only
from guardia.web.api.v2 import cases, company_cases
from guardia.web.api.v2.case_answer import etag_of
from guardia.web.api.v2.case_files import file_called
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import ProblemRaised, not_found
from guardia.web.shared.responses import served


def case_of(asked: Asked, id: str) -> Case | WrittenRequest:
    """The case of a ticket; the report, where it has none yet. Raises ProblemRaised (404)."""
    digits = id.removeprefix(REPORT_PREFIX)
    if id != digits and asked.caller.customer_id is not None:
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
        with asked.caller.acting():
            report = report_of(min(int(digits), LARGEST_ID), asked.caller.customer_id) if is_number else None
            if report is None:
                raise no_such_ticket()
            if report.case is None:
                return report
            id = str(report.case.number)
    try:
        return cases.case_to_answer(id) if asked.is_operator else company_cases.case_called(id)
    except ProblemRaised as raised:
        raise no_such_ticket() from raised


def no_such_ticket() -> ProblemRaised:
    return not_found(_("There is no ticket with this id."), _("Look in the list of tickets."))


def ticket_of(asked: Asked, found: Case | WrittenRequest) -> Ticket:
    if isinstance(found, WrittenRequest):
        with asked.caller.acting():
            return ticket_of_report(found)
    return tickets_of([found], internal=asked.is_operator)[0]


def answer(asked: Asked, found: Case | WrittenRequest, *, status: int = 200) -> HttpResponse:
    fields = fields_in(asked)
    body = only(asked.version.written(ticket_of(asked, found)), fields)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(content, status=status, content_type="application/json")
    if status == 201:
        response["Location"] = body["href"]
    return finish(response, asked.request, etag_of(found) if isinstance(found, Case) else "")


def read_ticket(asked: Asked, id: str) -> HttpResponse:
    return answer(asked, case_of(asked, id))


def create_ticket(asked: Asked) -> HttpResponse:
    fields_in(asked)
    found = opened(asked, new_ticket(json_in(asked.request), asked.version))
    if isinstance(found, Case):
        found = case_of(asked, str(found.number))
    return answer(asked, found, status=201)


def change_ticket(asked: Asked, id: str) -> HttpResponse:
    """One PATCH is done as a whole, or not at all."""
    fields_in(asked)
    found = case_of(asked, id)
    changes = changes_in(asked.request, asked.version, asked.version.written(ticket_of(asked, found)))
    if isinstance(found, WrittenRequest):
        title = _("This ticket is acknowledged and has no number yet.")
        raise conflict(title, _("Change it once it has one, or call us."), "P1")
    number = str(changed(asked, found, changes).number)
    with asked.caller.acting():  # what a company has changed is seen by those who act, until it is committed
        return answer(asked, case_of(asked, number))


def attachment(asked: Asked, id: str, file: int) -> HttpResponse:
    """The bytes of a file that the caller may read."""
    case = case_of(asked, id)
    one = file_called(case, file) if isinstance(case, Case) else None
    if one is None or one.withdrawn_at or not (asked.is_operator or one.shown):
        raise not_found(_("The case has no file with this id."), _("Look in the list of its files."))
    content = store.read(one.sha256)
    if content is None:
        raise not_found(_("The store has lost this file."), _("Ask an administrator to restore it from a backup."))
    return served(content, one.name, one.type, in_place=False)


def any_of(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """A document for anybody, which changes with the version alone."""
    response = HttpResponse(json.dumps(body), content_type="application/json")
    response["Cache-Control"] = "public, max-age=3600"
    return response
