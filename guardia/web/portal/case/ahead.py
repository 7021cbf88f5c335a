"""What is promised next and by when, in one sentence whose hour is the largest thing of the page; and what is late."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.notices.wording.hours import Hours
from guardia.notices.wording.next_step import next_notes, next_sentence, next_step
from guardia.notices.wording.told import Told
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.answer.escalate_shown import OWED, facts_of

HOUR = re.compile(r"\d\d:\d\d")
ZONE = re.compile(r"^\s*\(([^()]*)\)\s*")


@dataclass(frozen=True, slots=True)
class Ahead:
    """``lead`` and ``rest`` stand around the ``hour`` and make one sentence with it; without an hour ``lead`` is all.

    ``late`` and ``still``: a sentence for each promise that is overdue, or stands still. ``notes`` stand small below.
    """

    lead: str
    hour: str = ""
    zone: str = ""
    rest: str = ""
    notes: Sequence[str] = ()
    late: Sequence[str] = ()
    still: Sequence[str] = ()


def ahead_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Ahead:
    """The next promise that lies ahead; where there is none, what has become of the case."""
    running = [clock for clock in clocks if clock.ended_at is None] if case.is_open else []
    facts = {**facts_of(case, running, procedure, hours.now), "band": case.band, "desk": case.desk}
    told = Told(facts, procedure, hours, hours.now)
    step = next_step(told) if case.is_open else None
    if step is None:
        found = Ahead(what_has_become(case, hours))
    else:
        found = replace(parted(next_sentence(told, step)), notes=next_notes(told, step))
    late = [clock for clock in running if clock.kind in OWED and not clock.waiting_since and is_late(clock, hours)]
    still = [clock for clock in running if clock.kind in OWED and clock.waiting_since]
    return replace(
        found,
        late=[late_words(clock, procedure, hours) for clock in late],
        still=[still_words(clock, procedure, hours) for clock in still],
    )


def parted(sentence: str) -> Ahead:
    """The sentence around its last hour: of a range that is the one that counts."""
    found = list(HOUR.finditer(sentence))
    if not found:
        return Ahead(sentence)
    hour = found[-1]
    rest, zone = sentence[hour.end() :], ""
    if named := ZONE.match(rest):
        zone, rest = named.group(1), rest[named.end() :]
    return Ahead(sentence[: hour.start()].strip(), hour.group(), zone, rest.strip())


def what_has_become(case: Case, hours: Hours) -> str:
    if case.status == "cancelled" and case.closed_at:
        return _("This case was withdrawn %(hour)s.") % {"hour": hours.at(case.closed_at)}
    if case.closed_at:
        return _("This case was closed %(hour)s.") % {"hour": hours.at(case.closed_at)}
    if case.waiting_since:
        return _("We are waiting; the reason stands below.")
    if case.opens_at and case.opens_at > hours.now:
        return _("We attend to it %(hour)s.") % {"hour": hours.zoned(hours.on(case.opens_at))}
    return _("We are late, and are working on it.")


def is_late(clock: Clock, hours: Hours) -> bool:
    return bool(clock.due_at and clock.due_at <= hours.now)


def late_words(clock: Clock, procedure: Procedure, hours: Hours) -> str:
    words = _("“%(promise)s” was due %(hour)s. We are late; it is on record, and our supervisors know.")
    assert clock.due_at is not None
    return words % {"promise": name_of(clock, procedure), "hour": hours.at(clock.due_at)}


def still_words(clock: Clock, procedure: Procedure, hours: Hours) -> str:
    assert clock.waiting_since is not None
    words = _("“%(promise)s” has stood still %(hour)s.")
    return words % {"promise": name_of(clock, procedure), "hour": hours.since(clock.waiting_since)}


def name_of(clock: Clock, procedure: Procedure) -> str:
    return str(procedure.clock(ClockKind(clock.kind)).name)
