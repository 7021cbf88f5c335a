"""What lies behind an element: the services that fail with it, through whatever stands between."""

from collections.abc import Collection

from django.db import connection

BEHIND = """
    WITH RECURSIVE behind(id) AS (
        SELECT unnest(%(elements)s::bigint[])
        UNION
        SELECT element.id FROM behind
        JOIN element_link AS link ON link.upper_id = behind.id
        JOIN element ON element.id = link.lower_id AND element.active
        WHERE %(protected)s OR NOT link.protected
    )
    SELECT id FROM behind ORDER BY id
"""
# What has a second way fails only where all of its ways do: an element, and below it a service.
CUT_OFF = """
    SELECT link.lower_id FROM element_link AS link
    JOIN element ON element.id = link.lower_id AND element.active
    WHERE link.upper_id = ANY(%(elements)s) AND NOT link.lower_id = ANY(%(elements)s)
    GROUP BY link.lower_id
    HAVING count(*) > 1 AND count(*) = (SELECT count(*) FROM element_link WHERE lower_id = link.lower_id)
"""
SERVICES = """
    SELECT service.id FROM service_element AS ends
    JOIN service ON service.id = ends.service_id AND service.active
    JOIN customer ON customer.id = service.customer_id AND customer.active
    WHERE ends.element_id = ANY(%(elements)s)
    GROUP BY service.id
    HAVING %(protected)s OR bool_or(NOT ends.protected)
        OR count(*) > 1 AND count(*) = (SELECT count(*) FROM service_element WHERE service_id = service.id)
    ORDER BY service.id
"""
ABOVE = """
    WITH RECURSIVE above(service, element, distance) AS (
        SELECT service_id, element_id, 0 FROM service_element WHERE service_id = ANY(%(services)s) AND NOT protected
        UNION
        SELECT above.service, link.upper_id, above.distance + 1 FROM above
        JOIN element_link AS link ON link.lower_id = above.element AND NOT link.protected
        WHERE above.distance < %(furthest)s
    )
    SELECT service, element, min(distance) AS nearest FROM above
    JOIN element ON element.id = above.element AND element.active
    GROUP BY service, element ORDER BY service, nearest, element
"""
FURTHEST = 20
"""Steps up that are followed: a circle in the inventory ends there."""


def services_behind(element_ids: Collection[int], with_protected: bool = False) -> list[int]:
    """The ids of the services in use behind these elements, recursively; not those that have another way.

    ``with_protected``: those too. A handful of queries, whatever lies between.
    """
    return _ids(SERVICES, elements_behind(element_ids, with_protected), with_protected)


def services_cut_off(element_id: int, down: Collection[int]) -> list[int]:
    """The ids of the services that fail as this element does, while those of ``down`` have failed already.

    So also those whose other way leads through one of them; not those that failed before it.
    """
    own = services_behind([element_id])
    if not down:
        return own
    before, together = set(services_behind(down)), set(services_behind([element_id, *down]))
    return sorted({*own, *(together - before)})


def elements_behind(element_ids: Collection[int], with_protected: bool = False) -> list[int]:
    """The ids of the elements themselves and of all that fail with them."""
    found = _ids(BEHIND, element_ids, with_protected)
    while not with_protected and (cut_off := _ids(CUT_OFF, found, with_protected)):
        found = _ids(BEHIND, [*found, *cut_off], with_protected)
    return found


def elements_above(service_ids: Collection[int]) -> dict[int, list[int]]:
    """By service, the elements whose failure it feels: its own, and those above them, the nearest first."""
    found: dict[int, list[int]] = {}
    if service_ids:
        with connection.cursor() as cursor:
            cursor.execute(ABOVE, {"services": list(service_ids), "furthest": FURTHEST})
            for service, element, _nearest in cursor.fetchall():
                found.setdefault(service, []).append(element)
    return found


def _ids(sql: str, element_ids: Collection[int], with_protected: bool) -> list[int]:
    if not element_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, {"elements": list(element_ids), "protected": with_protected})
        return [row[0] for row in cursor.fetchall()]
