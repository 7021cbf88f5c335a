"""An event log as Parquet: the rows and columns of the CSV, each of its own type, for pandas, DuckDB and whoever counts
much.

Needs pyarrow, which is an extra (``pip install 'guardia[parquet]'``). Hours are instants in UTC with microseconds; what
has no value is null.
"""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import batched
from typing import IO, Any

from guardia.history.event_log import (
    ColumnType,
    LoggedCase,
    LogRequest,
    Value,
    case_columns,
    row_columns,
)
from guardia.history.event_log_csv import FIRST, OF_THE_CASE

GROUP = 20_000
"""Rows of a row group: so many are held in memory, however many there are."""


def is_there() -> bool:
    """Whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def write_parquet(file: IO[bytes], cases: Iterable[LoggedCase], request: LogRequest) -> None:
    """``cases`` are written as they come, a row group at a time. Raises ImportError without pyarrow."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {
        ColumnType.STRING: pyarrow.string(),
        ColumnType.INTEGER: pyarrow.int64(),
        ColumnType.BOOLEAN: pyarrow.bool_(),
        ColumnType.TIME: pyarrow.timestamp("us", tz="UTC"),
    }
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns_of(request).items()])
    with ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in batched(rows_of(cases), GROUP):
            writer.write_table(pyarrow.Table.from_pylist(list(rows), schema=schema), row_group_size=GROUP)


def columns_of(request: LogRequest) -> dict[str, ColumnType]:
    """Of a line, in the order of the CSV."""
    first = {name: ColumnType.TIME if name == "timestamp" else ColumnType.STRING for name in FIRST}
    of_case = {f"{OF_THE_CASE}{name}": kind for name, kind in case_columns(request).items()}
    return {**first, **row_columns(request), **of_case}


def rows_of(cases: Iterable[LoggedCase]) -> Iterator[dict[str, Value]]:
    for case in cases:
        of_case = {f"{OF_THE_CASE}{name}": value for name, value in case.columns.items()}
        for row in case.rows:
            values: tuple[Any, ...] = (
                *(str(case.number), row.activity, row.name, row.transition.value, row.at),
                *(row.resource, row.role, row.row.value, row.instance),
            )
            yield {**dict(zip(FIRST, values, strict=True)), **row.more, **of_case}
