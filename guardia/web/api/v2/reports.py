"""Reports of the operator: how lines were answered, the supervisor's lists, groups, and a service's availability."""

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.case import Case
from guardia.config.now import now
from guardia.customers.lookup import service_with_names
from guardia.people.policy import Right
from guardia.reports import lateness
from guardia.reports.availability import CaseShare, ServiceMonth, service_months
from guardia.reports.by_word import MOST, ByWord, night_of, of_night
from guardia.reports.group_months import GroupMonth, group_months
from guardia.reports.month import Month
from guardia.reports.reception_report import Length, Lines, ReceptionFilters, Span, reception_report
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import Named, iso, named_person
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.form_schema import Day
from guardia.web.api.v2.month_reports import MonthName, month_called, workbook_answer
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import not_found, of_fields
from guardia.web.desk.companies.availability import months_until
from guardia.web.desk.phone.calls import line_names
from guardia.web.desk.reports.morning import SHOWN
from guardia.web.desk.reports.reception import LONGEST_LINE
from guardia.web.desk.reports.reception_spreadsheet import workbook_of
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.shared.audit import exported

router = Router()


# --- how lines were answered (P1) -------------------------------------------------------------------------------------
class LineFigures(Schema):
    line: str
    desk: str
    figures: Lines


class DayFigures(Schema):
    day: date
    figures: Lines


class HourFigures(Schema):
    hour: int
    figures: Lines


class ReceptionAnswer(Schema):
    """How the lines were answered in a day, a week or a month. Waits are seconds."""

    length: str
    first: date
    after: date = Field(description="The first day that is no longer in it.")
    total: Lines
    by_line: list[LineFigures]
    by_day: list[DayFigures]
    by_hour: list[HourFigures]


LengthOf = Annotated[Length, Query(Length.WEEK)]
DayOf = Annotated[Day | None, Query(None, description="A day of it; without one, today.")]
DeskOf = Annotated[str, Query("", max_length=40)]
LineOf = Annotated[str | None, Query(None, max_length=LONGEST_LINE, description="Empty: calls whose line is unknown.")]


def reception_filters(length: Length, day: date | None, desk: str, line: str | None) -> ReceptionFilters:
    """Raises ProblemRaised (422)."""
    at = now()
    if desk and desk not in line_names(at).desks:
        raise of_fields({"desk": [_("That desk is not known. Choose one from the list.")]})
    try:
        span = Span.of(length, day) if day else Span.around(length, at)
    except ValueError:
        raise of_fields({"day": [_("This day is too far away.")]}) from None
    return ReceptionFilters(span, desk, line)


@operation(
    router,
    "GET",
    "/reports/reception",
    "reports.reception",
    right=Right.SEE_REPORTS,
    answer=ReceptionAnswer,
    summary="Read how the lines were answered (P1)",
)
def read_reception(request: HttpRequest, length: LengthOf, day: DayOf, desk: DeskOf, line: LineOf) -> HttpResponse:
    asked = reception_filters(length, day, desk, line)
    found = reception_report(asked, now())
    return respond(
        ReceptionAnswer(
            length=length,
            first=asked.span.first,
            after=asked.span.after,
            total=found.total,
            by_line=[LineFigures(line=key, desk=its, figures=one) for (key, its), one in found.by_line.items()],
            by_day=[DayFigures(day=key, figures=one) for key, one in sorted(found.by_day.items())],
            by_hour=[HourFigures(hour=key, figures=one) for key, one in sorted(found.by_hour.items())],
        )
    )


@operation(
    router,
    "GET",
    "/reports/reception/xlsx",
    "reports.reception_workbook",
    right=Right.SEE_REPORTS,
    answer=bytes,
    media=XLSX,
    summary="Download how the lines were answered as a workbook",
)
def read_reception_workbook(
    request: HttpRequest, length: LengthOf, day: DayOf, desk: DeskOf, line: LineOf
) -> HttpResponse:
    at, asked = now(), reception_filters(length, day, desk, line)
    exported(request, "reception_report", asked.span, staff=caller_of(request).staff)
    return workbook_answer(workbook_of(asked, line_names(at), at), f"guardia-lines-{asked.span}.xlsx")


# --- the morning ------------------------------------------------------------------------------------------------------
class ByWordRow(Schema):
    """What was confirmed by word alone in a night (P5 D)."""

    case: int
    company: Named
    confirmed_by: str
    position: str
    phone: str
    engineer: str
    at: str
    denied_at: str | None = Field(description="A contact said that it is not so.")
    stands_until: str | None = Field(description="Until when one may say so; null: no longer.")


class ByWordAnswer(Schema):
    day: date
    items: list[ByWordRow] = Field(description=f"At most {MOST}.")


def by_word_row(row: ByWord) -> ByWordRow:
    zone = ZoneInfo(row.case.zone)
    return ByWordRow(
        case=row.case.number,
        company=Named(id=row.case.customer_id, name=row.case.customer.name),
        confirmed_by=row.name,
        position=row.position,
        phone=row.phone,
        engineer=row.engineer,
        at=iso(row.at, zone) or "",
        denied_at=iso(row.denied_at, zone),
        stands_until=iso(row.stands_until, zone),
    )


@operation(
    router,
    "GET",
    "/reports/by_word",
    "reports.by_word",
    right=Right.SEE_REPORTS,
    answer=ByWordAnswer,
    summary="Read what was confirmed by word alone in the night that ends on a day",
)
def read_by_word(
    request: HttpRequest, day: Annotated[Day | None, Query(None, description="Without one, the last night.")]
) -> HttpResponse:
    at = now()
    today = night_of(at)
    chosen = day or today
    if not date(2000, 1, 2) <= chosen <= today:
        raise of_fields({"day": [_("There is no list for that day. Write one up to today, such as 2026-11-29.")]})
    return respond(ByWordAnswer(day=chosen, items=[by_word_row(row) for row in of_night(chosen, at)]))


class LateRow(Schema):
    """A case that was late, of which nobody has said why (`cases.explain_delay`)."""

    case: int
    company: Named
    subject: str
    broke_at: str
    assigned: Named | None
    outage: bool = Field(description="It is part of a mass outage: one answer is for all of them.")


class LateAnswer(Schema):
    items: list[LateRow] = Field(description=f"At most {SHOWN}, the newest breach first.")
    more: bool


def late_row(case: Case) -> LateRow:
    broke: Any = case
    return LateRow(
        case=case.number,
        company=Named(id=case.customer_id, name=case.customer.name),
        subject=case.subject,
        broke_at=iso(broke.broke_at, ZoneInfo(case.zone)) or "",
        assigned=named_person(case.assigned),
        outage=case.part_of_id is not None,
    )


@operation(
    router,
    "GET",
    "/reports/late_unexplained",
    "reports.late_unexplained",
    right=Right.SEE_REPORTS,
    answer=LateAnswer,
    summary="Read which cases were late without a reason",
)
def read_late(request: HttpRequest) -> HttpResponse:
    found = lateness.blanks(now(), SHOWN + 1)
    return respond(LateAnswer(items=[late_row(case) for case in found[:SHOWN]], more=len(found) > SHOWN))


# --- groups -----------------------------------------------------------------------------------------------------------
class GroupRow(Schema):
    """How long a resolver group held cases in a month. Lengths are seconds."""

    group: Named
    holds: int
    cases: int
    total: int
    median: int
    with_target: int
    late: int = Field(description="Of those with a target, past it.")


class GroupMonths(Schema):
    month: str
    items: list[GroupRow]


def group_row(one: GroupMonth) -> GroupRow:
    return GroupRow(
        group=Named(id=one.group.pk, name=one.group.name),
        holds=one.holds,
        cases=one.cases,
        total=round(one.total.total_seconds()),
        median=round(one.median.total_seconds()),
        with_target=one.with_target,
        late=one.late,
    )


@operation(
    router,
    "GET",
    "/reports/groups",
    "reports.groups",
    right=Right.SEE_REPORTS,
    answer=GroupMonths,
    summary="Read how long each resolver group held cases in a month",
)
def read_groups(request: HttpRequest, month: MonthName) -> HttpResponse:
    at = now()
    chosen = month_called(month, at) if month else Month.of(at)
    return respond(GroupMonths(month=str(chosen), items=[group_row(one) for one in group_months(chosen, at)]))


# --- availability (P7 D) ----------------------------------------------------------------------------------------------
class ShareRow(Schema):
    """A case that affected the service in the month. Lengths are seconds."""

    case: int
    subject: str
    counted: int
    excluded: int
    in_work: int


class AvailabilityMonth(Schema):
    """A month of one service: of `whole` seconds it was affected `down`; what was left out stands beside it."""

    month: str
    start: str
    end: str
    percent: str = Field(description="With three decimals.")
    whole: int
    down: int
    excluded: int
    in_work: int = Field(description="Within planned work that was announced.")
    overlapping: int = Field(description="What more than one case counts, and counts once.")
    cases: list[ShareRow]


class AvailabilityAnswer(Schema):
    service: Named
    company: Named
    months: list[AvailabilityMonth] = Field(description="A year of them, the newest first.")


def share_row(share: CaseShare) -> ShareRow:
    return ShareRow(
        case=share.case.number,
        subject=share.case.subject,
        counted=share.counted,
        excluded=share.excluded,
        in_work=share.in_work,
    )


def availability_month(one: ServiceMonth) -> AvailabilityMonth:
    figures = one.figures
    return AvailabilityMonth(
        month=str(one.month),
        start=hour_here(figures.start) or "",
        end=hour_here(figures.end) or "",
        percent=f"{float(figures.percent):.3f}",
        whole=figures.whole,
        down=figures.down,
        excluded=one.excluded,
        in_work=one.in_work,
        overlapping=one.overlapping,
        cases=[share_row(share) for share in one.shares],
    )


@operation(
    router,
    "GET",
    "/reports/availability/{service}",
    "reports.availability",
    right=Right.SEE_DESK,
    answer=AvailabilityAnswer,
    summary="Read the availability of a service, month by month (P7 D)",
)
def read_availability(request: HttpRequest, service: int, month: MonthName) -> HttpResponse:
    at = now()
    found = service_named(service)
    chosen = month_called(month, at) if month else Month.of(at)
    months = service_months(found.pk, months_until(chosen, at), at)
    return respond(
        AvailabilityAnswer(
            service=Named(id=found.pk, name=found.circuit),
            company=Named(id=found.customer_id, name=found.customer.name),
            months=[availability_month(one) for one in months],
        )
    )


def service_named(pk: int) -> Any:
    """The service of this id, with its company. Raises ProblemRaised (404)."""
    found = service_with_names(pk) if 0 < pk <= LARGEST_ID else None
    if found is None:
        raise not_found(_("There is no service with this id."), _("Look in /api/v2/services for those there are."))
    return found
