"""The newest signature over the log of all histories, as a letter and a report name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext

from guardia.notices.wire import CHECKPOINT, HISTORY, header_of
from guardia.notices.wording.notice_facts import NoticeFacts

MOST_EVENTS = 20
"""A list of hundreds of cases is refused by servers that hold no more than 64 KB of headers."""
WHOLE = 64
"""Hexadecimal digits: what was owed by a version before this one has fewer."""


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

    def sentence(self, zone: str = "") -> str:
        """``Signed log: 12,345 entries, root 3q2+…=, signed 30 Nov 2026 14:05: https://…/estado/registro``.

        The hour is that of ``zone``, with its day: a letter is kept for years.
        """
        facts = {"size": number_format(self.size, force_grouping=True), "root": self.root, "address": self.address}
        if self.at is None or not zone:
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
        hour = date_format(self.at.astimezone(ZoneInfo(zone)), "j M Y H:i")
        return words % {**facts, "hour": hour if get_language() == "en" else hour.lower()}


def headers_of(told: Sequence[NoticeFacts], signed: SignedLog | None) -> list[tuple[str, str]]:
    """What a program finds in the mail: of each event the whole hash, and the whole note that was signed."""
    found = [
        (HISTORY, f"case={each['number']}; event={each['seq']}; sha256={each['hash']}")
        for each in told[:MOST_EVENTS]
        if len(each["hash"]) == WHOLE
    ]
    return [*found, (CHECKPOINT, header_of(signed.note))] if signed else found
