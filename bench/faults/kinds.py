"""What is done to the operator: the kills (-9), and the troubles beside them. Each is done at once; what must end
again, ends after so many answers of the operator more.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event
from time import monotonic

from bench.faults.clock import HOUR, Clock
from bench.faults.disk import DATABASE, Limit, Tmpfs
from bench.faults.journal import Journal
from bench.faults.mailserver import MailServer
from bench.faults.migrating import Migrations
from bench.faults.stage import Stage, kill

GOES_ON = (1, 6)
LONGEST, PATIENT = 120.0, 40
"""Seconds without a single answer, after which nobody waits any more: a busy machine needs long to begin a process."""
A_LETTER = 3.0
FULL_FOR = 3.0


class Stuck(Exception):
    """The operator does not come back."""


class Faults:
    """``allowed``: how many letters may come once more, one for each connection to the mail server that was open when
    somebody was killed or cut, and one for each that it dropped itself.
    """

    def __init__(
        self,
        stage: Stage,
        mail: MailServer,
        disk: Tmpfs | Limit,
        disks: Mapping[str, Tmpfs],
        clock: Clock,
        journal: Journal,
        rng: random.Random,
    ) -> None:
        self.stage, self.mail, self.disk, self.clock, self.journal, self.rng = stage, mail, disk, clock, journal, rng
        self.migrations = Migrations(stage)
        self.full = Event()
        self.done: Counter[str] = Counter()
        self.allowed = 0
        self.begun = monotonic()
        self.kills: dict[str, Callable[[], None]] = {
            "web": self.kill_web,
            "web process": self.kill_answering,
            "worker": self.kill_worker,
            "PostgreSQL": self.kill_postgres,
            "backend": self.kill_backend,
            "migration": self.kill_migration,
        }
        self.troubles: dict[str, Callable[[], None]] = {
            "mail refused": lambda: self.mail_is(self.mail.refuse),
            "mail hung": lambda: self.mail_is(self.mail.hang),
            "mail dropped": lambda: self.mail_is(lambda: self.mail.drop(self.rng.randint(1, 3))),
            "folder full": self.fill,
            "connections cut": self.cut,
        }
        for name, other in disks.items():
            self.troubles[name] = partial(self.fill_other, other, needs_it=name == DATABASE)
        if clock.works:
            self.troubles["clock jumped"] = self.jump

    def do(self, name: str) -> None:
        print(f"{monotonic() - self.begun:6.1f} s, {len(self.journal.kept):5} answers: {name}", flush=True)
        (self.kills | self.troubles)[name]()
        self.done[name] += 1
        self.stage.heal()

    def go_on(self, answers: int) -> None:
        """Until the operator has answered so often; whoever dies meanwhile comes back. Raises Stuck."""
        wanted = len(self.journal.kept) + answers
        for _ in range(int(4 * LONGEST)):
            if self.journal.wait(wanted, 0.25):
                return
            if gone := self.journal.gone:
                raise Stuck(gone)
            self.stage.heal()
        if len(self.journal.kept) == wanted - answers:
            raise Stuck(f"no work gets done any more after {dict(self.done)}")

    def a_while(self) -> None:
        self.go_on(self.rng.randint(*GOES_ON))

    @contextmanager
    def letters_in_hand(self) -> Iterator[None]:
        """What each open connection has in hand may come once more, of those too that are opened meanwhile."""
        open_before, opened_before = self.mail.open, self.mail.opened
        yield
        self.allowed += open_before + self.mail.opened - opened_before

    def perhaps_amid_a_letter(self) -> None:
        """Every second time the blow waits for the next letter: it falls before anybody has written down its 250."""
        if self.rng.random() < 0.5:
            self.mail.kept.clear()
            self.mail.kept.wait(A_LETTER)

    # --- kills ---
    def kill_web(self) -> None:
        if self.stage.web:
            kill(self.stage.web.pid)
            self.stage.web.wait()

    def kill_answering(self) -> None:
        """The process that answers; its server begins another one."""
        for pid in self.stage.web_pids[1:]:
            kill(pid)

    def kill_worker(self) -> None:
        self.perhaps_amid_a_letter()
        with self.letters_in_hand():
            if process := self.rng.choice(self.stage.workers):
                kill(process.pid)
                process.wait()

    def kill_postgres(self) -> None:
        self.perhaps_amid_a_letter()
        with self.letters_in_hand():
            self.stage.kill_postgres()
            self.stage.heal()

    def kill_backend(self) -> None:
        """One connection's process: PostgreSQL then throws out all others and recovers by itself."""
        self.perhaps_amid_a_letter()
        with self.letters_in_hand():
            if pids := self.stage.backends():
                kill(self.rng.choice(pids))
                self.a_while()

    def kill_migration(self) -> None:
        with self.letters_in_hand():
            self.migrations.killed(with_web=self.rng.random() < 0.5, with_postgres=self.rng.random() < 0.3)

    # --- troubles ---
    def mail_is(self, bad: Callable[[], None]) -> None:
        """Where it drops letters, until it has dropped one."""
        dropped = self.mail.dropped
        with self.letters_in_hand():
            bad()
            self.a_while()
            for _ in range(PATIENT):
                if self.mail.dropped > dropped or not self.mail.to_drop:
                    break
                self.go_on(1)
            self.mail.heal()
        self.allowed += self.mail.dropped - dropped

    def fill(self) -> None:
        """Until somebody was told that nothing can be kept."""
        self.disk.fill()
        self.full.set()
        before = self.told_full
        try:
            for _ in range(int(4 * LONGEST)):
                if self.told_full > before:
                    return
                self.go_on(1)
        finally:
            self.full.clear()
            self.disk.free()

    def fill_other(self, disk: Tmpfs, *, needs_it: bool) -> None:
        """Work goes on while a folder of web and worker is full. Where it is PostgreSQL's, it may stand still, and goes
        on by itself once there is room.
        """
        with self.letters_in_hand():
            disk.fill()
            try:
                if needs_it:
                    self.journal.wait(len(self.journal.kept) + PATIENT, FULL_FOR)
                else:
                    self.a_while()
            finally:
                disk.free()
            self.stage.heal()
            self.go_on(1)

    @property
    def told_full(self) -> int:
        return sum(count for what, count in self.journal.seen.items() if what.startswith("full"))

    def jump(self) -> None:
        worker = self.rng.randrange(len(self.stage.workers))
        self.clock.shift(worker, self.rng.choice((-HOUR, HOUR)))
        self.a_while()
        self.clock.shift(worker, 0)

    def cut(self) -> None:
        with self.letters_in_hand():
            self.stage.cut()
            self.a_while()
