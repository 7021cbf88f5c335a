"""Which desk attends to what, and when it is open (A1 to A3)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from guardia.clocks import arithmetic, calendars
from guardia.clocks.calendar import Hours, NoAnswer
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.notices.wording.hours import hours_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind, ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case


# A1 to A3: which desk attends to what. The technical desk has incidents, the others have requests.


def kind_of(desk: str) -> CaseKind:
    """What a case of this desk is: a technical incident (P), or an administrative request (A2, A3)."""
    return CaseKind.INCIDENT if desk == TECHNICAL else CaseKind.REQUEST


def kind_facts(desk: str) -> dict[str, str]:
    """What an event says of itself that came to a desk other than the technical one: no promise of P runs from it."""
    kind = kind_of(desk)
    return {} if kind == CaseKind.INCIDENT else {"case_kind": kind.value}


def desk_of(version_id: int, key: str) -> Desk | None:
    """The desk as this version of the procedure has it; None where it has no such desk."""
    return next((desk for desk in versions.of(version_id).desks if desk.key == key), None)


def desk_name(version_id: int, key: str) -> str:
    """In the active language."""
    desk = desk_of(version_id, key)
    return str(desk.name) if desk else key


# A3 D: when a desk is open, by its weekly hours, the rest days of the law and what was announced; and what a caller is
# told of it. All hours are UTC; they are said in the operator's zone.


def opens_at(version_id: int, desk: str, at: datetime, edition: int | None = None) -> datetime | None:
    """When this desk opens next; None while it is open at ``at``, or where its hours never open again.

    ``edition`` is that of the calendar, the newest one where none is given. Raises StopIteration for an unknown desk.
    """
    procedure = versions.of(version_id)
    try:
        opens = hours(procedure, procedure.desk(desk), edition).next_open(at)
    except NoAnswer:
        return None
    return opens if opens > at else None


def is_open(version_id: int, desk: str, at: datetime) -> bool:
    """Whether somebody of this desk is there at that hour."""
    return opens_at(version_id, desk, at) is None


def answer_due(version_id: int, start: datetime, edition: int | None = None) -> datetime | None:
    """By when a request whose clock starts at ``start`` has its first answer; None where no hour is promised."""
    procedure = versions.of(version_id)
    rule = next((rule for rule in procedure.clocks if rule.kind == ClockKind.FIRST_ANSWER), None)
    target = rule.target_for() if rule else None
    if rule is None or target is None:
        return None
    counted = calendars.hours(procedure, rule.calendar, calendars.newest_edition() if edition is None else edition)
    try:
        return arithmetic.add(start, target, (), counted)
    except NoAnswer:
        return None


def hours(procedure: Procedure, desk: Desk, edition: int | None = None) -> Hours:
    """The calendar of a desk's own weekly hours."""
    return calendars.hours(procedure, desk.hours, calendars.newest_edition() if edition is None else edition)


def spoken(version_id: int, desk: str, at: datetime, language: str) -> str:
    """What the engineer reads aloud to whoever asks for this desk at ``at``: open or not, and by when it answers."""
    procedure = versions.of(version_id)
    opens = opens_at(version_id, desk, at)
    due = answer_due(version_id, opens or at)
    with translation.override(language):
        said = hours_of(procedure.provider.zone, procedure, at)
        name = str(procedure.desk(desk).name)
        parts = [_("%(desk)s is open now.") % {"desk": name}]
        if opens:
            when = said.zoned(said.on(opens))
            parts = [
                _("%(desk)s is closed now and opens %(when)s.") % {"desk": name, "when": when},
                _("I am registering your request now; its time counts from now."),
            ]
        if due:
            before = said.before(due) if opens else said.zoned(said.before(due))
            parts.append(_("%(desk)s will answer you %(before)s.") % {"desk": name, "before": before})
    return " ".join(parts)


# A3 D: a request that was taken down while its desk was closed; its time starts when the desk opens, told or not.
#
# ``Case.opens_at`` is set while it waits. Nothing is written here: the ledger and the verbs record ADMIN_DESK_OPENED.


OVER = frozenset({Moment.ADMIN_DESK_OPENED, Moment.REGISTERED, Moment.ADMIN_SOLVED, Moment.CLOSED, Moment.CANCELLED})
"""After these a case waits for no desk."""


def waits(case: "Case") -> bool:
    """Whether it is an open request whose desk has not opened for it yet."""
    return case.opens_at is not None and case.is_open and kind_of(case.desk) == CaseKind.REQUEST


def opened_at(case: "Case", now: datetime) -> datetime | None:
    """The hour at which its desk truly opened, if that is not after ``now``; None while it waits, or never waited.

    A decree that closed the desk on that day puts it off (A3 D).
    """
    if case.opens_at is None or not waits(case) or case.opens_at > now:
        return None
    opened = true_hour(case, case.opens_at)
    return opened if opened <= now else None


def looked_at_again(case: "Case") -> datetime | None:
    """When the sweep must look at it: the hour at which its desk opens by the calendar as it is known now."""
    return true_hour(case, case.opens_at) if case.opens_at and waits(case) else None


def true_hour(case: "Case", hour: datetime) -> datetime:
    """This hour, if its desk is open then by the newest calendar; else when it opens next."""
    return opens_at(case.procedure_version_id, case.desk, hour) or hour


def to_come(case: "Case") -> frozenset[str]:
    """The kinds of the clocks that start when its desk opens; none where it waits for no desk."""
    if not waits(case):
        return frozenset()
    starts = effects_of(case.procedure_version_id, CaseKind.REQUEST).starts
    return frozenset(rule.kind.value for rule in starts.get(Moment.ADMIN_DESK_OPENED, ()))


def on_record(past: Iterable[Happening]) -> datetime | None:
    """The hour (UTC) that a case waits for, as its events say it; None where it waits for no desk."""
    hour = None
    for happening in past:
        if happening.moment in OVER:
            hour = None
        elif said := happening.data.get("opens_at"):
            hour = datetime.fromisoformat(said)
    return hour


def attended_at(case: "Case", at: datetime, now: datetime) -> datetime:
    """When its desk began to attend to it, where somebody of the desk acts at ``at``: at its opening, or before it."""
    return min(opened_at(case, now) or at, at)
