"""What stands above an element, for alerts of the network itself: which of several is the cause of the others."""

from collections.abc import Collection

from django.db import connection

ABOVE = """
    WITH RECURSIVE above(low, element, distance) AS (
        SELECT element, element, 0 FROM unnest(%(elements)s::bigint[]) AS element
        UNION
        SELECT above.low, link.upper_id, above.distance + 1 FROM above
        JOIN element_link AS link ON link.lower_id = above.element AND NOT link.protected
        WHERE above.distance < %(furthest)s
    )
    SELECT low, element, min(distance) AS nearest FROM above WHERE low <> element
    GROUP BY low, element ORDER BY low, nearest, element
"""
FURTHEST = 20
"""Steps up that are followed: a circle in the inventory ends there."""


def above(element_ids: Collection[int]) -> dict[int, list[int]]:
    """By element, those whose failure it feels, the nearest first; not itself. One query."""
    found: dict[int, list[int]] = {pk: [] for pk in element_ids}
    if not element_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, {"elements": sorted(found), "furthest": FURTHEST})
        for low, element, _nearest in cursor.fetchall():
            found[low].append(element)
    return found


def topmost(element_ids: Collection[int]) -> dict[int, int]:
    """By element, the one among these that explains it: the furthest above, or itself. A circle explains itself."""
    known, ways = set(element_ids), above(element_ids)
    found: dict[int, int] = {}
    for pk in known:
        higher = [one for one in ways[pk] if one in known and pk not in ways[one]]
        found[pk] = higher[-1] if higher else pk
    return found
