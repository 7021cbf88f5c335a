"""When each thing that runs by itself was last seen at work: no sweep for 60 s and the house says so (dead-man)."""

from datetime import datetime, timedelta
from functools import cache

from django.db import connection, models

from guardia.config.kept import Kept

SILENT_AFTER = timedelta(seconds=60)


class Watch(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "watch"


def seen(name: str, at: datetime) -> None:
    """This loop has done a round at ``at`` (UTC); a later hour that is known already stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO watch (name, seen_at) VALUES (%s, %s)
               ON CONFLICT (name) DO UPDATE SET seen_at = greatest(watch.seen_at, EXCLUDED.seen_at)""",
            [name, at],
        )


def silent_since(name: str, at: datetime) -> datetime | None:
    """Since when this loop has not been seen, if that is longer than 60 s before ``at``; None while it works.

    One that was never seen is not known to be due: None as well.
    """
    last = _last_seen(name).first()
    return last if last and at - last > SILENT_AFTER else None


@cache
def _last_seen(name: str) -> Kept:
    return Kept(lambda: Watch.objects.filter(pk=name).values_list("seen_at", flat=True))
