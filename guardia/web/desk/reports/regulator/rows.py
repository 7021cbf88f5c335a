"""The rows of the form: which interruptions it asks for, and each cell as it is written."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from guardia.cases.interruptions import Interruption
from guardia.cases.month import Month
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.companies.bands import plain
from guardia.web.desk.reports.regulator.fields import FIELDS, Coded
from guardia.web.desk.reports.regulator.form import ROW, TEXT, Column, RegulatorForm, strftime_of


def asked_for(found: Iterable[Interruption], form: RegulatorForm, month: Month) -> Iterator[Interruption]:
    """Those that the form asks for, in their order; also those of which nobody has said yet how they are felt, so that
    none is missing from what is sent.
    """
    only = form.only
    asked = {*only.impacts, Impact.REPORTED}
    for one in found:
        if only.impacts and one.case.impact not in asked:
            continue
        if one.seconds < 60 * only.minutes_from or (only.started_in_month and one.start < month.start):
            continue
        yield one


def cells(one: Interruption, at: datetime, form: RegulatorForm, row: int) -> list[object]:
    """In the order of the form: hours, lengths and numbers as such, words as the form calls them."""
    return [cell(column, one, at, row) for column in form.columns]


def cell(column: Column, one: Interruption, at: datetime, row: int) -> object:
    if column.field in (TEXT, ROW):
        return column.text if column.field == TEXT else row
    found = FIELDS[column.field].read(one, at)
    if isinstance(found, Coded):
        codes = FIELDS[column.field].codes or {}
        return column.words.get(found.code) or str(codes.get(found.code, found.code))
    if isinstance(found, timedelta) and column.lengths != "clock":
        return round(found.total_seconds() / (60 if column.lengths == "minutes" else 3600), 2)
    return found


def written(value: object, column: Column, form: RegulatorForm) -> str:
    """As CSV has it: hours in the operator's zone, lengths as ``26:04:00``, and no text that begins a formula."""
    match value:
        case datetime():
            return localtime(value).strftime(strftime_of(column.hours or form.hours))
        case timedelta():
            rest = round(value.total_seconds())
            return f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
        case float():
            return f"{value:.2f}".replace(".", form.decimal_sign)
        case int():
            return str(value)
        case _:
            return plain(str(value))


def row_written(one: Interruption, at: datetime, form: RegulatorForm, row: int) -> list[str]:
    values = cells(one, at, form, row)
    return [written(value, column, form) for value, column in zip(values, form.columns, strict=True)]
