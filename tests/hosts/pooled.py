"""Web and workers through PgBouncer, in transaction mode: a session is nobody's, and no statement stays prepared.

`python -m tests.hosts.pooled prepared`: with PgBouncer's own keeping of prepared statements, and DATABASE_PREPARE on.
"""

import json
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from guardia.config import processes
from tests.hosts import network
from tests.hosts.house import Machine, folder, settle
from tests.hosts.postgres import PASSWORD, Server

PORT, POOL, KEPT = 6432, 3, 200
CONFIG = """
[databases]
guardia = host={host} port={port} dbname=guardia
[pgbouncer]
listen_addr = {host}
listen_port = {own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {pool}
max_prepared_statements = {kept}
"""
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'guardia_app'"


def main(prepared: bool) -> int:
    network.begin()
    with folder() as place:
        server = Server(place / "pg", network.HERE, 5432).created(network.NETWORK)
        try:
            with pooler(place, server, KEPT if prepared else 0) as app:
                settle(
                    place, app, server.url("guardia_owner"), SMTP_HOST=network.HERE,
                    DATABASE_PREPARE="1" if prepared else "0",
                )  # fmt: skip
                said = work(place, server)
        finally:
            server.stop()
    print(json.dumps({"prepared": prepared} | said, indent=1, ensure_ascii=False))  # noqa: T201
    return 1 if said["wrong"] else 0


@contextmanager
def pooler(place: Path, server: Server, kept: int):
    """Runs, and yields the address for web and worker."""
    users, config = place / "users.txt", place / "pgbouncer.ini"
    users.write_text(f'"guardia_app" "{PASSWORD}"\n')
    config.write_text(CONFIG.format(host=server.host, port=server.port, own=PORT, users=users, pool=POOL, kept=kept))
    with (place / "pgbouncer.log").open("ab") as log:
        process = processes.start(
            ["pgbouncer", str(config)], become=server.account.become, cwd="/", stdout=log, stderr=log
        )
    try:
        yield server.url("guardia_app").replace(f":{server.port}/", f":{PORT}/")
    finally:
        processes.stop(process, signal.SIGQUIT)


def work(place: Path, server: Server) -> dict[str, object]:
    owner = Machine(place, "owner")
    owner.command("migrate", "--quiet")
    from guardia.cli.installation import open_installation

    open_installation()
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer
    from tests.hosts.incident import Incident

    mailserver.HOST = network.HERE
    with MailServer(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        house, second = Machine(place, "a"), Machine(place, "b")
        try:
            incident = Incident(place, mail, server.url("guardia_owner"))
            house.web(), house.worker(), second.worker()
            people = [incident.desk(number, house) for number in range(3)]
            numbers = [person.opens() for person in people for _ in range(4)]
            owner.command("migrate", "--quiet")
            for person, number in zip(people * 4, numbers, strict=True):
                person.notes(number), person.files(number)
            incident.drained()
            said: dict[str, object] = {
                "sessions of the server": server.as_superuser(SESSIONS)[0][0],
                "pool": POOL,
                "retention": Machine(place, "check").start("retention").wait(90),
                "verify": Machine(place, "check").start("verify").wait(90),
            }
        finally:
            house.stop(), second.stop()
        said["troubles in the logs"] = troubles(house) + troubles(second)
        said["acknowledged"], said["letters"] = len(incident.journal.kept), len(mail.arrivals)
        said["answers that were no answer"] = dict(incident.journal.seen)
        said["wrong"] = incident.wrong()
    return said


def troubles(machine: Machine) -> list[str]:
    return [line for line in machine.log.read_text().splitlines() if "prepared" in line or "Error" in line][:9]


if __name__ == "__main__":
    sys.exit(main("prepared" in sys.argv[1:]))
