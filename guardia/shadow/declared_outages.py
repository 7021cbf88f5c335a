"""The mass outages of a replay that declares them: each when it would have been proposed, joined by its cases (P D)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from guardia.cases.case import Case
from guardia.customers.customer import Service
from guardia.outages import gathering
from guardia.outages.declaring import Declared, declare
from guardia.outages.outage import Outage
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Impact
from guardia.shadow.outage_proposals import Proposal


class DeclaredOutages:
    """``opened`` is called with each case of the agenda as it is opened."""

    def __init__(self, proposals: Iterable[Proposal]) -> None:
        self.of: dict[int, Proposal] = {case: each for each in proposals for case in each.cases}
        """By case of the agenda."""
        self.declared: dict[int, Outage] = {}
        """By the case whose opening made it a pile."""

    def opened(self, case: int, services: Mapping[int, Service], author: Staff, at: datetime) -> list[Case]:
        """The cases that join an outage since this one is open, read anew; none, where it is part of none."""
        proposal = self.of.get(case)
        if proposal is None:
            return []
        by = Actor.of_staff(author)
        before = self.declared.get(proposal.by_case)
        if before:
            return gathering.gather(before, [services[case].pk], "caller", by=by, at=at, now=at).cases
        if case != proposal.by_case:
            return []
        ids = tuple(sorted({services[each].pk for each in proposal.at_first}))
        what = Declared(name=proposal.name, services=ids, impact=Impact.DOWN, started_at=proposal.since)
        outage = declare(None, what, by=by, at=at)
        self.declared[case] = outage
        return list(Case.objects.filter(part_of=outage, closed_at=None).order_by("pk"))
