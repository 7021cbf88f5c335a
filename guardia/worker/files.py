"""Four times a day: bytes of files that no case has any more go."""

import logging
from threading import Event

from guardia.cases import file_bytes
from guardia.config.now import now
from guardia.config.walls import Wall, behind

log = logging.getLogger(__name__)


def sweep(stopping: Event) -> None:
    """What was withdrawn while the store did not answer, and what a crash left behind a week ago."""
    with behind(Wall.WORKER):
        at = now()
    if removed := file_bytes.sweep(at):
        log.info("%d files that belong to no case were removed from the store", removed)
