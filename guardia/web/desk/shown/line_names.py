"""The telephone lines and desks of the procedure as a screen names them (L1 to L3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.procedure import version as versions
from guardia.procedure.directory import Line
from guardia.web.desk.phone.lines import number_of


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
