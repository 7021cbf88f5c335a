"""What the address of the history asks for. A filter that is not understood says what to write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.customers.phones import NotANumber, normalise
from guardia.people.signed import LARGEST_ID

FILTERS = ("numero", "compania", "linea", "dia", "resultado")
LONGEST = 80
NO_LINE = "-"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cursor:
    """Where the page before ended: the arrival and id of its last call. Calls after it are older, or lower by id."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.pk}"

    @classmethod
    def parse(cls, written: str) -> "Cursor | None":
        at, _dash, pk = written.partition("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (at, pk)):
            return None
        try:
            return cls(EPOCH + int(at) * MICROSECOND, min(int(pk), LARGEST_ID))
        except OverflowError:
            return None


@dataclass(frozen=True)
class AskedCalls:
    """``number``: as the table keeps it; ``company``: an id, or words of a name. ``mistakes``: by field."""

    number: str = ""
    company: str = ""
    line: str | None = None
    day: date | None = None
    result: str = ""
    before: Cursor | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_filtered(self) -> bool:
        return any(self.typed.values())

    @property
    def is_narrow(self) -> bool:
        """Whether an index finds its calls: then no part of the past is left out."""
        return bool(self.number or self.company or self.day)

    def href(self, before: Cursor | None = None) -> str:
        asked = {name: words for name, words in self.typed.items() if words}
        query = urlencode({**asked, **({"antes": str(before)} if before else {})})
        return f"{reverse('call_history')}?{query}" if query else reverse("call_history")


def asked_by(query: Mapping[str, str], results: Mapping[str, object]) -> AskedCalls:
    """``numero``, ``compania``, ``linea``, ``dia``, ``resultado``, ``antes``."""
    typed = {name: query.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FILTERS}
    day = day_in(typed["dia"])
    mistakes = {}
    if typed["dia"] and day is None:
        mistakes["dia"] = _("That is no day. Write year, month and day, like 2026-11-25.")
    if typed["resultado"] and typed["resultado"] not in results:
        mistakes["resultado"] = _("Choose one of the list.")
    return AskedCalls(
        number=number_in(typed["numero"]),
        company=typed["compania"],
        line="" if typed["linea"] == NO_LINE else typed["linea"] or None,
        day=day,
        result=typed["resultado"] if "resultado" not in mistakes else "",
        before=Cursor.parse(query.get("antes", "")),
        typed=typed,
        mistakes=mistakes,
    )


def number_in(written: str) -> str:
    """The number as calls keep it: with its country; what has none (an extension) as it was written."""
    try:
        return normalise(written) if written else ""
    except NotANumber:
        return written


def day_in(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None
