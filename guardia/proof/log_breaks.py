"""Whether the log of all histories is whole: the events, the tree of their hashes, and what was signed."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_noop

from guardia.config.headline import Headline
from guardia.config.sql_rows import rows_of
from guardia.proof import merkle, note
from guardia.proof.log import AT_ONCE, LATE, HistoryCheckpoint, HistoryLeaf, Tiles, size, verifiers
from guardia.proof.merkle import HASH, LEVELS, TILE, each_hash, joined
from guardia.proof.note import NoteIsWrong, Verifier


@dataclass(frozen=True, slots=True)
class LogBreak:
    """What is wrong, in words; ``event_id`` where it is about an event, ``place`` where it is about another row.

    ``table``: whose row is not as it was; ``is_gone``: it is missing; ``is_added``: it may have been put in, which the
    worker's login may do where it may change nothing.
    ``not_before``: the hour (UTC) at which it was still right, as the rows of the log say: that at which it was signed
    (``is_signed``), else that at which it came into the log. ``is_kept``: it is about a checkpoint that somebody kept.
    """

    what: Headline
    event_id: int | None = None
    table: str = "history_tile"
    is_gone: bool = False
    is_added: bool = False
    not_before: datetime | None = None
    is_signed: bool = False
    is_kept: bool = False
    place: Headline | None = None


LOGGED = """
    SELECT leaf.index, leaf.event_id, leaf.at, coalesce(event.hash, sha256(convert_to(sealed.text, 'UTF8')))
    FROM history_leaf AS leaf LEFT JOIN case_event AS event ON event.id = leaf.event_id
    LEFT JOIN sealed_row AS sealed ON sealed.index = leaf.index AND leaf.event_id IS NULL
    WHERE leaf.index >= %s ORDER BY leaf.index LIMIT %s
"""
# What came before others that have been in the log for an hour, and is not in it: it came there by another way.
FORGOTTEN = """
    SELECT event.id, (SELECT at FROM history_leaf WHERE event_id > event.id ORDER BY event_id LIMIT 1)
    FROM case_event AS event
    WHERE event.id < (
        SELECT event_id FROM history_leaf
        WHERE at < %(late)s AND event_id IS NOT NULL ORDER BY event_id DESC LIMIT 1
    ) AND coalesce(event.id > (
        SELECT event_id FROM history_leaf
        WHERE index < %(start)s AND event_id IS NOT NULL ORDER BY event_id DESC LIMIT 1
    ), true)
    AND NOT EXISTS (SELECT FROM history_leaf AS leaf WHERE leaf.event_id = event.id) ORDER BY event.id LIMIT 100
"""


def breaks(now: datetime, kept: Sequence[str] = (), *, has_our_keys: bool = True, start: int = 0) -> Iterator[LogBreak]:
    """Every place where the histories, the tree and what was signed contradict each other; nothing if all is whole.

    ``kept``: signed checkpoints that somebody kept outside of this database. ``now`` is UTC. Without ``has_our_keys``
    each checkpoint is checked by the keys that were published with it: where a backup was brought back under others.
    ``start``: the leaves before it, and what was signed over them alone, are taken as they are.
    """
    tiles, leaves = Tiles(), size()
    yield from _of_leaves(tiles, start)
    yield from _of_tiles(tiles, leaves, start)
    yield from _of_checkpoints(tiles, leaves, kept, has_our_keys, start)
    for event, later_at in rows_of(FORGOTTEN, {"start": start, "late": now - LATE}):
        yield LogBreak(
            Headline(gettext_noop("it is not in the log, and later ones are")),
            event,
            "case_event",
            False,
            True,
            later_at,
        )


def _of_leaves(tiles: Tiles, expected: int) -> Iterator[LogBreak]:
    while rows := rows_of(LOGGED, [expected, AT_ONCE]):
        for index, event, at, digest in rows:
            if index != expected:
                msgid, before = gettext_noop("leaves %(first)s to %(last)s are missing"), _logged_at(expected - 1)
                what = Headline(msgid, first=expected, last=index - 1)
                yield LogBreak(what, table="history_leaf", is_added=True, not_before=before)
            expected = index + 1
            start = index % TILE * HASH
            logged = tiles.tile(0, index // TILE)[start : start + HASH]
            place = None if event else Headline(gettext_noop("the sealed row of leaf %(leaf)s"), leaf=index)
            table = "case_event" if event else "sealed_row"
            if not logged:
                what = Headline(gettext_noop("it is named as leaf %(leaf)s, and the log has no hash there"), leaf=index)
                yield LogBreak(
                    what, event, "history_leaf", is_added=True, not_before=_logged_at(index - 1), place=place
                )
            elif digest is None:
                msgid = gettext_noop("it is gone, and was in the log as leaf %(leaf)s%(signed)s")
                what = Headline(msgid, leaf=index, signed=signed_by(index))
                yield LogBreak(what, event, table, True, not_before=at, place=place)
            elif merkle.leaf_hash(bytes(digest)) != logged:
                msgid = gettext_noop("it is not the one that is in the log as leaf %(leaf)s%(signed)s")
                what = Headline(msgid, leaf=index, signed=signed_by(index))
                yield LogBreak(what, event, table, not_before=at, place=place)
        tiles.read = {key: row for key, row in tiles.read.items() if key[0]}


def _logged_at(index: int) -> datetime | None:
    return HistoryLeaf.objects.filter(index=index).values_list("at", flat=True).first()


def signed_by(index: int) -> Headline:
    """Between which checkpoints it came into the log, by the first that covers it and the last that does not."""
    first = HistoryCheckpoint.objects.filter(size__gt=index).order_by("size", "pk").first()
    before = HistoryCheckpoint.objects.filter(size__lte=index).order_by("-size", "-pk").first()
    if first is None:
        return Headline(gettext_noop(", which is not signed yet"))
    if before is None:
        return Headline(gettext_noop(", first signed with the checkpoint of %(hour)s"), hour=minute_of(first.at))
    msgid = gettext_noop(", first signed with the checkpoint of %(hour)s, and not yet in that of %(before)s")
    return Headline(msgid, hour=minute_of(first.at), before=minute_of(before.at))


def minute_of(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


TILES_FROM = """
    SELECT level, place, hashes FROM history_tile WHERE level > 0 AND place >= %s::bigint >> 8 * (level + 1)
"""


def _of_tiles(tiles: Tiles, leaves: int, start: int) -> Iterator[LogBreak]:
    """Each level follows from the one below, and has no more than that gives."""
    for level, place, hashes in rows_of(TILES_FROM, [start]):
        for number, digest in enumerate(each_hash(bytes(hashes))):
            if (place * TILE + number + 1) << LEVELS * level <= start:
                continue
            below = tiles.tile(level - 1, place * TILE + number)
            if len(below) != TILE * HASH or joined(below) != digest:
                msgid = gettext_noop("tile %(place)s of level %(level)s does not follow from the level below")
                yield LogBreak(Headline(msgid, place=place, level=level), is_added=True)
        tiles.read.clear()
    ((held,),) = rows_of("SELECT coalesce(sum(length(hashes)), 0) FROM history_tile WHERE level = 0")
    if leaves != held // HASH:
        msgid = gettext_noop("the tiles hold %(held)s leaves, and %(named)s are named")
        yield LogBreak(Headline(msgid, held=held // HASH, named=leaves), is_added=True)


def _of_checkpoints(
    tiles: Tiles, leaves: int, kept: Sequence[str], has_our_keys: bool, start: int
) -> Iterator[LogBreak]:
    own = verifiers()
    for signed in HistoryCheckpoint.objects.filter(size__gte=start).order_by("pk").iterator(chunk_size=1000):
        name = Headline(gettext_noop("the checkpoint of %(hour)s"), hour=minute_of(signed.at))
        try:
            published = _read_keys(signed.keys)
        except NoteIsWrong as trouble:
            msgid = gettext_noop("%(checkpoint)s: among its published keys %(trouble)s")
            what = Headline(msgid, checkpoint=name, trouble=trouble.args[0])
            yield LogBreak(what, table="history_checkpoint", is_added=True)
            continue
        by = own if has_our_keys else published
        yield from _of_checkpoint(tiles, leaves, signed.note, by, name, signed.at)
    for number, words in enumerate(kept, 1):
        name = Headline(gettext_noop("the checkpoint that was kept (%(number)s)"), number=number)
        yield from _of_checkpoint(tiles, leaves, words, own, name, is_kept=True)


@lru_cache(maxsize=8)
def _read_keys(lines: str) -> list[Verifier]:
    """The keys that were published with a checkpoint: of thousands of checkpoints they are the same."""
    return [note.read_verifier(line) for line in lines.splitlines()]


def _of_checkpoint(
    tiles: Tiles,
    leaves: int,
    signed: str,
    by: list[Verifier],
    name: Headline,
    at: datetime | None = None,
    *,
    is_kept: bool = False,
) -> Iterator[LogBreak]:
    """``at``: when it was signed; of one that was kept elsewhere nobody says it.

    Whoever has the worker's login and the key puts in a checkpoint of another tree.
    """
    table = "history_tile" if is_kept else "history_checkpoint"
    try:
        state = note.read_checkpoint(signed)
        note.is_signed_by(signed, by)
        if state.size > leaves:
            msgid = gettext_noop("%(checkpoint)s has %(size)s leaves and the log has %(leaves)s: leaves were removed")
            what = Headline(msgid, checkpoint=name, size=state.size, leaves=leaves)
            yield LogBreak(what, None, table, is_kept, not is_kept, at, True, is_kept)
        elif merkle.root(state.size, tiles.subtree) != state.root:
            msgid = gettext_noop("%(checkpoint)s was signed over another tree of %(size)s leaves")
            what = Headline(msgid, checkpoint=name, size=state.size)
            yield LogBreak(what, None, table, False, not is_kept, at, True, is_kept)
    except NoteIsWrong as trouble:
        msgid = gettext_noop("%(checkpoint)s: %(trouble)s (earlier keys are listed in PROOF_VERIFIERS)")
        what = Headline(msgid, checkpoint=name, trouble=trouble.args[0])
        yield LogBreak(what, None, table, False, not is_kept, is_kept=is_kept)


# Where events of a case are missing: which numbers they had, and between which ids theirs lay. Of those at the end the
# case says how many there were, and nothing says up to which id.
GAPS = """
    SELECT number, last - missing + 1, last, before, event.id FROM (
        SELECT case_id, id, lag(id, 1, 0) OVER same AS before, seq - 1 AS last,
            seq - 1 - lag(seq, 1, 0) OVER same AS missing
        FROM case_event WINDOW same AS (PARTITION BY case_id ORDER BY seq)
    ) AS event JOIN "case" ON "case".id = case_id WHERE missing > 0
    UNION ALL
    SELECT number, coalesce(max(event.seq), 0) + 1, "case".seq, coalesce(max(event.id), 0), %(newest)s
    FROM "case" LEFT JOIN case_event AS event ON event.case_id = "case".id
    GROUP BY "case".id HAVING "case".seq > coalesce(max(event.seq), 0)
"""


class Gap(NamedTuple):
    """Events of a case that are missing, from one number to another; their ids lay between these two."""

    case: int
    first: int
    last: int
    after: int
    before: int


def gaps() -> Iterator[Gap]:
    """Every place where the numbers of a case's events are not whole; it reads all events."""
    for row in rows_of(GAPS, {"newest": sys.maxsize}):
        yield Gap(*row)
