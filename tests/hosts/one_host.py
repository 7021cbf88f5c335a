"""One of the two hosts is ill while people work: it hangs, its disk is full, its clock is wrong, its network is slow.

`deploy/ha/try --ill`. Web and worker of web1 are kept as systemd keeps them, by the lines WatchdogSec and RestartSec of
their unit files; systemd itself does not run here. What people got is counted step by step, and what
`/salud`, `guardia doctor` and the balancer said is kept.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from guardia.config import processes
from tests.hosts.balancer import Balancer, Crowd, behind_balancer, everywhere
from tests.hosts.cluster import Cluster, WebHost
from tests.hosts.ha import MIGRATES
from tests.hosts.house import PORT, Machine, settle
from tests.hosts.postgres import ROOT

ILL = "web1"
SLOW = "256kbit"
DISK_MB = 24
PATIENCE = 300
HOUR = 3600
OF_DOCTOR = re.compile(r"clock|disk|space|room|worker|deadline", re.IGNORECASE)


def ill(place: Path) -> dict[str, object]:
    cluster, webs = Cluster(place), [WebHost(place, name) for name in (ILL, "web2")]
    try:
        cluster.created()
        settle(place, cluster.url("guardia_app"), cluster.url("guardia_owner"), **everywhere())
        Machine(place, "owner").command("migrate", "--quiet", patience=MIGRATES)
        for host in webs:
            host.start()
        from guardia.cli.installation import open_installation

        open_installation()
        return behind_balancer(place, cluster, webs, partial(all_steps, place, webs[0]))
    finally:
        for host in webs:
            host.end()
        cluster.end()


def all_steps(place: Path, host: WebHost, balancer: Balancer, incident) -> dict[str, object]:
    return Illnesses(place, host, balancer, incident).all()


class Unit:
    """A service as systemd keeps it: ended where it does not say that it lives, begun anew where it has ended."""

    def __init__(self, machine: Machine, *words: str) -> None:
        written = (ROOT / "deploy" / "systemd" / f"guardia-{words[0]}.service").read_text(encoding="utf-8")
        line = partial(re.search, string=written, flags=re.MULTILINE)
        self.watchdog, self.pause = (int(line(rf"^{name}=(\d+)$")[1]) for name in ("WatchdogSec", "RestartSec"))
        self.machine, self.words, self.ear, self.heard_at = machine, words, processes.Ear(), monotonic()
        self.begin()

    def begin(self) -> None:
        """Call from the main thread."""
        self.machine.environment["NOTIFY_SOCKET"] = self.ear.address
        self.process, self.heard_at = self.machine.start(*self.words), monotonic()

    def tend(self) -> None:
        if processes.ALIVE in self.ear.heard():
            self.heard_at = monotonic()
        if self.process.poll() is None and monotonic() - self.heard_at > self.watchdog:
            for number in (signal.SIGABRT, signal.SIGCONT):
                self.process.send_signal(number)
            self.process.wait()
        if self.process.poll() is not None:
            sleep(self.pause)
            self.begin()


class Illnesses(Crowd):
    def __init__(self, place: Path, host: WebHost, balancer: Balancer, incident) -> None:
        super().__init__(incident)
        from bench.faults.clock import Clock
        from bench.faults.disk import Tmpfs, mounted

        self.host, self.balancer, self.machine = host, balancer, balancer.hosts[ILL]
        self.machine.stop()
        self.disk = Tmpfs(mounted(Path(self.machine.environment["STATE_DIR"]), DISK_MB))
        self.clock = Clock(place, 1)
        temporary = Path(self.machine.environment["STATE_DIR"]) / "tmp"
        temporary.mkdir()
        self.machine.environment |= {"TMPDIR": str(temporary), **self.clock.environment(0)}
        self.web = Unit(self.machine, "web", "--host", "0.0.0.0", "--port", str(PORT))
        self.worker = Unit(self.machine, "worker")
        self.said: dict[str, object] = {"its clock": self.clock.how}

    def all(self) -> dict[str, object]:
        self.seen("it begins", lambda: self.is_up() and self.pages(200))
        self.start()
        self.step("both are well", lambda: None)
        self.step("a process of its web that answers hangs", partial(self.hangs, lambda: self.machine.answering()[:1]))
        self.step("its web hangs", partial(self.hangs, lambda: [self.web.process.pid, *self.machine.answering()]))
        self.step("its worker hangs", self.worker_hangs)
        self.step("its disk is full", self.disk_full)
        for name, hours in (("an hour fast", 1), ("an hour slow", -1)):
            self.step(f"its clock is {name}", partial(self.clock_wrong, name, hours))
        self.step("its network is slow", self.slow)
        self.step("both are well again", lambda: None)
        said = self.end()
        self.machine.running |= {"web": self.web.process, "worker": self.worker.process}
        return {"watchdog (s)": [self.web.watchdog, self.worker.watchdog], **self.said, **said}

    # --- how it is looked at ---
    def until(self, holds: Callable[[], object]) -> float:
        """As `house.until`, while the units are tended; seconds."""
        begun = monotonic()
        while not holds():
            if monotonic() - begun > PATIENCE:
                raise TimeoutError(f"{self.answers.step}: {self.machine.log.read_text()[-3000:]}")
            self.web.tend(), self.worker.tend()
            sleep(0.1)
        return monotonic() - begun

    def seen(self, what: str, holds: Callable[[], object]) -> None:
        self.said[f"{self.answers.step}: {what} after (s)"] = round(self.until(holds), 1)

    def is_up(self) -> bool:
        return self.balancer.row(ILL)["status"] == "UP"

    def pages(self, status: int) -> bool:
        return self.machine.status("/salud/listo") == status

    def lives_on(self, seconds: float) -> None:
        """People work meanwhile."""
        end = monotonic() + seconds
        self.until(lambda: monotonic() > end)

    def operator_sees(self) -> None:
        with suppress(OSError):
            self.said[f"{self.answers.step}: /salud"] = self.machine.asked("/salud")[0]
        done = subprocess.run(
            [sys.executable, "-m", "guardia", "doctor"], env=self.machine.environment | {"NOTIFY_SOCKET": ""},
            preexec_fn=self.machine.become, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        lines = [line.strip() for line in done.stdout.splitlines() if OF_DOCTOR.search(line)]
        self.said[f"{self.answers.step}: doctor"] = [done.returncode, *lines]

    # --- what is wrong with it ---
    def hangs(self, which: Callable[[], list[int]]) -> None:
        hung = which()
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        self.seen("the balancer passes it over", lambda: not self.is_up())
        self.seen("it is ended", lambda: not set(hung) & {self.web.process.pid, *self.machine.answering()})
        self.seen("and is used", self.is_up)

    def worker_hangs(self) -> None:
        hung = self.worker.process
        hung.send_signal(signal.SIGSTOP)
        self.lives_on(30)
        self.operator_sees()
        self.seen("another one is begun", lambda: self.worker.process is not hung)

    def disk_full(self) -> None:
        self.disk.fill()
        self.lives_on(20)
        self.operator_sees()
        self.said["its disk is full: in use"] = self.is_up()
        self.disk.free()

    def clock_wrong(self, name: str, hours: int) -> None:
        self.clock.shift(0, hours * HOUR)
        self.lives_on(20)
        self.operator_sees()
        self.said[f"its clock is {name}: in use"] = self.is_up()
        self.clock.shift(0, 0)

    def slow(self) -> None:
        line = ["tc", "qdisc", "add", "dev", self.host.cable, "root", "tbf", "rate", SLOW, "burst", "8kb"]
        subprocess.run([*line, "latency", "2s"], check=True)
        inside = ["nsenter", "-t", str(self.host.holder.pid), "-n"]
        own = [word if word != self.host.cable else "eth0" for word in line]
        subprocess.run([*inside, *own, "latency", "2s"], check=True)
        self.lives_on(30)
        self.operator_sees()
        self.said["its network is slow: in use"] = self.is_up()
        subprocess.run(["tc", "qdisc", "del", "dev", self.host.cable, "root"], check=True)
        subprocess.run([*inside, "tc", "qdisc", "del", "dev", "eth0", "root"], check=True)
        self.seen("used again", self.is_up)
