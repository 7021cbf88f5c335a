"""Cases join an outage and leave it; services are added to it and taken out."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guardia.cases import common_cause, together
from guardia.cases.case import Case
from guardia.cases.verbs import need
from guardia.outages import declaring, gathering, holding, memberships
from guardia.outages.outage import Membership, Outage, OutageService, PartOfAnother
from guardia.people.staff import Actor


def join(
    outage: Outage,
    cases: Iterable[Case],
    *,
    by: Actor,
    at: datetime,
    now: datetime | None = None,
    variant: str = "caller",
) -> list[Case]:
    """These open incidents are part of it from now on; those that joined. Part of it already: nothing new.

    ``variant``: declared, caller, gathered, alert. The cases are held by the caller. ``at`` and ``now`` are UTC. Raises
    NotDeclaredYet, OutageIsOver, CaseIsClosed, NotAnIncident, PartOfAnother.
    """
    row = holding.active(outage)
    new = [case for case in cases if case.part_of_id != row.pk]
    for case in new:
        case.must_be_open()
        case.must_be_an_incident()
        if other := case.part_of:
            raise PartOfAnother(case=case.display_number, number=other.display_number)
    entries = [common_cause.joined_entry(case, row, variant, by, max(at, case.opened_at)) for case in new]
    entries += gathering.known_already(row, new, by=by, at=at)
    together.record_all(entries, now or at)
    memberships.join_cases(row, new, at)
    return new


def leave(
    outage: Outage,
    cases: Iterable[Case],
    why: str,
    *,
    by: Actor,
    at: datetime,
    now: datetime | None = None,
    variant: str = "by_hand",
) -> list[Case]:
    """These cases go on by themselves, with the reason; those that left. ``variant``: not_back, mistaken, by_hand.

    The cases are held by the caller. ``at`` and ``now`` are UTC. Raises Missing, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    why = need("P", "why", why, _("the reason"))
    leaving = [case for case in cases if case.part_of_id == row.pk and case.is_open]
    entries = [common_cause.left_entry(case, row, variant, why, by, max(at, case.opened_at)) for case in leaving]
    together.record_all(entries, now or at)
    memberships.leave_cases(row, [case.service_id for case in leaving if case.service_id], why, at)
    return leaving


def add_services(
    outage: Outage, services: Sequence[int], *, by: Actor, at: datetime, now: datetime | None = None
) -> list[int]:
    """They are behind it too: their cases join or are opened by the rule; the ids that are new.

    Raises NoSuchService, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    gathering.must_exist(services)
    known = OutageService.objects.filter(outage=row, service__in=services).exclude(state=Membership.LEFT)
    new = sorted(set(services) - set(known.values_list("service", flat=True)))
    if new:
        found = gathering.gather(row, new, "gathered", by=by, at=at, now=now or at)
        if found.silent and (declared := row.news.filter(moment="declared").order_by("pk").first()):
            declaring.tell(row, declared, found.silent)
    return new


def take_out(
    outage: Outage, services: Sequence[int], why: str, *, by: Actor, at: datetime, now: datetime | None = None
) -> list[int]:
    """They were never behind it: their cases leave as mistaken; the ids that were taken out.

    Raises Missing, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    why = need("P", "why", why, _("the reason"))
    rows = OutageService.objects.filter(outage=row, service__in=services).exclude(state=Membership.LEFT)
    out = sorted(rows.values_list("service", flat=True))
    ids = Case.objects.filter(part_of=row, closed_at=None, service__in=out).values_list("pk", flat=True)
    cases = holding.known_to(row, holding.held_cases(ids))
    leave(row, cases, why, by=by, at=at, now=now, variant="mistaken")
    memberships.leave_cases(row, out, why, at)
    return out
