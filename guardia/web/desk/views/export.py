"""What the bench shows as a spreadsheet or CSV: the same filters, its rows to a limit, and on record who took it."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO

from django.conf import settings
from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases import queries
from guardia.cases.case import Case, Status
from guardia.cases.words import CLOCK_NAMES, name_of_stage
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk import reading
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.looking import Looking, looking_at
from guardia.web.desk.reports.spreadsheet import Sheet, formats_of, new_book
from guardia.web.desk.reports.views import XLSX
from guardia.web.shared import about

MOST = 2000
NOUN = "export"
ACTS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"


@needs(Right.SEE_REPORTS)
@require_POST
def export(request: DeskRequest) -> HttpResponse:
    at, is_csv = now(), request.POST.get("como") == "csv"
    looking = looking_at(request.POST, request.user, at)
    cases = cases_of(looking, request.user, at)
    kind = "csv" if is_csv else "xlsx"
    after = {"format": kind, "rows": len(cases), "asked": ", ".join(f"{k}={v}" for k, v in looking.kept.items())}
    put_on_record(NOUN, "bench", None, after, by=request.user, at=at)
    content = as_csv(cases) if is_csv else as_workbook(cases)
    response = HttpResponse(content, content_type=CSV if is_csv else XLSX)
    name = f"guardia-{localtime(at):%Y-%m-%d-%H%M}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def cases_of(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """In the order of the page: what is promised, what waits, what its desk has not opened for; ``MOST`` in all."""
    promised = queries.promised(at, looking.desk)
    ordered = queries.by_impact_first(promised) if looking.order == "impacto" else queries.next_first(promised)
    found: list[Case] = []
    for cases in (ordered, queries.waiting(at, looking.desk), queries.not_open_yet(looking.desk)):
        found += reading.with_field_and_waits(looking.of(cases, staff, at))[: MOST - len(found)]
    return found


def columns() -> list[tuple[str, int]]:
    zone = settings.TIME_ZONE
    return [
        (_("Case"), 14),
        (_("Company"), 30),
        ("VIP", 6),
        (_("City"), 18),
        (_("Province"), 18),
        (_("Service"), 18),
        (_("Subject"), 40),
        (_("Impact"), 16),
        (_("Stage"), 16),
        (_("State"), 16),
        (_("Promise"), 26),
        (_("Falls due (%s)") % zone, 20),
        (_("Who has it"), 20),
        (_("Opened (%s)") % zone, 20),
        (_("Waiting since (%s)") % zone, 20),
    ]


def cells(case: Case) -> list[object]:
    promise = ": ".join(map(str, CLOCK_NAMES[ClockKind(case.next_kind)])) if case.next_kind else ""
    return [
        case.display_number,
        case.customer.name,
        _("yes") if case.customer.vip else "",
        about.city(case),
        case.site.city.province if case.site else "",
        about.circuit(case),
        case.subject,
        about.impact_word(case),
        name_of_stage(case.stage),
        str(Status(case.status).label),
        promise,
        case.next_due_at,
        case.assigned.name if case.assigned else "",
        case.opened_at,
        case.waiting_since,
    ]


def as_workbook(cases: Sequence[Case]) -> bytes:
    file = BytesIO()
    with new_book(file) as book:
        sheet = Sheet(book, _("Cases"), columns(), formats_of(book))
        for case in cases:
            sheet.add(*cells(case))
    return file.getvalue()


def as_csv(cases: Sequence[Case]) -> bytes:
    """With the mark by which spreadsheets know UTF-8; no text of it acts as a formula."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow([words for words, _width in columns()])
    writer.writerows([[inert(cell) for cell in cells(case)] for case in cases])
    return file.getvalue().encode("utf-8-sig")


def inert(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    words = str(cell)
    return f"'{words}" if words.startswith(ACTS_AS_FORMULA) else words
