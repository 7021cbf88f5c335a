"""What Guardia itself has tested of a case: what runs, the last results, before and after, the watch (P3, P5, P6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.desks import kind_of
from guardia.doors.desk.page import tag_of
from guardia.evidence import probing
from guardia.evidence.picture import Picture, highest, picture
from guardia.evidence.probe import UNDER_WAY, Occasion, Probe, ProbeState
from guardia.evidence.probes.measured import Sample
from guardia.evidence.test_result import Verdict
from guardia.evidence.words import sentence
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind, Stage

MOST_READ = 240


@dataclass(frozen=True, slots=True)
class Shown:
    """One result with its picture; ``title`` and ``described`` are the picture in words."""

    id: str
    at: datetime
    words: str
    verdict: str
    verdict_words: str
    occasion: str
    picture: Picture | None
    title: str
    described: str


@dataclass(frozen=True, slots=True)
class Watched:
    words: str
    picture: Picture | None
    title: str
    described: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    id: int
    name: str
    before: Shown | None
    after: Shown | None
    watched: Watched | None


@dataclass(frozen=True, slots=True)
class Evidence:
    rows: Sequence[TargetRow]
    compares: bool
    running: Sequence[str]
    progress: str
    probe_href: str
    add_href: str
    tag: str

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.running or self.probe_href or self.add_href)


def evidence_of(case: Case, staff: Staff) -> Evidence:
    """Nothing of a request: what belongs to a fault is not done there (A3)."""
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return Evidence((), False, (), "", "", "", "")
    targets = probing.targets_of(case.service_id) if case.is_open and may_handle(staff, case.desk) else []
    probes = list(case.probes.select_related("target").order_by("-due_at", "-pk")[:MOST_READ])[::-1]
    running = [str(p.target) for p in probes if p.state in UNDER_WAY and p.occasion != Occasion.STABILITY]
    rows = rows_of(case, [probe for probe in probes if probe.state in {ProbeState.DONE, ProbeState.FAILED}])
    offers = not targets and case.is_open and may_handle(staff, case.desk) and may(staff, Right.EDIT_CUSTOMERS)
    return Evidence(
        rows=rows,
        compares=case.restored_at is not None,
        running=running,
        progress=progress_words(case, len(running)),
        probe_href=reverse("probe_now", args=[case.number]) if targets else "",
        add_href=add_href(case) if offers else "",
        tag=tag_of([len(targets), *((p.pk, p.state) for p in probes)]),
    )


def add_href(case: Case) -> str:
    return f"{reverse('target_new', args=[case.customer_id])}?servicio={case.service_id}"


def progress_words(case: Case, running: int) -> str:
    if running:
        return ngettext("%d test is running…", "%d tests are running…", running) % running
    if case.is_open and case.stage == Stage.STABILITY and case.probes.filter(state__in=UNDER_WAY).exists():
        return _("The stability watch is on.")
    return ""


def rows_of(case: Case, done: Sequence[Probe]) -> list[TargetRow]:
    """One row per target that has a result, in the order in which they were first tested."""
    by_target: dict[int, list[Probe]] = {}
    for probe in sorted(done, key=lambda probe: probe.measured_at or probe.due_at):
        by_target.setdefault(probe.target_id, []).append(probe)
    return [row_of(case, probes) for probes in by_target.values()]


def row_of(case: Case, probes: Sequence[Probe]) -> TargetRow:
    """Before the restoration the last result alone; after it the last bad one, or the first, beside the latest."""
    restored = case.restored_at
    earlier = [p for p in probes if restored is None or (p.measured_at or p.due_at) < restored]
    later = [p for p in probes if restored is not None and (p.measured_at or p.due_at) >= restored]
    before = last_bad_or_first(earlier) if restored else earlier[-1]
    after = later[-1] if later else None
    top = max(highest(p.samples) for p in (before, after) if p) if before or after else None
    return TargetRow(
        id=probes[0].target_id,
        name=str(probes[0].target),
        before=shown(before, top) if before else None,
        after=shown(after, top) if after else None,
        watched=watched(case, probes),
    )


def last_bad_or_first(probes: Sequence[Probe]) -> Probe | None:
    return next((p for p in reversed(probes) if p.verdict == Verdict.BAD), probes[0] if probes else None)


def shown(probe: Probe, top: float | None) -> Shown:
    name, words = str(probe.target), sentence(probe.code, probe.numbers)
    return Shown(
        id=f"probe-{probe.pk}",
        at=probe.measured_at or probe.due_at,
        words=words,
        verdict=probe.verdict,
        verdict_words=probe.get_verdict_display() if probe.verdict else probe.get_state_display(),
        occasion=probe.get_occasion_display(),
        picture=picture(probe.samples, top),
        title=_("Samples of %(test)s") % {"test": name},
        described=sampled(probe.samples),
    )


def sampled(samples: Sequence[Sample]) -> str:
    """The bars in words, for whoever does not see them."""
    return ", ".join(_("lost") if sample is None else f"{sample:.0f} ms" for sample in samples)


def watched(case: Case, probes: Iterable[Probe]) -> Watched | None:
    """The rounds of the watch since the green window began, a bar each."""
    since = case.green_since
    if since is None:
        return None
    rounds = [p for p in probes if p.measured_at and p.measured_at > since and p.state == ProbeState.DONE]
    if len(rounds) < 2:
        return None
    means = [mean_of(p.numbers, p.verdict) for p in rounds]
    bad = sum(p.verdict == Verdict.BAD for p in rounds)
    words = _("%(rounds)d tests since the window began, %(bad)d bad") % {"rounds": len(rounds), "bad": bad}
    return Watched(words, picture(means), _("The stability watch, test by test"), sampled(means))


def mean_of(numbers: Mapping[str, float], verdict: str) -> Sample:
    """A bad round is a cross, whatever came back; one without times is as low as a bar can be."""
    return None if verdict == Verdict.BAD else float(numbers.get("mean", 0))
