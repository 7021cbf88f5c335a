"""The letters that have not left yet, by the domain they go to. Counted up to a bound, by their partial index."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

MOST_COUNTED = 20_000
MOST_DOMAINS = 20
"""So many domains beside those that are asked for."""

QUEUED = """
    WITH found AS (
        SELECT domain, attempts FROM delivery
        WHERE state IN ('waiting', 'sending') AND NOT urgent AND channel = 'mail' AND domain <> ''
        LIMIT %(most)s
    )
    SELECT domain, count(*), count(*) FILTER (WHERE attempts > 0), sum(count(*)) OVER () >= %(most)s
    FROM found GROUP BY domain
    ORDER BY domain = ANY(%(asked)s) DESC, count(*) DESC, domain
    LIMIT %(domains)s
"""


@dataclass(frozen=True)
class Queued:
    """``waiting``: mails for one domain that have not left; ``tried``: those among them that were tried in vain."""

    domain: str
    waiting: int
    tried: int


def queued(asked: Sequence[str]) -> tuple[list[Queued], bool]:
    """The domains ``asked`` for as far as mail for them waits, then those with the most; and whether there is more
    mail than was counted. One query.
    """
    domains = MOST_DOMAINS + len(asked)
    words: dict[str, int | list[str]] = {"most": MOST_COUNTED, "asked": list(asked), "domains": domains}
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, words)
        rows = cursor.fetchall()
    return [Queued(domain, waiting, tried) for domain, waiting, tried, _all in rows], bool(rows and rows[0][3])
