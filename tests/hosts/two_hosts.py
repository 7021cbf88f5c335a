"""Two machines with web and worker, one PostgreSQL, one shared folder; one machine is cut off in mid-incident.

At that moment it holds a letter that the mail server has kept and not yet answered, and a row of a case.
"""

import json
import os
import sys
from collections.abc import Callable
from time import monotonic

import psycopg

from tests.hosts import network
from tests.hosts.house import Machine, folder, settle, until
from tests.hosts.postgres import Server

DEAD = """
    UPDATE sender SET seen_at = seen_at - interval '1 minute'
    WHERE id IN (SELECT sender_id FROM delivery WHERE state = 'sending')
"""
HELD = "SELECT count(*) FROM delivery WHERE state = 'sending' AND sender_id IS NOT NULL"


def main() -> int:
    network.begin()
    with folder() as place:
        server = Server(place / "pg", network.HERE, 5432).created(network.NETWORK)
        app, owner = server.url("guardia_app"), server.url("guardia_owner")
        settle(place, app, owner, SMTP_HOST=network.HERE)
        Machine(place, "owner").command("migrate", "--quiet")
        from guardia.cli.installation import open_installation

        open_installation()
        try:
            said = night(place, owner)
        finally:
            server.stop()
    print(json.dumps(said, indent=1, ensure_ascii=False))  # noqa: T201
    return 1 if said["wrong"] else 0


def night(place, owner: str) -> dict[str, object]:
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer

    mailserver.HOST = network.HERE

    class Cutting(MailServer):
        """Once it is armed, the next letter is kept, and before that is answered something happens."""

        armed: Callable[[], None] | None = None

        def _keep(self, mail: bytes, to: str) -> None:
            super()._keep(mail, to)
            if self.armed:
                happens, self.armed = self.armed, None
                happens()

    with Cutting(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        first, second = network.Place("a", 11), network.Place("b", 12)
        here, there = (Machine(place, name, each.do, each.become) for name, each in (("a", first), ("b", second)))
        try:
            return cut_off(place, owner, mail, first, here, there)
        finally:
            here.stop(), there.stop()
            first.end(), second.end()


def cut_off(place, owner: str, mail, cable: network.Place, here: Machine, there: Machine) -> dict[str, object]:
    from tests.hosts.incident import Incident

    incident = Incident(place, mail, owner)
    for machine in (here, there):
        machine.web()
    here.worker()
    ana, luz = incident.desk(0, here), incident.desk(1, there)
    number = ana.opens()
    ana.files(number)
    ana.moves_to(there)  # her session and her file are there as well
    ana.notes(number)
    assert ana.page(number), "the case is shown by the other machine"
    ana.moves_to(here)
    until(lambda: not incident.left(), "the first letters have left", here.log)

    mail.armed = cable.cut
    holding = cable.do(holds_the_row_of, number)
    held = ana.opens()
    until(lambda: mail.armed is None, "the link is down", here.log)
    begun = monotonic()
    said: dict[str, object] = {"letters held by the one that is cut off": incident.rows(HELD)[0][0]}
    there.worker()

    # --- the other goes on, also with the cases of the one that is away ---
    luz.opens(), luz.notes(held)
    said["the other goes on after"] = round(monotonic() - begun, 1)
    luz.notes(number)
    said["a row held by the one cut off is free after"] = round(monotonic() - begun, 1)
    said["pages of the one cut off are 503 after"] = round(until(lambda: here.status("/entrar") == 503, "503"), 1)
    status, page = here.asked("/entrar", "es")
    said["in words"] = (status, "no responde" in page and "Traceback" not in page)
    said["its /salud"] = here.asked("/salud")
    said["its /salud/vivo"] = here.status("/salud/vivo")
    incident.rows(DEAD)  # as after 45 s: it was not seen
    took = until(lambda: not incident.left(), "the letters of the one that is cut off are taken over", there.log)
    said["its letters have left after, once it counts as dead"] = round(took, 1)
    said["marked repeats"] = sum(each.repeat for each in mail.arrivals)

    cable.connect()
    holding.close()
    said["it heals by itself after"] = round(until(lambda: here.status("/salud") == 200, "it heals", here.log), 1)
    again = ana.opens()
    ana.notes(again), luz.notes(again)
    incident.drained()
    here.stop(), there.stop()
    said["acknowledged"], said["letters"] = len(incident.journal.kept), len(mail.arrivals)
    said["wrong"] = incident.wrong()
    return said


def holds_the_row_of(number: int) -> psycopg.Connection:
    """A transaction in the middle of its work on that case."""
    session = psycopg.connect(os.environ["DATABASE_URL"])
    session.execute("SET LOCAL ROLE guardia_staff")
    session.execute('SELECT 1 FROM "case" WHERE number = %s FOR UPDATE', [number])
    return session


if __name__ == "__main__":
    sys.exit(main())
