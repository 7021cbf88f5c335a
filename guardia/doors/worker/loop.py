"""A thread that does its round again and again, and outlives every trouble of database and mail server."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from threading import Event, Thread, get_native_id

from django.db import InterfaceError, OperationalError, connection, connections

from guardia.config.log_context import about
from guardia.notices.answer import NoServer

log = logging.getLogger(__name__)

BACK_OFF_SECONDS = (1, 2, 5, 10)
NICE = 2
"""As nice(1) counts. Little: a thread that waits long for the processor keeps what it holds from those beside it."""
OUTSIDE_TROUBLE = (NoServer, OperationalError, InterfaceError)
"""What is not ours to mend and passes by itself: one line in the log is enough."""


class Loop(Thread):
    """``pause`` and ``back_off`` in seconds. Ends soon after ``stopping`` is set: after the step it is in.

    One that ``gives_way`` lets others have the processor first, and so do the threads that it begins.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Event], None],
        stopping: Event,
        pause: float,
        back_off: Sequence[float] = BACK_OFF_SECONDS,
        *,
        gives_way: bool = False,
    ) -> None:
        super().__init__(name=name)
        self.work = work
        self.stopping = stopping
        self.pause = pause
        self.back_off = back_off
        self.gives_way = gives_way
        self.failures = 0

    def run(self) -> None:
        if self.gives_way:
            give_way()
        with about(step=self.name):
            while not self.stopping.is_set():
                self.stopping.wait(self.round())
        connections.close_all()

    def round(self) -> float:
        """One round; returns how many seconds to wait until the next."""
        try:
            connection.close_if_unusable_or_obsolete()
            self.work(self.stopping)
        except Exception as trouble:
            return self.troubled(trouble)
        self.failures = 0
        return self.pause

    def troubled(self, trouble: Exception) -> float:
        wait = self.back_off[min(self.failures, len(self.back_off) - 1)]
        self.failures += 1
        if isinstance(trouble, OUTSIDE_TROUBLE):
            log.warning("%s: %s; again in %s s", self.name, " ".join(str(trouble).split()), wait)
        else:
            log.exception("%s failed; again in %s s", self.name, wait)
        connection.close()
        return wait


def give_way() -> None:
    """On Linux alone: elsewhere the priority is the whole process's. One that is lower already stays."""
    if sys.platform == "linux":
        thread = get_native_id()
        try:
            os.setpriority(os.PRIO_PROCESS, thread, max(NICE, os.getpriority(os.PRIO_PROCESS, thread)))
        except OSError as trouble:  # forbidden by a sandbox: it works on as all others do
            log.info("this thread cannot give way to others: %s", trouble)
