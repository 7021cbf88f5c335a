"""An upgrade while people work: the version before and this one on one database, which this one has migrated.

`python -m tests.hosts.side_by_side [REVISION or FOLDER]`: which one is before; else the newest that stands alone.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

from tests.hosts import network
from tests.hosts.house import PORT, Machine, folder, settle
from tests.hosts.postgres import ROOT, Server

LOOKED_AT = [f"HEAD~{back}" for back in range(1, 9)]
STANDS = """
import os
os.environ |= {"DJANGO_SETTINGS_MODULE": "guardia.config.settings", "DATABASE_URL": "postgresql:///nobody-asks"}
import django
django.setup()
import guardia.config.urls_with_apis, guardia.worker.rounds
"""
FOUND = """
import json
from dataclasses import asdict
from guardia.cli.installation import open_installation
open_installation()
from bench.faults import operator
from guardia.config.now import now
print(json.dumps([asdict(seat) for seat in operator.found(now())]))
"""


def main(revisions: list[str]) -> int:
    network.begin()
    with folder() as place:
        before = place / "before"
        revision = unpacked(before, revisions)
        server = Server(place / "pg", network.HERE, 5432).created(network.NETWORK)
        settle(place, server.url("guardia_app"), server.url("guardia_owner"), SMTP_HOST=network.HERE)
        try:
            said = upgraded(place, before, server)
        finally:
            server.stop()
    print(json.dumps({"before": revision} | said, indent=1, ensure_ascii=False))  # noqa: T201
    return 1 if said["wrong"] or said["not answered well"] else 0


def unpacked(before: Path, revisions: list[str]) -> str:
    """The first of these revisions that can be switched on, whole in that folder. Raises RuntimeError."""
    for revision in revisions:
        before.mkdir()
        if Path(revision).is_dir():
            shutil.copytree(revision, before, dirs_exist_ok=True)
        else:
            archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True).stdout
            subprocess.run(["tar", "x"], input=archive, cwd=before, check=True)
        shutil.copytree(ROOT / "bench", before / "bench", dirs_exist_ok=True)  # who works is the same for both
        if subprocess.run([sys.executable, "-c", STANDS], cwd=before, capture_output=True).returncode == 0:
            return revision
        shutil.rmtree(before)
    raise RuntimeError(f"none of {', '.join(revisions)} can be switched on")


def upgraded(place: Path, before: Path, server: Server) -> dict[str, object]:
    setting_up = Machine(place, "owner")
    for words in (("messages", "compile"), ("migrate", "--quiet")):
        if setting_up.start(*words, code=before).wait(120):
            raise RuntimeError(setting_up.log.read_text()[-3000:])
    found = subprocess.run([sys.executable, "-c", FOUND], cwd=before, check=True, capture_output=True, text=True)
    had = server.as_superuser("SELECT max(name) FROM django_migrations WHERE app = 'guardia'", "guardia")[0][0]
    from guardia.cli.installation import open_installation

    open_installation()
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer
    from bench.faults.operator import Seat
    from tests.hosts.incident import Incident

    mailserver.HOST = network.HERE
    with MailServer(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        old, new = Machine(place, "old"), Machine(place, "new", port=PORT + 1)
        seats = [Seat(**each) for each in json.loads(found.stdout.splitlines()[-1])]
        incident = Incident(place, mail, server.url("guardia_owner"), seats)
        try:
            said = side_by_side(incident, setting_up, old, new, before)
        finally:
            old.stop(), new.stop()
        said |= {"had": had, "acknowledged": len(incident.journal.kept), "letters": len(mail.arrivals)}
        said["not answered well"] = dict(incident.journal.seen)
        said["wrong"] = incident.wrong()
    return said


def side_by_side(incident, setting_up: Machine, old: Machine, new: Machine, before: Path) -> dict[str, object]:
    old.web(code=before), old.start("worker", code=before)
    ana, luz = incident.desk(0, old), incident.desk(1, old)
    numbers, migrated, trouble = [ana.opens()], Event(), []

    def works() -> None:
        """Cases are opened and noted while the tables change."""
        try:
            while not migrated.is_set():
                numbers.append(luz.opens())
                luz.notes(numbers[-1])
        except BaseException as wrong:
            trouble.append(repr(wrong))

    thread = Thread(target=works)
    thread.start()
    setting_up.command("migrate", "--quiet", "--additive")
    migrated.set()
    thread.join()
    if trouble:
        raise RuntimeError(f"{trouble} {dict(incident.journal.seen)}\n{old.log.read_text()[-3000:]}")
    opened_meanwhile = len(numbers) - 1
    ana.notes(ana.opens())  # the version before, on the tables of this one
    new.web(), new.worker()
    eva = incident.desk(2, new)
    for number in numbers[:3]:
        eva.notes(number), ana.notes(number)
    ana.files(eva.opens())
    incident.drained()
    old.stop()
    setting_up.command("migrate", "--quiet")
    eva.notes(eva.opens())
    incident.drained()
    new.stop()
    return {"opened while it migrated": opened_meanwhile}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or LOOKED_AT))
