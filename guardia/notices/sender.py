"""A process that sends: what it holds is given to another as soon as it is no longer seen."""

from datetime import datetime, timedelta

from django.db import models

SILENT_AFTER = timedelta(seconds=45)
"""A living process is seen every five seconds; one not seen for so long is dead, or as good as dead."""

FORGOTTEN_AFTER = timedelta(hours=1)


class Sender(models.Model):
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "sender"

    def __str__(self) -> str:
        return f"sender {self.pk}"


def seen(now: datetime, sender_id: int | None = None) -> int:
    """Write down that this sender lives at ``now`` (UTC), as a new one where it has no number yet; its number.

    A row that was forgotten meanwhile, because the machine slept, is made again under the same number.
    """
    sender = Sender(pk=sender_id, started_at=now, seen_at=now)
    if sender_id is None:
        sender.save(force_insert=True)
    else:
        Sender.objects.bulk_create([sender], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at"])
    return sender.pk


def is_known(sender_id: int) -> bool:
    return Sender.objects.filter(pk=sender_id).exists()


def forget_the_dead(now: datetime) -> int:
    """Drop the rows of senders not seen for an hour; what they held was given to others long before."""
    return Sender.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()[1].get("guardia.Sender", 0)
