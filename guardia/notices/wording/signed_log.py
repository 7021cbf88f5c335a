"""The newest signature over the log of all histories, as a letter and a report name it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import ngettext

from guardia.notices.wording.hours import Hours


@dataclass(frozen=True)
class SignedLog:
    """``address``: where anybody reads the log; ``root`` of its tree in base64, as it is published; ``note``: the whole
    that was signed; ``at`` (UTC): when, where that is known.
    """

    address: str
    size: int
    root: str
    note: str
    at: datetime | None = None

    def said(self, hours: Hours | None = None) -> str:
        """``Signed log: 12,345 entries, root 3q2+…=, signed at 14:05: https://…/estado/registro``."""
        facts = {"size": number_format(self.size, force_grouping=True), "root": self.root, "address": self.address}
        if self.at is None or hours is None:
            words = ngettext(
                "Signed log: %(size)s entry, root %(root)s: %(address)s",
                "Signed log: %(size)s entries, root %(root)s: %(address)s",
                self.size,
            )
            return words % facts
        words = ngettext(
            "Signed log: %(size)s entry, root %(root)s, signed %(hour)s: %(address)s",
            "Signed log: %(size)s entries, root %(root)s, signed %(hour)s: %(address)s",
            self.size,
        )
        return words % {**facts, "hour": hours.on(self.at)}
