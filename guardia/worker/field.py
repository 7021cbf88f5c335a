"""What a telephone sent and a death between keeping and doing left behind is done (P4)."""

import logging
from datetime import timedelta
from threading import Event

from guardia.cases import field_arrivals
from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.config.now import now
from guardia.config.walls import Wall, behind

log = logging.getLogger(__name__)

LEFT_BEHIND = timedelta(seconds=10)
"""The request that brought it does it at once: what waits longer was left behind."""


def acts_left_behind(stopping: Event) -> None:
    """Case by case, each in a transaction of its own; one in trouble holds up no other."""
    with behind(Wall.WORKER):
        cases = field_arrivals.left_behind(now() - LEFT_BEHIND)
    for case_id in cases:
        if stopping.is_set():
            return
        try:
            with behind(Wall.WORKER):
                case = with_names(Case.objects.select_for_update(of=("self",), no_key=True)).get(pk=case_id)
                field_arrivals.apply_waiting(case, now())
        except Exception:
            log.exception("acts of case %s wait still", case_id)
