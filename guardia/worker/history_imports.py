"""Imports of a former tool's cases: one job after the other, each in a process of its own that can be ended."""

import logging
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from threading import Event

from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.config.now import now
from guardia.history import history_import
from guardia.worker.loop import beat
from guardia.worker.verifying import LOOKS_AGAIN_AFTER_SECONDS, ended

log = logging.getLogger(__name__)
COMMAND = [sys.executable, "-m", "guardia", "history", "work"]


def work(stopping: Event) -> None:
    """Whatever was asked for, one job after the other; files that nobody has touched for two weeks go."""
    with behind_at(DatabaseRole.WORKER) as at:
        history_import.forget_files(at)
    while not stopping.is_set():
        with behind(DatabaseRole.WORKER):
            one = history_import.claim(now())
        if one is None:
            return
        carried_out(one.pk, one.turn, stopping)


def carried_out(pk: int, turn: int, stopping: Event) -> None:
    """Wait for the process that does it; while it lives nobody else takes the job. What it wrote beside the database
    is gone with it, however it ended.
    """
    with TemporaryDirectory(prefix="guardia-import-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
        process = subprocess.Popen(
            [*COMMAND, str(pk), str(turn)],
            env={**environment, "TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                if stopping.wait(LOOKS_AGAIN_AFTER_SECONDS):
                    break
                beat()
                with behind(DatabaseRole.WORKER):
                    history_import.is_alive(pk, turn, now())
        finally:
            is_cut_off = process.poll() is None
            if is_cut_off:
                ended(process)
    with behind(DatabaseRole.WORKER):
        if is_cut_off:
            history_import.let_go(pk, turn)
        elif process.returncode:
            log.error("guardia history work ended with %d: import %d is tried again", process.returncode, pk)
            history_import.is_free(pk, turn)
