"""The course of one case on one time axis: promised against real (P1 to P7), waits (W1), visits (P4), news, and what
came back. It has no words of a language; hours are UTC, lengths whole seconds.

The customer's course is made from public events, the promises to the customer and the waits, which the customer sees
all (W1). Pages to the operator's own people (E) stand only in the course that the operator reads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guardia.cases.case import Case
from guardia.cases.case_rows import events_read
from guardia.cases.closing_figures import UPHELD
from guardia.cases.desk_hours import kind_of
from guardia.cases.event import CaseEvent
from guardia.cases.labels import STAGE_OF_CLOCK
from guardia.cases.stages.reopening import REOPENS
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.intervals import Interval
from guardia.notices.notice import NoticeState
from guardia.procedure.vocabulary import CaseKind, ClockKind, Moment
from guardia.reports.closing_rows import promised

OF_INCIDENTS = (*STAGE_OF_CLOCK, ClockKind.WORK_PERMIT)
OF_REQUESTS = (ClockKind.REGISTRATION, ClockKind.FIRST_ANSWER, ClockKind.SOLUTION, ClockKind.COMPLAINT)
IN_ORDER = tuple(kind.value for kind in ClockKind)
RETURNS = frozenset({Moment.FLAPPED, Moment.RELAPSED})
REOPENED, VISIT = "reopened", "visit"
ALL_NOTICES = 200
"""A page reads no more notices than these: of fewer it has all."""
TOLD = (NoticeState.OWED, NoticeState.PACKED, NoticeState.SENT)


@dataclass(frozen=True, slots=True)
class PromiseSpan:
    """One promise as it was kept. ``due`` is None where it stands still or no hour is promised; ``end`` while it runs.

    ``stood`` are the stretches that it did not count, ``taken`` the seconds that it did.
    """

    kind: str
    ordinal: int
    start: datetime
    end: datetime | None
    due: datetime | None
    target: int | None
    taken: int
    is_kept: bool
    stood: Sequence[Interval] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class WaitSpan:
    """A stop of the clocks as it stands now (W1); ``end`` is None while it lasts."""

    cause: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class VisitSpan:
    """From its first step to its last; ``steps`` are the kinds of event with their hours. ``end`` is None while it
    lasts.
    """

    start: datetime
    end: datetime | None
    steps: Sequence[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class Course:
    """``until`` is the closing, or now for an open case; ``returns`` says what came back and when."""

    start: datetime
    until: datetime
    is_open: bool
    promises: Sequence[PromiseSpan]
    waits: Sequence[WaitSpan] = ()
    visits: Sequence[VisitSpan] = ()
    news: Sequence[datetime] = ()
    returns: Sequence[tuple[str, datetime]] = ()
    pages: Sequence[datetime] = ()

    @property
    def end(self) -> datetime:
        """Where the axis ends: an open case shows the hours that are promised too."""
        due = [each.due for each in self.promises if each.due and each.end is None] if self.is_open else []
        return max([self.until, *due])


def course_of(case: Case, at: datetime, *, for_operator: bool = False) -> Course:
    """The course up to the closing, or up to ``at`` (UTC) while the case is open; ``for_operator`` with the pages."""
    until = case.closed_at or at
    events = public_steps(case)
    promises = in_order(promise_spans(promise_clocks(case), until))
    contents = case.contents
    all_waits = contents.waits if contents else case.waits.order_by("started_at", "pk")
    waits = [wait_span(wait) for wait in all_waits if holds(wait)]
    ended = {visit.pk: visit.ended_at for visit in (contents.visits if contents else case.visits.all())}
    return Course(
        start=min([case.opened_at, *(one.start for one in promises)]),
        until=until,
        is_open=case.is_open,
        promises=promises,
        waits=[wait for wait in waits if wait.start < until],
        visits=visit_spans(events, ended, case.closed_at),
        news=news_told(case),
        returns=[(kind_of_return(event), event.occurred_at) for event in events if event.moment in RETURNS],
        pages=pages_of(case) if for_operator else (),
    )


def in_order(promises: Iterable[PromiseSpan]) -> list[PromiseSpan]:
    """The promises by kind, in the order of the procedure's table of clocks, then by their start."""
    return sorted(promises, key=lambda one: (IN_ORDER.index(one.kind), one.start))


def promise_clocks(case: Case) -> Iterable[Clock]:
    """The promises to the customer that count: those of the stages, or of a request; none that was dropped."""
    kinds = OF_REQUESTS if kind_of(case.desk) == CaseKind.REQUEST else OF_INCIDENTS
    if case.contents:
        return [clock for clock in case.contents.clocks if clock.kind in kinds and clock.outcome != "dropped"]
    return case.clocks.filter(kind__in=[kind.value for kind in kinds]).exclude(outcome="dropped")


def promise_spans(clocks: Iterable[Clock], until: datetime) -> Iterator[PromiseSpan]:
    for clock in clocks:
        if clock.started_at > until:
            continue
        each = promised(clock, until)
        yield PromiseSpan(
            each.kind,
            each.ordinal,
            each.started_at,
            each.ended_at,
            clock.due_at,
            each.target,
            each.taken,
            each.kept,
            each.stood,
        )


def holds(wait: Wait) -> bool:
    """Whether it stops a clock: it happened, and the quality manager did not rule it void (P7 D)."""
    return bool(wait.clocks) and wait.ruling != UPHELD


def wait_span(wait: Wait) -> WaitSpan:
    return WaitSpan(wait.cause, wait.started_at, wait.ended_at)


def public_steps(case: Case) -> list[CaseEvent]:
    """The public events that the picture draws, as they happened: what came back, and each step of a visit."""
    if (read := events_read(case)) is not None:
        drawn = [event for event in read if event.public and (event.moment in RETURNS or VISIT in event.data)]
        return sorted(drawn, key=lambda event: (event.occurred_at, event.seq))
    events = CaseEvent.objects.filter(Q(moment__in=RETURNS) | Q(data__has_key=VISIT), case=case.pk, public=True)
    return list(events.only("moment", "occurred_at", "data", "case").order_by("occurred_at", "seq"))


def kind_of_return(event: CaseEvent) -> str:
    """The kind of event; ``reopened`` where the case was opened again after its closing (P7)."""
    return REOPENED if REOPENS in event.data else event.moment


def visit_spans(
    events: Sequence[CaseEvent], ended: Mapping[int, datetime | None], closed_at: datetime | None
) -> list[VisitSpan]:
    """Each visit by the public events that name it (P4); ``ended``: when each ended, by its id."""
    steps: dict[int, list[tuple[str, datetime]]] = {}
    for event in events:
        if VISIT in event.data:
            steps.setdefault(event.data[VISIT], []).append((event.moment, event.occurred_at))
    found = []
    for pk, each in steps.items():
        last = max(at for _moment, at in each)
        end = ended.get(pk) or closed_at
        found.append(VisitSpan(each[0][1], max(end, last) if end else None, each))
    return sorted(found, key=lambda one: one.start)


def news_told(case: Case) -> list[datetime]:
    """When the company was told something: the public events of which a notice to a contact left, or is on its way."""
    contents = case.contents
    if contents and contents.events is not None and len(contents.notices) < ALL_NOTICES:
        told_of = {one.event_id for one in contents.notices if one.contact_id and one.state in TOLD}
        return sorted({one.occurred_at for one in contents.events if one.public and one.pk in told_of})
    owed = Q(notices__contact__isnull=False, notices__state__in=TOLD)
    told = CaseEvent.objects.filter(owed, case=case.pk, public=True)
    return sorted(dict.fromkeys(told.order_by("occurred_at").values_list("occurred_at", flat=True)))


def pages_of(case: Case) -> list[datetime]:
    """When a page to the operator's own people was handed over (E)."""
    if (read := events_read(case)) is not None:
        return sorted(event.occurred_at for event in read if event.moment == Moment.PAGED)
    pages = CaseEvent.objects.filter(case=case.pk, moment=Moment.PAGED).order_by("occurred_at")
    return list(pages.values_list("occurred_at", flat=True))
