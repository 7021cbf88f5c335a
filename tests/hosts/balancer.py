"""The balancer in front of both web hosts (`deploy/ha/balancer.cfg`), and engineers who come through it alone."""

import csv
import io
import os
import random
import re
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic

from guardia.config import processes
from tests.hosts import network
from tests.hosts.cluster import FILES, PATH, Cluster, WebHost
from tests.hosts.ha import CHECKED, MIGRATES, POOLED, WAITS, marked
from tests.hosts.house import PORT, Machine, until

ACTS = 25
"""That people do in each step, beside what they do while it lasts."""
ADMIN = "/run/haproxy/admin.sock"
LOOKS_EACH, WRITES_EACH = 1.0, 5
"""Seconds between two looks of customers, and looks until one of them writes."""
CASE_LINK = re.compile(r"(/c/caso/[\w.~:=-]+)")
RECEIVED = "SELECT count(*) FROM case_event WHERE moment = 'message_received'"
IDLE_SECONDS = 10.0
"""A connection that lay still for longer is not used again: the balancer may be about to close it."""


class Balancer:
    """HAProxy on this machine, at port 8000, in front of ``hosts`` (by the names of the file)."""

    def __init__(self, folder: Path, hosts: dict[str, Machine]) -> None:
        self.hosts, self.log, self.admin = hosts, folder / "balancer.log", folder / "admin.sock"
        settings = folder / "balancer.cfg"
        settings.write_text((FILES / "balancer.cfg").read_text().replace(ADMIN, str(self.admin)), encoding="utf-8")
        with self.log.open("ab") as log:
            self.process = processes.start(
                ["haproxy", "-db", "-f", str(settings)],
                env={"PATH": PATH}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until(self.admin.exists, "the balancer runs", self.log)

    def command(self, words: str) -> str:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.admin))
            line.sendall(f"{words}\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b"")).decode()

    def row(self, name: str) -> dict[str, str]:
        """What HAProxy counts of that host."""
        table = csv.DictReader(io.StringIO(self.command("show stat").lstrip("# ")))
        return next(row for row in table if (row["pxname"], row["svname"]) == ("guardia", name))

    def drain(self, name: str) -> None:
        """That host gets no further request; returns once it has answered those that it has."""
        self.command(f"set server guardia/{name} state drain")
        until(lambda: self.row(name)["scur"] == "0", f"{name} has answered all", self.log)

    def ready(self, name: str) -> None:
        """That host gets requests again; returns once HAProxy sends it some."""
        self.command(f"set server guardia/{name} state ready")
        until(lambda: self.row(name)["status"] == "UP", f"{name} is in use", self.log)

    def end(self) -> None:
        processes.stop(self.process)


class Answers:
    """What people got, step by step: how many answers of each status, and how long the longest took."""

    def __init__(self) -> None:
        self.step = "before"
        self.statuses: dict[str, Counter[str]] = defaultdict(Counter)
        self.longest: dict[str, float] = defaultdict(float)

    def count(self, status: str, seconds: float) -> None:
        self.statuses[self.step][status] += 1
        self.longest[self.step] = max(self.longest[self.step], seconds)

    def bad(self) -> dict[str, int]:
        """Answers of 500 and above, and requests without one."""
        all_ = sum(self.statuses.values(), Counter())
        return {status: times for status, times in all_.items() if not status.isdigit() or int(status) >= 500}

    def table(self) -> dict[str, dict[str, object]]:
        return {
            step: {"answers": dict(sorted(statuses.items())), "longest (s)": round(self.longest[step], 2)}
            for step, statuses in self.statuses.items()
        }


def browser(incident, answers: Answers, port: int):
    """A browser of which each answer is counted."""
    from bench.faults.browser import Answer, Http, NoAnswer

    class Counted(Http):
        last = 0.0

        def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
            if monotonic() - self.last > IDLE_SECONDS:
                self.hang_up()
            begun = monotonic()
            try:
                answer = super().ask(method, path, body, **headers)
            except NoAnswer:
                answers.count("no answer", monotonic() - begun)
                raise
            finally:
                self.last = monotonic()
            answers.count(str(answer.status), self.last - begun)
            return answer

    return Counted(port, incident.stopping)


def engineer(number: int, incident, answers: Answers, port: int):
    """An engineer with a crew, who works case after case."""
    from bench.faults.desk import Desk

    seat = incident.seats[number]
    desk = Desk(seat, port, incident.journal, incident.stopping, random.Random(number), incident.full)
    desk.engineer, desk.crew.browser = (browser(incident, answers, port) for _ in range(2))
    return desk


class Customers(Thread):
    """Whoever got the newest letters opens its link, looks whether there is news, and now and then writes something."""

    def __init__(self, incident, answers: Answers, port: int) -> None:
        super().__init__(name="customers", daemon=True)
        self.incident, self.browser = incident, browser(incident, answers, port)
        self.base = f"http://127.0.0.1:{port}"
        self.looked = self.wrote = 0

    def run(self) -> None:
        from bench.faults.browser import NoAnswer

        while not self.incident.stopping.wait(LOOKS_EACH):
            with suppress(NoAnswer):  # it was counted, and the next look goes on
                self.looks()

    def looks(self) -> None:
        from bench.faults.browser import form_in
        from bench.faults.mailserver import text_of

        letters = list(self.incident.mail.newest)[-20:]
        link = next((found[1] for mail in reversed(letters) if (found := CASE_LINK.search(text_of(mail)[1]))), None)
        if link is None:
            return
        page = self.browser.ask("GET", link)
        self.looked += 1
        form = form_in(page.text, self.base + link, "/escribir") if self.looked % WRITES_EACH == 0 else None
        if form:
            answer = self.browser.post(f"{link}/escribir", {**form["fields"], "texto": f"Any news? {self.looked}"})
            self.wrote += answer.status in (302, 303) and "hecho=escribir" in answer.location


class Crowd:
    """Two engineers who work case after case at the balancer, step by step, and customers who read their letters."""

    def __init__(self, incident) -> None:
        self.incident, self.answers = incident, Answers()
        self.took: dict[str, float] = {}
        self.acts: dict[str, int] = {}
        self.desks = [engineer(number, incident, self.answers, PORT) for number in range(2)]
        self.customers = Customers(incident, self.answers, PORT)

    def start(self) -> None:
        for each in (*self.desks, self.customers):
            each.start()

    def step(self, name: str, does: Callable[[], object]) -> None:
        """Raises TimeoutError where nobody works any more afterwards."""
        journal = self.incident.journal
        self.answers.step = name
        had, begun = len(journal.kept), monotonic()
        does()
        self.took[name] = round(monotonic() - begun, 1)
        if not journal.wait(len(journal.kept) + ACTS, WAITS):
            raise TimeoutError(f"nobody works after {name}: {journal.gone} {dict(journal.seen)}")
        self.acts[name] = len(journal.kept) - had
        print(f"{name}: {self.took[name]} s, {self.acts[name]} acts", file=sys.stderr, flush=True)  # noqa: T201

    def end(self) -> dict[str, object]:
        """Everybody goes home; what they saw in each step."""
        self.incident.stopping.set()
        for each in (*self.desks, self.customers):
            each.join()
        self.incident.stopping.clear()
        told = self.answers.table()
        steps = {name: {"seconds": self.took[name], "acts": self.acts[name], **told[name]} for name in self.took}
        return {
            "acknowledged": len(self.incident.journal.kept),
            "steps": steps,
            "customers": {"looked": self.customers.looked, "wrote": self.customers.wrote},
            "refused, and so on": dict(self.incident.journal.seen),
            "not answered well": self.answers.bad(),
        }


def everywhere() -> dict[str, str]:
    """What both hosts are told beside their database."""
    return {
        "SMTP_HOST": network.HERE,
        "SECRET_KEY": "only-for-this-scenario-" * 3,
        "TRUSTED_PROXIES": f"{network.HERE}/32",
    }


def behind_balancer(
    place: Path,
    cluster: Cluster,
    webs: list[WebHost],
    scenario: Callable,
    before: Path | None = None,
    seats: list[dict] | None = None,
) -> dict[str, object]:
    """Both hosts with the version of that folder (None: this one), and ``scenario`` with the balancer and an incident.

    Afterwards it is counted what was lost.
    """
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer
    from bench.faults.operator import Seat
    from tests.hosts.incident import Incident

    mailserver.HOST = network.HERE
    with MailServer(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        machines = {
            host.name: Machine(place, f"{host.name}-guardia", host.do, host.become, DATABASE_URL=POOLED)
            for host in webs
        }
        found = None if seats is None else [Seat(**each) for each in seats]
        incident = Incident(place, mail, cluster.url("guardia_owner"), found)
        balancer = Balancer(place, machines)
        try:
            for machine in machines.values():
                machine.begin(before)
            said = scenario(balancer, incident)
            incident.emptied(machines)
            said |= {"letters": len(mail.arrivals), "of them repeats, marked": marked(mail)}
            said |= {name: Machine(place, "check").start(*name.split()).wait(MIGRATES) for name in CHECKED}
        finally:
            balancer.end()
            for machine in machines.values():
                machine.stop()
        wrong = incident.wrong() | {name: said[name] for name in CHECKED if said[name]}
        if (arrived := incident.rows(RECEIVED)[0][0]) < said["customers"]["wrote"]:
            wrong["messages of customers"] = [said["customers"]["wrote"], arrived]
        if incident.journal.gone:
            wrong["somebody could not go on"] = incident.journal.gone
    return said | {"acts lost": len(wrong.get("lost", ())), "wrong": wrong}
