"""Every column of every table and every file of the store, whatever is added to them later."""

import quopri
import zlib
from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t
        USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
"""


def residue(connection, folder: Path, marks: Iterable[str]) -> list[str]:
    """Where any of the marks (lower case) stands still: as text, in bytes also behind base64 and quoted-printable."""
    found = []
    for table, column in connection.execute(COLUMNS).fetchall():
        kind = connection.execute(
            "SELECT udt_name FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table, column],
        ).fetchone()[0]
        if kind == "bytea":
            rows = connection.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL').fetchall()
            values = [word for (value,) in rows for word in readings(bytes(value))]
        else:
            values = [value for (value,) in connection.execute(f'SELECT "{column}"::text FROM "{table}"').fetchall()]
        found += [
            f"{table}.{column}: {mark}" for mark in marks if any(value and mark in value.lower() for value in values)
        ]
    files = [path for path in folder.rglob("*") if path.is_file()]
    found += [
        f"{path.name}: {mark}"
        for path in files
        for mark in marks
        for word in readings(path.read_bytes())
        if mark in word
    ]
    return sorted(set(found))


def readings(content: bytes) -> list[str]:
    """These bytes as they are, and as whoever receives them reads them."""
    read = [content, quopri.decodestring(content)]
    for line in content.replace(b"\r\n", b"\n").split(b"\n\n"):
        try:
            read.append(b64decode(line, validate=False))
        except ValueError:
            continue
    for packed in list(read):
        start = packed.find(b"x\x9c")
        while start >= 0:
            with suppress(zlib.error):
                read.append(zlib.decompressobj().decompress(packed[start:]))
            start = packed.find(b"x\x9c", start + 1)
    return [one.decode("utf-8", errors="replace").lower() for one in read]
