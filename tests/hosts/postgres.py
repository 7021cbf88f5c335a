"""A PostgreSQL server over TCP, by the programs of the wheel, with passwords and the roles that docs/operations say."""

import re
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep

import psycopg

from bench.faults.stage import children_of, kill
from guardia.config import processes
from guardia.config.account import Account, choose

PASSWORD = "only-for-this-scenario"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
SLOT = "standby"
SQL = re.compile(r"^    ((?:CREATE|ALTER) .+;)$", re.MULTILINE)


class Server:
    def __init__(self, folder: Path, host: str, port: int, account: Account | None = None) -> None:
        """``account``: whose programs run it, and as whom; by default those of the wheel."""
        folder.mkdir()
        self.folder, self.host, self.port = folder, host, port
        self.account = account or choose(folder)
        self.data = self.account.folder / "data"
        self.process: subprocess.Popen[bytes] | None = None

    # --- its beginning ---
    def created(self, network: str, **settings: str) -> "Server":
        """Empty, with what docs/operations/install.md tells a superuser to do; over TCP with a password."""
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        self.run(
            "initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C", f"--pwfile={secret}",
            "--auth-local=trust", "--auth-host=scram-sha-256",
        )  # fmt: skip
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {network} scram-sha-256\nhost replication all {network} scram-sha-256\n")
        self.set(**settings)
        self.start()
        for statement in SQL.findall((ROOT / "docs" / "operations" / "install.md").read_text(encoding="utf-8")):
            self.as_superuser(statement.replace("…", PASSWORD))
        self.as_superuser(f"CREATE ROLE replicator LOGIN REPLICATION PASSWORD '{PASSWORD}'")
        return self

    def set(self, **settings: str) -> None:
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def replica(self, folder: Path, port: int) -> "Server":
        """A streaming replica of this one, running."""
        other = Server(folder, self.host, port)
        address = f"host={self.host} port={self.port} user=replicator password={PASSWORD} application_name={SLOT}"
        self.run(
            "pg_basebackup", "-D", str(other.data), "-d", address, "-R", "-X", "stream", "-C", "-S", SLOT, "-c", "fast"
        )
        other.start()
        return other

    # --- its life ---
    def start(self) -> None:
        options = {"listen_addresses": self.host, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        words = [str(self.account.programs / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = processes.start(
                words, last_signal=signal.SIGQUIT, become=self.account.become, cwd="/", stdout=log, stderr=log
            )
        end = monotonic() + PATIENCE
        while True:
            try:
                self.as_superuser("SELECT 1", database="postgres")
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or monotonic() > end:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
            sleep(0.1)

    def run(self, program: str, *words: str) -> None:
        with (self.folder / "log").open("ab") as log:
            command = [str(self.account.programs / program), *words]
            child = processes.start(command, become=self.account.become, cwd="/", stdout=log, stderr=log)
        if child.wait(PATIENCE):
            raise RuntimeError(f"{program}: {(self.folder / 'log').read_text()[-2000:]}")

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-D", str(self.data), "-w")

    def kill(self) -> None:
        """As a machine that loses its power: all of it at once."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)  # it begins nobody new meanwhile
            for pid in [*children_of(self.process.pid), self.process.pid]:
                kill(pid)
            self.process.wait(PATIENCE)

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process, signal.SIGQUIT)

    # --- whoever comes ---
    def as_superuser(self, statement: str, database: str = "postgres") -> list[tuple]:
        address = f"host={self.folder} port={self.port} user=postgres dbname={database} connect_timeout=5"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def url(self, role: str, *others: "Server") -> str:
        places = ",".join(f"{each.host}:{each.port}" for each in (self, *others))
        return f"postgresql://{role}:{PASSWORD}@{places}/guardia" + (
            "?target_session_attrs=read-write" if others else ""
        )
