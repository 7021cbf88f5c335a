"""`guardia worker`: one thread for each line of the timetable, so that a slow mail server delays no deadline."""

import logging
import os
import signal
from collections.abc import Sequence
from threading import Event
from time import monotonic
from types import FrameType

from django.utils.module_loading import import_string

from guardia.config import alive, memory
from guardia.config.timetable import TIMETABLE
from guardia.worker.loop import Loop

log = logging.getLogger(__name__)

MUST_GO_ON = ("deadlines", "heartbeat")
"""Loops that wait for nobody outside: where one of them takes no step for long, the process hangs."""

HUNG = 70


def run() -> int:
    """Work until SIGTERM or SIGINT, then finish the step at hand. A second signal ends the process at once."""
    stopping = Event()
    stop_on_signals(stopping)
    memory.one_heap()
    loops = [
        Loop(each.name, import_string(each.function), stopping, each.seconds, gives_way=each.gives_way)
        for each in TIMETABLE
    ]
    memory.settled()
    for loop in loops:
        loop.start()
    log.info("worker runs: %s", ", ".join(loop.name for loop in loops))
    alive.notify(alive.READY)
    progress = Progress([loop for loop in loops if loop.name in MUST_GO_ON], monotonic())
    while not stopping.wait(alive.EVERY_SECONDS):
        if progress.goes_on(monotonic()):
            alive.notify(alive.ALIVE)
            alive.write_down(monotonic())
        elif progress.hangs(monotonic()):
            log.critical("%s hangs: this process ends, so that another one is begun", ", ".join(progress.still))
            os._exit(HUNG)
    for loop in loops:
        loop.join()
    log.info("worker ended")
    return 0


class Progress:
    """Whether these loops go on, by the steps that they count; hours in seconds of ``monotonic``."""

    def __init__(self, loops: Sequence[Loop], now: float) -> None:
        self.loops = loops
        self.seen = {loop.name: (loop.beats, now) for loop in loops}

    def goes_on(self, now: float) -> bool:
        """Whether each of them has taken a step in the last minute."""
        for loop in self.loops:
            if self.seen[loop.name][0] != loop.beats:
                self.seen[loop.name] = (loop.beats, now)
        return not self._still(now, alive.HANGS_AFTER_SECONDS)

    def hangs(self, now: float) -> bool:
        """Whether one of them has taken none for so long that nothing but a new process helps."""
        self.still = self._still(now, 3 * alive.HANGS_AFTER_SECONDS)
        return bool(self.still)

    def _still(self, now: float, longest: float) -> list[str]:
        return [name for name, (_beats, at) in self.seen.items() if now - at > longest]


def stop_on_signals(stopping: Event) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
