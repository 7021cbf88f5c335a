"""`bin/bench shadow`: 8,000 made-up cases with 65,000 events by `guardia shadow`: its seconds, and the most memory.

As a ticket log has them: opened, looked at, sometimes waiting for the customer, restored and closed, within some hours
or days. Neither a diagnosis nor a confirmation is in it, so that in nearly each case two promises break on the way. The
seconds of the processors are those of all its processes, PostgreSQL's too.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bench._machine import Figure

CASES, GOAL, MOST_MEMORY = 8_000, 600, 300
"""Seconds for so many cases, and MB in one process."""
ROOT = Path(__file__).resolve().parents[1]
MAPPING = """
system: bench
rows:
  - columns: {number: number, company: company, time: time, activity: activity, author: author}
states: {opened: working, queued: note, working: working, wait: waiting customer, restored: restored, closed: closed}
"""
BEGIN = datetime(2026, 1, 5)  # noqa: DTZ001  # of the clock on the wall


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=CASES)
    words.add_argument("--events", type=int, default=65_000)
    words.add_argument("--days", type=int, default=90)
    args = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, mapping, out = (Path(folder) / name for name in ("log.csv", "mapping.yaml", "out"))
        mapping.write_text(MAPPING, encoding="utf-8")
        rows = write(file, args)
        begun = time.monotonic()
        command = [sys.executable, "-m", "guardia", "shadow", str(file), "--mapping", str(mapping), "--out", str(out)]
        done = subprocess.run(command, cwd=ROOT, check=False)
        took = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        if done.returncode:
            return done.returncode
        print(f"{args.cases:,} cases, {rows:,} events: {took:.0f} s, {spent:.0f} s of the processors", flush=True)
        failed = Figure("shadow", took, "s", GOAL * args.cases / CASES, 1.0).say()
        return Figure("shadow memory", peak, "MB", MOST_MEMORY, 1.0).say() or failed


def write(file: Path, args: argparse.Namespace) -> int:
    """Cases of some hours or days each; the same for the same numbers."""
    chance, rows = Random(65), 0
    notes = max(args.events // args.cases - 4, 0)
    with file.open("w", newline="", encoding="utf-8") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(["number", "company", "time", "activity", "author"])
        for number in range(args.cases):
            opened = BEGIN + timedelta(seconds=chance.randrange(args.days * 86400))
            restored = opened + timedelta(seconds=60 + round(chance.expovariate(1 / 60_000)))
            closed = restored + timedelta(seconds=60 + round(chance.expovariate(1 / 90_000)))
            told = [(opened, "opened"), (restored, "restored"), (closed, "closed")]
            waits = opened + (restored - opened) * 0.3
            told += [(waits, "wait"), (waits + (restored - opened) * 0.2, "working")] if number % 4 == 0 else []
            told += [(opened + (restored - opened) * chance.random(), "queued") for _ in range(notes + 1)]
            for at, activity in sorted(told):
                name, author = f"Company {number % 300}", f"Engineer {number % 40}"
                sheet.writerow([f"N{number}", name, at.isoformat(" ", "seconds"), activity, author])
                rows += 1
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
