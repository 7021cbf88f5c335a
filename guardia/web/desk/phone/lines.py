"""A line of the procedure in words, and what its caller is told while the desk behind it is closed (L1 to L3, A2)."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases.desk_hours import opens_at, spoken
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk, Line
from guardia.procedure.schema import Procedure


def line_words(call: Call) -> str:
    """``Switchboard, technical option · (02) 4004040, option 1``; else what the exchange said."""
    line = line_of(versions.of(call.procedure_version_id), call.line)
    if line is None:
        return call.line or call.dialled
    return f"{line.name} · {number_of(line)}"


def number_of(line: Line) -> str:
    return _("%(number)s, option %(n)s") % {"number": line.number, "n": line.option} if line.option else line.number


def line_of(procedure: Procedure, key: str) -> Line | None:
    return next((line for line in procedure.lines if line.key == key), None)


def desk_of(procedure: Procedure, key: str) -> Desk | None:
    return next((desk for desk in procedure.desks if desk.key == key), None)


def desk_words(call: Call) -> str:
    """The desk that the line leads to, or that the call was handed on to."""
    desk = desk_of(versions.of(call.procedure_version_id), call.at_desk)
    return str(desk.name) if desk else call.at_desk


def closed_words(call: Call, at: datetime) -> str:
    """What to read aloud to somebody who called a desk that is closed at ``at``: when it opens, what is done now."""
    if call.at_desk == TECHNICAL or desk_of(versions.of(call.procedure_version_id), call.at_desk) is None:
        return ""
    if opens_at(call.procedure_version_id, call.at_desk, at) is None:
        return ""
    return spoken(call.procedure_version_id, call.at_desk, at, get_language() or "es")
