"""The interruptions of a month, as a regulator asks for them: on the screen, as a workbook and as CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.notices.wording.hours import lasting_exactly
from guardia.people.policy import Right
from guardia.reports.duplicates import ended_otherwise
from guardia.reports.interruptions import Interruption, Totals
from guardia.reports.interruptions import interruptions as read
from guardia.reports.month import Month
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports import regulator_form
from guardia.web.desk.reports.monthly import NoMonth, hour_words, month_in
from guardia.web.desk.reports.promised import month_words
from guardia.web.desk.reports.regulator_form import WHOSE, FormIsWrong, RegulatorForm
from guardia.web.desk.reports.regulator_rows import as_csv, as_workbook, interruptions_of, row_written
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported

SHOWN = 100
COUNTED = 5_000
"""The screen adds up so many; a month with more is added up in its file."""
CSV = "text/csv; charset=utf-8"
Write = Callable[[IO[bytes], RegulatorForm, Month, datetime], None]
FORMS: dict[str, tuple[str, Write]] = {
    "xlsx": (XLSX, as_workbook),
    "csv": (CSV, as_csv),
}
looks = needs(Right.SEE_REPORTS)


@dataclass(frozen=True, slots=True)
class Row:
    """``lasted`` is the whole of it, ``affected`` what counts in the month."""

    number: str
    href: str
    customer: str
    service: str
    place: str
    start: str
    end: str
    lasted: str
    affected: str
    whose: str
    cause: str


@looks
@require_safe
def interruptions(request: HttpRequest) -> HttpResponse:
    """``?mes=2026-10``; without one, the last month that is over."""
    at = now()
    try:
        month, mistake = month_in(request.GET.get("mes", ""), at), ""
    except NoMonth as sentence:
        month, mistake = Month.of(at).moved(-1), str(sentence)
    try:
        form, wrong = regulator_form.in_use(), []
    except FormIsWrong as refused:
        form, wrong = regulator_form.sample(), refused.sentences
    totals, rows, more, first = Totals(), [], False, None
    for place, one in enumerate(islice(interruptions_of(read(month, at), form, month), COUNTED + 1)):
        if more := place == COUNTED:
            break
        first = first or one
        totals.add(one)
        if place < SHOWN:
            rows.append(row_of(one, at))
    place_ = reverse("interruptions")
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "interruptions",
        "mistake": mistake,
        "month": str(month),
        "month_words": month_words(month),
        "before": f"{place_}?mes={month.moved(-1)}",
        "after": f"{place_}?mes={month.moved(1)}" if month < Month.of(at) else "",
        "files": [
            (kind.upper(), reverse("interruptions_file", args=[str(month), kind])) for kind in FORMS if not wrong
        ],
        "form": form,
        "form_is_wrong": wrong,
        "form_is_sample": regulator_form.is_sample(),
        "form_columns": column_rows(form, first, at),
        "otherwise": ended_otherwise(month),
        "rows": rows,
        "totals": totals,
        "affected": lasting_exactly(totals.affected),
        "excluded": lasting_exactly(totals.excluded),
        "in_work": lasting_exactly(totals.in_work) if totals.in_work else "",
        "too_many": more,
        "counted": COUNTED,
        "hidden": totals.interruptions - len(rows),
        "zone": settings.TIME_ZONE,
    }
    return page(request, "desk/reports/interruptions.html", context, status=422 if mistake else 200)


@looks
@require_safe
def interruptions_file(request: HttpRequest, month: str, form: str) -> HttpResponse:
    """Every row; it is written to the disk of the server first, so that a month of any size needs little memory."""
    at = now()
    if form not in FORMS:
        raise Http404
    try:
        asked = month_in(month, at)
    except NoMonth as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    try:
        layout = regulator_form.in_use()
    except FormIsWrong as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "interruptions", asked, form=form)
    kind, write = FORMS[form]
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    write(file, layout, asked, at)
    file.seek(0)
    name = f"interrupciones-{asked}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)


def column_rows(form: RegulatorForm, first: Interruption | None, at: datetime) -> list[dict[str, Any]]:
    """The columns in their order, with the month's first row as the example; without one, none."""
    row = row_written(first, at, form, 1) if first else [""] * len(form.columns)
    return [
        {"head": form.head_of(column), "field": column.field, "example": example}
        for column, example in zip(form.columns, row, strict=True)
    ]


def row_of(one: Interruption, at: datetime) -> Row:
    case = one.case
    city = case.site.city if case.site else None
    until = one.end or at
    return Row(
        number=case.display_number,
        href=reverse("case", args=[case.number]),
        customer=case.customer.name,
        service=case.service.circuit if case.service else "",
        place=f"{city.province}, {city.name}" if city else "",
        start=hour_words(one.start),
        end=hour_words(one.end) if one.end else _("it lasts"),
        lasted=lasting_exactly(round((until - one.start).total_seconds())),
        affected=lasting_exactly(one.affected),
        whose=str(WHOSE[one.responsible]),
        cause=case.fault or case.cause,
    )
