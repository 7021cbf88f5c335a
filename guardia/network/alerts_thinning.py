"""Old alerts go, so that no storm fills the house: those that are over and that neither case nor outage stands on."""

from datetime import datetime, timedelta

from guardia.network.alert import Alert, AlertSource, AlertState, AlertTurn

BATCH = 1000
MOST_KEPT = 100_000
KEPT_IN_A_FLOOD = timedelta(days=1)
MOST_FIRING = 20_000


def thin(now: datetime, days: int) -> int:
    """Delete up to a batch of those that are over for so many days; how many went. ``now`` is UTC.

    Of more than ``MOST_KEPT`` only the last day's stay.
    """
    over = Alert.objects.filter(state=AlertState.RESOLVED, outage=None, case=None)
    is_flood = over.order_by("last_at")[MOST_KEPT : MOST_KEPT + 1].exists()
    before = now - (KEPT_IN_A_FLOOD if is_flood else timedelta(days=days))
    old = list(over.filter(last_at__lt=before).order_by("last_at").values_list("pk", flat=True)[:BATCH])
    if not old:
        return 0
    # One that fires again meanwhile is not deleted, nor are its turns: the wall looks at the row as it is now.
    locked = list(
        over.filter(pk__in=old).select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
    )
    AlertTurn.objects.filter(alert__in=locked)._raw_delete("default")
    Alert.objects.filter(pk__in=locked)._raw_delete("default")
    return len(locked)


def too_many(source: AlertSource) -> bool:
    """Whether more fire than anybody can look at: then its rules of firing want a look, not the alerts."""
    firing = Alert.objects.filter(source=source).exclude(state=AlertState.RESOLVED)
    return firing.order_by()[MOST_FIRING : MOST_FIRING + 1].exists()
