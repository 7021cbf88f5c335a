"""A step as a plain form sends it, without a script: the same facts as those of the telephone's queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from guardia.cases.field_arrivals import Sent

NAMES = ("place", "solution", "why", "condition", "text", "name", "position", "box")
MOST_MINUTES = 7 * 24 * 60
FORECAST_LASTS = timedelta(minutes=30)


class Unreadable(Exception):
    """What to mend, in a sentence."""


def new_key() -> str:
    """Drawn with the page: the same form sent twice is one step."""
    return str(uuid4())


def number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 18 else 0


def read(form: Mapping[str, str], at: datetime, used: Sequence[Any]) -> Sent:
    """``at`` (UTC) is when it was pressed, for whoever has signal presses at once; ``used``: the parts written so far.

    Raises Unreadable.
    """
    try:
        key = UUID(form.get("key", ""))
    except ValueError as wrong:
        raise Unreadable(_("This page has been open too long. Open it again.")) from wrong
    facts: dict[str, object] = {name: written(form, name, 4000) for name in NAMES if form.get(name)}
    if form.get("finished"):
        facts["finished"] = form["finished"] == "1"
    if minutes := number(form.get("minutes", "")):
        facts |= hours_ahead(form.get("kind", ""), at + timedelta(minutes=min(minutes, MOST_MINUTES)))
    if part := written(form, "part").strip():
        quantity = number(form.get("quantity", "")) or 1
        facts["parts"] = [*used, {"name": part, "quantity": quantity, "serial": written(form, "serial")}]
    kind = written(form, "kind", 30)
    return Sent(key, 0, kind if kind.isascii() and kind.isidentifier() else "?", facts, at)


def written(form: Mapping[str, str], name: str, most: int = 160) -> str:
    """A field without what no database keeps; lines end as they do everywhere else."""
    return form.get(name, "").replace("\0", "").replace("\r\n", "\n")[:most]


def hours_ahead(kind: str, then: datetime) -> dict[str, str]:
    """When it is decided again, or between which hours the crew arrives."""
    if kind == "block":
        return {"next_decision_at": then.isoformat()}
    return {"from": then.isoformat(), "to": (then + FORECAST_LASTS).isoformat()}
