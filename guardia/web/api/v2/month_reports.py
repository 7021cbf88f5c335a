"""A company's month: the list of companies, the figures as they are frozen, the paper, the workbook, and the letter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import company_of_id
from guardia.notices.month_facts import MonthFacts
from guardia.people.policy import Right
from guardia.reports import month_sending
from guardia.reports.month import Month
from guardia.reports.month_report import incidents_counted, month_report
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.desk_form import done, hour_here
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.monthly import MOST, NoMonth, month_in
from guardia.web.desk.reports.monthly_send import LARGEST
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.report.month import on_paper
from guardia.web.shared.audit import exported

router = Router()
MonthName = Annotated[
    str, Query("", max_length=10, description="Such as 2026-11; without one, the last one that is over.")
]


def month_called(written: str, at: datetime) -> Month:
    """The month of this name, else the last one that is over. Raises ProblemRaised (422)."""
    try:
        return month_in(written, at)
    except NoMonth as sentence:
        raise of_fields({"month": [str(sentence)]}) from sentence


def company_called(pk: int) -> Customer:
    """Raises ProblemRaised (404)."""
    found = company_of_id(str(pk))
    if found is None:
        raise not_found(_("There is no company with this id."), _("Look in /api/v2/companies for those there are."))
    return found


def workbook_answer(content: bytes, name: str) -> HttpResponse:
    return file_answer(HttpResponse(content, content_type=XLSX), name)


def file_answer(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response


# --- the list ---------------------------------------------------------------------------------------------------------
class CompanyMonth(Schema):
    """A company with a case in the month."""

    id: int
    name: str
    month: str
    opened: int = Field(description="Incidents that began in the month.")
    incidents: int = Field(description="Incidents that were open at any time of it.")
    sent_at: str | None = Field(description="When its last report of the month was made.")


class CompanyMonths(Page):
    items: list[CompanyMonth]


@operation(
    router,
    "GET",
    "/reports/months",
    "reports.months",
    right=Right.SEE_REPORTS,
    answer=CompanyMonths,
    summary="List the companies that had a case in a month",
)
def list_months(request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields, month: MonthName) -> HttpResponse:
    chosen = month_called(month, now())
    counts: dict[int, tuple[int, int]] = {}
    made: dict[int, datetime] = {}

    def prepare(found: Sequence[Customer]) -> None:
        pks = [one.pk for one in found]
        counts.update(incidents_counted(chosen, pks))
        made.update(month_sending.reports_made(chosen, pks))

    def item(row: Customer) -> CompanyMonth:
        opened, incidents = counts.get(row.pk, (0, 0))
        return CompanyMonth(
            id=row.pk,
            name=row.name,
            month=str(chosen),
            opened=opened,
            incidents=incidents,
            sent_at=hour_here(made.get(row.pk)),
        )

    rows = month_sending.with_activity(chosen)
    return answer_page(request, rows, ("id",), item, cursor=cursor, limit=limit, fields=fields, prepare=prepare)


# --- one month --------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/reports/months/{month}/{company}",
    "reports.month",
    right=Right.SEE_REPORTS,
    answer=MonthFacts,
    summary="Read a company's month",
    description="Lengths are seconds; hours are ISO 8601 in UTC, empty where there is none.",
)
def read_month(request: HttpRequest, month: str, company: int, fields: Fields) -> HttpResponse:
    at = now()
    facts = month_report(company_called(company), month_called(month, at), at, MOST).facts()
    return respond(facts, fields=fields, request=request)


@operation(
    router,
    "GET",
    "/reports/months/{month}/{company}/xlsx",
    "reports.month_workbook",
    right=Right.SEE_REPORTS,
    answer=bytes,
    media=XLSX,
    summary="Download a company's month as a workbook",
)
def read_workbook(request: HttpRequest, month: str, company: int) -> HttpResponse:
    at, one = now(), company_called(company)
    chosen = month_called(month, at)
    exported(request, "monthly_report", f"{chosen}/{one.pk}", form="xlsx", staff=caller_of(request).staff)
    return workbook_answer(workbook_of(month_report(one, chosen, at, MOST)), f"guardia-{chosen}-{one.pk}.xlsx")


@operation(
    router,
    "GET",
    "/reports/months/{month}/{company}/pdf",
    "reports.month_paper",
    right=Right.SEE_REPORTS,
    answer=bytes,
    media="application/pdf",
    summary="Download a company's month as PDF, in the language of Accept-Language",
)
def read_paper(request: HttpRequest, month: str, company: int) -> HttpResponse:
    at, one = now(), company_called(company)
    chosen = month_called(month, at)
    exported(request, "monthly_report", f"{chosen}/{one.pk}", form="pdf", staff=caller_of(request).staff)
    name = f"guardia-{chosen}-{one.pk}.pdf"
    response = on_paper(request, month_report(one, chosen, at), at, name)
    if response.status_code >= 400:
        raise ProblemRaised(503, _("The PDF cannot be made now."), _("Read the month as JSON or as a workbook."))
    return file_answer(response, name)


class Sending(Body):
    number: int = Field(1, ge=1, le=LARGEST, description="Which report of the month it is: 2 sends it once more.")


class Sent(Schema):
    month: str
    company: int
    recipients: int


@operation(
    router,
    "POST",
    "/reports/months/{month}/{company}/send",
    "reports.send_month",
    right=Right.SUPERVISE,
    answer=Sent,
    summary="Send a company its report of a month",
    example={"number": 1},
)
def send_month(request: HttpRequest, month: str, company: int, body: Annotated[Sending, BodyOf(...)]) -> HttpResponse:
    at, one, staff = now(), company_called(company), caller_of(request).staff
    chosen = month_called(month, at)
    done(lambda: month_sending.send(one, chosen, body.number, by=staff, at=at))
    return respond(Sent(month=str(chosen), company=one.pk, recipients=month_sending.recipients(one).count()))
