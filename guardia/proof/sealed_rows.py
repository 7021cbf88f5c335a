"""What stands in no event of a case, sealed by the log of all histories: a leaf covers each row as it was when it could
change no more. So whoever rewrites a delivery, or when a version of the procedure was published, is found as whoever
rewrites an event is.

The text of a leaf is JSON: the row's facts as they are, and of words that may be erased one day the SHA-256 of a salt
and the words. The salt is erased with them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from json import loads

from django.db import models
from django.utils.translation import gettext_noop

from guardia.config.headline import Headline
from guardia.config.sql_rows import rows_of, run, take_turn
from guardia.proof import log, merkle
from guardia.proof.log import LATE
from guardia.proof.log_breaks import LogBreak, signed_by

AT_ONCE = 2_000
"""Rows of one source that are sealed, or compared, together: the bodies of so many letters are hashed."""
SETTLED_WITHIN = timedelta(days=1)
"""So long after its hour a row is looked for that was not sealed yet: workers whose clocks differ seal all the same."""


class SealedRow(models.Model):
    """Which row the leaf ``index`` covers. ``salt`` is null once the words of the row were erased."""

    index = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=20)
    row_id = models.BigIntegerField()
    text = models.TextField()
    salt = models.BinaryField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "sealed_row"
        constraints = [models.UniqueConstraint(fields=["source", "row_id"], name="sealed_row_once")]
        indexes = [models.Index(fields=["source", "index"], name="sealed_row_of_source")]


# --- which rows, and what of them -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Source:
    """Rows of one table that are sealed once they change no more.

    ``name``: by which finding and leaf name it; ``words``: a row of it, as a finding says it. ``facts``, ``hours`` and
    ``words_of``: its columns that are claimed as they are, as microseconds since 1970 in UTC, and by their salted hash;
    ``also``: by name an SQL expression over ``row``. ``settled``: the SQL condition under which it changes no more.
    ``by_hour``: the indexed column by which the new ones are found; none where their ids follow each other.
    """

    name: str
    table: str
    words: str
    facts: tuple[str, ...]
    hours: tuple[str, ...] = ()
    words_of: tuple[str, ...] = ()
    also: dict[str, str] = field(default_factory=dict)
    settled: str = "true"
    by_hour: str = ""

    def claims(self, salt: str) -> str:
        """The SQL of what is claimed of ``row``; ``salt`` is the SQL of 16 bytes."""
        pairs = {
            **{one: f"row.{one}" for one in self.facts},
            **{one: f"(extract(epoch FROM row.{one}) * 1000000)::bigint" for one in self.hours},
            **self.also,
            **{one: _hashed(one, salt) for one in self.words_of},
        }
        return f"jsonb_build_object('id', row.id, {', '.join(f"'{name}', {sql}" for name, sql in pairs.items())})"

    @property
    def sealed_until(self) -> str:
        """The SQL of the hour up to which all rows are sealed: a day before that of the last one that was."""
        return f"""(
            SELECT last.{self.by_hour} FROM sealed_row JOIN {self.table} AS last ON last.id = row_id
            WHERE source = '{self.name}' ORDER BY index DESC LIMIT 1
        ) - interval '{SETTLED_WITHIN.days} days'"""

    @cached_property
    def is_new(self) -> str:
        """The SQL condition of rows that are not sealed yet, of those that may be."""
        recent = f"AND row.{self.by_hour} > coalesce({self.sealed_until}, '-infinity')" if self.by_hour else ""
        return f"""({self.settled}) {recent} AND NOT EXISTS (
            SELECT FROM sealed_row WHERE source = '{self.name}' AND row_id = row.id)"""

    @cached_property
    def new_rows(self) -> str:
        return f"""
            SELECT id, salt, {self.claims("salt")}::text FROM (
                SELECT row.*, uuid_send(gen_random_uuid()) AS salt FROM {self.table} AS row
                WHERE {self.is_new} ORDER BY row.{self.by_hour or "id"}, row.id LIMIT %s OFFSET 0
            ) AS row
        """

    @cached_property
    def as_they_are(self) -> str:
        words = ", ".join(_looked_at(one) for one in self.words_of)
        return f"""
            SELECT sealed.index, sealed.row_id, sealed.text, sealed.salt, leaf.at, {self.claims("sealed.salt")}::text,
                row.id, ARRAY[{words}]::text[]
            FROM sealed_row AS sealed LEFT JOIN history_leaf AS leaf ON leaf.index = sealed.index
                AND leaf.event_id IS NULL
            LEFT JOIN {self.table} AS row ON row.id = sealed.row_id
            WHERE sealed.source = '{self.name}' AND sealed.index >= %s ORDER BY sealed.index LIMIT %s
        """

    def forgotten(self, start: int) -> str:
        """Rows of before others that have been in the log for long: they came there by another way. Those that have
        an hour are looked for from that of the last leaf before ``start``, less the time that sealing may be late, and
        each of them for itself (OFFSET 0): the seals of before are as many as the rows of before.
        """
        order, each = self.by_hour or "id", ""
        if not self.by_hour:
            before = f"""row.id < (
                SELECT max(row_id) FROM sealed_row JOIN history_leaf AS leaf USING (index)
                WHERE source = '{self.name}' AND leaf.at < %(late)s
            )"""
        else:
            before = f"row.{order} < {self.sealed_until}"
        if self.by_hour and start:
            each = "OFFSET 0"
            before += f""" AND row.{order} > coalesce((
                SELECT at FROM history_leaf WHERE index < %(start)s ORDER BY index DESC LIMIT 1
            ) - interval '{SETTLED_WITHIN.days} days', '-infinity')"""
        return f"""
            SELECT row.id FROM {self.table} AS row WHERE ({self.settled}) AND {before} AND NOT EXISTS (
                SELECT FROM sealed_row WHERE source = '{self.name}' AND row_id = row.id {each}
            ) ORDER BY row.{order}, row.id LIMIT 100
        """


def _hashed(column: str, salt: str) -> str:
    """Nothing where no words stand there."""
    content = "row.body" if column == "body" else f"convert_to(row.{column}::text, 'UTF8')"
    return (
        f"CASE WHEN length({content}) > 0 AND {content} <> '{{}}' THEN encode(sha256({salt} || {content}), 'hex') END"
    )


def _looked_at(column: str) -> str:
    """So much of the words that one sees whether they are gone, or erased; of a body, which is never erased in part,
    whether there is one.
    """
    return "encode(substr(row.body, 1, 1), 'hex')" if column == "body" else f"left(row.{column}::text, 4000)"


CARRIED = """(
    SELECT jsonb_agg(
        jsonb_build_array(n.id, n.event_id, n.contact_id, n.staff_id, n.language, n.wording_id) ORDER BY n.id
    ) FROM delivered_notice AS d JOIN notice AS n ON n.id = d.notice_id WHERE d.delivery_id = row.id
)"""
SECRET = "row.code_id IS NULL AND row.reset_id IS NULL AND row.confirmation_id IS NULL"
"""A letter that lets somebody in is no matter of a case, and goes after some days."""

SOURCES = (
    Source(
        name="procedure",
        table="procedure_version",
        words=gettext_noop("the published version of the procedure with the id %(id)s"),
        facts=("number", "code", "title", "sha256", "published_by_id"),
        hours=("published_at", "effective_at"),
        also={"source": "encode(sha256(convert_to(row.source, 'UTF8')), 'hex')"},
    ),
    Source(
        name="calendar",
        table="calendar_change",
        words=gettext_noop("edition %(id)s of the calendar"),
        facts=("kind", "day", "canton", "feast", "withdraws_id", "by_id"),
        hours=("at",),
        words_of=("reason",),
    ),
    Source(
        name="work",
        table="planned_work_turn",
        words=gettext_noop("the record with the id %(id)s of a planned work"),
        facts=("work_id", "moment", "by_id"),
        hours=("at", "recorded_at"),
        words_of=("data",),
    ),
    Source(
        name="outage",
        table="outage_news",
        words=gettext_noop("the news with the id %(id)s of a mass outage"),
        facts=("outage_id", "moment", "by_id"),
        hours=("at", "forecast_at"),
        words_of=("words",),
    ),
    Source(
        name="delivery",
        table="delivery",
        words=gettext_noop("the delivery with the id %(id)s"),
        facts=("channel", "message_id", "resend_of_id"),
        hours=("settled_at",),
        words_of=("address", "body"),
        also={
            "became": "CASE WHEN row.bounced_at IS NULL THEN row.state ELSE 'accepted' END",
            "notices": CARRIED,
        },
        settled=f"row.settled_at IS NOT NULL AND row.state NOT IN ('waiting', 'sending') AND {SECRET}",
        by_hour="settled_at",
    ),
    Source(
        name="bounce",
        table="delivery",
        words=gettext_noop("that the delivery with the id %(id)s came back"),
        facts=("state",),
        hours=("bounced_at",),
        settled=f"row.bounced_at IS NOT NULL AND {SECRET}",
        by_hour="bounced_at",
    ),
)


# --- sealing ----------------------------------------------------------------------------------------------------------
LEAVES = (
    "INSERT INTO history_leaf (index, event_id, at) SELECT %s + place, NULL, %s FROM generate_series(0, %s - 1) place"
)
SEALED = """
    INSERT INTO sealed_row (index, source, row_id, salt, text)
    SELECT %s + place - 1, %s, row_id, salt, text
    FROM unnest(%s::bigint[], %s::bytea[], %s::text[]) WITH ORDINALITY AS new(row_id, salt, text, place)
"""


def seal(at: datetime, most: int = AT_ONCE) -> int:
    """Put the rows that change no more into the log, up to ``most`` of each source; returns how many of the fullest.

    ``at`` is UTC, now. Within the caller's transaction; only one process appends at a time.
    """
    take_turn("history_log")
    return max(_seal(source, at, most) for source in SOURCES)


def _seal(source: Source, at: datetime, most: int) -> int:
    rows = rows_of(source.new_rows, [most])
    if not rows:
        return 0
    start = log.size()
    run(LEAVES, [start, at, len(rows)])
    ids, salts, texts = (list(column) for column in zip(*rows, strict=True))
    run(SEALED, [start, source.name, ids, [bytes(salt) for salt in salts], texts])
    log.grow(start, [merkle.leaf_hash(sha256(text.encode()).digest()) for text in texts])
    return len(rows)


# --- whether they are still so ----------------------------------------------------------------------------------------
ERASED = re.compile(r"\[[^\W\d_][^\[\]\d]*(\d+)\]")
"""What stands in a row in the place of an erased name: words, and the number of its tombstone."""
NOTHING = (None, "", "{}")


def breaks(now: datetime, start: int = 0) -> Iterator[LogBreak]:
    """Every sealed row that is not what the log has, or is gone, and every one that never came into the log.

    Whether the text of a leaf is the one in the tree is asked by ``log_breaks``. ``now`` is UTC. ``start``: the leaves
    before it are taken as they are, and of deliveries those that were settled a day or more before the last of these.
    """
    erasures = {number for (number,) in rows_of("SELECT id FROM erasure")}
    for source in SOURCES:
        first = start
        while rows := rows_of(source.as_they_are, [first, AT_ONCE]):
            for index, row_id, text, salt, at, claims, found_id, words in rows:
                place = Headline(source.words, id=row_id)
                if found_id is None:
                    msgid = gettext_noop("it is gone, and was in the log as leaf %(leaf)s%(signed)s")
                    what = Headline(msgid, leaf=index, signed=signed_by(index))
                    yield LogBreak(what, None, source.table, is_gone=True, not_before=at, place=place)
                elif differing := _differing(
                    text, claims, dict(zip(source.words_of, words, strict=True)), salt is not None, erasures
                ):
                    msgid = gettext_noop("%(columns)s: not what is in the log as leaf %(leaf)s%(signed)s")
                    what = Headline(msgid, columns=", ".join(differing), leaf=index, signed=signed_by(index))
                    yield LogBreak(what, None, source.table, not_before=at, place=place)
                elif at is None:
                    what = Headline(
                        gettext_noop("it is named as leaf %(leaf)s, and the log has no hash there"), leaf=index
                    )
                    yield LogBreak(what, None, "sealed_row", is_added=True, place=place)
            first = rows[-1][0] + 1
        for (row_id,) in rows_of(source.forgotten(start), {"late": now - LATE, "start": start}):
            what = Headline(gettext_noop("it is not in the log, and later ones are"))
            yield LogBreak(what, None, source.table, is_added=True, place=Headline(source.words, id=row_id))


def _differing(
    sealed: str, found: str, words: Mapping[str, str | None], has_salt: bool, erasures: set[int]
) -> list[str]:
    """The columns that are not as they were sealed. Words may be gone, or be what an erasure has left of them; without
    the salt nothing else may stand there.
    """
    before, now = loads(sealed), loads(found)
    differing = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    for name, value in words.items():
        if value in NOTHING or any(int(number) in erasures for number in ERASED.findall(value or "")):
            differing.discard(name)
        elif not has_salt:
            differing.add(name)
    return sorted(differing)
