"""Who works while machines fail: engineers at their desks, a mail server, and the questions that are asked afterwards.

Import after the database is named in the environment: Django is switched on here.
"""

import random
import threading
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections

from bench.faults import checks, operator
from bench.faults.browser import form_in
from bench.faults.desk import Desk
from bench.faults.drain import HASTEN, LEFT, ROUNDS, SWEPT
from bench.faults.journal import Journal
from bench.faults.mailserver import MailServer
from guardia.config.now import now
from tests.hosts.house import Machine, until

SOON = """
    SELECT count(*) FROM clock
    WHERE ended_at IS NULL AND breached_at IS NULL AND due_at < clock_timestamp() + interval '30 seconds'
"""


class Incident:
    """``owner``: the address by which what is so is asked, past all walls."""

    def __init__(self, folder: Path, mail: MailServer, owner: str, seats: list[operator.Seat] | None = None) -> None:
        self.mail, self.owner = mail, owner
        self.journal = Journal(folder / "journal.jsonl")
        self.stopping, self.full = threading.Event(), threading.Event()
        self.seats = operator.found(now()) if seats is None else seats
        connections.close_all()

    def desk(self, number: int, machine: Machine) -> "Worked":
        """An engineer who has signed in there."""
        desk = Desk(self.seats[number], machine.port, self.journal, self.stopping, random.Random(number), self.full)
        machine.do(desk.sign_in, desk.engineer, desk.seat.engineer)
        return Worked(desk, machine)

    def rows(self, question: str) -> list[tuple]:
        with psycopg.connect(self.owner, autocommit=True, connect_timeout=5) as session:
            cursor = session.execute(question)
            return cursor.fetchall() if cursor.description else []

    def left(self) -> dict[str, int]:
        found = {what: self.rows(question)[0][0] for what, question in LEFT.items()}
        return {what: count for what, count in found.items() if count}

    def drained(self) -> None:
        """All that is owed is done, and nothing falls due before everybody has stopped. Raises TimeoutError."""
        since = self.rows("SELECT clock_timestamp()")[0][0]

        def done() -> bool:
            for statement in HASTEN:
                self.rows(statement)
            swept = self.rows(SWEPT)
            return not self.left() and not self.rows(SOON)[0][0] and bool(swept) and swept[0][0] > since

        until(done, "all that is owed is done")

    def emptied(self, machines: dict[str, Machine]) -> None:
        """All that is owed is done, and everybody has stopped. What fell due while they stopped is done by one more.

        Raises TimeoutError.
        """
        for _ in range(ROUNDS):
            self.drained()
            for machine in machines.values():
                machine.stop()
            if not self.left():
                return
            for machine in machines.values():
                machine.worker()
        raise TimeoutError(f"there is always something left: {self.left()}")

    def wrong(self) -> dict[str, list[str]]:
        """What is not as it must be, by the checks of `bin/faults`. Nobody may work any more."""
        seen = checks.Seen(list(self.journal.kept), list(self.mail.arrivals), self.mail.opened, self.rows(SWEPT)[0][0])
        read_as_owner(self.owner)
        return {name: found for name, found in checks.all_wrong(seen).items() if found}


class Worked:
    """An engineer at a machine: each act is done when it is acknowledged, and then stands in the journal."""

    def __init__(self, desk: Desk, machine: Machine) -> None:
        self.seat, self.machine = desk, machine

    def opens(self) -> int:
        self.seat.engineer.hang_up()  # a connection on which nothing was said for long has been closed
        return self.machine.do(self.seat.opened)

    def notes(self, number: int) -> None:
        marker = self.seat.mark()
        self.machine.do(lambda: self.seat.act(number, "escribir", "noted", marker, text=marker, audience="internal"))

    def files(self, number: int) -> None:
        self.machine.do(self.seat.file, number)

    def moves_to(self, machine: Machine) -> None:
        """With the same session: whichever machine the next request comes to."""
        self.seat.engineer.hang_up()
        self.machine = machine

    def page(self, number: int) -> dict[str, Any] | None:
        page = self.machine.do(self.seat.engineer.get, f"/casos/{number}/").text
        return form_in(page, f"{self.seat.base}/casos/{number}/", "/archivos")


def read_as_owner(url: str) -> None:
    """From here on this process reads all rows, wherever the database now is."""
    from guardia.config.address import database

    connection.close()
    connection.settings_dict |= {name: value for name, value in database(url, prepare=False).items() if name.isupper()}
