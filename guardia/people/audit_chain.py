"""The proof that the journal of the audit was not rewritten: each link covers the one before it and its entry.

The hashes are computed here anew, not asked of the functions of the database that wrote them.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import connection

from guardia.people.audit_link import AuditAct, AuditLane, AuditLink

AT_ONCE = 2000
PARTED_BY = "\x1f"
ENTRIES = """
    SELECT e.id, l.act, l.digest, ((extract(epoch from e.at) * 1000000)::bigint)::text, e.kind,
           coalesce(e.staff_id::text, ''), e.account, coalesce(host(e.address), ''), e.agent, e.about, e.key,
           e.facts::text, coalesce(e.salt::text, '')
    FROM audit_entry e
    LEFT JOIN LATERAL (SELECT act, digest FROM audit_link WHERE entry = e.id ORDER BY id DESC LIMIT 1) l ON true
    WHERE e.id > %s ORDER BY e.id LIMIT %s
"""
GONE = """
    SELECT l.entry FROM audit_link l
    WHERE l.act = 'written' AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.id = l.entry)
      AND NOT EXISTS (SELECT FROM audit_link x WHERE x.entry = l.entry AND x.act = 'erased')
    ORDER BY l.entry
"""


def breaks() -> Iterator[str]:
    """Each place where the journal is not what was written, a line each; nothing if all is whole."""
    yield from _lanes()
    yield from _entries()
    with connection.cursor() as cursor:
        cursor.execute(GONE)
        for (entry,) in cursor.fetchall():
            yield f"entry {entry} is missing, and nobody erased it"


def fingerprint() -> str:
    """One line over the ends of all chains: kept elsewhere, it proves later that nothing was cut off since."""
    whole = hashlib.sha256()
    for lane in AuditLane.objects.order_by("pk"):
        whole.update(f"{lane.pk}/{lane.seq}/{bytes(lane.hash).hex()}\n".encode())
    return whole.hexdigest()


def _lanes() -> Iterator[str]:
    ends = {lane.pk: (lane.seq, bytes(lane.hash)) for lane in AuditLane.objects.all()}
    found: dict[int, tuple[int, bytes]] = {}
    for link in AuditLink.objects.order_by("lane", "seq").iterator(chunk_size=AT_ONCE):
        seq, before = found.get(link.lane, (0, b""))
        if link.seq != seq + 1:
            yield f"lane {link.lane}: link {seq + 1} is missing"
        if bytes(link.hash) != linked(before, link.seq, link.entry, link.act, bytes(link.digest)):
            yield f"lane {link.lane}: the hash of link {link.seq} does not match"
        found[link.lane] = (link.seq, bytes(link.hash))
    for lane in sorted(ends.keys() | found.keys()):
        if ends.get(lane) != found.get(lane, (0, b"")):
            yield f"lane {lane}: its last link is not the one that it names"


def _entries() -> Iterator[str]:
    last = -1
    while rows := _rows(last):
        for entry, act, digest, *said in rows:
            if act is None:
                yield f"entry {entry} stands in no chain"
            elif act == AuditAct.ERASED:
                yield f"entry {entry} was erased, and is there"
            elif bytes(digest) != hashlib.sha256(PARTED_BY.join([str(entry), *said]).encode()).digest():
                yield f"entry {entry} was changed"
        last = rows[-1][0]


def _rows(last: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [last, AT_ONCE])
        return cursor.fetchall()


def linked(before: bytes, seq: int, entry: int, act: str, digest: bytes) -> bytes:
    """The hash of a link, as the database computes it."""
    return hashlib.sha256(before + seq.to_bytes(8, "big") + entry.to_bytes(8, "big") + act.encode() + digest).digest()
