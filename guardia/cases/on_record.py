"""What is on record for a case, as its clocks, its escalations and its calls see it; in the order it was recorded."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from guardia.cases import voice_course
from guardia.clocks import fold
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.config.sql_rows import rows_of
from guardia.escalation.course import OF_ESCALATIONS
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

# Said by hand: the ORM takes ten times as long to say it as PostgreSQL to answer, and every verb asks.
HAPPENINGS = """
    SELECT case_id, moment, variant, occurred_at, recorded_at, data, seq
    FROM case_event WHERE case_id = ANY(%s) ORDER BY case_id, seq
"""
FOLLOWED = frozenset({Moment.CASE_LINKED})
"""P2: where a duplicate ended in favour of a case, who reported it is told of this one too (``notify.goes_on``)."""
MOVING = HAPPENINGS.replace("ORDER BY", "AND (moment = ANY(%s) OR data ?| %s) ORDER BY")


def happenings_of(case_ids: Sequence[int]) -> dict[int, list[Happening]]:
    """What is on record for these cases, in the order it was recorded."""
    return _happenings_by_case(rows_of(HAPPENINGS, [list(case_ids)])) if case_ids else {}


def moving_happenings_of(cases: Sequence["Case"]) -> dict[int, list[Happening]]:
    """As ``happenings_of``, without what moves no clock, no escalation and no call and says of nobody that the case is
    followed: a long talk is not read again for each act on its case.
    """
    if not cases:
        return {}
    versions = {case.procedure_version_id for case in cases}
    moments = OF_ESCALATIONS.union(voice_course.LOOKED_AT, *(fold.moving(effects_of(version)) for version in versions))
    asked = [[case.pk for case in cases], sorted(moments | FOLLOWED), list(fold.FACTS_LOOKED_AT)]
    return _happenings_by_case(rows_of(MOVING, asked))


def _happenings_by_case(rows: Iterable[Sequence[Any]]) -> dict[int, list[Happening]]:
    past: dict[int, list[Happening]] = {}
    for case_id, moment, variant, at, recorded_at, data, seq in rows:
        past.setdefault(case_id, []).append(Happening(moment, variant, at, json.loads(data), recorded_at, seq))
    return past
