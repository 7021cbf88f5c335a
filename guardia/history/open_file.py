"""The way back: every open case in a CSV that other tools import, a case in each row with all that is known of it.

`guardia history import --mapping guardia --open opening` reads the same file. Hours stand in the zone of the case, with
their offset; what happened to the case stands in one column, a line for each event.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import TextIOWrapper
from itertools import batched
from typing import IO
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.event import CaseEvent
from guardia.customers.customer import Customer
from guardia.customers.values import no_formula
from guardia.events.kinds import name_of_kind
from guardia.people.staff import Staff

AT_ONCE = 200
LONGEST_LOG = 19_000
"""Signs of the column of the log: the longest cell of an import is a little longer. The oldest go first."""


def company_words(customer: Customer) -> str:
    return customer.external_id or customer.name


def hour(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="microseconds") if at else ""


COLUMNS: dict[str, Callable[[Case, ZoneInfo], str]] = {
    "number": lambda case, zone: str(case.number),
    "former number": lambda case, zone: case.former_number,
    "kind": lambda case, zone: kind_of(case.desk).value,
    "company": lambda case, zone: company_words(case.customer),
    "company name": lambda case, zone: case.customer.name,
    "circuit": lambda case, zone: case.service.circuit if case.service else "",
    "service type": lambda case, zone: case.service.type if case.service else "",
    "site": lambda case, zone: case.site.name if case.site else "",
    "city": lambda case, zone: case.site.city.name if case.site else "",
    "subject": lambda case, zone: case.subject,
    "symptoms": lambda case, zone: case.symptoms,
    "reporter": lambda case, zone: case.reporter_name,
    "call back": lambda case, zone: case.call_back_number,
    "site contact": lambda case, zone: case.site_contact,
    "access hours": lambda case, zone: case.access_hours,
    "customer reference": lambda case, zone: case.customer_reference,
    "carrier reference": lambda case, zone: case.carrier_reference,
    "impact": lambda case, zone: case.impact,
    "desk": lambda case, zone: case.desk,
    "source": lambda case, zone: case.source,
    "rehearsal": lambda case, zone: "true" if case.in_rehearsal else "false",
    "opened": lambda case, zone: hour(case.opened_at, zone),
    "affected since": lambda case, zone: hour(case.outage_started_at, zone),
    "restored": lambda case, zone: hour(case.restored_at, zone),
    "state": lambda case, zone: case.status,
    "stage": lambda case, zone: case.stage,
    "assigned": lambda case, zone: case.assigned.name if case.assigned else "",
    "cause": lambda case, zone: case.cause,
    "plan": lambda case, zone: case.plan,
    "answer": lambda case, zone: case.answer,
    "solution": lambda case, zone: case.solution,
    "next promise": lambda case, zone: case.next_kind,
    "next due": lambda case, zone: hour(case.next_due_at, zone),
    "waiting since": lambda case, zone: hour(case.waiting_since, zone),
}
"""By its heading, what stands in a column; the log comes behind them all."""
LOG = "log"


def open_cases() -> Iterator[Case]:
    """By their ids, so many at a time."""
    after = 0
    while found := list(_some_after(after)):
        yield from found
        after = found[-1].pk


def _some_after(pk: int) -> QuerySet[Case]:
    names = ("customer", "service", "site__city", "assigned")
    found = Case.objects.filter(closed_at=None, pk__gt=pk).select_related(*names).defer("search")
    return found.order_by("pk")[:AT_ONCE]


def write_open_cases(file: IO[bytes], step: Callable[[], object] = lambda: None) -> int:
    """Write them, in the active language; how many. ``step`` is called after each. In a transaction of the caller."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    table, count = csv.writer(text), 0
    table.writerow([*COLUMNS, LOG])
    for some in batched(open_cases(), AT_ONCE):
        logs = logs_of(some)
        for case in some:
            zone = ZoneInfo(case.zone)
            cells = [written(case, zone) for written in COLUMNS.values()]
            table.writerow([clean(cell) for cell in (*cells, logs.get(case.pk, ""))])
            count += 1
            step()
    text.flush()
    text.detach()
    return count


def clean(words: str) -> str:
    return no_formula(words.replace("\0", "\ufffd").encode("utf-8", "replace").decode())


def logs_of(cases: Sequence[Case]) -> dict[int, str]:
    """By case, all that happened to it, a line for each event in the order of the history."""
    zones = {case.pk: ZoneInfo(case.zone) for case in cases}
    found = CaseEvent.objects.filter(case__in=list(zones)).prefetch_related("texts").order_by("case_id", "seq")
    events = list(found)
    ids = {event.actor_id for event in events if event.actor_kind == "staff" and event.actor_id}
    names = dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))
    lines: dict[int, list[str]] = {}
    for event in events:
        who = names.get(event.actor_id or 0, "") if event.actor_kind == "staff" else ""
        words = "; ".join(" ".join(one.text.split()) for one in event.texts.all() if one.text)
        parts = (hour(event.occurred_at, zones[event.case_id]), name_of_kind(event.moment), event.variant, who, words)
        lines.setdefault(event.case_id, []).append(" · ".join(part for part in parts if part))
    return {pk: shortened(found) for pk, found in lines.items()}


def shortened(lines: list[str]) -> str:
    """All lines, or the newest that fit."""
    left, newest = LONGEST_LOG, list[str]()
    for line in reversed(lines):
        left -= len(line) + 1
        if left < 0:
            newest.append("…")
            break
        newest.append(line)
    return "\n".join(reversed(newest))
