"""What there is of one case, read once for its page: one question says of which tables it has rows at all, and only
those are asked for them. Whoever else reads a case asks for what he needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from guardia.cases import mentions
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.event import CaseEvent
from guardia.cases.in_the_field import last_visits_of
from guardia.cases.resolver_group import open_holds
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.clock_state import Happening
from guardia.config.sql_rows import rows_of
from guardia.field.visit import Visit
from guardia.notices.notice import Notice
from guardia.notices.notice_rows import notices_of
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind

MOST_EVENTS = 240
"""A case with more events than these is read part by part: its page shows the last ones."""


class CaseSummary(NamedTuple):
    """Whether the case has any of these; of one that was not read, that it may.

    ``events`` and ``to_see`` are numbers, the latter as ``count_to_see``;
    ``beside``: the numbers of up to three other open cases of its site, of a request its company, the newest first;
    ``following``: that of the case of the same desk whose promise breaks next after this one's.
    """

    events: int = MOST_EVENTS + 1
    to_see: int = 0
    is_watched: bool = False
    escalation: bool = True
    call_tasks: bool = True
    targets: bool = True
    probes: bool = True
    tests: bool = True
    files: bool = True
    messages: bool = True
    scans: bool = True
    visits: bool = True
    refused_acts: bool = True
    waits: bool = True
    holds: bool = True
    tickets: bool = True
    links: bool = True
    marks: bool = True
    drafts: bool = True
    ways: bool = True
    beside: Sequence[int] = ()
    following: int | None = None
    incidents_before: bool = True
    outages: bool = True
    works: bool = True


# In the order of ``CaseSummary``. Each is answered by an index, and stops at the first row.
SUMMARY = f"""
    SELECT (SELECT count(*) FROM (SELECT FROM case_event WHERE case_id = c.id LIMIT {MOST_EVENTS + 1}) AS event),
           ({mentions.COUNT}),
           EXISTS (SELECT FROM case_watcher WHERE case_id = c.id AND staff_id = %(staff)s),
           EXISTS (SELECT FROM escalation WHERE case_id = c.id AND ended_at IS NULL),
           EXISTS (SELECT FROM call_task WHERE case_id = c.id AND settled_at IS NULL),
           EXISTS (SELECT FROM service_target WHERE service_id = c.service_id AND active),
           EXISTS (SELECT FROM probe WHERE case_id = c.id),
           EXISTS (SELECT FROM test_result WHERE case_id = c.id),
           EXISTS (SELECT FROM case_file WHERE case_id = c.id),
           EXISTS (SELECT FROM message WHERE case_id = c.id),
           EXISTS (SELECT FROM written_request WHERE case_id = c.id),
           EXISTS (SELECT FROM visit WHERE case_id = c.id),
           EXISTS (SELECT FROM field_act JOIN visit ON visit.id = field_act.visit_id WHERE visit.case_id = c.id
                   AND field_act.settled_at IS NULL AND field_act.refused <> ''),
           EXISTS (SELECT FROM wait WHERE case_id = c.id),
           EXISTS (SELECT FROM group_hold WHERE case_id = c.id AND until IS NULL),
           EXISTS (SELECT FROM carrier_ticket WHERE case_id = c.id),
           EXISTS (SELECT FROM case_link WHERE case_id = c.id AND ended_at IS NULL)
               OR EXISTS (SELECT FROM case_link WHERE other_id = c.id AND ended_at IS NULL),
           EXISTS (SELECT FROM address_mark WHERE customer_id = c.customer_id AND cleared_at IS NULL),
           EXISTS (SELECT FROM draft WHERE staff_id = %(staff)s AND starts_with(key, 'caso:' || c.number || ':')),
           EXISTS (SELECT FROM contact_way WHERE customer_id = c.customer_id),
           CASE WHEN %(of_site)s THEN ARRAY(
               SELECT number FROM "case" WHERE site_id = c.site_id AND closed_at IS NULL AND id <> c.id
               AND desk = c.desk ORDER BY opened_at DESC LIMIT 3
           ) ELSE ARRAY(
               SELECT number FROM "case" WHERE customer_id = c.customer_id AND closed_at IS NULL AND id <> c.id
               ORDER BY opened_at DESC LIMIT 3
           ) END,
           (SELECT number FROM "case" AS other WHERE closed_at IS NULL AND desk = c.desk AND id <> c.id
            AND (waiting_since IS NULL OR next_warn_at <= %(at)s) AND next_due_at IS NOT NULL
            AND (next_due_at, id) > (coalesce(c.next_due_at, '-infinity'), c.id)
            ORDER BY next_due_at, id LIMIT 1),
           EXISTS (SELECT FROM "case" WHERE site_id = c.site_id AND id <> c.id AND opened_at <= c.opened_at
                   AND opened_at > c.opened_at - interval '30 days'),
           EXISTS (SELECT FROM outage_service WHERE service_id = c.service_id AND state <> 'left'),
           EXISTS (SELECT FROM planned_work_service WHERE service_id = c.service_id AND taken_out_at IS NULL)
    FROM "case" AS c WHERE c.id = %(case)s
"""


@dataclass
class CaseContents:
    """``events``: all of them with their texts, the first first; None where there are more than ``MOST_EVENTS``."""

    summary: CaseSummary
    events: list[CaseEvent] | None
    clocks: list[Clock]
    waits: list[Wait]
    visits: list[Visit]
    notices: list[Notice]

    @cached_property
    def happened(self) -> list[Happening] | None:
        """The events as clocks are folded from them; None as ``events``."""
        return (
            None
            if self.events is None
            else [
                Happening(event.moment, event.variant, event.occurred_at, event.data, event.recorded_at, event.seq)
                for event in self.events
            ]
        )


def summary_of(case: Case) -> CaseSummary:
    """What its page has found of the case; elsewhere it may have anything."""
    return case.contents.summary if case.contents else CaseSummary()


def read_contents(case: Case, staff: Staff, at: datetime) -> CaseContents:
    """Read what the page of the case shows to this person at ``at`` (UTC), and put it where the parts of the page look
    for it.
    """
    of_site = bool(case.site_id) and kind_of(case.desk) == CaseKind.INCIDENT
    values: dict[str, Any] = {**mentions.values_of(staff), "case": case.pk, "of_site": of_site, "at": at}
    ((*found,),) = rows_of(SUMMARY, values)
    summary = CaseSummary(*found)
    visits = last_visits_of(case) if summary.visits else []
    waits = list(case.waits.order_by("started_at", "pk").select_related("ruled_by")) if summary.waits else []
    events = list(case.events.order_by("seq").prefetch_related("texts")) if summary.events <= MOST_EVENTS else None
    contents = CaseContents(
        summary, events, list(case.clocks.order_by("started_at", "pk")), waits, visits, notices_of(case)
    )
    rows = {
        "open_visits": [visit for visit in visits if visit.ended_at is None],
        "visits_there": [visit for visit in visits if visit.arrived_at and visit.left_at is None],
        "open_waits": [wait for wait in waits if wait.ended_at is None],
        "open_holds": list(open_holds().filter(case=case)) if summary.holds else [],
        "tickets_there": list(case.carrier_tickets.only("case")) if summary.tickets else [],
    }
    for name, value in rows.items():
        setattr(case, name, value)
    case.contents = contents
    return contents
