"""Old rounds of a watch are let go: a case of a week leaves thousands of them, and its closing told what they said.

What is on record stays: every probe that became a test, and of each target the last one.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from guardia.evidence.probe import Occasion, Probe, ProbeState

BATCH = 5_000


def over_before(at: datetime) -> datetime:
    """Until when (UTC) a case must have been closed for its rounds to be let go at ``at``."""
    return at - timedelta(days=settings.WATCH_KEPT_DAYS)


def thin(closed_before: datetime, closed_since: datetime | None = None, most: int = BATCH) -> int:
    """Delete rounds of the cases closed in between (UTC); returns how many.

    ``closed_since`` keeps a look as short as what has grown old since the last one; without it all cases are looked at.
    """
    later = Probe.objects.filter(case=OuterRef("case"), target=OuterRef("target"), pk__gt=OuterRef("pk"))
    old = Probe.objects.filter(
        Exists(later),
        case__closed_at__lt=closed_before,
        occasion=Occasion.STABILITY,
        state__in=(ProbeState.DONE, ProbeState.FAILED),
        test=None,
    )
    if closed_since is not None:
        old = old.filter(case__closed_at__gte=closed_since)
    chosen = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    return Probe.objects.filter(pk__in=chosen).delete()[0] if chosen else 0
