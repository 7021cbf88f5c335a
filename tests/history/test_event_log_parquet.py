"""The event log as Parquet is read back by pyarrow itself: the rows of the CSV, typed, in row groups."""

import csv
from datetime import datetime
from io import BytesIO, StringIO

import pytest

from guardia.cli import history_export
from guardia.cli.installation import Mistake
from guardia.history import event_log_parquet
from tests.history.conftest import file_of


def test_without_the_library_the_command_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(event_log_parquet, "is_there", lambda: False)
    with pytest.raises(Mistake, match=r"guardia\[parquet\]"):
        history_export.must_be_installed("parquet")
    history_export.must_be_installed("csv")


@pytest.fixture
def parquet():
    """pyarrow's own reader, where it is installed."""
    return pytest.importorskip("pyarrow.parquet")


@pytest.mark.parametrize("with_texts", [False, True])
def test_it_has_the_rows_of_the_csv_each_value_of_its_own_type(histories, parquet, monkeypatch, with_texts):
    monkeypatch.setattr(event_log_parquet, "GROUP", 7)
    opened = parquet.ParquetFile(BytesIO(file_of("parquet", with_texts=with_texts)))
    read = list(csv.reader(StringIO(file_of("csv", with_texts=with_texts).decode("utf-8-sig"))))
    assert opened.schema_arrow.names == read[0]
    rows = opened.read().to_pylist()
    assert opened.num_row_groups == -(-len(rows) // 7) > 1
    assert len(rows) == len(read) - 1 > 0
    for row, cells in zip(rows, read[1:], strict=True):
        for value, cell in zip(row.values(), cells, strict=True):
            assert same(value, cell)


def same(value: object, cell: str) -> bool:
    """Whether a typed value is what the CSV writes."""
    match value:
        case None:
            return cell == ""
        case bool():
            return cell == str(value).lower()
        case datetime():
            return datetime.fromisoformat(cell) == value
    return cell.removeprefix("'") == str(value)


def test_types_are_those_of_the_page(histories, parquet):
    schema = parquet.ParquetFile(BytesIO(file_of("parquet"))).schema_arrow
    found = {name: str(schema.field(name).type) for name in ("case", "timestamp", "seq", "public", "case_closed_at")}
    utc = "timestamp[us, tz=UTC]"
    assert found == {"case": "string", "timestamp": utc, "seq": "int64", "public": "bool", "case_closed_at": utc}


def test_pandas_and_duckdb_read_it(histories, parquet, tmp_path):
    path = tmp_path / "log.parquet"
    path.write_bytes(file_of("parquet"))
    rows = parquet.ParquetFile(path).metadata.num_rows
    try:
        import duckdb
    except ImportError:
        pandas = pytest.importorskip("pandas")
        assert len(pandas.read_parquet(path)) == rows
    else:
        assert duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall() == [(rows,)]
