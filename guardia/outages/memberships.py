"""The rows of the services behind an outage, one statement each. They follow what was recorded in the cases."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from guardia.cases.case import Case
from guardia.config.sql_rows import run
from guardia.outages.outage import Outage

PUT = """
    INSERT INTO outage_service (customer_id, outage_id, service_id, state, why_left)
    SELECT service.customer_id, %s, service.id, 'behind', '' FROM service WHERE service.id = ANY(%s)
    ON CONFLICT (outage_id, service_id) DO UPDATE SET state = 'behind', left_at = NULL, why_left = ''
    WHERE outage_service.state = 'left'
"""
JOINED = """
    INSERT INTO outage_service (customer_id, outage_id, service_id, case_id, state, joined_at, why_left)
    SELECT DISTINCT ON ("case".service_id) "case".customer_id, %s, "case".service_id, "case".id, 'joined', %s, ''
    FROM "case" WHERE "case".id = ANY(%s) AND "case".service_id IS NOT NULL ORDER BY "case".service_id, "case".id DESC
    ON CONFLICT (outage_id, service_id) DO UPDATE SET case_id = EXCLUDED.case_id, state = 'joined',
        joined_at = EXCLUDED.joined_at, left_at = NULL, why_left = ''
"""
LEFT = """
    UPDATE outage_service SET state = 'left', left_at = %s, why_left = %s
    WHERE outage_id = %s AND service_id = ANY(%s) AND state <> 'left'
"""
SPEAKS = """
    UPDATE outage_service SET case_id = other.id, state = 'joined', left_at = NULL, why_left = ''
    FROM (
        SELECT service_id, max(id) AS id FROM "case"
        WHERE part_of_id = %s AND service_id = ANY(%s) AND closed_at IS NULL GROUP BY service_id
    ) AS other
    WHERE outage_service.outage_id = %s AND outage_service.service_id = other.service_id
"""


def add_services(outage: Outage, service_ids: Sequence[int]) -> None:
    """These services are behind it; one that had left is again."""
    if service_ids:
        run(PUT, [outage.pk, list(service_ids)])


def join_cases(outage: Outage, cases: Iterable[Case], at: datetime) -> None:
    """These cases speak for their services in it."""
    if ids := [case.pk for case in cases]:
        run(JOINED, [outage.pk, at, ids])


def leave_cases(outage: Outage, service_ids: Collection[int], why: str, at: datetime) -> None:
    """The case of these services goes on by itself. Where another open one of the service stays, that one speaks."""
    if ids := [pk for pk in service_ids if pk]:
        run(LEFT, [at, why[:300], outage.pk, ids])
        run(SPEAKS, [outage.pk, ids, outage.pk])
