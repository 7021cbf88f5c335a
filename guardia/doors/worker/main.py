"""`guardia worker`: one thread for each line of the timetable, so that a slow mail server delays no deadline."""

import logging
import signal
from threading import Event
from types import FrameType

from django.utils.module_loading import import_string

from guardia.config import memory
from guardia.config.timetable import TIMETABLE
from guardia.doors.worker.loop import Loop

log = logging.getLogger(__name__)


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
    stopping.wait()
    for loop in loops:
        loop.join()
    log.info("worker ended")
    return 0


def stop_on_signals(stopping: Event) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
