"""The rows of a file as fields: each cell read, each mistake named with its row and column."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.cities import City, Gazetteer
from guardia.customers.customer import Customer, Site
from guardia.customers.editing import HALF, half_missing, reason_missing
from guardia.customers.importing.columns import SERVICES, SITES
from guardia.customers.importing.kind import Column, Kind, Problem
from guardia.customers.importing.table_file import Table, WrongFile
from guardia.customers.values import Misfit, fold

# The first row: which column of the file holds which field.


@dataclass(frozen=True)
class Header:
    """``places`` in the order of the kind, not of the file: a row's company is known before what belongs to it."""

    places: dict[Column, int]
    names: dict[str, str]
    ignored: tuple[str, ...]
    width: int

    @classmethod
    def of(cls, kind: Kind, names: list[str]) -> "Header":
        """Raises WrongFile: a needed column that is missing, one that stands twice, one that is misspelt."""
        known, found, ignored = kind.named(), {}, []
        for place, name in enumerate(names):
            column = known.get(fold(name).replace(" ", "_"))
            if column in found:
                raise WrongFile(_("The column “%s” appears twice in the file. Keep one.") % name)
            if column:
                found[column] = place
            elif name:
                ignored.append(not_misspelt(name, list(known)))
        missing = [column.name for column in kind.columns if column.needed and column not in found]
        if missing:
            sentence = _("These columns are missing in the first row: %s. Download the sample to see all.")
            raise WrongFile(sentence % ", ".join(missing))
        ordered = {column: found[column] for column in kind.columns if column in found}
        fields = {column.field: names[place] for column, place in found.items()}
        return cls(ordered, fields, tuple(ignored), len(names))

    def written(self, cells: list[str]) -> dict[str, str]:
        """The row's cells by field; a short row's missing cells are empty."""
        return {column.field: cells[at].strip() if at < len(cells) else "" for column, at in self.places.items()}

    def values(self, cells: list[str], value: Callable[[Column, str], Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The row by field, as ``value`` reads each cell (it may raise Misfit); and what is wrong, by column."""
        fields: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        written = self.written(cells)
        for column in self.places:
            try:
                fields[column.field] = value(column, must_be_there(column, written[column.field]))
            except Misfit as misfit:
                wrong[self.names[column.field]] = str(misfit)
        return fields, wrong


def must_be_there(column: Column, cell: str) -> str:
    """The cell. Raises Misfit where a column that is needed has none."""
    if column.needed and not cell:
        raise Misfit(_("this is required. Please fill it in."))
    return cell


def not_misspelt(name: str, known: list[str]) -> str:
    """A column of the sender's own is left aside; one that is nearly ours would be lost unseen. Raises WrongFile."""
    if near := get_close_matches(fold(name).replace(" ", "_"), known, n=1, cutoff=0.8):
        sentence = _("The column “%(name)s” is not known. Did you mean “%(near)s”?")
        raise WrongFile(sentence % {"name": name, "near": near[0]})
    return name


# The companies, cities and sites that rows point to: asked once for the whole file.


class Targets:
    def __init__(self, kind: Kind) -> None:
        codes = Customer.objects.exclude(external_id=None).values_list("external_id", "pk")
        self.companies = {str(code): pk for code, pk in codes} if kind.has_company else {}
        self.cities = Gazetteer.of(City.objects.all()) if kind is SITES else Gazetteer()
        sites = Site.objects.exclude(external_id=None).values_list("customer_id", "external_id", "pk")
        self.sites = {(company, code): pk for company, code, pk in sites} if kind is SERVICES else {}

    def company(self, code: str) -> int:
        """Its id. Raises Misfit with the nearest code."""
        if code in self.companies:
            return self.companies[code]
        if near := get_close_matches(code, self.companies, n=1, cutoff=0.6):
            words = {"code": code, "near": near[0]}
            raise Misfit(_("No company has the code “%(code)s”. Did you mean “%(near)s”?") % words)
        raise Misfit(_("No company has the code “%s”. Import the companies first.") % code)

    def site(self, company_id: int, code: str) -> int:
        """Its id, within the company. Raises Misfit."""
        if (company_id, code) in self.sites:
            return self.sites[company_id, code]
        raise Misfit(_("This company has no site with the code “%s”. Import its sites first.") % code)

    def city(self, name: str, province: str) -> int:
        """Its id. Raises Misfit with the nearest city."""
        return self.cities.find(name, province).pk


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
    if not wrong and (lacking := half_missing(fields)):
        other = "longitude" if lacking == "latitude" else "latitude"
        wrong[header.names.get(lacking) or header.names[other]] = _(HALF)
    return fields, wrong


def read_cell(kind: Kind, column: Column, written: dict[str, str], targets: Targets, so_far: Fields) -> Fields:
    """What one cell gives. Raises Misfit."""
    cell = must_be_there(column, written[column.field])
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
            sentence = _("the code “%(code)s” is already in row %(row)d. Keep one of the two.") % words
            yield Problem(row.number, header.names["external_id"], sentence)
        first.setdefault(row.key, row.number)
