"""Once a night the histories are compared by a process of their own, which takes nothing from the deadlines."""

import logging
import os
import subprocess
import sys
from threading import Event

from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.reports import verification
from guardia.worker.loop import beat

log = logging.getLogger(__name__)

LOOKS_AGAIN_AFTER_SECONDS = 1.0
ENDS_WITHIN_SECONDS = 10.0
COMMAND = [sys.executable, "-m", "guardia", "verify", "--nightly"]
DONE = (0, 1)
"""Its exit codes where it has compared all: nothing was found, or something."""


def nightly(stopping: Event) -> None:
    """Begin it in the night's hours where it was not done yet, and wait for its end; a worker that stops ends it."""
    with behind_at(DatabaseRole.WORKER) as at:
        begins = verification.begins(at)
    if begins and not compared(stopping):
        with behind(DatabaseRole.WORKER):
            verification.was_cut_off()


def compared(stopping: Event) -> bool:
    """Whether it came to its end by itself, and put on record what it found."""
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    process = subprocess.Popen(
        COMMAND, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while process.poll() is None:
            if stopping.wait(LOOKS_AGAIN_AFTER_SECONDS):
                return False
            beat()
    finally:
        if process.poll() is None:
            ended(process)
    if process.returncode not in DONE:
        log.error("guardia verify ended with %d: nothing is known of tonight", process.returncode)
    elif process.returncode:
        log.error("guardia verify has found contradictions in the histories: run guardia verify, it names each")
    return True


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
