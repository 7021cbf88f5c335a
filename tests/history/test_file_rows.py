"""Files as people send them: read to the last row, or refused with one sentence; nothing is lost in silence."""

import codecs
import gzip
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from guardia.customers.importing.table_file import WrongFile
from guardia.history.file_rows import FileRow, rows_of

KNOWN = frozenset({"number"})
PLAIN = "number;opened;note\n1;2024-04-03;uno\n2;2024-04-04;dós\n"
CELLS = [
    {"number": "1", "opened": "2024-04-03", "note": "uno"},
    {"number": "2", "opened": "2024-04-04", "note": "dós"},
]


def rows(tmp_path: Path, content: bytes | str, *, name: str = "file.csv", quotes: bool = True) -> list[FileRow]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(rows_of(path, KNOWN, quotes=quotes))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(";", "\t").encode(),
        PLAIN.replace(";", ",").encode(),
        PLAIN.replace(";", "|").encode(),
        # Without an hour: an id that tells the second is another one in each process of pytest-xdist.
        gzip.compress(PLAIN.encode(), mtime=0),
        gzip.compress(PLAIN.encode("utf-16"), mtime=0),
        PLAIN.replace("uno", "u\x00no").encode(),
        b"\n\n" + PLAIN.encode().replace(b"\n", b"\n\n"),
        PLAIN.removesuffix("\n").encode(),
        json.dumps(CELLS).encode(),
        codecs.BOM_UTF8 + json.dumps({"total": 2, "result": CELLS}).encode(),
        b"\n".join(json.dumps(each).encode() for each in CELLS),
        b"\n".join(json.dumps([each]).encode() for each in CELLS),
    ],
)
def test_whatever_the_encoding_and_the_kind(tmp_path: Path, content: bytes) -> None:
    found = rows(tmp_path, content)
    assert [row.cells for row in found] == CELLS
    assert not any(row.damage for row in found)


@pytest.mark.parametrize("announcement", ["sep=;", '"sep=;"', "SEP=;"])
def test_excel_announces_the_delimiter_in_a_row_of_its_own(tmp_path: Path, announcement: str) -> None:
    assert [(row.number, row.cells) for row in rows(tmp_path, f"{announcement}\n{PLAIN}")] == [
        (3, CELLS[0]),
        (4, CELLS[1]),
    ]


def test_one_broken_letter_does_not_break_the_others(tmp_path: Path) -> None:
    text = "number;note\n" + "".join(f"{n};Añadió señal\n" for n in range(20))
    assert rows(tmp_path, text.encode() + b"20;roto \xff\n")[0].cells["note"] == "Añadió señal"


def test_lines_in_a_cell_and_quotes_in_it(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, 'number,note\n1,"uno\r\ndos, ""tres""\n"\n')
    assert (row.number, row.cells["note"]) == (2, 'uno\r\ndos, "tres"\n')


@pytest.mark.parametrize(
    ("text", "lone"),
    [
        ('number,note,x\n1,"uno,a\n2,dos,b\n3,tres,c\n', [2]),
        ('number,note,x\n1,"uno,a\n2,"dos",b\n3,"tres" y,c\n', [2, 4]),
        ('number,note,x\n1,"uno"s,a\n2,"dos\n', [2, 3]),
        ('number,note,x\n1,5" de tubo,a\n2,dos,b\n', []),
    ],
)
def test_a_quote_without_its_pair_takes_no_other_row_along(tmp_path: Path, text: str, lone: list[int]) -> None:
    found = rows(tmp_path, text)
    assert [row.cells["number"] for row in found] == [str(n + 1) for n in range(text.count("\n") - 1)]
    assert [row.number for row in found if ("lone quote", "") in row.damage] == lone


def test_too_many_quotes_without_their_pair_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongFile):
        rows(tmp_path, "number,note\n" + '1,"uno\n' * 300)


def test_rows_that_are_too_long_or_too_short_say_so(tmp_path: Path) -> None:
    found = rows(tmp_path, "number,note,x\n1,a,b,c,d\n2,a\n3,a,b,,\n4,a,b\n")
    assert [row.damage for row in found] == [(("surplus", "2"),), (("short", "1"),), (), ()]


def test_a_delimiter_at_the_end_of_each_row_is_no_column(tmp_path: Path) -> None:
    assert [row.damage for row in rows(tmp_path, "number;note;\n1;a;\n2;b\n")] == [(), ()]


def test_headings_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "number,note,note,note (2),note\n1,a,b,c,d\n")
    assert list(row.cells.values()) == ["1", "a", "b", "c", "d"]


def test_a_title_above_the_headings_is_named(tmp_path: Path) -> None:
    title, *found = rows(tmp_path, f"Report, of: April; by NOC\n\n{PLAIN}")
    assert title == FileRow(1, {}, damage=(("above the headings", "Report, of: April  by NOC"),))
    assert [row.cells for row in found] == CELLS


def test_a_cell_beyond_what_is_brought_in_is_cut_and_named(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"number,note\n1,{'a' * 20_001}\n")
    assert (len(row.cells["note"]), row.damage) == (20_000, (("cut", "note"),))


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b"\n \n",
            codecs.BOM_UTF8,
            gzip.compress(b"", mtime=0),
            b"PK\x03\x04" + b"x" * 100,
            b"\xd0\xcf\x11\xe0" * 300,
        ),
        *(
            gzip.compress(PLAIN.encode() * 9, mtime=0)[:-9],
            b"\x1f\x8b" + b"\x08" * 90,
            gzip.compress(PLAIN.encode(), mtime=0) + b"\x1f\x8bx",
        ),
        *(
            b"{",
            b"[1, 2",
            b'{"a": 1}\n{"a": ',
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"[]",
            b'{"x": [' + b"9" * 5_000 + b"]}",
        ),
        *(b"<", b"<html><body>no</body></html>", b"<?xml version='1.0'?><log>", "<é".encode("latin-1"), b"<a>" * 9_000),
        b"number,note\n1," + b"a" * 4_100_000,
        b'<!DOCTYPE log [<!ENTITY a "aaaa">]><log><trace><event><string key="x" value="&a;"/></event></trace></log>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'.encode("utf-16"),
    ],
)
def test_what_is_no_file_of_rows_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WrongFile):
        rows(tmp_path, content)


def test_entities_that_unpack_to_more_than_fits_are_never_unpacked(tmp_path: Path) -> None:
    names = "abcdefghij"
    nested = "".join(f'<!ENTITY {name} "{f"&{names[n - 1]};" * 10 if n else "lol"}">' for n, name in enumerate(names))
    padding = f"<!--{'x' * 70_000}-->"
    log = "<log><trace><string key='x' value='&j;'/></trace></log>"
    bomb = f"<?xml version='1.0'?>{padding}<!DOCTYPE log [{nested}]>{log}"
    with pytest.raises(WrongFile, match="DOCTYPE"):
        rows(tmp_path, bomb)


@pytest.mark.parametrize("packed", [False, True])
def test_an_endless_line_is_refused_before_it_is_held(tmp_path: Path, packed: bool) -> None:
    content = b"number" * 1_000_000
    with pytest.raises(WrongFile):
        rows(tmp_path, gzip.compress(content) if packed else content)


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(OSError, match=path.name):
            list(rows_of(path))


def test_an_event_log(tmp_path: Path) -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/">
    <string key="concept:name" value="the log"/><global scope="event"><string key="x" value="y"/></global>
    <trace><string key="concept:name" value="1"><string key="deep" value="no"/></string>
      <event><string key="concept:name" value="A"/><list key="l"><values><string key="in" value="no"/></values></list>
      </event>
      <event><date key="time:timestamp" value="2010-03-31T15:59:42.000+01:00"/></event></trace>
    <event><string key="concept:name" value="outside"/></event>
    <trace><string key="concept:name" value="2"/></trace></log>"""
    assert [row.cells for row in rows(tmp_path, text, name="log.txt")] == [
        {"case:concept:name": "1", "concept:name": "A"},
        {"case:concept:name": "1", "time:timestamp": "2010-03-31T15:59:42.000+01:00"},
        {"concept:name": "outside"},
        {"case:concept:name": "2"},
    ]
    assert len(rows(tmp_path, text.replace("UTF-8", "UTF-16").encode("utf-16"))) == 4


def test_records_in_records(tmp_path: Path) -> None:
    record = {
        "number": "1",
        "in": {"x": 1.5, "none": None},
        "tags": ["a", "b"],
        "logs": [{"at": 1, "items": [{"f": True}]}],
    }
    found = rows(tmp_path, json.dumps(record), name="one.csv")
    own = {"number": "1", "in.x": "1.5", "in.none": "", "tags": "a, b"}
    assert [(row.cells, row.inside, row.carries) for row in found] == [
        (own, "", False),
        (own | {"logs.at": "1"}, "logs", True),
        (own | {"logs.at": "1", "logs.items.f": "True"}, "logs.items", False),
    ]


def test_what_is_no_record_is_a_row_without_facts(tmp_path: Path) -> None:
    found = rows(tmp_path, '[{"number": 1}, 7, null, [{"number": 2}], "x"]')
    assert [row.cells for row in found] == [{"number": "1"}, {}, {}, {}, {}]


def test_deep_records_end_somewhere(tmp_path: Path) -> None:
    deep: object = "end"
    for _level in range(300):
        deep = {"a": deep}
    (row,) = rows(tmp_path, json.dumps([{"number": "1", "deep": deep}]))
    assert row.cells["number"] == "1"


def test_what_no_database_takes_is_taken_out(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, '[{"number": "1\\u0000", "no\\ud83dte": "a\\ud800b"}]')
    assert row.cells == {"number": "1", "no?te": "a?b"}


def test_a_workbook_keeps_the_seconds(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        for column, cell in enumerate(["Number", "Opened"]):
            sheet.write(0, column, cell)
        sheet.write(1, 0, 417)
        sheet.write(1, 1, 45385.34042824074)  # no date format: days of a spreadsheet
        sheet.write(2, 0, "R-1")
        sheet.write_datetime(2, 1, datetime.fromisoformat("2024-04-03 08:10:13"))
    assert [row.cells for row in rows(tmp_path, stream.getvalue(), name="itop.xlsx")] == [
        {"Number": "417", "Opened": "45385.34042824074"},
        {"Number": "R-1", "Opened": "2024-04-03 08:10:13"},
    ]


def test_a_workbook_with_a_broken_directory_says_so(tmp_path: Path) -> None:
    """Python's zipfile says so in three ways."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["Number", "Opened"])
    entry = stream.getvalue().rindex(b"PK\x01\x02")
    for place, byte in ((6, 0x7B), (47, 0xCC), (0, 0)):
        content = bytearray(stream.getvalue())
        content[entry + place] = byte
        if place == 47:
            content[entry + 9] |= 0x08  # its name is UTF-8
        with pytest.raises(WrongFile):
            rows(tmp_path, bytes(content), name="broken.xlsx")
