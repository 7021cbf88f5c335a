"""The tests that wait are run, many at once; each result goes to its case in a transaction of its own."""

import logging
from threading import Event

from django.conf import settings

from guardia.cases import probing as ruling
from guardia.cases import watches
from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.config.walls import Wall, behind
from guardia.doors.now import now
from guardia.evidence import probing
from guardia.evidence.probe import Probe
from guardia.evidence.probes.measured import Measured
from guardia.evidence.probes.run import Running

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5


def probes(stopping: Event) -> None:
    """Run what is due until nothing is; a slow target holds up no other. Once it stops, what runs is still settled."""
    held: dict[int, Probe] = {}
    first = taken(settings.PROBES_AT_ONCE)
    if not first:
        return
    with Running() as running:
        while first or held:
            for probe in first:
                held[probe.pk] = probe
                running.begin(probe.pk, probing.question_of(probe.target))
            if answer := running.answer(LOOK_AGAIN_SECONDS):
                key, measured = answer
                settle(held.pop(key), measured)
            free = settings.PROBES_AT_ONCE - len(held)
            first = taken(free) if free > 0 and not stopping.is_set() else []


def silent_watches(stopping: Event) -> None:
    """A case in its follow-up that has targets is always watched (P6)."""
    with behind(Wall.WORKER):
        watches.take_up(now())


def taken(most: int) -> list[Probe]:
    with behind(Wall.WORKER):
        return probing.take(now(), most)


def settle(probe: Probe, measured: Measured) -> None:
    """Keep it and tell its case. One that cannot be settled is logged; its lease ends, and it is run again."""
    try:
        with behind(Wall.WORKER):
            cases = with_names(Case.objects.select_for_update(of=("self",), no_key=True))
            case = cases.get(pk=probe.case_id)
            at = now()
            if probing.settle(probe, measured, at):
                ruling.record(case, probe, at)
    except Exception:
        log.exception("probe %s of case %s cannot be settled", probe.pk, probe.case_id)
