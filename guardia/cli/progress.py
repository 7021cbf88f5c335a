"""How far a long command is, on the screen of whoever waits for it; and its end by Ctrl-C or SIGTERM."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self, TextIO

ON_A_SCREEN, IN_A_LOG = 0.5, 30.0
"""Seconds between two signs: on a terminal one line is written over, elsewhere each is a line of its own."""


class Stopped(BaseException):
    """Somebody asked this process to end (SIGTERM); like KeyboardInterrupt, nothing but the outermost handles it."""


class Progress:
    """Counts up to ``total`` and says count, share and time left on ``out``; used as a context.

    ``clock`` gives seconds that only go forwards. Steps that are not steady, each as long as it likes, tell nothing of
    the time that is left.
    """

    def __init__(
        self,
        what: str,
        total: int,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        is_steady: bool = True,
    ) -> None:
        self.what, self.total, self.is_steady = what, total, is_steady
        self.now_at = ""
        self.out = out or sys.stderr
        self.clock = clock
        self.done = 0
        self.is_screen = self.out.isatty()
        self.begun = self.said_at = clock()
        self.width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.width:
            self.out.write("\r" + " " * self.width + "\r")
            self.out.flush()

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        at = self.clock()
        if at - self.said_at >= (ON_A_SCREEN if self.is_screen else IN_A_LOG):
            self._say(at)

    def _say(self, at: float) -> None:
        self.said_at = at
        words = self.words(at)
        if self.is_screen:
            self.out.write("\r" + words.ljust(self.width))
            self.width = len(words)
        else:
            self.out.write(words + "\n")
        self.out.flush()

    def begins(self, name: str) -> None:
        """The step of this name begins, which may take long: a screen says so at once."""
        self.now_at = name
        if self.is_screen:
            self.done += 1
            self._say(self.clock())
        else:
            self.step()

    def words(self, at: float) -> str:
        """``cases: 40,000 of 100,000 (40 %), 1:30 left``; without a share where more came than was known of."""
        if not 0 < self.done <= self.total:
            return f"  {self.what}: {self.done:,}"
        left = (at - self.begun) * (self.total - self.done) / self.done
        share = 100 * self.done // self.total
        of_it = f"{self.done:,} of {self.total:,}"
        if not self.is_steady:
            return f"  {self.what}: {of_it}, {self.now_at}"
        return f"  {self.what}: {of_it} ({share} %), {span(left)} left"


def span(seconds: float) -> str:
    """``0:09``, ``12:30``, ``1:05:00``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def ends_tidily() -> Iterator[None]:
    """Inside, SIGTERM unwinds what is begun as Ctrl-C does, so that no half of it stays behind."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
