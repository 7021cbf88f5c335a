"""Whether the histories are whole: what `guardia verify` compares, and what it found last night, on record.

The worker has it compared once a night by a process of its own, in hours that are quiet in the operator's zone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from guardia.cases import chain, derived, writes
from guardia.cases.case import Case
from guardia.cases.chain import Deed
from guardia.cases.event import CaseEvent
from guardia.cases.number import grouped
from guardia.clocks import watch
from guardia.config import headline
from guardia.config.headline import Headline
from guardia.config.sql_rows import rows_of
from guardia.people import audit
from guardia.people.audit import AuditEntry, AuditKind
from guardia.proof import log, log_breaks, sealed_rows, time_stamp
from guardia.proof.log import LATE, HistoryLeaf
from guardia.proof.log_breaks import Gap, LogBreak
from guardia.reports import since_when, whom_to_ask
from guardia.reports.since_when import Ground, PastNights, SinceWhen
from guardia.reports.whom_to_ask import WhomToAsk

# --- what is compared -------------------------------------------------------------------------------------------------


class Part(StrEnum):
    """What a finding is about."""

    CASES = "cases"
    LOG = "log of histories"
    JOURNAL = "journal of the audit"

    def in_words(self) -> str:
        """In the language of now."""
        return gettext(IN_WORDS[self])


IN_WORDS = {
    Part.CASES: gettext_noop("cases"),
    Part.LOG: gettext_noop("log of histories"),
    Part.JOURNAL: gettext_noop("audit log"),
}


class Finding(NamedTuple):
    """``place``: the case and the event, where it is about one; ``what`` names no person.

    ``values``: what stands there, and what the events say, where it is neither prose nor about a person.
    """

    part: Part
    place: str
    what: str
    values: tuple[str, str] | tuple[()] = ()
    since: SinceWhen | None = None
    ask: WhomToAsk | None = None

    def __str__(self) -> str:
        named = f"{self.place}: {self.what}" if self.place else str(self.what)
        return named if self.part is Part.CASES else f"{self.part}: {named}"

    def in_words(self) -> str:
        """In the language of now; English where an older release has written it."""
        what = headline.in_words(self.what)
        named = f"{headline.in_words(self.place)}: {what}" if self.place else what
        return named if self.part is Part.CASES else f"{self.part.in_words()}: {named}"


def findings(
    now: datetime,
    kept: Sequence[str] = (),
    *,
    has_our_keys: bool = True,
    proven: Callable[[int], object] = chain.nothing,
) -> Iterator[Finding]:
    """Every contradiction; nothing if all is whole. To be asked within ``as_at_one_instant``. The log comes first: what
    it misses or contradicts explains what its case then shows.

    ``now`` is UTC. ``kept`` and ``has_our_keys``: as ``log_breaks.breaks`` takes them. ``proven``: as ``chain.breaks``
    does.
    """
    journal = list(audit.breaks())
    past = Past(now, lambda: not journal)
    yield from map(past.of_log, log_breaks.breaks(now, kept, has_our_keys=has_our_keys))
    yield from map(past.of_log, sealed_rows.breaks(now))
    yield from map(past.of_log, time_stamp.breaks(has_our_keys=has_our_keys))
    yield from map(past.of_case, chain.breaks(proven, besides=derived.breaks))
    yield from map(past.of_case, derived.without_case())
    for changed in chain.changed_procedures():
        yield past.of_procedure(changed)
    for where in journal:
        yield past.of_journal(where)


NEWER = """
    SELECT event.case_id FROM history_leaf AS leaf JOIN case_event AS event ON event.id = leaf.event_id
    WHERE leaf.index >= %(start)s
    UNION SELECT case_id FROM case_event WHERE id > (SELECT coalesce(max(event_id), 0) FROM history_leaf) ORDER BY 1
"""


def newer_cases(start: int) -> list[int]:
    """The cases, by their ids, of which an event is in the log from this leaf on, or not in it yet."""
    return [case for (case,) in rows_of(NEWER, {"start": start})]


def findings_since(
    now: datetime, start: int, kept: Sequence[str], proven: Callable[[int], object] = chain.nothing
) -> Iterator[Finding]:
    """As ``findings``, of what is newer than a log of ``start`` leaves, whose checkpoint is one of ``kept``.

    What no case has, the procedures and the journal are not looked at, nor any case of which nothing is newer.
    """
    past = Past(now, lambda: not any(audit.breaks()))
    yield from map(past.of_log, log_breaks.breaks(now, kept, start=start))
    yield from map(past.of_log, sealed_rows.breaks(now, start))
    yield from map(past.of_log, time_stamp.breaks(start))
    yield from map(past.of_case, chain.breaks_of(newer_cases(start), proven, besides=derived.breaks))


class Past:
    """What is known of the hours before ``now`` (UTC), by which each finding is told since when it is and whom to ask.

    The nights of before stand in the journal of the audit: where that is not whole, they say nothing. Nothing is asked
    before there is a finding.
    """

    def __init__(self, now: datetime, is_journal_whole: Callable[[], bool]) -> None:
        self.now, self.is_journal_whole = now, is_journal_whole
        self.logged_at: dict[tuple[int, int], datetime] = {}
        """Of events that are gone, by the case and the number, the hour until which they were there for certain."""

    @cached_property
    def gaps(self) -> list[Gap]:
        """Asked where an event that was in the log is gone."""
        return list(log_breaks.gaps())

    def gap_of(self, event_id: int) -> Gap | None:
        """Where the event with this id stood. None where it may have stood in several cases, or in one that is gone."""
        found = [gap for gap in self.gaps if gap.after < event_id < gap.before]
        return found[0] if len(found) == 1 else None

    @cached_property
    def nights(self) -> PastNights:
        return since_when.past_nights() if self.is_journal_whole() else PastNights()

    @cached_property
    def rights(self) -> whom_to_ask.Rights:
        return whom_to_ask.rights()

    def of_case(self, found: chain.Break) -> Finding:
        """``found`` is about no case where its number is 0."""
        place = event_of(grouped(found.case), found.seq) if found.case else ""
        nights = self.nights if found.always_compared else replace(self.nights, clean_at=None)
        ground, not_before = Ground.EVENTS if found.case else Ground.ROW, found.not_before
        logged_at = self.logged_at.get((found.case, found.seq)) if found.table in ("case_event", "case") else None
        if logged_at and (not_before is None or logged_at > not_before):
            ground, not_before = Ground.LOGGED, logged_at
        finding = self._since(Finding(Part.CASES, place, found.what, found.values), not_before, ground, nights)
        still_right = finding.since.not_before if finding.since else None
        ask = whom_to_ask.of_case(self.rights, found.table, found.deed, found.case, still_right)
        return finding._replace(ask=ask)

    def of_procedure(self, found: chain.ChangedProcedure) -> Finding:
        msgid = gettext_noop("procedure, version %(number)s: the document is not the one that was published")
        what = Headline(msgid, number=found.number)
        finding = Finding(Part.CASES, "", what, (f"SHA-256 {found.computed}", f"SHA-256 {found.printed}"))
        roles = whom_to_ask.who_may(self.rights, "procedure_version", Deed.CHANGED)
        return self._since(finding, found.published_at, Ground.ROW, self.nights)._replace(ask=WhomToAsk(roles))

    def of_log(self, found: LogBreak) -> Finding:
        """What was put in beside the log is looked for an hour later; no night has seen a checkpoint kept elsewhere."""
        nights = self.nights
        if nights.clean_at:
            seen_until = None if found.is_kept else nights.clean_at - LATE if found.is_added else nights.clean_at
            nights = replace(nights, clean_at=seen_until)
        ground = Ground.SIGNED if found.is_signed else Ground.LOGGED
        deed = Deed.GONE if found.is_gone else Deed.ADDED if found.is_added else Deed.CHANGED
        roles = whom_to_ask.who_may(self.rights, found.table, deed)
        gap = self.gap_of(found.event_id) if found.event_id and found.is_gone else None
        if gap and found.not_before:
            for seq in range(gap.first, gap.last + 1):
                self.logged_at[gap.case, seq] = max(
                    found.not_before, self.logged_at.get((gap.case, seq), found.not_before)
                )
        finding = self._since(Finding(Part.LOG, place_of(found, gap), found.what), found.not_before, ground, nights)
        return finding._replace(ask=WhomToAsk(roles, of_the_log=True))

    def of_journal(self, what: Headline) -> Finding:
        """The journal and its chain are written by the triggers of the tables' owner alone."""
        finding = self._since(Finding(Part.JOURNAL, "", what), None, Ground.NOTHING, PastNights())
        return finding._replace(ask=WhomToAsk())

    def _since(self, finding: Finding, not_before: datetime | None, ground: Ground, nights: PastNights) -> Finding:
        found = since_when.since_when(not_before, ground, finding[:3], nights, self.now)
        return finding._replace(since=found)


def place_of(found: LogBreak, gap: Gap | None = None) -> str:
    """The case and the event that a break of the log is about.

    An event that is gone is named by the ``gap`` in which it stood, where there is but one, else by its id.
    """
    if found.event_id is None:
        return found.place or ""
    if gap and gap.first == gap.last:
        return event_of(grouped(gap.case), gap.first)
    if gap:
        msgid = gettext_noop("%(case)s, one of the events %(first)s to %(last)s")
        return Headline(msgid, case=grouped(gap.case), first=gap.first, last=gap.last)
    event = CaseEvent.objects.filter(pk=found.event_id).select_related("case").only("seq", "case__number").first()
    if event:
        return event_of(grouped(event.case.number), event.seq)
    return Headline(gettext_noop("event with the id %(id)s"), id=found.event_id)


def event_of(case: str, seq: int) -> str:
    """The number of the case, and of the event where it is about one."""
    return Headline(gettext_noop("%(case)s event %(seq)s"), case=case, seq=seq) if seq else case


# --- what was found ---------------------------------------------------------------------------------------------------
MOST_KEPT = 5
"""Findings that are kept word by word; all of them stand in what ``guardia verify`` prints."""


@dataclass
class Verified:
    """What was compared, and what of it contradicts itself; ``first``: the first findings.

    ``as_at``: nothing that was written before this hour (UTC) went unseen.
    """

    cases: int = 0
    events: int = 0
    leaves: int = 0
    breaks: int = 0
    first: list[Finding] = field(default_factory=list)
    as_at: datetime | None = None

    def takes(self, found: Finding) -> None:
        self.breaks += 1
        if len(self.first) < MOST_KEPT:
            self.first.append(found)

    def counts(self) -> None:
        """How much there was, as at the same instant."""
        self.cases, self.events, self.leaves = Case.objects.count(), CaseEvent.objects.count(), log.size()


HISTORIES = "histories"
BROKEN = "verify"
"""The kind of trouble that a contradiction is: the desk says it to whoever supervises."""


def put_on_record(found: Verified, at: datetime) -> None:
    """In the journal of the audit, which nobody rewrites unseen; the desk says it while it is so. ``at`` is UTC."""
    facts: dict[str, Any] = {"cases": found.cases, "events": found.events, "leaves": found.leaves}
    facts["breaks"] = found.breaks
    if found.first:
        facts["first"] = [list(each[:3]) for each in found.first]
        facts["details"] = [as_facts(each) for each in found.first]
    if found.as_at:
        facts |= {"as_at": found.as_at.isoformat(), "release": since_when.release()}
    audit.write_down(AuditKind.VERIFIED, at=at, about=HISTORIES, **facts)
    if found.breaks:
        watch.fails(BROKEN, HISTORIES, str(found.first[0]), at)
    else:
        watch.is_well(BROKEN, HISTORIES)


def as_facts(found: Finding) -> dict[str, Any]:
    """What the journal keeps of a finding besides its words, from which ``of_facts`` reads it again."""
    facts: dict[str, Any] = {"values": list(found.values)}
    facts["place"], facts["what"] = headline.as_facts(found.place), headline.as_facts(found.what)
    if found.since:
        facts["since"] = since_when.as_facts(found.since)
    if found.ask:
        facts["ask"] = whom_to_ask.as_facts(found.ask)
    return facts


def of_facts(words: Sequence[str], facts: dict[str, Any]) -> Finding:
    """``facts`` is empty where an older release has written it."""
    part, place, what = words
    since, ask = facts.get("since"), facts.get("ask")
    return Finding(
        Part(part),
        headline.of_facts(facts.get("place", []), place),
        headline.of_facts(facts.get("what", []), what),
        tuple(facts.get("values", ())),
        since_when.of_facts(since) if since else None,
        whom_to_ask.of_facts(ask) if ask else None,
    )


@dataclass(frozen=True)
class LastNight:
    """The last time that it was compared; ``at`` is UTC."""

    at: datetime
    found: Verified

    @property
    def is_whole(self) -> bool:
        return not self.found.breaks


def last_run() -> LastNight | None:
    entry = AuditEntry.objects.filter(kind=AuditKind.VERIFIED).order_by("-at", "-pk").first()
    if entry is None:
        return None
    facts = entry.facts
    words = facts.get("first", [])
    details = facts.get("details") or [{}] * len(words)
    first = [of_facts(each, more) for each, more in zip(words, details, strict=True)]
    return LastNight(entry.at, Verified(facts["cases"], facts["events"], facts["leaves"], facts["breaks"], first))


OVERDUE_AFTER = timedelta(days=2)


def is_overdue(last: LastNight | None, now: datetime) -> bool:
    """Whether nobody has compared for two days what was there two days ago. ``now`` is UTC."""
    if last:
        return now - last.at > OVERDUE_AFTER
    return HistoryLeaf.objects.filter(index=0, at__lt=now - OVERDUE_AFTER).exists()


# --- when -------------------------------------------------------------------------------------------------------------
NIGHTLY = "nightly verify"
"""When it was begun last, by whichever process."""
LASTS = timedelta(hours=3)
AGAIN_AFTER = timedelta(hours=1)
"""So long a process that was begun is left alone, though nothing is on record of it."""


def night_of(now: datetime) -> datetime | None:
    """When the night's hours began, in which ``now`` (UTC) lies; None by day."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    begins = datetime.combine(local.date(), time(settings.VERIFY_HOUR), local.tzinfo)
    for began in (begins, begins - timedelta(days=1)):
        if began <= local < began + LASTS:
            return began
    return None


def begins(now: datetime) -> bool:
    """Whether it is to be compared now, by whoever asks: of several processes one is told so. ``now`` is UTC."""
    night = night_of(now)
    if night is None or not _is_due(night, now):
        return False
    writes.take_turn(NIGHTLY)
    if not _is_due(night, now):
        return False
    watch.seen(NIGHTLY, now)
    return True


def _is_due(night: datetime, now: datetime) -> bool:
    begun = watch.last_seen_at(NIGHTLY)
    if begun and now - begun < AGAIN_AFTER:
        return False
    return not AuditEntry.objects.filter(kind=AuditKind.VERIFIED, at__gte=night).exists()


def was_cut_off() -> None:
    """The process was ended before it was done: another one may begin at once."""
    watch.Watch.objects.filter(pk=NIGHTLY).delete()
