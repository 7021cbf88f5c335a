"""Words of the tests that commit: several workers, each under its own row policies."""

from datetime import timedelta

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.alert import Alert, AlertSource
from guardia.network.alert_message import AlertMessage, Message, fingerprint_of
from guardia.network.alert_store import keep


def say(source: AlertSource, key: str, fires: bool = True, **labels: str) -> None:
    with behind(DatabaseRole.WORKER):
        one = AlertMessage(fingerprint_of((key,)), fires, key, None, "critical", "", labels)
        keep(AlertSource.objects.get(pk=source.pk), Message((one,)), now())


def age(key: str, by: timedelta) -> None:
    """As if it had been said so long ago."""
    with behind(DatabaseRole.STAFF):
        alert = Alert.objects.get(fingerprint=fingerprint_of((key,)))
        Alert.objects.filter(pk=alert.pk).update(
            last_at=alert.last_at - by, acts_at=alert.acts_at - by if alert.acts_at else None, since=alert.since - by
        )
