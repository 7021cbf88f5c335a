"""What the tests with real partners share: waiting for what was done, never for a time."""

import socket
from collections.abc import Callable
from threading import Condition

PATIENCE = 60


class Watched:
    """How often something was done, for whoever waits for it."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = Condition()

    def done(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
