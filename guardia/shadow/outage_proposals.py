"""Which mass outages Guardia would have proposed to the desk of the file's cases, by the procedure's own rule (P D).

What the cases have in common is said by the file, in a column of the site or of the element, or by the operator's own
network, which knows by the circuit what a service hangs on. Pure arithmetic; hours are UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from guardia.customers.values import fold
from guardia.outages.proposing import New, piles_among
from guardia.procedure.rules import OutageRules
from guardia.procedure.vocabulary import Impact
from guardia.shadow.agenda import Subject

type Cause = tuple[str, int]
SITE, ELEMENT = "site", "element"


@dataclass
class CommonCauses:
    """Numbers for what the file and the network call by name: by case its service, and what that hangs on.

    ``network``: by folded circuit the name of its site, and the names of the elements above it, the nearest first.
    """

    network: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: dict[Cause, str] = field(default_factory=dict)
    services: dict[int, int] = field(default_factory=dict)
    """By case."""
    sites: dict[int, int] = field(default_factory=dict)
    above: dict[int, list[int]] = field(default_factory=dict)
    """By service."""
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, subject: Subject) -> None:
        """A case without a circuit is a service of its own; one without a site, a site of its own."""
        company, circuit = fold(subject.company), fold(subject.circuit)
        own = (company, circuit) if circuit else ("case", str(subject.id))
        self.services[subject.id] = service = self._number("service", *own)
        site, *elements = self.network.get(circuit, ("",)) if circuit else ("",)
        site = subject.site or site
        self.sites[subject.id] = self._number(SITE, company, fold(site)) if site else self._number(SITE, *own)
        self.names[SITE, self.sites[subject.id]] = site or subject.circuit or subject.number
        if subject.element:
            elements = [subject.element, *(each for each in elements if fold(each) != fold(subject.element))]
        numbers = [self._number(ELEMENT, fold(each)) for each in elements]
        self.names |= {(ELEMENT, number): name for number, name in zip(numbers, elements, strict=True)}
        self.above.setdefault(service, numbers)

    def causes(self, case: int) -> list[Cause]:
        """The nearest first."""
        return [(SITE, self.sites[case]), *((ELEMENT, each) for each in self.above[self.services[case]])]

    @property
    def has_any(self) -> bool:
        """Whether anything is known that two services may have in common."""
        return (
            bool(self.network)
            or any(self.above.values())
            or len(set(self.sites.values())) < len(set(self.services.values()))
        )

    def _number(self, *key: str) -> int:
        return self.numbers.setdefault(key, len(self.numbers) + 1)


@dataclass
class Proposal:
    """One outage that would have been proposed; cases are ids of the agenda.

    ``by_case``: whose opening made it a pile; ``since``: when the first case of the pile was opened; ``at_first``: the
    cases that were open by then; ``until``: when the last of all its cases was restored.
    """

    cause: Cause
    name: str
    by_case: int
    since: datetime
    proposed_at: datetime
    at_first: tuple[int, ...]
    cases: list[int]
    until: datetime

    def take(self, subject: Subject) -> None:
        self.cases.append(subject.id)
        self.until = max(self.until, subject.restored_at)


def proposals(subjects: Iterable[Subject], causes: CommonCauses, rules: OutageRules) -> list[Proposal]:
    """In the order of the hours. ``subjects`` are in the order of the openings, and known to ``causes``.

    Each counts as declared when it is proposed: cases of its cause that are open by then, and no older than
    ``gather_back``, are part of it, and so are those that are opened before the last of them is restored.
    """
    found: list[Proposal] = []
    running: dict[Cause, Proposal] = {}
    alone: list[Subject] = []
    for subject in subjects:
        at = subject.opened_at
        running = {cause: one for cause, one in running.items() if one.until > at}
        if joined := next((running[each] for each in causes.causes(subject.id) if each in running), None):
            joined.take(subject)
            continue
        reach = max(rules.pile_up.within, rules.gather_back)
        alone = [each for each in alone if each.ended_at > at and each.opened_at >= at - reach]
        alone.append(subject)
        for proposal in proposed_at(at, subject, alone, causes, rules):
            found.append(proposal)
            running[proposal.cause] = proposal
            alone = [each for each in alone if each.id not in proposal.cases]
    return found


def proposed_at(
    at: datetime, last: Subject, alone: Sequence[Subject], causes: CommonCauses, rules: OutageRules
) -> Iterable[Proposal]:
    """What piles up at this hour among the open cases of no outage."""
    within = [each for each in alone if each.opened_at >= at - rules.pile_up.within]
    if len(within) < rules.pile_up.cases:
        return
    new = [new_of(each, causes) for each in within]
    for pile in piles_among(new, causes.above, rules.pile_up.cases):
        cause = (SITE, pile.site) if pile.site else (ELEMENT, pile.element or 0)
        since = min(one.opened_at for one in pile.cases)
        earliest = min(since, at - rules.gather_back)
        part = [each for each in alone if each.opened_at >= earliest and cause in causes.causes(each.id)]
        until, ids = max(each.restored_at for each in part), tuple(each.id for each in part)
        yield Proposal(cause, causes.names[cause], last.id, since, at, ids, list(ids), until)


def new_of(subject: Subject, causes: CommonCauses) -> New:
    service, site = causes.services[subject.id], causes.sites[subject.id]
    return New(subject.id, service, site, subject.opened_at, subject.opened_at, Impact.DOWN)


def causes_of(subjects: Iterable[Subject], network: Mapping[str, Sequence[str]]) -> CommonCauses:
    causes = CommonCauses(network)
    for subject in subjects:
        causes.add(subject)
    return causes
