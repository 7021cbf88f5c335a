"""One loop over true hours: the next fact of the file, or the next hour at which something falls due.

The facts go through the verbs of the case and ``ledger.record``; what falls due, through ``ledger.record_breaches``, a
second after it, as the worker's sweep does. No minute passes by itself: what nothing happens in costs nothing.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched, islice
from typing import Any

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.config.sql_rows import rows_of
from guardia.procedure import version as versions
from guardia.shadow.agenda import Agenda, Planned, Subject
from guardia.shadow.declared_outages import DeclaredOutages
from guardia.shadow.former_course import What
from guardia.shadow.level_holders import Holders, hold_the_levels
from guardia.shadow.outage_proposals import CommonCauses, Proposal, causes_of, proposals
from guardia.shadow.replayed_case import ReplayedCase
from guardia.shadow.stand_ins import Desk, Places

SWEEP = timedelta(seconds=1)
AT_ONCE = 200
"""Steps in one transaction."""
LOOK = """
    SELECT least(
        (SELECT min(due_at) FROM clock WHERE case_id = %s AND ended_at IS NULL AND breached_at IS NULL),
        (SELECT next_step_at FROM "case" WHERE id = %s))
"""


@dataclass
class Replayed:
    """What came of it: the cases by their ids in the database beside, and what the verbs refused."""

    cases: dict[int, ReplayedCase] = field(default_factory=dict)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class OfTheOperator:
    """What a replay has of the operator's own installation besides the procedure (``own_installation``).

    ``rotas`` as ``level_holders`` copied them; ``network`` by folded circuit (``CommonCauses``).
    """

    rotas: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Replay:
    """``step`` opens the transaction of the staff's database role; ``stepped`` is told how many facts more are done.

    ``prepare`` once, then ``run``: all of it, or in several processes a part in each. Cases of one site are in one
    part, since they share a page; others have nothing in common, unless outages are declared (``declares``), which is
    replayed in one part.
    """

    def __init__(
        self,
        agenda: Agenda,
        version_id: int,
        step: Callable[[], AbstractContextManager[object]],
        own: OfTheOperator | None = None,
        *,
        declares: bool = False,
    ) -> None:
        self.agenda, self.version_id, self.step = agenda, version_id, step
        self.own, self.declares = own or OfTheOperator(), declares
        self.holders = Holders()
        self.causes = CommonCauses()
        self.proposals: list[Proposal] = []
        self.outages = DeclaredOutages(())
        self.result = Replayed()
        self.open: dict[int, tuple[Case, ReplayedCase]] = {}
        self.subjects: dict[int, Subject] = {}
        self.pk_of: dict[int, int] = {}
        """Of the open cases, by their ids in the agenda."""
        self.due: list[tuple[datetime, int]] = []
        self.due_of: dict[int, datetime | None] = {}

    def prepare(self) -> None:
        """Companies, sites, circuits, who is paged, and which outages would have been proposed."""
        self.causes = causes_of(self.agenda.subjects(), self.own.network)
        with self.step():
            procedure = versions.of(self.version_id)
            self.places = Places(procedure.provider.zone, self.causes)
            if self.agenda.first_at:
                self.holders = hold_the_levels(procedure.escalation.levels, self.agenda.first_at, self.own.rotas)
        self.proposals = proposals(self.agenda.subjects(), self.causes, procedure.outages)
        if self.declares:
            self.outages = DeclaredOutages(self.proposals)
        for subjects in batched(self.agenda.subjects(), AT_ONCE):
            with self.step():
                self.places.put_on_file(subjects)
            self.subjects |= {subject.id: subject for subject in subjects}

    def run(self, stepped: Callable[[int], object], part: int = 0, parts: int = 1) -> Replayed:
        self.desk = Desk(f"shadow-{part}")
        mine = {case for case, service in self.places.services.items() if service.site_id % parts == part}
        facts = (planned for planned in self.agenda.planned() if planned.case in mine)
        while chunk := list(islice(facts, AT_ONCE)):
            with self.step():
                for planned in chunk:
                    self._time_passes(planned.fact.at)
                    self._happens(planned)
            stepped(len(chunk))
        return self.result

    # --- time ---------------------------------------------------------------------------------------------------------
    def _time_passes(self, until: datetime) -> None:
        """What falls due before that hour, each at its own."""
        while self.due and self.due[0][0] + SWEEP < until:
            due, pk = heapq.heappop(self.due)
            if self.due_of.get(pk) == due:
                case, _replayed = self.open[pk]
                ledger.record_breaches([case], due + SWEEP)
                self._look_ahead(pk, after=due)

    def _look_ahead(self, pk: int, after: datetime | None = None) -> None:
        """When the case is looked at next; never again at an hour at which it was."""
        ((due,),) = rows_of(LOOK, [pk, pk])
        if due is not None and after is not None and due <= after:
            due = None
        self.due_of[pk] = due
        if due is not None:
            heapq.heappush(self.due, (due, pk))

    # --- facts --------------------------------------------------------------------------------------------------------
    def _happens(self, planned: Planned) -> None:
        fact = planned.fact
        if fact.what == What.OPENED:
            self._opens(planned)
        elif (pk := self.pk_of.get(planned.case)) is not None:
            case, replayed = self.open[pk]
            try:
                replayed.act(case, fact, self.desk.person(fact.author))
            except Refused as refused:
                self.result.refused[fact.what.value, type(refused).__name__] += 1
            if case.is_open:
                self._look_ahead(pk)
            else:
                del self.open[pk], self.pk_of[planned.case]
                self.due_of.pop(pk, None)

    def _opens(self, planned: Planned) -> None:
        subject, author = self.subjects.pop(planned.case), self.desk.person(planned.fact.author)
        replayed = ReplayedCase(subject)
        case = replayed.register(self.places.services[planned.case], author, planned.fact.at)
        self.open[case.pk], self.pk_of[planned.case] = (case, replayed), case.pk
        self.result.cases[case.pk] = replayed
        for joined in self.outages.opened(planned.case, self.places.services, author, planned.fact.at):
            # Its row has changed: what is in memory would be written over it.
            self.open[joined.pk] = (joined, self.open[joined.pk][1])
            if joined.pk != case.pk:
                self._look_ahead(joined.pk)
        self._look_ahead(case.pk)
