"""`bin/bench memory`: what the idle web (one process, four threads) and one worker use of the processor where nothing
happens, and what they hold together, as PSS.

PSS counts a page that several processes share by its part, so the sum is what the machine gives away. Taken after the
web has served pages of the desk some times and the worker has done its rounds for a while; PostgreSQL is not in it.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from time import sleep

from bench._cpu import family, used
from bench._house import ROOT, House, opened
from bench._machine import Figure, describe
from bench._sinks import Sinks
from bench._web import give_password, served
from bench._worker import Worker

LIMIT_MB = 220.0
LIMIT_PERCENT = 0.5
"""Of one core, while nobody writes anything and no case is open."""
PAGES = ("/", "/llamadas", "/despacho", "/escalamientos", "/casos/nuevo", "/buscar?q=enlace", "/companias", "/ajustes")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench memory", description=__doc__.splitlines()[0])
    words.add_argument("--rounds", type=int, default=20, help="how often each page is asked for before")
    words.add_argument("--seconds", type=int, default=30, help="rest before it is weighed")
    words.add_argument("--idle", type=int, default=120, help="seconds for which the processor's use is counted")
    args = words.parse_args()
    compiled()
    with opened() as house, Sinks() as sinks:
        print(describe(house.postgres))
        from bench import _operator
        from guardia.config.now import now
        from guardia.config.postgres import DATABASE

        operator = _operator.found(now(), opened_at=now(), sites=200)
        give_password("engineer")
        tidy(house, DATABASE)
        worker = Worker(house, sinks, DATABASE)
        try:
            with served(house, DATABASE) as web:
                web.signed_in("engineer")
                sleep(args.seconds)
                with used({"web": web.process.pid, "worker": worker.process.pid}) as milliseconds:
                    sleep(args.idle)
                _operator.copy(operator, 1_000, "n * interval '1 min'")
                browser = web.signed_in("engineer")
                for _round in range(args.rounds):
                    for page in PAGES:
                        assert browser.get(page).status in {200, 301, 302}, page
                sleep(args.seconds)
                of_web, of_worker = pss(web.process.pid), pss(worker.process.pid)
        finally:
            worker.stop()
    percent = {name: spent / 10 / args.idle for name, spent in milliseconds.items()}
    print(", ".join(f"{name} {share:.2f} % of a core" for name, share in percent.items()))
    print(f"web {of_web:.0f} MB, worker {of_worker:.0f} MB")
    failed = Figure("idle", sum(percent.values()), "%", LIMIT_PERCENT, 1.0).say()
    return Figure("memory", of_web + of_worker, "MB", LIMIT_MB, 1.0).say() or failed


def tidy(house: House, database: str) -> None:
    """As where people have worked for days: what was just made, PostgreSQL would count and tidy in the first minutes,
    in each database of the server, and each table that it counts is a write that wakes the loops of the worker.
    """
    for each in ("template1", "postgres", database):
        house.as_owner(each, "VACUUM (ANALYZE)")


def compiled() -> None:
    """As where Guardia is installed: a process that compiles what it loads keeps some of what it needed for it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    places = [str(ROOT / "guardia"), sysconfig.get_path("purelib")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-j", "0", *places], check=False)


def pss(pid: int) -> float:
    """Megabytes of this process and all that descend from it."""
    return sum(one_pss(each) for each in family(pid))


def one_pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
