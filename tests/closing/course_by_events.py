"""What a case promised and took, computed a second time from its events alone, by the table of the procedure.

It shares nothing with the product but the words of the events. Only promises of a case in a main city are in it.
"""

from datetime import datetime, timedelta

from guardia.cases.case import Case

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TABLE = {
    "reception": (("call_waiting",), ("call_answered",), MINUTE),
    "registration": (("call_answered",), ("registered",), 4 * MINUTE),
    "diagnosis": (("registered", "relapsed"), ("diagnosed", "recovered"), 20 * MINUTE),
    "dispatch_agreed": (("diagnosed/visit",), ("dispatch_agreed",), 15 * MINUTE),
    "travel": (("dispatch_agreed",), ("arrived",), 3 * HOUR),
    "work_permit": (("arrived",), ("permit_cleared",), 30 * MINUTE),
    "field_solution": (("arrived",), ("restored",), 4 * HOUR),
    "remote_solution": (("diagnosed/remote",), ("restored",), 4 * HOUR),
    "verification": (("restored", "recovered"), ("confirmed",), 10 * MINUTE),
    "stability": (("confirmed",), ("stabilised",), 6 * HOUR),
    "closure": (("stabilised",), ("closed",), 30 * MINUTE),
}
STRICT = {"field_solution", "verification"}

Row = tuple[str, datetime, datetime | None, datetime | None, bool]


def happenings(case: Case) -> list[tuple[set[str], datetime, dict]]:
    events = case.events.order_by("occurred_at", "seq")
    return [({e.moment, f"{e.moment}/{e.variant}"}, e.occurred_at, e.data) for e in events]


def stops(case: Case, until: datetime) -> list[tuple[list[str], datetime, datetime]]:
    """Which clocks each wait stops, from when to when."""
    opened: dict[int, tuple[list[str], datetime]] = {}
    found = []
    for names, at, data in happenings(case):
        if "wait_started" in names:
            opened[data["wait"]] = (data["clocks"], at)
        elif "wait_ended" in names:
            kinds, since = opened.pop(data["wait"])
            found.append((kinds, since, at))
    return [*found, *((kinds, since, until) for kinds, since in opened.values())]


def promises(case: Case, until: datetime) -> list[Row]:
    """Kind, start, end, hour due and whether it was kept, of each promise; None where it runs, or stands still."""
    return sorted(row for kind in TABLE for row in rows_of(kind, case, until))


def rows_of(kind: str, case: Case, until: datetime) -> list[Row]:
    begins, ends, target = TABLE[kind]
    since, rows = None, []
    for names, at, _data in happenings(case):
        if since and names & set(ends):
            rows.append(row(kind, since, at, target, case, until))
            since = None
        if names & set(begins):
            since = at
    return [*rows, row(kind, since, None, target, case, until)] if since and case.is_open else rows


def row(kind: str, start: datetime, end: datetime | None, target: timedelta, case: Case, until: datetime) -> Row:
    """Second by second would be the same: the target is laid along the hours that no stop covers."""
    holes = [(a, b) for kinds, a, b in stops(case, until) if kind in kinds]
    if kind == "field_solution":
        permits = [(a, b or until) for _k, a, b, *_ in rows_of("work_permit", case, until)]
        holes += [(a, b) for a, b in permits if a >= start]
    due, left = start, target
    for a, b in sorted((a, b) for a, b in holes if b > start):
        if a - due >= left:
            break
        left -= max(a - due, timedelta())
        due = max(due, b)
    due += left
    last = end or until
    is_kept = last < due if kind in STRICT else last <= due
    stands = end is None and any(a <= until <= b for a, b in holes if b == until)
    return kind, start, end, None if stands else due, is_kept
