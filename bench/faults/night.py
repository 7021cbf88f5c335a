"""One night: the operator and the people in it, what is done to them, and what is found in the morning."""

import os
import random
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bench._house import House
from bench.faults import checks, disk, operator, proofs
from bench.faults.clock import Clock
from bench.faults.desk import Desk
from bench.faults.drain import drain
from bench.faults.journal import Journal
from bench.faults.kinds import Faults, Stuck
from bench.faults.mailserver import MailServer
from bench.faults.order import in_order
from bench.faults.outside import Answering, Customer, OnCall
from bench.faults.stage import WORKERS, Stage
from guardia.cli.catalogues import compile_stale

FIRST = 10
BREATH = 0.3


@dataclass(frozen=True)
class Outcome:
    """``wrong``: by the name of the check, what it found; ``unproved``: checks that were seen not to fail."""

    wrong: dict[str, list[str]]
    unproved: list[str]
    repeated: int
    allowed: int


class Night:
    def __init__(self, house: House, mail: MailServer, seed: int) -> None:
        self.house, self.mail, self.seed = house, mail, seed
        self.rng = random.Random(seed)
        self.port = int(os.environ["FAULTS_PORT"])
        self.stopping = threading.Event()
        self.journal = Journal(house.folder / "journal.jsonl")
        self.clock = Clock(house.folder, WORKERS)
        self.stage = Stage(house, self.port, self.clock)
        self.disk = disk.of(house.folder / "attachments", lambda: self.stage.web_pids)
        self.disks = disk.more(house.folder, house.server.data)
        self.faults = Faults(self.stage, mail, self.disk, self.disks, self.clock, self.journal, self.rng)
        self.people: list[Desk | Customer | OnCall | Answering] = []
        self.stuck = ""

    def begins(self) -> None:
        from django.db import connections

        from guardia.config.now import now

        compile_stale()
        seats = operator.found(now())
        connections.close_all()
        self.stage.heal()
        drawn = [random.Random(self.rng.random()) for _ in range(len(seats) + 3)]
        outside = (self.port, self.mail, self.journal, self.stopping)
        self.people = [
            *(Desk(seat, self.port, self.journal, self.stopping, drawn.pop(), self.faults.full) for seat in seats),
            Customer(*outside, drawn.pop()),
            OnCall(*outside, drawn.pop()),
            Answering(self.stage.environment, self.stage.logs, *outside, drawn.pop()),
        ]
        for person in self.people:
            person.start()

    def lasts(self, kills: int, until: float) -> None:
        """So many kills, each kind in turn and then as the dice fall, with a trouble after every few."""
        try:
            self.faults.go_on(FIRST)
            for name in self.order(kills):
                if monotonic() > until:
                    break
                self.faults.go_on(self.rng.randint(0, 5))
                self.stopping.wait(self.rng.random() * BREATH)
                self.faults.do(name)
        except Stuck as stuck:
            self.stuck = str(stuck)

    def order(self, kills: int) -> list[str]:
        return in_order(self.rng, list(self.faults.kills), list(self.faults.troubles), kills)

    def ends(self) -> Outcome:
        """All is well again, what is owed is done, and it is counted."""
        if not self.stuck:
            self.heal()
        self.stopping.set()
        for person in self.people:
            person.join(60)
        left, swept_at = drain(self.stage)
        self.stage.stop()
        seen = checks.Seen(list(self.journal.kept), list(self.mail.arrivals), self.faults.allowed, swept_at)
        read_as_owner()
        wrong = checks.all_wrong(seen)
        wrong["migrations"] = self.faults.migrations.half_done()
        wrong["left undone"] = [f"{count} {what}" for what, count in left.items()]
        wrong["stuck"] = [self.stuck] if self.stuck else []
        wrong["stuck"] += [self.journal.gone] if self.journal.gone else []
        wrong["stuck"] += [f"{person.name} does not end" for person in self.people if person.is_alive()]
        wrong["full folder"] = [
            f"{what}, {count} times" for what, count in self.journal.seen.items() if what.startswith("full: answered")
        ]
        return Outcome(wrong, proofs.not_proved(seen), checks.repeats(seen)[0], self.faults.allowed)

    def heal(self) -> None:
        """The operator must work again by itself: a case goes through before the night is over."""
        self.mail.heal()
        self.stage.heal()
        try:
            self.faults.go_on(FIRST)
        except Stuck as stuck:
            self.stuck = str(stuck)

    def is_over(self, keep: Path | None) -> None:
        from django.db import connections

        self.stopping.set()
        self.stage.stop()
        for each in (self.disk, *(other for name, other in self.disks.items() if name != disk.DATABASE)):
            each.end()
        connections.close_all()
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            for name in ("log", "journal.jsonl", "mails"):
                path = self.house.folder / name
                if path.is_dir():
                    shutil.copytree(path, keep / name, dirs_exist_ok=True)
                else:
                    shutil.copy(path, keep / name)


def read_as_owner() -> None:
    """From here on this process reads all rows: the checks stand outside of the walls."""
    from django.db import connection

    connection.close()
    connection.settings_dict["USER"] = "guardia_owner"
