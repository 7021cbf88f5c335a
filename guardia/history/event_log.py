"""The event log of an operator or of one company, for process mining: what is asked for, and which columns it has.

Three formats carry the same rows (``event_log_csv``, ``event_log_xes``, ``event_log_ocel``). Nobody is named in them:
whoever acted stands there by a role and a pseudonym, and prose only where it is asked for. docs/event-log.md describes
each column; ``tests/history/test_event_log_page.py`` compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from django.utils.crypto import salted_hmac

SALT = "guardia.history.event_log"
SHOWN = 12
"""So many hexadecimal digits of a pseudonym: 48 bits, which set apart all who ever work for one operator."""
SYSTEM = "system"
OPERATOR, CUSTOMER = "operator", "customer"
"""Roles of an actor: somebody of the operator where the company may not know which, and a contact of the company."""

type Value = str | int | bool | datetime


class RowKind(StrEnum):
    """What a row tells: an event of the history as it was written, or a stretch that follows from the rows."""

    EVENT = "event"
    STAGE = "stage"
    WAIT = "wait"
    PROMISE = "promise"


class Transition(StrEnum):
    """Of the standard lifecycle of XES (IEEE 1849-2016, 8.2) what is used: a point in time is a completion."""

    START = "start"
    COMPLETE = "complete"


class ColumnType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIME = "time"


EVERY_ROW = frozenset(RowKind)


@dataclass(frozen=True, slots=True)
class LogRequest:
    """Which cases, and what of them. Without a company: of all. ``opened_from`` is included, ``opened_before`` is not
    (UTC). ``open_only``: without what is closed. ``for_customer``: what the company itself may read, its public events
    alone; there are no texts then.
    """

    company: int | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    rows: frozenset[RowKind] = EVERY_ROW
    with_texts: bool = False
    for_customer: bool = False
    open_only: bool = False

    def __post_init__(self) -> None:
        if self.for_customer and (self.with_texts or self.company is None):
            raise ValueError("a company's own log is of that company, and has no texts")


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row. ``activity`` is its code in English, ``name`` the same in the language of the log; ``instance`` is the
    same for the start and the completion of one stretch. ``at`` is UTC; ``more`` has what ``ROW_COLUMNS`` names.
    """

    row: RowKind
    activity: str
    name: str
    transition: Transition
    at: datetime
    instance: str
    resource: str
    role: str
    more: Mapping[str, Value]
    seq: int = 0
    """Of an event its number in the history of its case; 0 of what follows from the rows."""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """A case with its rows in the order of their hours; ``columns`` has what ``CASE_COLUMNS`` names."""

    number: int
    zone: str
    columns: Mapping[str, Value]
    rows: tuple[LogRow, ...]


CASE_COLUMNS: Mapping[str, ColumnType] = {
    "number": ColumnType.STRING,
    "former_number": ColumnType.STRING,
    "kind": ColumnType.STRING,
    "company": ColumnType.STRING,
    "service": ColumnType.STRING,
    "service_type": ColumnType.STRING,
    "site": ColumnType.STRING,
    "city": ColumnType.STRING,
    "band": ColumnType.STRING,
    "zone": ColumnType.STRING,
    "desk": ColumnType.STRING,
    "source": ColumnType.STRING,
    "impact": ColumnType.STRING,
    "complaint": ColumnType.BOOLEAN,
    "status": ColumnType.STRING,
    "stage": ColumnType.STRING,
    "late_reason": ColumnType.STRING,
    "procedure": ColumnType.INTEGER,
    "outage": ColumnType.INTEGER,
    "planned_work": ColumnType.INTEGER,
    "opened_at": ColumnType.TIME,
    "affected_since": ColumnType.TIME,
    "restored_at": ColumnType.TIME,
    "closed_at": ColumnType.TIME,
    "affected_seconds": ColumnType.INTEGER,
}
"""Of a case; in its order. One without a value is left out."""
CASE_TEXTS: Mapping[str, ColumnType] = dict.fromkeys(("company_name", "site_name", "subject"), ColumnType.STRING)
"""Of a case, where texts are asked for."""

ROW_COLUMNS: Mapping[str, ColumnType] = {
    "seq": ColumnType.INTEGER,
    "variant": ColumnType.STRING,
    "clause": ColumnType.STRING,
    "public": ColumnType.BOOLEAN,
    "recorded_at": ColumnType.TIME,
    "visit": ColumnType.STRING,
    "wait": ColumnType.STRING,
    "clock": ColumnType.STRING,
    "ordinal": ColumnType.INTEGER,
    "level": ColumnType.INTEGER,
    "to_desk": ColumnType.STRING,
    "grade": ColumnType.STRING,
    "excluded": ColumnType.BOOLEAN,
    "clocks": ColumnType.STRING,
    "ruling": ColumnType.STRING,
    "void": ColumnType.BOOLEAN,
    "outcome": ColumnType.STRING,
    "target_seconds": ColumnType.INTEGER,
    "comparison": ColumnType.STRING,
    "taken_seconds": ColumnType.INTEGER,
    "calendar": ColumnType.STRING,
    "due_at": ColumnType.TIME,
    "breached_at": ColumnType.TIME,
}
"""Of a row, beside what every row has; in its order. One without a value is left out."""
ROW_TEXTS: Mapping[str, ColumnType] = dict.fromkeys(("actor_name", "texts"), ColumnType.STRING)
"""Of an event, where texts are asked for; ``texts`` is a JSON object, each text by its name."""


def case_columns(request: LogRequest) -> Mapping[str, ColumnType]:
    return {**CASE_COLUMNS, **CASE_TEXTS} if request.with_texts else CASE_COLUMNS


def row_columns(request: LogRequest) -> Mapping[str, ColumnType]:
    return {**ROW_COLUMNS, **ROW_TEXTS} if request.with_texts else ROW_COLUMNS


@lru_cache(maxsize=10_000)
def pseudonym(what: str, pk: int, company: int | None) -> str:
    """Who it is, without saying so: the same in every log of the operator, and another in the log that a ``company``
    takes, so that no two companies can compare whom they met. It follows from SECRET_KEY, and changes with it.
    """
    digest = salted_hmac(SALT, f"{company or ''}:{what}:{pk}", algorithm="sha256").hexdigest()
    return f"{what}-{digest[:SHOWN]}"
