"""The rows of a file as fields: each cell read, each mistake named with its row and column."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.editing import reason_missing
from guardia.customers.importing.columns import Column, Kind
from guardia.customers.importing.header import Header
from guardia.customers.importing.outcome import Problem
from guardia.customers.importing.table_file import Table
from guardia.customers.importing.targets import Targets
from guardia.customers.values import Misfit

Fields = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One row that can be kept: its number as the spreadsheet shows it, and its fields."""

    number: int
    fields: Fields

    @property
    def company_id(self) -> int:
        return self.fields.get("customer_id", 0)

    @property
    def key(self) -> tuple[int, str]:
        return self.company_id, self.fields["external_id"]


def read_rows(kind: Kind, header: Header, table: Table) -> tuple[list[Row], list[Problem]]:
    """The rows that can be kept, and the mistakes of the others in the order of the file."""
    targets = Targets(kind)
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in table.rows:
        fields, wrong = read_row(kind, header, targets, cells)
        problems += [Problem(number, column, sentence) for column, sentence in wrong.items()]
        if not wrong:
            rows.append(Row(number, fields))
    return rows, problems + list(repeated(header, rows))


def read_row(kind: Kind, header: Header, targets: Targets, cells: list[str]) -> tuple[Fields, dict[str, str]]:
    """The fields, and what is wrong by column."""
    fields: Fields = {}
    wrong: dict[str, str] = {}
    if surplus := [cell for cell in cells[header.width :] if cell.strip()]:
        sentence = _("there are more cells than columns (“%s”). Put a cell that holds the delimiter in quotes.")
        return fields, {"": sentence % surplus[0][:40]}
    written = header.written(cells)
    for column in header.places:
        try:
            fields |= read_cell(kind, column, written, targets, fields)
        except Misfit as misfit:
            wrong[header.names[column.field]] = str(misfit)
    if not wrong and "own_reason" in header.names and (sentence := reason_missing(fields)):
        wrong[header.names["own_reason"]] = sentence
    return fields, wrong


def read_cell(kind: Kind, column: Column, written: dict[str, str], targets: Targets, so_far: Fields) -> Fields:
    """What one cell gives. Raises Misfit."""
    cell = written[column.field]
    if column.needed and not cell:
        raise Misfit(_("this is needed. Please write it."))
    match column.field:
        case "customer":
            return {"customer_id": targets.company(cell)}
        case "site":
            return {"site_id": targets.site(so_far["customer_id"], cell)} if "customer_id" in so_far else {}
        case "city":
            return {"city_id": targets.city(cell, written.get("province", ""))}
        case "province":
            return {}
    return {column.field: kind.readers[column.field](column.cell(cell))}


def repeated(header: Header, rows: Iterable[Row]) -> Iterable[Problem]:
    """A code stands in a file once."""
    first: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.key in first:
            words = {"code": row.fields["external_id"], "row": first[row.key]}
            sentence = _("the code “%(code)s” already stands in row %(row)d. Leave one of the two.") % words
            yield Problem(row.number, header.names["external_id"], sentence)
        first.setdefault(row.key, row.number)
