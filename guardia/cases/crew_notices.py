"""Which people of the house are told that a visit is theirs, is another than it was, or is theirs no more (P4)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.field.crew import CrewMember
from guardia.field.parts import plain
from guardia.field.visit import Outcome, Visit
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

TOLD = frozenset({Moment.DISPATCH_AGREED, Moment.DISPATCH_CHANGED, Moment.CREW_CHANGED})
CALLS_OFF = frozenset(
    {Moment.PLAN_CHANGED, Moment.DIAGNOSED, Moment.RECOVERED, Moment.CANCELLED, Moment.TRANSFERRED, Moment.RESTORED}
)
"""After these the case may go on without the visit that was agreed, or not at all: its crew need not drive on."""
CLAUSE = "P4"
type Key = tuple[int, datetime]


def concerns(event: "Recorded") -> bool:
    """Whether it may be told to a crew at all."""
    return event.moment in TOLD or event.moment in CALLS_OFF


def people_of(event: "Recorded", over: Mapping[Key, int | None]) -> Iterator[tuple[Staff, bool]]:
    """Whoever of the crew has an account and an address, each once; True for who has the visit no more.

    One question, and only where a visit has a crew: nothing else of a storm asks it. ``over`` of ``called_off``.
    """
    crew, before = crews_of(event, over)
    if not (crew or before):
        return
    crews = [pk for pk in (crew, before) if pk]
    found = CrewMember.objects.filter(crew__in=crews, active=True, staff__is_active=True).select_related("staff")
    comes = {each.staff_id: each.staff for each in found.order_by("pk") if each.crew_id == crew}
    leaves = {each.staff_id: each.staff for each in found.order_by("pk") if each.staff_id not in comes}
    for staff, is_over in (*((s, False) for s in comes.values()), *((s, True) for s in leaves.values())):
        if staff and staff.has_a_way:
            yield staff, is_over


def crews_of(event: "Recorded", over: Mapping[Key, int | None]) -> tuple[int | None, int | None]:
    """The crew that has the visit since this event, and the one that has it no more."""
    if event.moment in CALLS_OFF:
        return None, over.get((event.case.pk, event.occurred_at))
    if event.moment not in TOLD:
        return None, None
    return event.data.get("crew"), event.data.get("was" if event.moment == Moment.CREW_CHANGED else "crew_was")


def called_off(events: Sequence["Recorded"]) -> dict[Key, int | None]:
    """By case and hour, the crew of the agreed visit that ended with such an event, not by its work. Asked once."""
    cases = {event.case.pk for event in events if event.moment in CALLS_OFF}
    if not cases:
        return {}
    ended = Visit.objects.filter(case__in=cases, ended_at__isnull=False, outcome=Outcome.CALLED_OFF.value)
    rows = ended.exclude(agreed_at=None).order_by("pk").values_list("case", "ended_at", "crew")
    return {(case, at): crew for case, at, crew in rows if at}


def crew_facts(event: "Recorded", is_over: bool) -> dict[str, Any]:
    """What only the crew is told beside the facts of the notice: the street, what to carry, that it is over."""
    visit = Visit.objects.filter(pk=event.data.get("visit")).first()
    return {
        "for_the_crew": True,
        "is_over": is_over,
        "is_called_off": event.moment in CALLS_OFF,
        "address": event.case.site.address if event.case.site else "",
        "parts": plain(visit.parts, "store") if visit else "",
    }
