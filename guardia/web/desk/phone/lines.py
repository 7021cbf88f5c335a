"""A line of the procedure in words, and what its caller is told while the desk behind it is closed (L1 to L3, A2)."""

from collections.abc import Mapping
from dataclasses import dataclass
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


# --- line names -------------------------------------------------------------------------------------------------------
# The telephone lines and desks of the procedure as a screen names them (L1 to L3).
@dataclass(frozen=True, slots=True)
class LineNames:
    """``lines``: by the key that calls name them by, in the order of the procedure; ``desks``: the names by key."""

    lines: Mapping[str, Line]
    desks: Mapping[str, str]

    def name(self, key: str) -> str:
        """Its name; a line the procedure does not know as it was written down."""
        known = self.lines.get(key)
        return str(known.name) if known else key or _("line not known")

    def number(self, key: str) -> str:
        """``(02) 4004040, option 2``; nothing for a line the procedure does not know."""
        known = self.lines.get(key)
        return number_of(known) if known else ""

    def desk(self, key: str) -> str:
        return self.desks.get(key, key)


def line_names(at: datetime) -> LineNames:
    """As the version in force at ``at`` (UTC) has them; none before one is published."""
    version = versions.version_at(at)
    if version is None:
        return LineNames({}, {})
    procedure = version.procedure
    desks = {desk.key: str(desk.name) for desk in procedure.desks}
    return LineNames({line.key: line for line in procedure.lines}, desks)
