"""`guardia history import` that is killed at a step of its own: `python -m tests.history.dying_import N FILE MAPPING`.

A step is a statement to the database or the end of a transaction; it dies before the one of this number. With 0 it
lives and prints how many there were.
"""

import os
import signal
import sys

from django.db.backends.postgresql.base import DatabaseWrapper

from guardia.cli import main
from guardia.config import sql_rows  # noqa: F401 - the statements that are no cursor's go by it too

last, export, mapping = int(sys.argv[1]), *sys.argv[2:]
steps = 0


def step() -> None:
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)


def counting(execute, *of):
    step()
    return execute(*of)


commit, connect = DatabaseWrapper._commit, DatabaseWrapper.connect


def _commit(self) -> None:
    step()
    commit(self)
    step()


def _connect(self) -> None:
    connect(self)
    if counting not in self.execute_wrappers:
        self.execute_wrappers.append(counting)


DatabaseWrapper._commit, DatabaseWrapper.connect = _commit, _connect
done = main.main(["history", "import", export, "--mapping", mapping, "--open", "opening", "--tell", "once"])
print(f"steps {steps}")  # noqa: T201
sys.exit(done)
