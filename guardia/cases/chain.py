"""The proof that nothing was rewritten: every event's hash covers the one before it and its own stored text."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_noop

from guardia.cases.case import Case
from guardia.cases.erased_texts import erased_by
from guardia.cases.event import EventText
from guardia.clocks.calendars import journal_hash
from guardia.config.headline import Headline
from guardia.config.sql_rows import rows_of
from guardia.events.history import SALT, chained_text, format_in, stamp, text_digest
from guardia.procedure.version import ProcedureVersion, digest, sha256_of
from guardia.procedure.vocabulary import Moment

AT_ONCE = 1000
"""Cases that are read together, by three questions: what is read is held in memory until it is proven."""


class Deed(StrEnum):
    """By what a row came to be another than it was."""

    CHANGED = "changed"
    GONE = "gone"
    ADDED = "added"
    ERASED = "erased"


@dataclass(frozen=True)
class Break:
    """Where a chain is not whole: the case's number, the event's place in it, and what is wrong there.

    ``table`` and ``deed``: whose row is not as it was, and what became of it. ``not_before``: the hour (UTC) at which
    it was still right, as the events say; None where they say nothing of it. ``values``: what stands there and what was
    to stand there, where that is neither prose nor about a person. ``always_compared``: a comparison of before would
    have found it too, had it been so then.
    """

    case: int
    seq: int
    what: Headline
    table: str = "case_event"
    deed: Deed = Deed.CHANGED
    not_before: datetime | None = None
    values: tuple[str, str] | tuple[()] = ()
    always_compared: bool = True


UNREADABLE = (AssertionError, AttributeError, IndexError, KeyError, ObjectDoesNotExist, TypeError, ValueError)
"""What an event or a row that somebody has rewritten may bring about where others follow from it."""


class Stored(NamedTuple):
    """A case's number, company, procedure, last place and hash, and one of its events as the columns have it.

    ``seq`` is None for a case without any event.
    """

    case: int
    number: int
    company: int
    procedure: int
    last_seq: int
    last_hash: bytes
    notices: int
    event: int
    seq: int | None
    moment: str
    variant: str
    public: bool
    customer_id: int
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: str
    actor_id: int | None
    data: Any
    canonical: str
    hash: bytes


COLUMNS = (
    *("pk", "number", "customer_id", "procedure_version_id", "seq", "head_hash", "notices_owed", "events__pk"),
    *(f"events__{name}" for name in Stored._fields[8:]),
)


def nothing(count: int) -> None:
    """What is told of the progress where nobody watches it."""


class StoredText(NamedTuple):
    """The words of an event; None where they were erased."""

    salt: bytes | memoryview | None
    text: str | None


type Texts = dict[int, dict[str, StoredText]]
"""By the id of the event and the name of the text."""


def nothing_else(_stored: Sequence[Stored], _texts: Texts) -> Iterable[Break]:
    """What is found besides the hashes where nobody looks for more."""
    return ()


def breaks(
    proven: Callable[[int], object] = nothing,
    besides: Callable[[Sequence[Stored], Texts], Iterable[Break]] = nothing_else,
) -> Iterator[Break]:
    """Every place where a case's history does not match its hashes; nothing if all is whole.

    Checks each event's hash and canonical text against its columns, its texts against their digests (an erased text
    keeps its digest and names its tombstone), the sequence without gaps, and the head that the case itself bears. Reads
    some hundred cases at once; ``proven`` is told how many cases were read since the last time. A case and its events
    are read by one question, so that a case that goes on meanwhile is read as it stood at one instant. What was read is
    handed to ``besides`` as well, which says what else is wrong with these cases.
    """
    cases = Case.objects.order_by("pk").values_list("pk", flat=True)
    following = cases
    while group := list(following[:AT_ONCE]):
        yield from _breaks_between(group[0], group[-1], besides)
        proven(len(group))
        following = cases.filter(pk__gt=group[-1])


NEAR = 20
"""Cases that lie so near each other are read together, with those between them: that costs less than a question."""


def breaks_of(
    cases: Iterable[int],
    proven: Callable[[int], object] = nothing,
    besides: Callable[[Sequence[Stored], Texts], Iterable[Break]] = nothing_else,
) -> Iterator[Break]:
    """As ``breaks``, of these cases alone, whose ids come in order."""
    group: list[int] = []
    for case in cases:
        if group and (case - group[-1] > NEAR or case - group[0] >= AT_ONCE):
            yield from _breaks_between(group[0], group[-1], besides)
            proven(len(group))
            group = []
        group.append(case)
    if group:
        yield from _breaks_between(group[0], group[-1], besides)
        proven(len(group))


def _breaks_between(
    first: int, last: int, besides: Callable[[Sequence[Stored], Texts], Iterable[Break]]
) -> Iterator[Break]:
    """Of the cases whose ids lie between these two, both included."""
    rows = Case.objects.filter(pk__range=(first, last)).order_by("pk", "events__seq").values_list(*COLUMNS)
    stored = [Stored(*row) for row in rows]
    texts = _texts_between(first, last)  # after their events: each was written together with its own, and none goes
    owed = _notices_between(first, last)
    for case, events in groupby(stored, itemgetter(0)):
        yield from _breaks_of(list(events), texts, owed.get(case, {}))
    yield from besides([event for event in stored if event.seq is not None], texts)


NOTICES = """
    SELECT event.case_id, event.seq, count(*) FROM notice JOIN case_event AS event ON event.id = notice.event_id
    WHERE event.case_id BETWEEN %(first)s AND %(last)s
        AND notice.contact_id IS NOT NULL AND notice.instead_of_id IS NULL
    GROUP BY 1, 2
"""


def _notices_between(first: int, last: int) -> dict[int, dict[int, int]]:
    """How many notices to the company's people each event of these cases owes: by the case and the event's number."""
    found: dict[int, dict[int, int]] = {}
    for case, seq, count in rows_of(NOTICES, {"first": first, "last": last}):
        found.setdefault(case, {})[seq] = count
    return found


def _texts_between(first: int, last: int) -> Texts:
    found: Texts = {}
    texts = EventText.objects.filter(event__case__pk__range=(first, last))
    for event, name, salt, text in texts.values_list("event", "name", "salt", "text"):
        found.setdefault(event, {})[name] = StoredText(salt, text)
    return found


def _breaks_of(events: Sequence[Stored], texts: Texts, owed: Mapping[int, int]) -> Iterator[Break]:
    previous, expected, case = b"", 0, events[0]
    recorded_at: datetime | None = None
    read = [(event, _parsed(event.canonical)) for event in events if event.seq is not None]
    for event, hashed in read:
        expected += 1
        if event.seq != expected:
            what = Headline(gettext_noop("an event is missing"))
            yield Break(event.number, expected, what, deed=Deed.GONE, not_before=recorded_at)
            expected = event.seq or expected
        if hashed is not None and bytes(event.hash) == _chained(previous, event.canonical, hashed):
            recorded_at = _recorded_at(hashed, event)
        else:  # then nothing that it says of itself holds: it was right when the event before it was written
            what = Headline(gettext_noop("the hash does not match"))
            yield Break(event.number, expected, what, not_before=recorded_at)
        if hashed and (found := _differs(event, hashed, texts.get(event.event, {}))):
            yield replace(found, seq=expected, not_before=recorded_at)
        if not _counts_by_the_journal(event):
            what = Headline(gettext_noop("the calendar's journal is not the one by which it counts"))
            yield Break(event.number, expected, what, "calendar_change", not_before=recorded_at)
        previous = bytes(event.hash)
    if (case.last_seq, bytes(case.last_hash)) != (expected, previous):
        what = Headline(gettext_noop("the last event is not the one the case names"))
        values = (str(case.last_seq), str(expected)) if case.last_seq != expected else ()
        yield Break(case.number, case.last_seq, what, "case", not_before=recorded_at, values=values)
    yield from _of_another_company(read)
    yield from _other_notices(read, owed)
    yield from _without_tombstone(read, texts)


def _recorded_at(hashed: dict[str, Any] | None, event: Stored) -> datetime:
    """As the text says, which is hashed; its column may have been changed alone."""
    try:
        return datetime.fromisoformat((hashed or {})["recorded_at"])
    except UNREADABLE:
        return event.recorded_at


def _other_notices(read: Sequence[tuple[Stored, dict[str, Any] | None]], owed: Mapping[int, int]) -> Iterator[Break]:
    """An event says how many notices to the company's people those before it owed; events that were recorded together
    say the same number.

    Nothing is compared from the first event on that does not say it, which a former release wrote.
    """
    found, said, first = 0, 0, None
    for event, hashed in read:
        if hashed is None or "notices" not in hashed:
            return
        first = first or (event, _recorded_at(hashed, event))
        if hashed["notices"] != said:
            said = hashed["notices"]
            if found != said:
                yield _other_count(*first, found, said)
                return
            first = event, _recorded_at(hashed, event)
        found += owed.get(event.seq or 0, 0)
    if first and found != first[0].notices:
        yield _other_count(*first, found, first[0].notices)


def _other_count(first: Stored, since: datetime, found: int, said: int) -> Break:
    """``first``: the event from which on the notices are not as many as the next ones, or the case, say."""
    deed = Deed.GONE if found < said else Deed.ADDED
    what = Headline(gettext_noop("the number of its notices is not what was owed"))
    return Break(first.number, first.seq or 0, what, "notice", deed, since, (str(found), str(said)))


def _without_tombstone(read: Sequence[tuple[Stored, dict[str, Any] | None]], texts: Texts) -> Iterator[Break]:
    """A text that is gone is named by an event of its case (``erased_texts``): nobody empties one by the way."""
    erased: set[tuple[int, str]] = set()
    for event, hashed in read:
        if hashed and event.moment == Moment.TEXTS_ERASED:
            with suppress(*UNREADABLE):
                erased |= erased_by(hashed["data"])
    for event, hashed in read:
        for name, text in texts.get(event.event, {}).items():
            if text.text is None and (event.seq, name) not in erased:
                what = Headline(gettext_noop("the text %(name)s went without a tombstone"), name=name)
                at = _recorded_at(hashed, event)
                yield Break(event.number, event.seq or 0, what, "event_text", Deed.ERASED, at)


def _of_another_company(read: Sequence[tuple[Stored, dict[str, Any] | None]]) -> Iterator[Break]:
    """A case and its events are of one company; a provisional one turns out to be another by an event alone (L4)."""
    company = 0
    for event, hashed in read:
        if hashed and "company" in hashed:
            data = hashed.get("data")
            moved = data.get("customer") if isinstance(data, dict) else None
            before = moved["from"] if isinstance(moved, dict) and "from" in moved else hashed["company"]
            if company not in (0, before):
                what, at = Headline(gettext_noop("no event changed the company")), _recorded_at(hashed, event)
                yield Break(event.number, event.seq or 0, what, not_before=at, values=(str(before), str(company)))
            company = hashed["company"]
    for event, hashed in read:
        if {event.company, event.customer_id} != {company or event.company}:
            at, found = _recorded_at(hashed, event), {event.company, event.customer_id} - {company}
            values = (", ".join(map(str, sorted(found))), str(company)) if company else ()
            yield Break(event.number, event.seq or 0, changed("customer"), not_before=at, values=values)


def _parsed(canonical: str) -> dict[str, Any] | None:
    """The text of an event; None where it is no JSON any more, or of a format that is not known."""
    try:
        found: dict[str, Any] = json.loads(canonical)
        format_in(found)
    except ValueError:
        return None
    return found


def _counts_by_the_journal(event: Stored) -> bool:
    """Whether the journal of the calendar is the one that the event names, if it names one."""
    try:
        named = event.data.get("journal")
        return named is None or named == journal_hash(event.data.get("edition", 0))
    except UNREADABLE:
        return False


def _chained(previous: bytes, canonical: str, hashed: dict[str, Any]) -> bytes:
    """The hash that the event must have; none where its text lacks what the hash turns on."""
    try:
        return chained_text(previous, canonical, hashed)
    except UNREADABLE:
        return b""


def _procedure_of(event: Stored) -> str:
    """The hash of the procedure that the case promises; nothing where there is no such version."""
    try:
        return sha256_of(event.procedure)
    except ProcedureVersion.DoesNotExist:
        return ""


NAMELESS = frozenset({"case", "seq", "moment", "variant", "occurred_at", "recorded_at", "public", "procedure"})
"""Columns whose values say nothing of a person."""


def _differs(event: Stored, hashed: dict[str, Any], texts: dict[str, StoredText]) -> Break | None:
    """What in the event's columns or texts is not what was hashed; None if nothing."""
    columns = {
        "case": event.number,
        "seq": event.seq,
        "moment": event.moment,
        "variant": event.variant,
        "occurred_at": stamp(event.occurred_at),
        "recorded_at": stamp(event.recorded_at),
        "by": [event.actor_kind, event.actor_id],
        "data": event.data,
    }
    if "format" in hashed:
        columns["public"] = event.public
        if event.seq == 1:
            columns["procedure"] = _procedure_of(event)
    found = Break(event.number, event.seq or 0, Headline(""))
    for name, value in columns.items():
        if name not in hashed or hashed[name] != value:
            values = (str(value), str(hashed.get(name, ""))) if name in NAMELESS else ()
            table = "case" if name in ("case", "procedure") else found.table
            return replace(found, what=changed(name), table=table, values=values)

    def of_text(msgid: str, name: str, deed: Deed) -> Break:
        return replace(found, what=Headline(msgid, name=name), table="event_text", deed=deed)

    said = hashed.get("texts", {})
    for name in texts.keys() - said.keys():
        return of_text(gettext_noop("the text %(name)s was added"), name, Deed.ADDED)
    for name, hashed_text in said.items():
        text = texts.get(name)
        if text is None:
            return of_text(gettext_noop("the text %(name)s is missing"), name, Deed.GONE)
        if text.text is not None and not _is_hashed(bytes(text.salt or b""), text.text, hashed_text):
            return of_text(gettext_noop("the text %(name)s was changed"), name, Deed.CHANGED)
    return None


def _is_hashed(salt: bytes, text: str, digest: str) -> bool:
    return len(salt) == SALT and text_digest(salt, text) == digest


def changed(column: str) -> Headline:
    return Headline(gettext_noop("%(column)s was changed"), column=column)


class ChangedProcedure(NamedTuple):
    """A published version whose document is no longer that whose SHA-256 is printed with it."""

    number: int
    published_at: datetime
    printed: str
    computed: str


def changed_procedures() -> Iterator[ChangedProcedure]:
    for found in ProcedureVersion.objects.defer("source").order_by("number").iterator(chunk_size=10):
        if (computed := digest(found.document)) != found.sha256:
            yield ChangedProcedure(found.number, found.published_at, found.sha256, computed)
