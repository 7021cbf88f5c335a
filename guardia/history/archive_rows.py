"""Which rows and columns of a table an archive has, as SQL that follows from the models."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from guardia.history.archive import ARCHIVED, Archived, Share

type Company = int | None
"""The id of the company whose archive it is; None: of all."""
type Column = Any
"""A field of a model that has a column of its own."""


def model_of(table: Archived) -> type[Model]:
    return apps.get_model("guardia", table.model)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def table_name(table: Archived) -> str:
    return str(model_of(table)._meta.db_table)


def key_of(table: Archived) -> str:
    return str(model_of(table)._meta.pk.column)


def columns_of(table: Archived) -> list[Column]:
    """The columns that the database stores and does not compute, as the model has them."""
    return [each for each in model_of(table)._meta.concrete_fields if not each.generated]


def archived_columns(table: Archived) -> list[Column]:
    return [each for each in columns_of(table) if each.column not in table.without]


@cache
def _by_model() -> dict[type[Model], Archived]:
    return {model_of(table): table for table in ARCHIVED}


def target_of(column: Column) -> Archived | None:
    """The archived table that a foreign key names; None where it is in no archive."""
    return _by_model().get(column.related_model)


def question_of(table: Archived, company: Company) -> str:
    """A query that gives each archived row as one JSON object, in the order of the key."""
    listed = ", ".join(f"{_value(table, each, company)} AS {quoted(each.column)}" for each in archived_columns(table))
    rows = f"SELECT {listed} FROM {quoted(table_name(table))} WHERE {rows_of(table, company)}"
    return f"SELECT row_to_json(r) FROM ({rows} ORDER BY {quoted(key_of(table))}) AS r"


def rows_of(table: Archived, company: Company) -> str:
    """An SQL condition that the archived rows of a table meet."""
    parts = [f"({table.only})"] if table.only else []
    if company is not None:
        parts += _of_company(table, company)
    return " AND ".join(parts) or "true"


def _of_company(table: Archived, company: int) -> list[str]:
    match table.share:
        case Share.NONE:
            return ["false"]
        case Share.OWN:
            own = "id" if table.model == "Customer" else "customer_id"
            return [f"{own} = {int(company)}", *_required(table, company, {Share.OWN})]
        case Share.NAMED:
            return [f"{key_of(table)} IN ({' UNION '.join(_names(table, company))})"]
        case Share.WITH_PARENTS:
            return _required(table, company, {Share.OWN, Share.NAMED, Share.WITH_PARENTS, Share.NONE})
    return []


def _required(table: Archived, company: int, shares: set[Share]) -> list[str]:
    """A row that must name another is in the archive only with it."""
    found = []
    for column in columns_of(table):
        if not column.is_relation or column.null or column.column == "customer_id":
            continue
        target = target_of(column)
        if target is None:
            found.append("false")
        elif target.share in shares and target is not table:
            found.append(f"{quoted(column.column)} IN ({_keys(target, company)})")
    return found


def _keys(table: Archived, company: int) -> str:
    return f"SELECT {quoted(key_of(table))} FROM {quoted(table_name(table))} WHERE {rows_of(table, company)}"


def _names(table: Archived, company: int) -> list[str]:
    """What the company's rows name of this table, a question for each column that names it."""
    found = []
    for other in ARCHIVED:
        if other is table or other.share not in (Share.OWN, Share.NAMED):
            continue
        for column in columns_of(other):
            if column.is_relation and target_of(column) is table:
                name = quoted(column.column)
                rows = rows_of(other, company)
                found.append(f"SELECT {name} FROM {quoted(table_name(other))} WHERE {name} IS NOT NULL AND {rows}")
    return found


def _value(table: Archived, column: Column, company: Company) -> str:
    """The column, or what stands in its place: nothing for a reference to a row that is not in the archive."""
    name = quoted(column.column)
    if company is not None and column.column in table.of_company:
        return table.of_company[column.column]
    if not column.is_relation or not column.null:
        return name
    target = target_of(column)
    if target is None or (company is not None and target.share is Share.NONE):
        return "NULL::bigint"
    if company is None or target.share is not Share.OWN:
        return name
    return f"CASE WHEN {name} IN ({_keys(target, company)}) THEN {name} END"
