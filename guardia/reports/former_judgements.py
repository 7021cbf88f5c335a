"""Of the cases of a former tool: what a version of the procedure would have said of them, counted apart from promises.

Nothing here was promised: an operator who brings its history in may name the version by which it wants it judged, and
only what the former tool's own hours decide is counted (``guardia.history.judging``).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from guardia.cases.event import CaseEvent
from guardia.procedure.vocabulary import Moment
from guardia.reports.month import Month


@dataclass(frozen=True)
class FormerJudged:
    """The cases of one former tool that were closed in a month, judged by one version; of both stretches together.

    ``within``: shorter than any of its promises; ``beyond``: longer than they allow one after the other, without the
    waits; ``undecided``: the file does not decide it.
    """

    system: str
    version: int
    cases: int
    within: int
    beyond: int
    undecided: int


def former_judgements(month: Month, customer_id: int | None = None) -> list[FormerJudged]:
    """Of the cases that were closed in this month, of one company or of all, by tool and version."""
    judged = CaseEvent.objects.filter(
        moment=Moment.FORMER_NOTED, data__has_key="judged_by",
        case__closed_at__gte=month.start, case__closed_at__lt=month.end,
    )  # fmt: skip
    if customer_id is not None:
        judged = judged.filter(customer=customer_id)
    named = judged.values(system=F("case__former_system"), version=F("data__judged_by")).order_by("system", "version")
    stretches = {
        f"{stretch}_{verdict}": Count("pk", filter=Q(**{f"data__{stretch}": verdict}))
        for stretch in ("restoration", "closing")
        for verdict in ("within", "beyond", "undecided")
    }
    rows: Any = named.annotate(cases=Count("pk"), **stretches)
    return [
        FormerJudged(
            system=row["system"],
            version=row["version"],
            cases=row["cases"],
            **{each: row[f"restoration_{each}"] + row[f"closing_{each}"] for each in ("within", "beyond", "undecided")},
        )
        for row in rows
    ]
