"""`guardia worker`: one thread for each line of the timetable; it outlives trouble of database and mail server."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread, current_thread, get_native_id
from time import monotonic
from types import FrameType

from django.db import Error, InterfaceError, OperationalError, connection, connections
from django.utils.module_loading import import_string

from guardia.clocks import watch
from guardia.config import processes
from guardia.config.collisions import is_unavailable
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.logs import about
from guardia.config.now import now
from guardia.config.timetable import NO_REST, TIMETABLE, Rest
from guardia.notices.server_answer import NoServer
from guardia.proof.hsm import KeyUnavailable
from guardia.worker.lookout import Lookout, lookout

# --- one loop ---------------------------------------------------------------------------------------------------------
# A thread that does its round again and again, and outlives every trouble of database and mail server.
log = logging.getLogger(__name__)

BACK_OFF_SECONDS = (1, 2, 5, 10)
NICE = 2
"""As nice(1) counts. Little: a thread that waits long for the processor keeps what it holds from those beside it."""
OUTSIDE_TROUBLE = (NoServer, KeyUnavailable, OperationalError, InterfaceError)
"""What is not ours to mend and passes by itself: one line in the log is enough."""


class Loop(Thread):
    """``pause`` and ``back_off`` in seconds. Ends soon after ``stopping`` is set: after the step it is in.

    One that ``gives_way`` lets others have the processor first, and so do the threads that it begins. After the pause
    that follows a good round it rests, until the ``lookout`` has seen something for it or its ``rest`` is over.
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
        rest: Rest = NO_REST,
        lookout: Lookout = lookout,
    ) -> None:
        super().__init__(name=name)
        self.rest = rest
        self.lookout = lookout
        self.work = work
        self.stopping = stopping
        self.pause = pause
        self.back_off = back_off
        self.gives_way = gives_way
        self.failures = 0
        self.is_known_well = self.is_on_record = False
        self.beats = 0

    def beat(self) -> None:
        """It goes on: a round has ended, or one of its steps. Whoever watches sees the number move."""
        self.beats += 1

    def run(self) -> None:
        if self.gives_way:
            give_way()
        with about(step=self.name):
            while not self.stopping.is_set():
                known = self.lookout.news
                self.stopping.wait(self.round())
                if self.rest.seconds > self.pause and not self.failures:
                    news = known if self.rest.ends_with_any_write else None
                    self.lookout.rest(self.name, news, self.rest.seconds - self.pause)
        connections.close_all()

    def round(self) -> float:
        """One round; returns how many seconds to wait until the next."""
        try:
            connection.close_if_unusable_or_obsolete()
            self.work(self.stopping)
        except Exception as trouble:
            return self.troubled(trouble)
        self.failures = 0
        self.well()
        return self.pause

    def well(self) -> None:
        """After a good round; the first one also takes back what a process before it has put on record."""
        self.beat()
        if not self.is_known_well:
            try:
                with behind(DatabaseRole.WORKER):
                    watch.is_well(watch.LOOP, self.name)
            except Error as trouble:
                log.debug("%s: it is not on record that it goes well: %s", self.name, trouble)
                return
            outage.ends(self.name)
            if self.is_on_record:
                log.info("%s goes well again", self.name)
            self.is_known_well, self.is_on_record = True, False

    def troubled(self, trouble: Exception) -> float:
        self.beat()
        wait = self.back_off[min(self.failures, len(self.back_off) - 1)]
        self.failures += 1
        self.is_known_well = False
        connection.close()
        if is_unavailable(trouble):
            if outage.begins(self.name):
                words = "the database does not answer: %s; every loop tries again by itself"
                log.warning(words, " ".join(str(trouble).split()))
            return wait
        if isinstance(trouble, OUTSIDE_TROUBLE):
            log.warning("%s: %s; again in %s s", self.name, " ".join(str(trouble).split()), wait)
        else:
            log.exception("%s failed; again in %s s", self.name, wait, exc_info=trouble)
        self.put_on_record(trouble)
        return wait

    def put_on_record(self, trouble: Exception) -> None:
        """So that the desk, /salud and /metrics say it: who looks there may have no log."""
        try:
            with behind(DatabaseRole.WORKER):
                watch.fails(watch.LOOP, self.name, watch.reason_of(trouble), now())
            self.is_on_record = True
        except Error as further:
            log.warning("%s: its trouble is not on record: %s", self.name, " ".join(str(further).split()))
            connection.close()


class Outage:
    """The database is gone for all loops at once: the log says so once, and once that it is over."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.touched: set[str] = set()

    def begins(self, loop: str) -> bool:
        """Note that this loop has lost the database; True where it is the first one."""
        with self.lock:
            is_first = not self.touched
            self.touched.add(loop)
            return is_first

    def ends(self, loop: str) -> None:
        """A loop has reached the database again. The others that had lost it will find it as well."""
        with self.lock:
            if loop not in self.touched:
                return
            self.touched.clear()
        log.warning("the database answers again")


outage = Outage()


def beat() -> None:
    """Of whatever loop this thread runs; of none elsewhere."""
    loop = current_thread()
    if isinstance(loop, Loop):
        loop.beat()


def give_way() -> None:
    """On Linux alone: elsewhere the priority is the whole process's. One that is lower already stays."""
    if sys.platform == "linux":
        thread = get_native_id()
        try:
            os.setpriority(os.PRIO_PROCESS, thread, max(NICE, os.getpriority(os.PRIO_PROCESS, thread)))
        except OSError as trouble:  # forbidden by a sandbox: it works on as all others do
            log.info("this thread cannot give way to others: %s", trouble)


# --- process ----------------------------------------------------------------------------------------------------------

MUST_GO_ON = ("deadlines", "heartbeat")
"""Loops that wait for nobody outside: where one of them takes no step for long, the process hangs."""

HUNG = 70


def run() -> int:
    """Work until SIGTERM or SIGINT, then finish the step at hand. A second signal ends the process at once."""
    stopping = Event()
    stop_on_signals(stopping)
    processes.one_heap()
    loops = [
        Loop(
            each.name,
            import_string(each.function),
            stopping,
            each.seconds,
            gives_way=each.gives_way,
            rest=each.rest,
        )
        for each in TIMETABLE
    ]
    lookout.begin(stopping)
    for loop in loops:
        loop.start()
    log.info("worker runs: %s", ", ".join(loop.name for loop in loops))
    processes.notify(processes.READY)
    progress = Progress([loop for loop in loops if loop.name in MUST_GO_ON], monotonic())
    while not stopping.wait(processes.EVERY_SECONDS):
        if progress.goes_on(monotonic()):
            processes.notify(processes.ALIVE)
            processes.write_down(monotonic())
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
        return not self._still(now, processes.HANGS_AFTER_SECONDS)

    def hangs(self, now: float) -> bool:
        """Whether one of them has taken none for so long that nothing but a new process helps."""
        self.still = self._still(now, 3 * processes.HANGS_AFTER_SECONDS)
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
