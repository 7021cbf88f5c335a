"""What is over is taken away: sessions that no browser can use any more, also those of visitors who never signed in."""

from threading import Event

from django.contrib.sessions.models import Session

from guardia.config.now import now
from guardia.config.walls import Wall, behind

BATCH = 5_000


def sessions(stopping: Event) -> None:
    """Batch after batch, the oldest first, until none is left."""
    found = BATCH
    while found == BATCH and not stopping.is_set():
        with behind(Wall.WORKER):
            over = Session.objects.filter(expire_date__lt=now()).order_by("expire_date").values("pk")[:BATCH]
            found = Session.objects.filter(pk__in=over).delete()[0]
