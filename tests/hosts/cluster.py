"""The deployment of `deploy/ha` on one machine: the very files of that folder, each host in namespaces of its own.

Three hosts with PostgreSQL, Patroni and etcd; two with PgBouncer and HAProxy before web and worker.
"""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from guardia.config import processes
from guardia.config.account import leave_root
from tests.hosts import network
from tests.hosts.house import until
from tests.hosts.postgres import PASSWORD, ROOT, SQL

FILES = ROOT / "deploy" / "ha"
NUMBERS = {"pg1": 21, "pg2": 22, "pg3": 23, "spare": 24, "web1": 11, "web2": 12}
POSTGRES = "/usr/lib/postgresql/17/bin/postgres"
PROGRAMS = ("patroni", "etcd", "pgbouncer", "pgbackrest", "haproxy", POSTGRES)
IN_STEP = ("sync_standby", "quorum_standby")
LEFT = "the hosts are as they were before"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SETTLES = 300


def missing() -> list[str]:
    """The programs that this machine does not have."""
    return [name for name in PROGRAMS if not shutil.which(name, path=PATH)]


def account(name: str) -> Callable[[], None]:
    """What a child does to become that account."""
    entry = pwd.getpwnam(name)
    return partial(leave_root, entry.pw_uid, entry.pw_gid)


def given(folder: Path, owner: str) -> Path:
    """A new folder that belongs to that account."""
    folder.mkdir(parents=True)
    shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
    folder.chmod(0o750)
    return folder


def filled(name: str, host: str = "pg1") -> str:
    """A file of `deploy/ha` as it stands on that host: its name in the first lines, the passwords filled in."""
    written = (FILES / name).read_text(encoding="utf-8").replace("…", PASSWORD)
    if name.endswith(".env"):
        return re.sub(
            r"^\w+=(pg1|http://pg1:\d+|pg1:\d+)$", lambda line: line[0].replace("pg1", host), written, flags=re.M
        )
    return written


def environment(written: str) -> dict[str, str]:
    """As systemd reads an EnvironmentFile."""
    return dict(line.split("=", 1) for line in written.splitlines() if "=" in line and not line.startswith("#"))


def places(folder: Path) -> dict[str, Path]:
    """Files and folders that stand for those of the system on all hosts: configuration, and the mounted repository."""
    etc = folder / "etc"
    etc.mkdir()
    folder.chmod(0o755)
    for name in ("hosts", "pgbackrest.conf"):
        (etc / name).write_text(filled(name), encoding="utf-8")
    shutil.chown(etc / "pgbackrest.conf", "postgres")
    for program, names in {"patroni": ["patroni.yml"], "pgbouncer": ["pgbouncer.ini", "userlist.txt"]}.items():
        (etc / program).mkdir()
        for name in names:
            target = "config.yml" if name == "patroni.yml" else name
            (etc / program / target).write_text(filled(name), encoding="utf-8")
    return {
        **{f"/etc/{name}": etc / name for name in ("hosts", "pgbackrest.conf", "patroni", "pgbouncer")},
        "/var/lib/pgbackrest": given(folder / "repository", "postgres"),
    }


class Host(network.Place):
    """One machine and the services that its init would keep running."""

    def __init__(self, folder: Path, name: str, own: Mapping[str, Path] | None = None) -> None:
        super().__init__(name, NUMBERS[name], own)
        self.log = folder / f"{name}.log"
        self.services: list[subprocess.Popen[bytes]] = []

    def service(self, command: list[str], user: str = "", **more: str) -> None:
        """Start it there. Call from the main thread: it ends with the thread that began it."""
        self.services.append(self._started(command, user, more))

    def _started(self, command: list[str], user: str, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return processes.start(
                command, become=partial(_become, self.become, account(user) if user else None), cwd="/",
                env={"PATH": PATH, "LC_ALL": "C.UTF-8", **more}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def command(self, command: list[str], user: str = "postgres", patience: float = 300) -> int:
        """Run it there to its end; its exit code."""
        return self._started(command, user, {}).wait(patience)

    def kill(self, named: str = "") -> None:
        """All processes of that machine at once, as when it loses its power; or those of one program."""
        while True:
            found = [pid for pid in self.pids() if named in _command_of(pid)]
            if not found:
                break
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._bury()

    def _bury(self) -> None:
        for each in self.services:
            with suppress(subprocess.TimeoutExpired):
                each.wait(0.05)
        self.services = [each for each in self.services if each.returncode is None]

    def end(self) -> None:
        self.kill()
        super().end()


def _become(*steps: Callable[[], None] | None) -> None:
    for step in steps:
        if step:
            step()


def _command_of(pid: int) -> str:
    """Empty for one that has ended and is not yet buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


class DatabaseHost(Host):
    """PostgreSQL under Patroni, and an etcd."""

    def __init__(self, folder: Path, name: str) -> None:
        own = folder / name
        super().__init__(
            folder,
            name,
            {
                "/var/lib/postgresql": given(own / "postgresql", "postgres"),
                "/run/postgresql": given(own / "run", "postgres"),
                "/var/lib/etcd": given(own / "etcd", "etcd"),
            },
        )
        self.address = f"{network.NETWORK.rpartition('.')[0]}.{NUMBERS[name]}"

    def start(self) -> None:
        """As its init does when the machine has its power."""
        self.start_etcd()
        self.service(
            ["patroni", "/etc/patroni/config.yml"], "postgres", **environment(filled("patroni.env", self.name))
        )

    def start_etcd(self) -> None:
        self.service(["etcd"], "etcd", **environment(filled("etcd.env", self.name)))

    def restored(self, target: str) -> None:
        """PostgreSQL there, on an empty disk, as the archive says that it stood at ``target`` (ISO 8601 with a zone).

        It runs without Patroni, archives nothing and waits for no replica. Raises RuntimeError.
        """
        words = ["pgbackrest", "--stanza=guardia", "--type=time", f"--target={target}", "--target-action=promote"]
        if self.command([*words, "restore"]):
            raise RuntimeError(f"pgbackrest restore: {self.log.read_text(errors='replace')[-3000:]}")
        alone = ("archive_mode=off", "synchronous_standby_names=", "listen_addresses=*")
        settings = [word for each in alone for word in ("-c", each)]
        self.service([POSTGRES, "-D", "/var/lib/postgresql/guardia", *settings], "postgres")
        until(self.takes_writes, "the restored PostgreSQL takes writes", self.log, SETTLES)

    def takes_writes(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as session:
                return session.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
        except psycopg.OperationalError:
            return False

    def url(self, role: str, database: str = "guardia") -> str:
        return f"postgresql://{role}:{PASSWORD}@{self.address}:5432/{database}?connect_timeout=2"

    def status(self, path: str) -> tuple[int, Any]:
        """What Patroni says of it; (0, None) where it does not answer within a second."""
        connection = HTTPConnection(self.address, 8008, timeout=1)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()

    def is_primary(self) -> bool:
        return self.status("/primary")[0] == 200


class Cluster:
    """The three hosts with PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.hosts = [DatabaseHost(folder, name) for name in ("pg1", "pg2", "pg3")]

    def created(self) -> "Cluster":
        """Running, with the logins and the database of docs/operations/install.md, and with its archive."""
        for host in self.hosts:
            host.start()
        primary = self.settled()
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as session:
            for statement in SQL.findall((ROOT / "docs" / "operations" / "install.md").read_text(encoding="utf-8")):
                if not statement.startswith("ALTER SYSTEM"):  # patroni.yml says that
                    session.execute(statement.replace("…", PASSWORD))
        self.pgbackrest(primary, "stanza-create")
        return self

    def pgbackrest(self, primary: DatabaseHost, *words: str) -> None:
        """Raises RuntimeError where pgBackRest does not end well."""
        if primary.command(["pgbackrest", "--stanza=guardia", *words]):
            raise RuntimeError(f"pgbackrest {' '.join(words)}: {primary.log.read_text(errors='replace')[-3000:]}")

    def settled(self) -> DatabaseHost:
        """The primary, once all three are well again: one that takes writes, two that follow, one of them in step."""
        found: list[DatabaseHost] = []

        def well() -> bool:
            found[:] = [host for host in self.hosts if host.is_primary()]
            _, said = found[0].status("/cluster") if len(found) == 1 else (0, None)
            members = (said or {}).get("members", ())
            follow = [one for one in members if one["role"] != "leader" and one["state"] == "streaming"]
            return len(follow) == len(self.hosts) - 1 and any(one["role"] in IN_STEP for one in follow)

        until(well, LEFT, patience=SETTLES)
        return found[0]

    def url(self, role: str, database: str = "guardia") -> str:
        """Goes to whichever of the three takes writes."""
        hosts = ",".join(f"{host.name}:5432" for host in self.hosts)
        return f"postgresql://{role}:{PASSWORD}@{hosts}/{database}?target_session_attrs=read-write&connect_timeout=2"

    def end(self) -> None:
        for host in self.hosts:
            host.end()


class WebHost(Host):
    """PgBouncer and HAProxy; web and worker of Guardia come in as a `Machine`."""

    def start(self) -> None:
        self.start_haproxy()
        self.start_pgbouncer()

    def start_haproxy(self) -> None:
        self.service(["haproxy", "-db", "-f", str(FILES / "haproxy.cfg")])

    def start_pgbouncer(self) -> None:
        self.service(["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"], "postgres")
