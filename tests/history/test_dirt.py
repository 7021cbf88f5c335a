"""Dirt of every kind: no file crashes, and every row that was read is in a case or named with what is wrong."""

import csv
import gzip
import io
import json
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.cases import chain, derived
from guardia.cases.case import Case
from guardia.customers.importing.table_file import WrongFile
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import find, load
from tests.history.accounting import EXPORTS, GUAYAQUIL, NOW, account_of
from tests.history.test_sources import EXPECTED
from tests.procedure.story import Story

DIRTY = load(
    """
system: Dirty
hours: {order: dmy}
companies: create
company: Alguien
rows:
  - columns: {number: nr, id: id, company: company, subject: note, opened: opened, closed: closed, state: state}
    only: {kind: case}
  - columns: {number: nr, id: id, time: opened, activity: state, note: note, author: company}
    only: {kind: event}
  - columns: {id: id}
    cells: {heading: note, by: ";", parts: [time, author, note]}
    unless: {kind: [case, event, other]}
states: {done: closed, back: restored, open: working, wait: waiting customer, again: reopened, gone: cancelled}
""",
    "dirty.yaml",
)
HEADINGS = ["nr", "id", "kind", "opened", "closed", "state", "company", "note"]
HOURS = st.sampled_from(
    [
        *("03/04/2024 08:10", "04/04/2024 24:00", "2024-04-05T08:00:00Z", "13/31/2024", "31/12/2024", "12/31/2024"),
        *(
            "",
            "?",
            "ayer",
            "45385.34",
            "1712153400",
            "03/04/2034",
            "31/02/2024",
            "0000-00-00",
            "99:99",
            "3 abr. 2024 8:10 p. m.",
        ),
    ]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.sampled_from(
    [
        '"',
        'a"b',
        '""',
        "a;b",
        "a\nb",
        "=1+1",
        " ",
        "x" * 90,
        "03/04/2024;ana;hola",
        ";;;",
        "\r",
        "\ufeff",
        "\x85",
        "\u2028",
    ]
)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "", " ", "1 000", "n" * 81]),
        st.sampled_from(["a", "b", "", "z"]),
        st.sampled_from(["case", "event", "cell", "other", "", "CASE"]),
        HOURS,
        HOURS,
        st.sampled_from(["done", "open", "wait", "back", "again", "gone", "?", "", "Dóne"]),
        TEXTS,
        TEXTS,
    ),
    max_size=12,
)


def whole(content: bytes, mapping=DIRTY, more: tuple[Path, ...] = ()) -> int | None:
    """How many rows were read, all of which were accounted for; None where the file was refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dirty"
        path.write_bytes(content)
        try:
            account = account_of([path, *more], mapping)
        except WrongFile:
            return None
    assert account.is_whole, (account.lost_rows, account.lost_cases, account.lost_events)
    return account.rows


@given(
    LINES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.booleans(),
)
def test_every_row_of_a_csv(lines: list, delimiter: str, encoding: str, quoting: int, packed: bool) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
    writer.writerows([HEADINGS, *lines])
    content = stream.getvalue().encode(encoding, errors="replace")
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    assert whole(gzip.compress(content) if packed else content) == len(filled)


@given(LINES, st.booleans())
def test_every_record_of_a_json(lines: list, one_a_line: bool) -> None:
    records: list = [dict(zip(HEADINGS, line, strict=True)) for line in lines]
    text = "\n".join(map(json.dumps, records)) if one_a_line else json.dumps({"result": records})
    rows = whole(text.encode())
    assert rows == (len(records) or None) or (rows == 1 and not records)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*HEADINGS, "x"]), inner, max_size=4),
    max_leaves=25,
)


@given(VALUES)
def test_whatever_a_json_holds(value: object) -> None:
    whole(json.dumps(value).encode())


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<", b"{", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"nr;"]),
)
def test_whatever_a_file_holds(content: bytes, begins: bytes) -> None:
    whole(begins + content)


@given(st.data())
@pytest.mark.parametrize("export", EXPECTED, ids=lambda export: export.files[0])
def test_an_export_that_was_damaged(export, data: st.DataObject) -> None:
    path, *more = [EXPORTS / name for name in export.files]
    content = bytearray(path.read_bytes())
    for _time in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["cut", "flip", "put in", "end"])):
            case "cut":
                del content[place : place + data.draw(st.integers(1, 40))]
            case "flip":
                content[place : place + 1] = bytes([data.draw(st.integers(0, 255))])
            case "put in":
                content[place:place] = data.draw(
                    st.sampled_from([b'"', b"\n", b";", b"\x00", b"\xff", b"{", b"\r", b'""'])
                )
            case "end":
                del content[place:]
    whole(bytes(content), find(export.mapping), tuple(more))


def test_what_is_strange_can_be_written(as_staff: None, tmp_path: Path) -> None:
    Story()
    strange = ["\x00\ud800", "a" * 50_000, "=HYPERLINK(1)", "\u202e\ufeff\x85\u2028", "'; DROP TABLE x; --", "<script>"]
    records = [
        {
            "nr": f"{n}{text[:30]}",
            "id": f"i{n}",
            "kind": kind,
            "opened": "03/04/2024",
            "closed": "04/04/2024",
            "state": text,
        }
        | {"company": text, "note": text}
        for n, text in enumerate(strange)
        for kind in ("case", "event")
    ]
    path = tmp_path / "strange.json"
    path.write_text(json.dumps(records))
    with HistoryFile([path], DIRTY) as file:
        file.read()
        brought = bring_in(file, GUAYAQUIL, lambda: NOW, nullcontext, write=True)
    assert (file.rows, file.cases, brought.new) == (12, 6, 6)
    assert Case.objects.filter(former_system="Dirty").count() == 6
    assert list(chain.breaks(besides=derived.breaks)) == []
