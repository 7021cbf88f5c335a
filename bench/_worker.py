"""The real worker, a process of its own, which may be killed."""

import signal
import subprocess
import sys
from collections.abc import Callable
from time import monotonic, sleep

from bench._house import House
from bench._sinks import HOST, Sinks

LOOK_AGAIN = 0.2


class Worker:
    """Its nightly comparison of the histories counts as begun: what is measured at night is what is measured by day."""

    def __init__(self, house: House, sinks: Sinks, database: str, **more: str) -> None:
        from guardia.config.database_roles import DatabaseRole, behind
        from guardia.config.now import now
        from guardia.reports import verification

        with behind(DatabaseRole.WORKER):
            verification.begins(now())
        more = {"SMTP_HOST": HOST, "SMTP_PORT": str(sinks.port), **more}
        self.process = subprocess.Popen([sys.executable, "-m", "guardia", "worker"], env=house.address(database) | more)

    def kill(self) -> None:
        """As a machine dies: it finishes nothing and tells nobody."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=90)


def until(holds: Callable[[], bool], what: str, seconds: float) -> None:
    """Look again and again until it holds. Raises TimeoutError."""
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            raise TimeoutError(f"after {seconds:.0f} s still not: {what}")
        sleep(LOOK_AGAIN)
