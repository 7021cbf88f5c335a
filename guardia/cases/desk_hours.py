"""A3 D: when a desk is open, by its weekly hours, the rest days of the law and what was announced; and what a caller is
told of it. All hours are UTC; they are said in the operator's zone.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from guardia.clocks import arithmetic, calendars
from guardia.clocks.calendar import Hours, NoAnswer
from guardia.notices.wording.hours import hours_of
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind


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
        parts = [_("%(desk)s is attending now.") % {"desk": name}]
        if opens:
            when = said.zoned(said.on(opens))
            parts = [
                _("%(desk)s is closed now and opens %(when)s.") % {"desk": name, "when": when},
                _("I am taking your request down now; its time counts from that hour."),
            ]
        if due:
            before = said.before(due) if opens else said.zoned(said.before(due))
            parts.append(_("%(desk)s will answer you %(before)s.") % {"desk": name, "before": before})
    return " ".join(parts)
