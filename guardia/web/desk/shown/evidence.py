"""What Guardia itself has tested of a case: what runs, the last results, before and after, the watch (P3, P5, P6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.desks import kind_of
from guardia.evidence import probing
from guardia.evidence.compared import Compared, compared
from guardia.evidence.picture import Picture, highest, picture
from guardia.evidence.probe import UNDER_WAY, Occasion, Probe, ProbeState
from guardia.evidence.probes.measured import Sample
from guardia.evidence.words import sentence
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind, Stage
from guardia.web.desk.page import tag_of

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
    return [row_of(row) for row in compared(done, case.restored_at, case.green_since)]


def row_of(row: Compared) -> TargetRow:
    """Both sides on one scale."""
    top = max((highest(p.samples) for p in (row.before, row.after) if p), default=None)
    return TargetRow(
        id=row.target.pk,
        name=str(row.target),
        before=shown(row.before, top) if row.before else None,
        after=shown(row.after, top) if row.after else None,
        watched=watched(row),
    )


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


def watched(row: Compared) -> Watched | None:
    """The rounds of the watch since the green window began, a bar each."""
    if len(row.watch) < 2:
        return None
    means = row.rounds
    words = _("%(rounds)d tests since the window began, %(bad)d bad") % {"rounds": len(means), "bad": row.bad_rounds}
    return Watched(words, picture(means), _("The stability watch, test by test"), sampled(means))
