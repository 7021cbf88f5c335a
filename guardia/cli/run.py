"""`guardia run`: all in one command: database, migrations, web and worker, until stopped; and `guardia worker`."""

import argparse
import os
import sys
from pathlib import Path
from time import monotonic

from guardia.cli import web
from guardia.cli.children import Child, Children, ends_on_signals, listens, must_be_free
from guardia.cli.installation import Mistake, Subparsers, add_command, name_public_url, open_installation, say
from guardia.cli.migrate import migrate
from guardia.config import meters
from guardia.config.account import DatabaseTrouble
from guardia.config.countries import is_named, written_zone
from guardia.config.database import name_database, state_dir
from guardia.config.ownership import become_owner
from guardia.config.postgres import Embedded

# --- run --------------------------------------------------------------------------------------------------------------
# `guardia run`: the whole installation in one command: database, migrations, web and worker, until stopped.
AGAIN_SECONDS = 5.0


def add(subparsers: Subparsers) -> None:
    web.add_arguments(add_command(subparsers, "run", "run everything: database, migrations, web and worker", run))


def run(args: argparse.Namespace) -> int:
    web.must_have_own_key(args.host)
    become_owner()
    with ends_on_signals():
        if not web.has_own_key():
            print("SECRET_KEY is not set: sessions and the log of histories are signed by keys that everybody knows.")
            print("Good for trying out alone. Before anybody else uses it: guardia doctor says more.", flush=True)
        must_be_free(args.host, args.port)
        name_public_url(args.port)
        server = open_installation(empty=True)
        try:
            must_be_ours(server)
            migrate(quiet=False)
            from guardia.cli.catalogues import compile_stale

            compile_stale()
            keep(server, args)
        finally:
            if server:
                server.stop()
    return 0


def must_be_ours(server: Embedded | None) -> None:
    """Two that run everything on one folder would both be at work, and the database ends with whoever began it.

    Raises Mistake.
    """
    if server and not server.owned:
        raise Mistake(
            f"{server.home.parent} is in use by another process of Guardia ({server.owner_pid()}): stop that one, or "
            "wait until it has ended; for a second Guardia set STATE_DIR to a folder of its own"
        )


def keep(server: Embedded | None, args: argparse.Namespace) -> None:
    """Web and worker, and the embedded database under them, for as long as this process lives."""
    options = {"--host": args.host, "--port": args.port, "--processes": args.processes, "--threads": args.threads}
    words = [str(word) for pair in options.items() for word in pair]
    children = Children(Child("web", ["web", *words]), Child("worker", ["worker"]), eraser(), *listeners())
    zone, revival = ZoneWatch(children, args.processes), Revival(server, children)

    def also() -> None:
        revival.look()
        zone.look()

    try:
        children.start()
        children.watch(also, until=lambda: listens(args.host, args.port))
        say(f"Guardia answers on http://{args.host}:{args.port}/")
        say_first_run()
        children.watch(also)
    finally:
        children.stop()


def eraser(logs: Path | None = None) -> Child:
    """The process that carries out confirmed erasures: the owner's hand, which web and worker have not (ADR 26)."""
    return Child("eraser", ["privacy", "work"], logs / "eraser.log" if logs else None)


class ZoneWatch:
    """Starts the other processes anew when the first steps have written the operator's zone down.

    The process of the web that wrote it has it already; where there are several, all of them begin anew.
    """

    def __init__(self, children: Children, web_processes: int) -> None:
        self.children, self.web_processes = children, web_processes
        self.zone = written_zone(state_dir())

    def look(self) -> None:
        zone = written_zone(state_dir())
        if zone == self.zone or is_named():
            return
        self.zone = zone
        keeps = {"web"} if self.web_processes == 1 else set()
        for child in self.children.children:
            if child.name not in keeps:
                child.begin_anew()


def say_first_run() -> None:
    """An installation without anybody is set up in the browser: whoever reads this terminal has the key."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.web.first_run import key

    with behind(DatabaseRole.STAFF):
        if key.is_open():
            say(f"Nobody can sign in yet. First steps: {key.address()}")


def listeners(logs: Path | None = None) -> list[Child]:
    """The processes that listen to an Asterisk, and to SNMP traps, where the environment names them."""
    wanted = [("telephone", "AMI_HOST", ["phone", "listen"]), ("traps", "TRAPS_LISTEN", ["traps"])]
    return [
        Child(name, words, logs / f"{name}.log" if logs else None)
        for name, variable, words in wanted
        if os.environ.get(variable) or os.environ.get(f"{variable}_FILE")
    ]


class Revival:
    """Starts our own PostgreSQL again whenever it has died; a joined one is its owner's business.

    Where it cannot start, as on a full disk, it is tried again and again: web and worker say meanwhile that it is away.
    """

    def __init__(self, server: Embedded | None, children: Children) -> None:
        self.server = server if server and server.owned else None
        self.children = children
        self.again_at, self.trouble = 0.0, ""
        self.told = self.server.app_url if self.server else ""

    def look(self) -> None:
        server = self.server
        if server is None or server.running or monotonic() < self.again_at:
            return
        if not self.trouble:
            say("PostgreSQL ended; starting it again")
        try:
            server.start()
        except (DatabaseTrouble, OSError) as trouble:
            if not self.trouble:
                say(f"{trouble}\nIt is tried again every {AGAIN_SECONDS:.0f} s", sys.stderr)
            self.again_at, self.trouble = monotonic() + AGAIN_SECONDS, str(trouble)
            return
        if self.trouble:
            say("PostgreSQL runs again")
        self.trouble = ""
        if server.app_url != self.told:  # its socket stands elsewhere now: whoever knows the old one is begun anew
            self.told = server.app_url
            name_database(server)
            self.children.end()


# --- worker -----------------------------------------------------------------------------------------------------------
# `guardia worker`: what runs by itself (deadlines, notices).
def add_worker(subparsers: Subparsers) -> None:
    add_command(subparsers, "worker", "run the sweeps and send the notices, until stopped", work)


def work(args: argparse.Namespace) -> int:
    open_installation(process="worker")
    meters.begin(state_dir(), "worker")
    from guardia.worker.loop import run

    return run() or 0
