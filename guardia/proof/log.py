"""The log of all histories: each event's hash is a leaf of one Merkle tree, whose root is signed and published.

The worker appends what was recorded since its last round; ``record()`` knows nothing of it. The tree is kept in tiles
of 256 hashes, as C2SP tlog-tiles has them, and is published as it is kept. Somebody who rewrites a history has to
rewrite the tree too, and then cannot sign it, or contradicts what was signed before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.crypto import salted_hmac

from guardia.config.sql_rows import rows_of, run, take_turn
from guardia.proof import merkle, note
from guardia.proof.merkle import HASH, LEVELS, TILE, joined, tile_of
from guardia.proof.note import Checkpoint, NoteIsWrong, Signer, Verifier
from guardia.proof.signing_key import read_key

PATH = "/estado/registro"
"""Where it is published, below the address of the installation."""
AT_ONCE = 10_000
"""Events that one round appends, or that are proven together."""
SIGNED_EVERY = timedelta(minutes=5)
"""While histories grow."""
SIGNED_AT_LEAST_EVERY = timedelta(hours=1)
PROVEN_AT_ONCE = 500
"""Histories whose tiles, 8 kB each, are read together."""
LATE = timedelta(hours=1)
"""No transaction lasts so long: what was in the log before then has nothing before it that is still to come."""


class HistoryLeaf(models.Model):
    """Which event is which leaf; no event: a row that is sealed (``sealed_rows``).

    No foreign key: that an event is gone is to be found, and not to be prevented here.
    """

    index = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True, null=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "history_leaf"


class HistoryTile(models.Model):
    """Up to 256 hashes of one level: of leaves (0), of complete tiles of leaves (1), of complete tiles of those (2)."""

    level = models.SmallIntegerField()
    place = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        app_label = "guardia"
        db_table = "history_tile"
        constraints = [models.UniqueConstraint(fields=["level", "place"], name="history_tile_once")]


class HistoryCheckpoint(models.Model):
    """A signed state of the tree. ``keys``: the verifier keys of then, a line each; ``stamp``: a token in base64."""

    size = models.BigIntegerField()
    note = models.TextField()
    keys = models.TextField()
    at = models.DateTimeField()
    stamp = models.TextField(default="", db_default="", blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "history_checkpoint"
        indexes = [models.Index(fields=["size"], name="history_checkpoint_by_size")]


# --- keys -------------------------------------------------------------------------------------------------------------


def origin() -> str:
    """The name of the log: where it is published, without its scheme."""
    found = urlsplit(settings.PUBLIC_URL)
    return f"{found.netloc}{found.path.rstrip('/')}{PATH}"


def signers() -> list[Signer]:
    """Who signs now: the key of PROOF_KEY, and those of before that are still named, so that no reader is left behind.

    Without PROOF_KEY, keys that follow from SECRET_KEY. Raises ImproperlyConfigured for what is no key, and
    hsm.KeyUnavailable for one in a device that does not answer.
    """
    if settings.PROOF_KEY:
        return [Signer(origin(), read_key(words)) for words in settings.PROOF_KEY]
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [Signer(origin(), salted_hmac("guardia.proof", "log", key, algorithm="sha256").digest()) for key in secrets]


def signers_must_sign() -> None:
    """Each key signs a text that is no checkpoint, so that one that cannot is known. Raises as ``signers`` does."""
    note.signed("this is a trial of the key\n", *signers())


def verifiers() -> list[Verifier]:
    """By which the signatures of this log are checked: of who signs now, and of who did before (PROOF_VERIFIERS).

    Raises as ``signers`` does.
    """
    try:
        before = [note.read_verifier(words) for words in settings.PROOF_VERIFIERS]
    except NoteIsWrong as trouble:
        raise ImproperlyConfigured(f"PROOF_VERIFIERS: {trouble}") from trouble
    return [*(signer.verifier for signer in signers()), *before]


# --- the tree ---------------------------------------------------------------------------------------------------------
TILES_AT = """
    SELECT level, place, hashes FROM history_tile
    JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted(level, place) USING (level, place)
"""


class Tiles:
    """The tree as it is kept; what was read is remembered, as long as this lives."""

    def __init__(self) -> None:
        self.read: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, place: int) -> bytes:
        """The hashes of one tile; none where it is not there."""
        if (level, place) not in self.read:
            found = HistoryTile.objects.filter(level=level, place=place).values_list("hashes", flat=True).first()
            self.read[level, place] = bytes(found or b"")
        return self.read[level, place]

    def hold(self, size: int, *leaves: int) -> Self:
        """Read at once all that the root over ``size`` leaves and the proofs of these leaves in them are made of."""
        levels = range((size.bit_length() - 1) // LEVELS + 1)
        wanted = {(level, place >> LEVELS * (level + 1)) for level in levels for place in (*leaves, size)}
        columns = [[level for level, _place in wanted], [place for _level, place in wanted]]
        self.read |= {(level, place): bytes(hashes) for level, place, hashes in rows_of(TILES_AT, columns)}
        return self

    def subtree(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree, for the functions of ``merkle``."""
        of_tile, number, start, end = tile_of(level, place)
        hashes = self.tile(of_tile, number)[start:end]
        if len(hashes) != end - start:
            raise NoteIsWrong(f"a tile of the log is missing or too short: level {of_tile}, place {number}")
        return joined(hashes)


def size() -> int:
    """How many leaves the log has."""
    last = HistoryLeaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


# Ids are drawn before a transaction ends: what is missing between those of the last hour may still come. The leaves are
# named from that hour on as well, since all of them would be read otherwise.
NOT_LOGGED = """
    WITH logged AS (
        SELECT coalesce(
            (SELECT event_id FROM history_leaf WHERE at < %s AND event_id IS NOT NULL ORDER BY event_id DESC LIMIT 1), 0
        ) AS last
    )
    SELECT event.id, event.hash FROM case_event AS event
    WHERE event.id > (SELECT last FROM logged) AND NOT EXISTS (
        SELECT FROM history_leaf AS leaf WHERE leaf.event_id = event.id AND leaf.event_id > (SELECT last FROM logged)
    )
    ORDER BY event.id LIMIT %s
"""
LEAVES = """
    INSERT INTO history_leaf (index, event_id, at)
    SELECT %s + place - 1, id, %s FROM unnest(%s::bigint[]) WITH ORDINALITY AS new(id, place)
"""
TILES = """
    INSERT INTO history_tile (level, place, hashes)
    SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[])
    ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes
"""


def append(at: datetime, most: int = AT_ONCE) -> int:
    """Put up to ``most`` events into the log that are not there yet; returns how many. ``at`` is UTC, now.

    Within the caller's transaction. Only one process appends at a time.
    """
    take_turn("history_log")
    events = rows_of(NOT_LOGGED, [at - LATE, most])
    if not events:
        return 0
    start = size()
    run(LEAVES, [start, at, [pk for pk, _hash in events]])
    grow(start, [merkle.leaf_hash(bytes(digest)) for _pk, digest in events])
    return len(events)


def grow(start: int, hashes: Sequence[bytes]) -> None:
    """Write the tiles that these hashes of leaves, the first at ``start``, make longer or new, level by level."""
    tiles, level = Tiles(), 0
    while hashes:
        first = start // TILE
        row = (tiles.tile(level, first) if start % TILE else b"") + b"".join(hashes)
        parts = [row[place : place + TILE * HASH] for place in range(0, len(row), TILE * HASH)]
        run(TILES, [level, [first + number for number in range(len(parts))], parts])
        hashes = [joined(part) for part in parts if len(part) == TILE * HASH]
        start, level = first, level + 1


# --- checkpoints ------------------------------------------------------------------------------------------------------


def is_due(at: datetime, last: HistoryCheckpoint | None) -> bool:
    """Whether the ``last`` signature is so old that what has grown since is signed. ``at`` is UTC, now."""
    return last is None or at - last.at >= SIGNED_EVERY


def sign(at: datetime, remembered: Sequence[str] = ()) -> HistoryCheckpoint | None:
    """Sign the tree as it is, where that is due: it has grown for five minutes, or nothing was signed for an hour.

    ``remembered``: what was signed before and is kept outside of the database. Raises LogWasRewritten.
    """
    last = newest_checkpoint()
    if not is_due(at, last):
        return None
    since = at - last.at if last else SIGNED_AT_LEAST_EVERY
    now_size = size()
    has_grown = last is None or now_size > last.size
    if now_size == 0 or (since < SIGNED_AT_LEAST_EVERY and not has_grown):
        return None
    state = Checkpoint(origin(), now_size, merkle.root(now_size, Tiles().hold(now_size).subtree))
    by = signers()
    _must_have_grown(state, [*remembered, *([last.note] if last else [])])
    keys = "".join(f"{key}\n" for key in dict.fromkeys(verifiers()))
    return HistoryCheckpoint.objects.create(size=now_size, note=note.signed(str(state), *by), keys=keys, at=at)


class LogWasRewritten(RuntimeError):
    """The tree in the database does not begin with the one that was signed before: nothing is signed any more."""


def _must_have_grown(state: Checkpoint, notes: Sequence[str]) -> None:
    for one in map(note.read_checkpoint, notes):
        if one.size > state.size or merkle.root(one.size, Tiles().hold(one.size).subtree) != one.root:
            raise LogWasRewritten(
                f"the log of {state.size} leaves has not grown from the one of {one.size} that was signed before: "
                f"run guardia verify, and keep the published checkpoints and {memory()}"
            )


def memory() -> Path:
    """The file in which this host keeps the checkpoint that it has signed last: outside of the database, so that
    whoever rewrites all of that finds a worker that still knows what it has signed.
    """
    return Path(settings.STATE_DIR) / "signed-checkpoint"


def remembered() -> list[str]:
    """The note that this host has signed last; none where it has signed none, or may not read it."""
    try:
        return [memory().read_text(encoding="utf-8")]
    except OSError:
        return []


def remember(words: str) -> None:
    """Whole or not at all. Raises OSError."""
    note.keep(memory(), words)


def set_memory_aside() -> Path | None:
    """After a restore, whose log may be shorter: under another name, which is returned. Raises OSError."""
    if not memory().exists():
        return None
    return memory().replace(memory().with_suffix(".before-restore"))


def newest_checkpoint() -> HistoryCheckpoint | None:
    return HistoryCheckpoint.objects.order_by("-pk").first()


NEWEST_LEAVES = """
    SELECT DISTINCT ON (event.case_id) event.case_id, event.seq, leaf.index
    FROM case_event AS event JOIN history_leaf AS leaf ON leaf.event_id = event.id
    WHERE event.case_id = ANY(%s) AND leaf.index < %s ORDER BY event.case_id, event.seq DESC
"""


def inclusions_of(numbers: Mapping[int, int]) -> dict[str, Any] | None:
    """That the cases of these ids are in the log: the newest checkpoint, the keys that were published with it, and of
    each case (by its number) the last event that it covers, with its leaf and the hashes beside it, in hexadecimal.

    None where nothing was signed yet.
    """
    signed = newest_checkpoint()
    if signed is None:
        return None
    entries = []
    for some in batched(rows_of(NEWEST_LEAVES, [list(numbers), signed.size]), PROVEN_AT_ONCE):
        tiles = Tiles().hold(signed.size, *(leaf for _case, _seq, leaf in some))
        for case_id, seq, leaf in some:
            proof = [each.hex() for each in merkle.inclusion_proof(leaf, signed.size, tiles.subtree)]
            entries.append({"case": numbers[case_id], "seq": seq, "leaf": leaf, "proof": proof})
    stamps = {"stamps": [signed.stamp]} if signed.stamp else {}
    return {"checkpoint": signed.note, "keys": signed.keys.splitlines(), "entries": entries, **stamps}
