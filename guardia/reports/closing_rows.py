"""Reads the rows of the closing report: of one case, and of its tests, of its service's other cases of the month."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from guardia.cases.case import Case, Status
from guardia.cases.closing_figures import UPHELD, Availability, Outage, availability, counted, outages_of
from guardia.cases.event import CaseEvent
from guardia.cases.labels import STAGE_OF_CLOCK
from guardia.clocks import calendars
from guardia.clocks.arithmetic import between
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import broke_at
from guardia.clocks.intervals import Interval, length, union
from guardia.evidence import measured_sentences
from guardia.evidence.measured_sentences import compared
from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.test_result import TestResult, Verdict
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.procedure import version
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.vocabulary import ClockKind, Comparison, Moment, Stage
from guardia.reports.availability import service_month, spans_of
from guardia.reports.closing_report import (
    ClosingReport,
    Promised,
    ReportedEvent,
    TestFacts,
    VisitFacts,
    WaitFacts,
    is_public_text,
    visit_facts,
)
from guardia.reports.month import Month
from guardia.reports.recurring import recurring


def report_of(
    case: Case, at: datetime, crews: Mapping[int, str] | None = None, probes: Sequence[Probe] | None = None
) -> ClosingReport:
    """The report of an incident as it stands (P7): up to its closing, or up to ``at`` (UTC) while it is open.

    ``crews``: their names by id, and ``probes``: what Guardia measured, where the role that is in force hides them
    (``crews_of``, ``probes_of``).
    """
    until = case.closed_at or at
    probes = probes_of(case) if probes is None else probes
    waits = list(case.waits.order_by("started_at", "pk"))
    timeline = public_events(case)
    news = list(case.clocks.filter(kind=ClockKind.NEXT_NEWS).exclude(outcome="dropped"))
    return ClosingReport(
        case=case,
        until=until,
        timeline=timeline,
        promises=[promised(clock, until) for clock in promises_of(case)],
        waits=[wait_facts(wait, excluded_in(timeline), until) for wait in waits],
        outages=outages_in(case, until),
        visits=visits_of(case, crews_of(case) if crews is None else crews, timeline, until),
        tests=tests_of(case, {probe.test_id: probe for probe in probes if probe.test_id}),
        compared=compared(probes, case.restored_at, case.green_since),
        availability=availability_of(case, until),
        news_owed=len(news),
        news_kept=sum(broke_at(clock, until) is None for clock in news),
        recurring=recurring(case.site_id, case.opened_at, case),
    )


def outages_in(case: Case, until: datetime) -> list[Outage]:
    """What was withdrawn has affected nobody."""
    if case.status == Status.CANCELLED:
        return []
    return outages_of(spans_of(case), case.exclusions(until), until, case.work_window())


def crews_of(case: Case) -> dict[int, str]:
    found = Crew.objects.filter(pk__in=Visit.objects.filter(case=case.pk, crew__isnull=False).values("crew"))
    return dict(found.values_list("pk", "name"))


def public_events(case: Case) -> list[ReportedEvent]:
    """The public events in the order in which they happened."""
    return public_events_of([case.pk]).get(case.pk, [])


def public_events_of(case_ids: Sequence[int]) -> dict[int, list[ReportedEvent]]:
    """The same of several cases, by the id of each."""
    events = CaseEvent.objects.filter(case__in=case_ids, public=True).order_by("occurred_at", "seq")
    found: dict[int, list[ReportedEvent]] = {}
    for event in events.prefetch_related("texts"):
        found.setdefault(event.case_id, []).append(reported(event))
    return found


def reported(event: CaseEvent) -> ReportedEvent:
    """A public event whose texts were read with it."""
    texts = {text.name: text.text for text in event.texts.all() if is_public_text(event.moment, text.name)}
    hours = event.occurred_at, event.recorded_at
    return ReportedEvent(event.seq, event.moment, event.variant, *hours, event.data, texts)


def promises_of(case: Case) -> list[Clock]:
    """The stages' promises, in the order of the stages and then of their start; none that was dropped."""
    kinds = [kind.value for kind in (*STAGE_OF_CLOCK, ClockKind.WORK_PERMIT)]
    clocks = case.clocks.filter(kind__in=kinds).exclude(outcome="dropped").order_by("started_at", "pk")
    return sorted(clocks, key=lambda clock: list(Stage).index(stage_of(clock)))


def stage_of(clock: Clock) -> Stage:
    return STAGE_OF_CLOCK.get(ClockKind(clock.kind), Stage.EXECUTION)


def promised(clock: Clock, until: datetime) -> Promised:
    end = clock.ended_at or max(until, clock.started_at)
    lasted = round((end - clock.started_at).total_seconds())
    stood = stood_of(clock.waits, clock.started_at, end)
    taken = clock.taken_seconds
    if taken is None:
        taken = lasted - round(length(stood).total_seconds())
    return Promised(
        kind=clock.kind,
        ordinal=clock.ordinal,
        stage=stage_of(clock),
        started_at=clock.started_at,
        ended_at=clock.ended_at,
        target=clock.target_seconds,
        comparison=clock.comparison,
        calendar=clock.calendar,
        stood=stood,
        lasted=lasted,
        taken=min(taken, lasted),
        kept=is_kept(clock, until),
    )


def is_kept(clock: Clock, until: datetime) -> bool:
    """Whether the promise was kept, or is not broken at ``until`` (UTC). One whose time ended as its desk closed is
    not broken before the desk opens again.
    """
    if broke_at(clock, until) is None:
        return True
    if clock.breached_at or clock.calendar == ALWAYS or clock.target_seconds is None or clock.case is None:
        return False
    hours = calendars.hours(version.of(clock.case.procedure_version_id), clock.calendar, clock.edition)
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in clock.waits]
    ran = between(clock.started_at, until, spans, hours).total_seconds()
    return ran < clock.target_seconds if clock.comparison == Comparison.UNDER else ran <= clock.target_seconds


def stood_of(waits: Iterable[Sequence[str | None]], start: datetime, end: datetime) -> list[Interval]:
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else end) for a, b in waits if a]
    return union((max(a, start), min(b, end)) for a, b in spans)


def excluded_in(timeline: Sequence[ReportedEvent]) -> set[int]:
    """The waits that were agreed as excluded from the affected time (P7 D)."""
    return {e.data["wait"] for e in timeline if e.moment == Moment.WAIT_STARTED and e.data.get("excluded")}


def wait_facts(wait, excluded: set[int], until: datetime) -> WaitFacts:
    latest = max(until, wait.started_at)
    end = min(wait.ended_at or latest, latest)
    return WaitFacts(
        id=wait.pk,
        cause=wait.cause,
        clocks=wait.clocks,
        start=wait.started_at,
        end=end,
        seconds=round((end - wait.started_at).total_seconds()),
        asked_by=wait.asked_by,
        reason=wait.reason,
        proof=wait.proof,
        party=wait.party,
        ticket=wait.party_ticket,
        excluded=wait.pk in excluded and wait.ruling != UPHELD,
        void=not wait.clocks or wait.ruling == UPHELD,
        contested_at=wait.contested_at,
        contested_by=wait.contested_by,
        contest_reason=wait.contest_reason,
        ruled_at=wait.ruled_at,
        ruling=wait.ruling,
        ruling_reasons=wait.ruling_reasons,
    )


def visits_of(
    case: Case, crews: Mapping[int, str], timeline: Sequence[ReportedEvent], until: datetime
) -> list[VisitFacts]:
    visits = case.visits.order_by("decided_at", "pk")
    return [visit_facts(visit, crews.get(visit.crew_id or 0, ""), timeline, until) for visit in visits]


def availability_of(case: Case, until: datetime) -> Availability:
    """Of the case's service in the month of ``until``, up to then, from the intervals that the affected time counts."""
    month = Month.of(until)
    if case.service_id is None:
        left_out = [*case.exclusions(until), *case.work_window()]
        return availability(counted(spans_of(case), left_out, until), month.start, until)
    return service_month(case.service_id, month, until).figures


MOST_PROBES = 2000


def probes_of(case: Case) -> list[Probe]:
    """What Guardia measured itself, the latest so many: to be said in the reader's language, and drawn."""
    done = case.probes.filter(state=ProbeState.DONE).select_related("target")
    return list(done.order_by("-measured_at", "-pk")[:MOST_PROBES])


def tests_of(case: Case, probes: Mapping[int, Probe]) -> list[TestFacts]:
    """Each test by its name: the last that was not good before the service was back for good, the last after it."""
    back = case.restored_at
    found: dict[str, tuple[TestResult | None, TestResult | None]] = {}
    for test in case.tests.order_by("measured_at", "pk"):
        before, after = found.get(test.name, (None, None))
        if back and test.measured_at >= back:
            after = test
        elif before is None or test.verdict != Verdict.GOOD or before.verdict == Verdict.GOOD:
            before = test
        found[test.name] = (before, after)
    return [test_facts(name, before, after, probes) for name, (before, after) in found.items()]


def test_facts(
    name: str, before: TestResult | None, after: TestResult | None, probes: Mapping[int, Probe]
) -> TestFacts:
    """What Guardia measured itself bears the target and the numbers, to be said in the reader's language."""
    probe = next((probes[test.pk] for test in (after, before) if test and test.pk in probes), None)
    return TestFacts(str(probe.target) if probe else name, measured(before, probes), measured(after, probes))


def measured(test: TestResult | None, probes: Mapping[int, Probe]) -> tuple[datetime, str, str] | None:
    if test is None:
        return None
    probe = probes.get(test.pk)
    result = measured_sentences.sentence(probe.code, probe.numbers) if probe else test.result
    return test.measured_at, measured_sentences.typed(result) if test.typed else result, test.verdict
