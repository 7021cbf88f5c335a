"""An engineer who asks for the page of the desk again and again, in a process of its own as the web's is.

``python -m bench._asking`` prints the seconds of each answer, one a line, until its input is closed.
"""

import subprocess
import sys
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from time import monotonic

from bench._house import House

FIRST = 120
"""Seconds that the process may take to start."""


class Asking:
    def __init__(self, house: House, database: str) -> None:
        self.house, self.database = house, database
        self.said: Queue[float] = Queue()

    def __enter__(self) -> "Asking":
        env = self.house.address(self.database) | {"DJANGO_SETTINGS_MODULE": "guardia.config.settings"}
        words = [sys.executable, "-m", "bench._asking"]
        self.process = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        Thread(target=self._listen, daemon=True).start()
        self.seconds(5)
        return self

    def __exit__(self, *trouble: object) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def seconds(self, times: int) -> list[float]:
        """The next so many answers."""
        self.since_then()
        found: list[float] = []
        end = monotonic() + FIRST
        while len(found) < times:
            if self.process.poll() is not None or monotonic() > end:
                raise RuntimeError("nobody answers at the desk: see what it said above")
            with suppress(Empty):
                found.append(self.said.get(timeout=1))
        return found

    def since_then(self) -> list[float]:
        """All answers since the last question."""
        found = []
        while True:
            try:
                found.append(self.said.get_nowait())
            except Empty:
                return found

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.put(float(line))


def main() -> None:
    import select
    from time import sleep

    import django

    django.setup()
    from bench._desk import ASKED_EVERY, Desk

    desk = Desk()
    while not select.select([sys.stdin], [], [], 0)[0]:
        print(desk.ask(), flush=True)
        sleep(ASKED_EVERY / 4)


if __name__ == "__main__":
    main()
