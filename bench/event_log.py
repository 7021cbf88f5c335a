"""`bin/bench event_log`: an event log of 100,000 cases of 10 events in each format: how fast, and with how much memory.

The cases are those of `bin/bench verify`. Each format is written by `guardia history export`, a process of its own; its
memory is compared with that of the same command where no case is asked for. The archive then comes into an empty
installation, without its proof.
"""

import os
import sys
from pathlib import Path
from subprocess import DEVNULL, Popen
from time import perf_counter, sleep

from bench import verify
from bench._cases import EVENTS, among_cases, took
from bench._house import House
from bench._machine import Figure

FORMS = ("xes", "ocel", "csv", "archive")
NEW = "other"
EVERY = 0.1
"""Seconds between two looks at the memory."""
NO_CASES = ("--from", "2200-01-01")
FLAT = 1.5
"""So many times the memory of a log without cases, and no more, whatever the number of cases."""


def main() -> int:
    return among_cases("event_log", __doc__, measure)


def measure(house: House, cases: int) -> int:
    from guardia.config.postgres import DATABASE

    verify.write(cases)
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    events = (cases + 1) * EVENTS
    _seconds, _processor, empty, _size = exported(house, "xes", *NO_CASES)
    print(f"without a case: {empty:.0f} MB", flush=True)
    most = empty
    for form in FORMS:
        seconds, processor, memory, size = exported(house, form, keep=form == "archive")
        most = max(most, memory)
        speed = f"{seconds:.1f} s ({processor:.1f} s of the processor), {events / seconds:,.0f} events a second"
        print(f"{form}, {size:,.0f} MB of {events:,} events: {speed}, {memory:.0f} MB of memory", flush=True)
    brought_in(house)
    return Figure("event_log", most, "MB", empty, FLAT).say()


def brought_in(house: House) -> None:
    """The import alone; what its proof takes says `bin/bench verify`."""
    house.as_owner("postgres", f"CREATE DATABASE {NEW} OWNER guardia_owner")
    took(house, NEW, "migrate")
    archive = str(house.folder / "log.archive")
    seconds, processor, memory = watched(house, NEW, "import", archive, "--prove-later")
    print(
        f"archive, into an empty installation: {seconds:.1f} s ({processor:.1f} s of the processor), {memory:.0f} MB",
        flush=True,
    )


def exported(house: House, form: str, *more: str, keep: bool = False) -> tuple[float, float, float, float]:
    """Seconds, those of the processor, the most memory that the process held, and the size of its file, both in MB."""
    from guardia.config.postgres import DATABASE

    file = house.folder / f"log.{form}"
    measured = watched(house, DATABASE, "export", "--format", form, "--out", str(file), *more)
    size = file.stat().st_size / 1_000_000
    if not keep:
        file.unlink()
    return *measured, size


def watched(house: House, database: str, *words: str) -> tuple[float, float, float]:
    """`guardia history` with these words: seconds, those of the processor, and the most memory that it held, in MB."""
    from django.db import connections

    connections.close_all()
    environment = house.address(database) | {"STATE_DIR": str(house.folder)}
    begun, most = perf_counter(), 0.0
    child = Popen([sys.executable, "-m", "guardia", "history", *words], env=environment, stdout=DEVNULL, stderr=DEVNULL)
    while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
        most = max(most, held(child.pid))
        sleep(EVERY)
    seconds, child.returncode = perf_counter() - begun, os.waitstatus_to_exitcode(ended[1])
    if child.returncode:
        raise RuntimeError(f"guardia history {words[0]} ended with {child.returncode}")
    return seconds, ended[2].ru_utime + ended[2].ru_stime, most


def held(pid: int) -> float:
    """The most memory that a process held so far, in MB. What the kernel says at its end is also that of its parent."""
    found = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1_000 if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
