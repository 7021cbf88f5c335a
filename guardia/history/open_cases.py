"""Open cases of a former tool: each is registered here with what is known of it, and its promises begin by a rule.

It stands in diagnosis (P3), with all that the former tool had on record. A wait there stops no clock here: who asked
for it and with what proof nobody wrote down as W1 wants it, so that whoever takes the case decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from guardia.cases import ledger
from guardia.cases.case import FORMER_OPEN, TAKEN_OVER, Case
from guardia.cases.notify import NOBODY
from guardia.cases.stages.registration import Report, opened_case, registered
from guardia.customers.customer import Service
from guardia.history.former_case import FormerCase
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Impact


class CountsFrom(StrEnum):
    """From which hour the promises of an open case count."""

    NOW = "now"
    OPENING = "opening"


@dataclass(frozen=True)
class TakingOver:
    """How open cases are taken over. ``is_told``: its company is told once, as of any case that is registered (P2)."""

    counts_from: CountsFrom
    is_told: bool


def taken_over(
    former: FormerCase,
    service: Service,
    pk: int,
    number: int,
    provenance: Mapping[str, Any],
    *,
    by_rule: TakingOver,
    version_id: int,
    now: datetime,
) -> tuple[Case, ledger.Entry]:
    """The row of the case, not written yet, and the event that registers it; ``provenance``: where it comes from.

    From the hour from which promises count, the affected time does too: what an operator promised and measured before
    by another tool changes no figure of a month that is over, unless it was asked for. ``now`` is UTC.
    """
    at = former.opened_at if by_rule.counts_from == CountsFrom.OPENING else now
    symptoms = former.fact("symptoms") or former.fact("subject") or former.number
    report = Report(
        service,
        symptoms,
        Impact.REPORTED,
        " ".join(former.fact("subject").split())[:160],
        affected_since=at,
        details={"reporter_name": " ".join(former.fact("reporter").split())[:160]},
    )
    case = opened_case(Case, report, symptoms, pk=pk, number=number, version_id=version_id, at=at)
    case.source = FORMER_OPEN if by_rule.counts_from == CountsFrom.OPENING else TAKEN_OVER
    case.former_system, case.former_number = str(provenance["system"]), former.number
    more: dict[str, Any] = (
        {"former": dict(provenance)} if by_rule.is_told else {"former": dict(provenance), "told": NOBODY}
    )
    return case, registered(case, symptoms, SYSTEM, at, None, **more)
