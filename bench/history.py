"""`bin/bench history`: 100,000 closed cases of a former tool, of 10 events each, by `guardia history import`.

The file is a CSV of events, sorted by their hours, so that the rows of a case lie far apart. What is measured is the
command as a process of its own: its seconds, and the most memory that it held. Then `guardia verify` and `guardia
clocks rebuild` must find nothing.
"""

import csv
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bench._cases import EVENTS, among_cases, took
from bench._house import House
from bench._machine import Figure

GOAL, MOST_MEMORY = 2_000, 300
"""Events a second, and MB."""
MAPPING = """
system: bench
companies: create
hours: {zone: America/Guayaquil, order: dmy}
rows:
  - columns: {number: case, company: company, subject: subject, time: at, activity: what, note: note, author: who}
states: {abierto: working, espera cliente: waiting customer, espera proveedor: waiting third_party, resuelto: restored,
  cerrado: closed}
"""
COURSE = (
    *("abierto", "espera cliente", "abierto", "resuelto", "abierto", "espera proveedor", "abierto", "comentario"),
    *("resuelto", "cerrado"),
)
NOTE = (
    "Se revisa el enlace con el proveedor; el cliente confirma que el equipo tiene energía y la fibra está conectada."
)


def main() -> int:
    return among_cases("history", __doc__, measure)


def measure(house: House, cases: int) -> int:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    _operator.found(now(), opened_at=now(), sites=10)
    house.use(DATABASE)
    log, mapping = house.folder / "log.csv", house.folder / "mapping.yaml"
    write(log, cases)
    mapping.write_text(MAPPING, encoding="utf-8")
    events = cases * EVENTS
    seconds = took(house, DATABASE, "history", "import", str(log), "--mapping", str(mapping))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"guardia history import: {seconds:.1f} s, {events / seconds:,.0f} events a second, {memory:.0f} MB", flush=True
    )
    again = took(house, DATABASE, "history", "import", str(log), "--mapping", str(mapping))
    print(f"the same file once more: {again:.1f} s", flush=True)
    for step in (("verify",), ("clocks", "rebuild")):
        print(f"guardia {' '.join(step)}: {took(house, DATABASE, *step):.1f} s, nothing found", flush=True)
    failed = Figure("history", 1000 * seconds / events, "s per 1,000", 1000 / GOAL, 1.0).say()
    return Figure("history memory", memory, "MB", MOST_MEMORY, 1.0).say() or failed


def write(log: Path, cases: int) -> None:
    """The rows of all cases in the order of their hours."""
    dice, begin = Random(20), datetime(2016, 1, 1, tzinfo=UTC)
    rows = []
    for number in range(cases):
        at = begin + timedelta(minutes=50 * number)
        for place, what in enumerate(COURSE):
            at += timedelta(seconds=dice.randrange(60, 40_000))
            rows.append((at.timestamp(), number, place, what))
    rows.sort()
    with log.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(("case", "company", "subject", "at", "what", "note", "who"))
        for at, number, place, what in rows:
            hour = datetime.fromtimestamp(at, UTC).strftime("%d/%m/%Y %H:%M:%S")
            company = f"Compañía {number % 400:03d}"
            note = NOTE if place % 2 else ""
            out.writerow(
                (f"INC{number:07d}", company, "Enlace sin servicio", hour, what, note, f"agente {number % 40}")
            )


if __name__ == "__main__":
    sys.exit(main())
