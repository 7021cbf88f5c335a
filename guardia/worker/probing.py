"""The tests that wait are run, many at once; each result goes to its case in a transaction of its own."""

import logging
from datetime import datetime
from threading import Event

from django.conf import settings

from guardia.cases import probing as case_tests
from guardia.cases import watches
from guardia.cases.queries import locked_cases
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import probing
from guardia.evidence.probe import Probe
from guardia.evidence.probes.measured import Measured, Question, unclear
from guardia.evidence.probes.run import Running
from guardia.worker.lookout import lookout

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5
TOGETHER = 10
"""While many run, the next ones are asked for so many at a time: a question for each would be as many again."""


def probes(stopping: Event) -> None:
    """Run what is due until nothing is; a slow target holds up no other. Once it stops, what runs is still settled."""
    held: dict[int, Probe] = {}
    first = take_probes(settings.PROBES_AT_ONCE)
    if not first:
        return
    with Running() as running:
        while first or held:
            for probe in first:
                if question := question_of(probe):
                    held[probe.pk] = probe
                    running.begin(probe.pk, question)
            if answer := running.answer(LOOK_AGAIN_SECONDS):
                key, measured = answer
                settle(held.pop(key), measured)
            free = settings.PROBES_AT_ONCE - len(held)
            enough = free >= min(TOGETHER, settings.PROBES_AT_ONCE)
            first = take_probes(free) if enough and not stopping.is_set() else []


def question_of(probe: Probe) -> Question | None:
    """What is asked. Where even that cannot be told, it has its answer: that nothing is known."""
    try:
        return probing.question_of(probe.target)
    except Exception as trouble:
        log.exception("probe %s of case %s cannot be begun", probe.pk, probe.case_id)
        settle(probe, unclear("trouble", what=type(trouble).__name__))
        return None


def silent_watches(stopping: Event) -> None:
    """A case in its follow-up that has targets is always watched (P6)."""
    with behind(DatabaseRole.WORKER):
        watches.take_up(now())


class Thinned:
    """Up to which closing (UTC) this process has let the old rounds go; the first look is at all of them."""

    until: datetime | None = None


def old_watches(stopping: Event) -> None:
    """The rounds of cases that were closed long ago, batch after batch until none is left (WATCH_KEPT_DAYS)."""
    gone = probing.BATCH
    until = probing.over_before(now())
    while gone >= probing.BATCH and not stopping.is_set():
        with behind(DatabaseRole.WORKER):
            gone = probing.thin(until, Thinned.until)
    if gone < probing.BATCH:
        Thinned.until = until


def take_probes(most: int) -> list[Probe]:
    with behind(DatabaseRole.WORKER):
        taken = probing.take(now(), most)
        if taken:
            lookout.overlook()
        return taken


def settle(probe: Probe, measured: Measured) -> None:
    """Keep it and tell its case. One that cannot be settled is logged; its lease ends, and it is run again."""
    try:
        with behind(DatabaseRole.WORKER):
            cases = locked_cases()
            case = cases.get(pk=probe.case_id)
            at = now()
            head = bytes(case.head_hash)
            if probing.settle(probe, measured, at):
                case_tests.record(case, probe, at)
            if bytes(case.head_hash) == head:
                lookout.overlook()
    except Exception:
        log.exception("probe %s of case %s cannot be settled", probe.pk, probe.case_id)
