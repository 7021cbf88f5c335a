"""When a case asks for its service to be tested, and what a test that was run means for the case (P3, P5, P6).

The case is locked by the caller; hours are UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from guardia.cases import case_proofs
from guardia.cases.desk_hours import kind_of
from guardia.evidence import measured_sentences, probing
from guardia.evidence.probe import Occasion, Probe, ProbeState
from guardia.evidence.test_result import Verdict
from guardia.people.staff import SYSTEM, Actor, Staff
from guardia.procedure.vocabulary import CaseKind, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

ON_RECORD_EVERY = timedelta(minutes=10)
"""A watch that keeps saying the same is put on record this often; each of its tests stays among the probes."""


def at_registration(case: "Case", at: datetime) -> None:
    """The first look at the service, for those targets that want it (P3)."""
    probing.ask(case.pk, probing.targets_at_registration(case.service_id), Occasion.REGISTRATION, at=at)


def at_verification(case: "Case", at: datetime) -> None:
    """The service is said to be back: the same tests again, to be laid beside those of before (P5)."""
    probing.ask(case.pk, probing.targets_of(case.service_id), Occasion.VERIFICATION, at=at)


def at_verification_of(cases: Sequence["Case"], at: datetime) -> None:
    """The same for many cases at once."""
    of_service = {case.service_id: case.pk for case in cases if case.service_id}
    targets = probing.targets_of_many(of_service)
    probing.ask_of_many([(of_service[each.service_id], each) for each in targets], Occasion.VERIFICATION, at=at)


def on_demand(case: "Case", by: Staff, at: datetime) -> int:
    """Somebody wants it tested now; returns how many targets there are. Raises CaseIsClosed, NotAnIncident."""
    case.must_be_open()
    case.must_be_an_incident()
    targets = probing.targets_of(case.service_id)
    probing.ask(case.pk, targets, Occasion.ON_DEMAND, at=at, by=by)
    return len(targets)


def watch(case: "Case", at: datetime, not_before: datetime | None = None) -> None:
    """In the follow-up the targets are tested again and again (P6): each test that is settled asks for the next."""
    targets = [target for target in probing.targets_of(case.service_id) if target.kind not in probing.NOT_WATCHED]
    probing.ask(case.pk, targets, Occasion.STABILITY, at=at, not_before=not_before)


def record(case: "Case", probe: Probe, now: datetime) -> None:
    """A settled probe of this case: put on record, and in the follow-up what follows from it."""
    if not case.is_open or kind_of(case.desk) != CaseKind.INCIDENT or probe.measured_at is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        if is_news(case, probe):
            _put_on_record(case, probe, now)
        if case.stage == Stage.STABILITY:
            _follow(case, probe, now)
    if case.stage == Stage.STABILITY:
        watch(case, now, not_before=now + timedelta(seconds=settings.WATCH_SECONDS))


def is_news(case: "Case", probe: Probe) -> bool:
    """Every test is, but those of the watch that only say again what the one before them said. The first at the end of
    the green window is news too: it is the evidence that the follow-up asks for.
    """
    if probe.occasion != Occasion.STABILITY:
        return True
    if case.stage != Stage.STABILITY or probe.measured_at is None:
        return False
    said = case.probes.filter(target=probe.target_id, test__isnull=False).order_by("-measured_at").first()
    if said is None or said.measured_at is None or said.verdict != probe.verdict:
        return True
    is_of_this_window = case.green_since is None or said.measured_at > case.green_since
    if not is_of_this_window or probe.measured_at - said.measured_at >= ON_RECORD_EVERY:
        return True
    end = case_proofs.end_of_window(case)
    return end is not None and said.measured_at < end <= probe.measured_at


def _put_on_record(case: "Case", probe: Probe, now: datetime) -> None:
    by = Actor.of_staff(probe.asked_by) if probe.asked_by else SYSTEM
    at = probe.measured_at or now
    result = measured_sentences.sentence(probe.code, probe.numbers)
    event = case.add_test(str(probe.target)[:120], result, Verdict(probe.verdict), by=by, at=at, now=now, measured=True)
    Probe.objects.filter(pk=probe.pk).update(test=event.data["test"])


def _follow(case: "Case", probe: Probe, now: datetime) -> None:
    """A drop that is over begins the green window again; one that stays takes the case back to P3 (P6 D)."""
    done = case.probes.filter(target=probe.target_id, state=ProbeState.DONE, measured_at__gt=case.green_since)
    tests = [(at, verdict) for at, verdict in done.order_by("measured_at").values_list("measured_at", "verdict") if at]
    seen = drops_seen(tests)
    target = {"kind": probe.target.kind, "where": probe.target.where}
    if seen.down_since and now - seen.down_since >= timedelta(seconds=settings.WATCH_RELAPSE_SECONDS):
        saw = target | {"code": probe.code, "numbers": probe.numbers}
        case.relapse(measured_sentences.seen(saw), saw=saw, by=SYSTEM, at=seen.down_since, now=now)
    elif seen.dropped_at and seen.back_at:
        lasted = seen.back_at - seen.dropped_at
        saw = target | {"code": measured_sentences.BACK}
        case.flap(measured_sentences.seen(saw), lasted, saw=saw, by=SYSTEM, at=seen.dropped_at, now=now)


# P6: from the tests of the follow-up, when a service dropped and came back, and since when it is down. Pure.


OF, BAD_OF = 3, 2
"""Two bad of three in a row are a drop; a single one is on record and no more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``dropped_at``: the first bad test of the drop, or None. ``back_at``: the first good one after its last bad one.

    ``down_since``: the first bad test of those in a row with which it ends.
    """

    dropped_at: datetime | None = None
    back_at: datetime | None = None
    down_since: datetime | None = None


def drops_seen(tests: Sequence[tuple[datetime, str]]) -> Seen:
    """``tests``: hour (UTC) and verdict of one target since the window began, in order; unclear says nothing."""
    clear = [(at, verdict) for at, verdict in tests if verdict != Verdict.UNCLEAR]
    down = 0
    while down < len(clear) and clear[-1 - down][1] == Verdict.BAD:
        down += 1
    down_since = clear[-down][0] if down else None
    dropped = _first_drop(clear)
    if dropped is None:
        return Seen(down_since=down_since)
    last_bad = max(place for place, (_at, verdict) in enumerate(clear) if verdict == Verdict.BAD)
    back_at = None if down else clear[last_bad + 1][0]
    return Seen(clear[dropped][0], back_at, down_since)


def _first_drop(clear: Sequence[tuple[datetime, str]]) -> int | None:
    """The place of the first bad test of the first three in a row of which two are bad."""
    for end in range(len(clear)):
        near = range(max(0, end - OF + 1), end + 1)
        bad = [place for place in near if clear[place][1] == Verdict.BAD]
        if len(bad) >= BAD_OF:
            return bad[0]
    return None
