"""Why a person may not be erased yet: what is still going on, or must be kept. Each reason has its remedy."""

from collections.abc import Iterable
from typing import Any

from django.db import connections

from guardia.privacy.who import Person

type Refusal = dict[str, Any]
"""{code, cases: numbers, …}: codes and numbers, never names."""

CASES = {
    "open_case": 'SELECT number FROM "case" WHERE id = ANY(%(cases)s) AND closed_at IS NULL AND NOT is_complaint',
    "open_complaint": 'SELECT number FROM "case" WHERE id = ANY(%(cases)s) AND closed_at IS NULL AND is_complaint',
    "contested": """
        SELECT DISTINCT c.number FROM wait w JOIN "case" c ON c.id = w.case_id
        WHERE w.case_id = ANY(%(cases)s) AND w.contested_at IS NOT NULL AND w.ruled_at IS NULL
    """,
    "hold": """
        SELECT c.number FROM "case" c JOIN legal_hold h ON h.lifted_at IS NULL
            AND (h.case_id = c.id OR h.case_id IS NULL AND h.customer_id = c.customer_id)
        WHERE c.id = ANY(%(cases)s)
    """,
}
ONES = {
    "company_on_hold": """
        SELECT count(*) FROM legal_hold h JOIN contact p ON p.customer_id = h.customer_id
        WHERE p.id = ANY(%(contacts)s) AND h.lifted_at IS NULL AND h.case_id IS NULL
    """,
    "only_company_administrator": """
        SELECT count(*) FROM contact p WHERE p.id = ANY(%(contacts)s) AND p.administers AND p.active AND NOT EXISTS (
            SELECT FROM contact o WHERE o.customer_id = p.customer_id AND o.administers AND o.active
                AND NOT o.id = ANY(%(contacts)s))
    """,
    "only_administrator": """
        SELECT count(*) FROM staff s WHERE s.id = %(staff)s AND s.role = 'administrator' AND NOT EXISTS (
            SELECT FROM staff o WHERE o.role = 'administrator' AND o.is_active AND o.id <> s.id)
    """,
    "still_active": "SELECT count(*) FROM staff WHERE id = %(staff)s AND is_active",
    "on_a_level": """
        SELECT (SELECT count(*) FROM rota WHERE members @> to_jsonb(%(staff)s::bigint) AND NOT upper(valid) < now())
            + (SELECT count(*) FROM rota WHERE members @> to_jsonb(%(staff)s::bigint) AND upper_inf(valid))
            + (SELECT count(*) FROM cover WHERE staff_id = %(staff)s AND NOT withdrawn AND upper(during) > now())
    """,
    "on_its_way": """
        SELECT count(*) FROM delivery d WHERE d.state IN ('waiting', 'sending') AND (
            lower(d.address) = ANY(%(addresses)s) OR EXISTS (
                SELECT FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
                WHERE l.delivery_id = d.id AND (n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s)))
    """,
    "owed_news": """
        SELECT count(*) FROM notice n
        WHERE n.state = 'owed' AND (n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s)
    """,
    "owed_a_call": """
        SELECT count(*) FROM call c WHERE c.settled_at IS NULL
            AND (c.contact_id = ANY(%(contacts)s) OR c.from_number <> '' AND c.from_number = ANY(%(addresses)s))
    """,
    "mail_to_rule": """
        SELECT count(*) FROM message m WHERE m.state IN ('new', 'waiting')
            AND (m.contact_id = ANY(%(contacts)s) OR lower(m.from_address) = ANY(%(addresses)s))
    """,
}
MOST_NAMED = 10


def refusals(person: Person, cases: Iterable[int], using: str = "default") -> list[Refusal]:
    """Every reason there is, at this moment; nothing if the person may be erased."""
    asked = {**person.own, "cases": list(cases)}
    found: list[Refusal] = []
    with connections[using].cursor() as cursor:
        for code, sql in CASES.items():
            cursor.execute(f"{sql} ORDER BY 1", asked)
            if numbers := [number for (number,) in cursor.fetchall()]:
                found.append({"code": code, "cases": numbers[:MOST_NAMED], "count": len(numbers)})
        for code, sql in ONES.items():
            cursor.execute(sql, asked)
            if count := cursor.fetchone()[0]:
                found.append({"code": code, "count": count})
    return found
