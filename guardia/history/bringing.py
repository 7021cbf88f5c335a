"""Cases of a former tool into the database: closed ones, each with all that happened to it, at its true hours.

Nobody is told, and no clock of a procedure starts by what was brought in; a case is judged only by the version that the
mapping names, as far as its file decides it (``judging``). A case is known by the tool and its number there, so that
bringing a file in once more adds what is not there yet, and nothing else. Each step writes some hundred cases in a
transaction: what is killed in between ends with the same rows once it is run again.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import batched
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from guardia.cases import ledger, writes
from guardia.cases.case import FORMER, Case
from guardia.cases.event import CaseEvent
from guardia.cases.number import numbered
from guardia.customers.customer import Customer, Service
from guardia.customers.importing.table_file import WrongFile
from guardia.customers.values import fold
from guardia.events import history
from guardia.history.attaching import Attaching
from guardia.history.former_case import FormerCase, Step, Trouble
from guardia.history.judging import Judgement, judgement_of
from guardia.history.mapping import Mapping
from guardia.history.open_cases import TakingOver, taken_over
from guardia.people.staff import SYSTEM
from guardia.procedure import version
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Band, Moment, Stage

AT_ONCE = 100
TURN = "cases of a former tool"
"""Two files at once would each miss what the other brings."""


@dataclass
class Brought:
    """What came of the cases of a file, or would come of them."""

    new: int = 0
    known: int = 0
    taken_over: int = 0
    """Of the new ones, those that were open."""
    events: Counter[str] = field(default_factory=Counter)
    reopenings: int = 0
    reopened_cases: int = 0
    waits: Counter[str] = field(default_factory=Counter)
    waited: dict[str, timedelta] = field(default_factory=dict)
    judged: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By the stretch (``restoration``, ``closing``) and its verdict, where the mapping names a version."""
    files: int = 0
    """Attachments that are files of their cases now; a dry run brings none."""
    created: list[str] = field(default_factory=list)
    """The names of companies that were put on file."""

    def count(self, case: FormerCase) -> None:
        self.new += 1
        self.taken_over += case.is_open
        self.events.update(step.state for step in case.steps)
        self.waits.update(step.cause for step in case.steps if step.state == "waiting")
        for cause, span in case.waited().items():
            self.waited[cause] = self.waited.get(cause, timedelta()) + span
        self.reopenings += case.reopened
        self.reopened_cases += case.reopened > 0


@dataclass(frozen=True)
class Place:
    """Whose case it is, and of which service."""

    customer: Customer
    service: Service | None


class Bringing:
    """Brings the cases of one file in. ``file``: its SHA-256. ``tell`` is called with each trouble. ``taking_over``:
    how open cases come in; without it none is expected.

    The caller opens a transaction of the staff's database role for each call of ``bring``.
    """

    def __init__(
        self,
        mapping: Mapping,
        file: str,
        zone: str,
        tell: Callable[[Trouble], None],
        taking_over: TakingOver | None = None,
        attaching: Attaching | None = None,
    ) -> None:
        self.attaching = attaching
        self.mapping, self.file, self.zone, self.tell = mapping, file, zone, tell
        self.taking_over = taking_over
        self.brought = Brought()
        self.would_be: dict[str, Customer] = {}
        """Companies that a dry run would have put on file, by their folded names."""

    def bring(self, cases: Sequence[FormerCase], now: datetime, *, write: bool) -> list[tuple[FormerCase, Place]]:
        """Those of these cases that are new, each with its place; written if ``write``. ``now``: UTC.

        Raises NoProcedure.
        """
        if write:
            writes.take_turn(TURN)
        known = self._ids_by_number(cases)
        new = [case for case in cases if case.number not in known]
        self._compare([case for case in cases if case.number in known], known)
        placed = list(self._placed(new, write))
        for case, place in placed:
            self.brought.count(case)
            if judged := self._judged(case, place):
                self.brought.judged.update([("restoration", judged.restoration), ("closing", judged.closing)])
        if write and placed:
            self._write(placed, now)
        return placed

    # --- what is there already ----------------------------------------------------------------------------------------
    def _ids_by_number(self, cases: Sequence[FormerCase]) -> dict[str, int]:
        """The ids of the cases that were brought in before, by their former numbers."""
        found = Case.objects.filter(former_system=self.mapping.system, former_number__in=[c.number for c in cases])
        return dict(found.values_list("former_number", "pk"))

    def _compare(self, cases: Sequence[FormerCase], known: dict[str, int]) -> None:
        self.brought.known += len(cases)
        first = (Moment.FORMER_OPENED, Moment.REGISTERED)
        opened = CaseEvent.objects.filter(case__in=list(known.values()), moment__in=first).order_by("-seq")
        said = opened.values_list("case", "data") if known else ()
        digests = {pk: data.get("former", data).get("content") for pk, data in said}
        for case in cases:
            if digests.get(known[case.number]) != content_of(case):
                self.tell(Trouble(case.file, case.row, self._heading("number"), "changed since", case.number))

    # --- whose it is --------------------------------------------------------------------------------------------------
    def _placed(self, cases: Sequence[FormerCase], write: bool) -> Iterator[tuple[FormerCase, Place]]:
        services = self._services(cases)
        companies = self._companies(cases)
        for case in cases:
            of_name = companies.get(fold(self._company_of(case)), [])
            of_circuit = services.get(fold(case.fact("service")), [])
            if not of_name and not self._company_of(case):
                of_name = list({one.customer_id: one.customer for one in of_circuit}.values())
            if not of_name and self.mapping.companies == "create" and self._company_of(case):
                of_name = [self._put_on_file(self._company_of(case), write)]
                companies[fold(self._company_of(case))] = of_name
            if len(of_name) != 1:
                what = "many companies" if of_name else "no company"
                self.tell(Trouble(case.file, case.row, self._heading("company"), what, self._company_of(case)[:200]))
                continue
            own = [one for one in of_circuit if one.customer_id == of_name[0].pk]
            service = own[0] if len(own) == 1 else None
            if service is None and (case.is_open or case.fact("service")):
                what = "open without service" if case.is_open else "no service"
                self.tell(Trouble(case.file, case.row, self._heading("service"), what, case.fact("service")[:200]))
            if service or not case.is_open:
                yield case, Place(of_name[0], service)

    def _company_of(self, case: FormerCase) -> str:
        return case.fact("company") or self.mapping.company

    def _companies(self, cases: Sequence[FormerCase]) -> dict[str, list[Customer]]:
        """By code or else by name, folded; companies that became another one are that one."""
        words = {word for case in cases if (word := self._company_of(case))}
        found = Customer.objects.filter(Q(external_id__in=words) | Q(folded_name__in=set(map(fold, words))))
        by_name: dict[str, list[Customer]] = defaultdict(list)
        by_code: dict[str, list[Customer]] = {}
        for one in found.filter(merged_into=None).order_by("pk") if words else ():
            by_name[one.folded_name].append(one)
            if one.external_id:
                by_code[fold(one.external_id)] = [one]
        return by_name | by_code

    def _services(self, cases: Sequence[FormerCase]) -> dict[str, list[Service]]:
        """By circuit and by code, folded."""
        words = {word for case in cases if (word := case.fact("service"))}
        found = Service.objects.filter(Q(external_id__in=words) | Q(folded_circuit__in=set(map(fold, words))))
        by_word: dict[str, list[Service]] = defaultdict(list)
        for one in found.filter(moved_to=None).select_related("customer", "site__city") if words else ():
            for word in {one.folded_circuit, fold(one.external_id or "")} - {""}:
                by_word[word].append(one)
        return by_word

    def _put_on_file(self, name: str, write: bool) -> Customer:
        if there_already := self.would_be.get(fold(name)):
            return there_already
        company = Customer(name=name[:200], folded_name=fold(name)[:200])
        if write:
            company.save()
        else:
            self.would_be[fold(name)] = company
        self.brought.created.append(company.name)
        return company

    def _heading(self, name: Any) -> str:
        return next((" / ".join(kind.headings(name)) for kind in self.mapping.rows if kind.headings(name)), name)

    # --- what is written ----------------------------------------------------------------------------------------------
    def _write(self, placed: Sequence[tuple[FormerCase, Place]], now: datetime) -> None:
        procedure = version.id_in_force(now)
        drawn = writes.draw_cases(len(placed))
        entries: list[ledger.Entry] = []
        with_files: list[tuple[int, FormerCase]] = []
        for (former, place), (pk, sequence) in zip(placed, drawn, strict=True):
            if former.attachments:
                with_files.append((pk, former))
            if former.is_open:
                entries += self._open(former, place, pk, numbered(sequence), procedure, now)
                continue
            case = self._row(former, place, procedure)
            case.pk, case.number = pk, numbered(sequence)
            entries += [*self._entries(case, former), *self._judgement(case, former, place)]
        ledger.record(entries, now)
        for pk, former in with_files:
            if self.attaching:
                self.brought.files += self.attaching.attach(Case.objects.get(pk=pk), former, now)

    def _open(
        self, former: FormerCase, place: Place, pk: int, number: int, procedure: int, now: datetime
    ) -> list[ledger.Entry]:
        assert self.taking_over
        assert place.service
        case, entry = taken_over(
            former,
            place.service,
            pk,
            number,
            self._provenance(former),
            by_rule=self.taking_over,
            version_id=procedure,
            now=now,
        )
        # The first event names the procedure, and whoever checks the history must be able to read it.
        return [entry, *(_noted(case, step) for step in former.steps)]

    @cached_property
    def judging(self) -> ProcedureVersion | None:
        """The version by which the mapping has cases judged. Raises WrongFile."""
        return version_of(self.mapping.procedure) if self.mapping.procedure else None

    def _judged(self, former: FormerCase, place: Place) -> Judgement | None:
        if self.judging is None or former.is_open:
            return None
        band = place.service.site.band if place.service and place.service.site else ""
        return judgement_of(former, self.judging.procedure, Band(band) if band else None)

    def _judgement(self, case: Case, former: FormerCase, place: Place) -> Iterator[ledger.Entry]:
        """A note for the operator alone: nothing was promised, so no event that the company reads says it."""
        judged = self._judged(former, place)
        if judged is None or self.judging is None:
            return
        data = {
            "judged_by": self.judging.number,
            "document": self.judging.sha256,
            "restoration": judged.restoration.value,
            "closing": judged.closing.value,
        }
        yield ledger.Entry(case, Moment.FORMER_NOTED, SYSTEM, former.ended_at, "note", data)

    def _provenance(self, former: FormerCase) -> dict[str, Any]:
        """Where a case comes from, as its event says it."""
        content = content_of(former)
        return {"system": self.mapping.system, "number": former.number, "file": self.file, "content": content}

    def _row(self, former: FormerCase, place: Place, procedure: int) -> Case:
        site = place.service.site if place.service else None
        symptoms = former.fact("symptoms") or former.fact("subject")
        subject = former.fact("subject") or symptoms or former.number
        return Case(
            customer=place.customer,
            service=place.service,
            site=site,
            procedure_version_id=procedure,
            zone=site.zone if site else self.zone,
            band=site.band if site else "",
            stage=Stage.CLOSURE.value,
            status="acknowledged",
            source=FORMER,
            opened_at=former.opened_at,
            restored_at=None if former.is_cancelled else former.restored_at,
            closed_at=former.closed_at,
            subject=" ".join(subject.split())[:160],
            symptoms=symptoms,
            cause=former.fact("cause"),
            solution=former.fact("solution"),
            reporter_name=" ".join(former.fact("reporter").split())[:160],
            former_system=self.mapping.system,
            former_number=former.number,
        )

    def _entries(self, case: Case, former: FormerCase) -> list[ledger.Entry]:
        opened = ledger.Entry(
            case,
            Moment.FORMER_OPENED,
            SYSTEM,
            former.opened_at,
            data={
                **self._provenance(former),
                "service": case.service_id,
                "site": case.site_id,
                "band": case.band,
                "zone": case.zone,
                "desk": case.desk,
                "impact": case.impact,
            },
            texts={"symptoms": case.symptoms, "subject": case.subject, "reporter_name": case.reporter_name},
        )
        assert former.closed_at
        closed = ledger.Entry(
            case,
            Moment.FORMER_CANCELLED if former.is_cancelled else Moment.FORMER_CLOSED,
            SYSTEM,
            former.closed_at,
            data={
                "restored_at": history.stamp(case.restored_at) if case.restored_at else None,
                "waited": {cause: round(span.total_seconds()) for cause, span in former.waited().items()},
                "reopened": former.reopened,
            },
            texts={"cause": case.cause, "solution": case.solution},
        )
        return [opened, *(_noted(case, step) for step in former.steps), closed]


def _noted(case: Case, step: Step) -> ledger.Entry:
    data: dict[str, Any] = {"cause": step.cause} if step.cause else {}
    if step.reopens and step.state == "waiting":
        data["waits"] = True
    texts = {"activity": step.activity, "text": step.text, "author": step.author}
    return ledger.Entry(
        case, Moment.FORMER_NOTED, SYSTEM, step.at, "reopened" if step.reopens else step.state, data, texts
    )


def version_of(number: int) -> ProcedureVersion:
    """The published version of this number. Raises WrongFile."""
    found = ProcedureVersion.objects.filter(number=number).first()
    if found is None:
        raise WrongFile(_("The mapping names version %d of the procedure, which is not published here.") % number)
    return found


def content_of(case: FormerCase) -> str:
    """The SHA-256 of what a file says of a case, by which a later file is seen to say something else."""
    said = [
        [case.number, case.is_cancelled, *map(_iso, (case.opened_at, case.restored_at, case.closed_at))],
        sorted(case.facts.items()),
        [[_iso(s.at), s.state, s.cause, s.activity, s.text, s.author, s.reopens] for s in case.steps],
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def in_steps(cases: Iterable[FormerCase]) -> Iterator[tuple[FormerCase, ...]]:
    """As many as are written together."""
    return batched(cases, AT_ONCE)
