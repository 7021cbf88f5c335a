"""P6: a case in its follow-up that nobody tests any more, or not yet, is taken up again: nothing falls silent."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from guardia.cases import probing as case_tests
from guardia.cases.case import Case
from guardia.cases.queries import number_of
from guardia.clocks.quarantine import Quarantine
from guardia.evidence import probing
from guardia.evidence.probe import UNDER_WAY, Probe
from guardia.evidence.target import ServiceTarget
from guardia.procedure.vocabulary import Stage

BATCH = 200
QUARANTINE = Quarantine("case to test", number_of)


def take_up(at: datetime) -> int:
    """Ask for the next test of those that have targets and none under way; returns how many. ``at`` is UTC.

    A target that was written down during the follow-up, a test that was given up, a case that came from before.
    """
    targets = ServiceTarget.objects.filter(service=OuterRef("service"), active=True).exclude(
        kind__in=probing.NOT_WATCHED
    )
    running = Probe.objects.filter(case=OuterRef("pk"), state__in=UNDER_WAY)
    followed = Case.objects.filter(closed_at=None, stage=Stage.STABILITY)
    silent = followed.filter(Exists(targets), ~Exists(running))
    free = silent.exclude(pk__in=QUARANTINE.left_out(at)).order_by("pk")
    found = list(free.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    return QUARANTINE.each(found, lambda case: case_tests.watch(case, at), at)
