"""What an overrun leads to: an outage over the services of the work, felt since the end of its window."""

from datetime import datetime

from guardia.outages import declaring, proposing
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.outages.planned_work import PlannedWork
from guardia.outages.values import Declared
from guardia.outages.work_drafting import touched
from guardia.outages.work_rules import declares
from guardia.people.actor import SYSTEM, Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact


def of_overrun(work: PlannedWork, now: datetime) -> Outage | None:
    """Proposed to the desk, or declared at once, as the work's version of the procedure says. ``now`` in UTC."""
    services = tuple(touched(work).order_by("service").values_list("service", flat=True))
    if not services:
        return None
    outage = proposing.propose(
        element=work.element,
        site=None,
        services=services,
        name=f"{work.display_number} {work.name}"[:160],
        signs={"work": work.pk, "since": work.ends_at.isoformat()},
        started_at=work.ends_at,
        origin=Origin.WORK,
        impact=Impact.DOWN,
        now=now,
    )
    if outage.work_id is None:
        outage.work = work
        outage.save(update_fields=["work"])
    if declares(versions.of(work.procedure_version_id)):
        outage = declaring.declare(outage, declared(work, services), by=SYSTEM, at=now)
    return outage


def declared(work: PlannedWork, services: tuple[int, ...]) -> Declared:
    return Declared(
        name=f"{work.display_number} {work.name}"[:160],
        element=work.element,
        services=services,
        public_name=work.public_name,
        impact=Impact.DOWN,
        started_at=work.ends_at,
        is_public=work.is_public,
        origin=Origin.WORK,
        work=work,
    )


def lifted(work: PlannedWork, by: Actor, now: datetime) -> None:
    """It was over in time after all: what was only proposed is none; what was declared is the desk's to end."""
    proposed = Outage.objects.select_for_update(no_key=True).filter(work=work, state=OutageState.PROPOSED)
    proposed = proposed.filter(origin=Origin.WORK)  # what alerts or cases stand behind is not answered by this
    for outage in proposed.order_by("pk"):
        declaring.dismiss(outage, f"{work.display_number}: OK", by=by, at=now)
