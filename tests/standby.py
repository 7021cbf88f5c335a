"""A streaming standby of an embedded PostgreSQL, by the programs of the same wheel."""

from pathlib import Path

import psycopg

from guardia.config import processes
from guardia.config.postgres import OWNER, PORT, Embedded

PATIENCE = 300
ON_ITS_WAY = "SELECT set_config('synchronous_commit', 'on', false), pg_logical_emit_message(true, 'arrives', '')"
"""A commit that returns once all before it is on the disk, though this server's own do not wait for that."""


class Standby:
    """A copy of ``primary`` as it is now; ``server.start()`` lets it follow from there on."""

    def __init__(self, folder: Path, primary: Embedded) -> None:
        self.primary, self.server = primary, Embedded(folder, fsync=primary.fsync)
        assert self.server.own()
        account = self.server._need_account()
        source = f"host={primary.socket_dir} port={PORT} user={OWNER}"
        words = [str(account.programs / "pg_basebackup"), "-D", str(self.server.data), "-d", source, "-R", "-c", "fast"]
        assert processes.start(words, become=account.become, cwd="/").wait(PATIENCE) == 0

    def ask(self, statement: str) -> list[tuple]:
        return rows(self.server, statement)

    def arrives(self) -> None:
        """Wait until it has all that the primary has by now: what was committed there is on its way a little later."""
        rows(self.primary, ON_ITS_WAY)
        ((place,),) = rows(self.primary, "SELECT pg_current_wal_flush_lsn()")
        while self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{place}'") != [(True,)]:
            pass

    def paused(self) -> None:
        """What arrives from here on is not replayed."""
        self.ask("SELECT pg_wal_replay_pause()")
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            pass


def rows(server: Embedded, statement: str) -> list[tuple]:
    with psycopg.connect(server.url(OWNER, "postgres"), autocommit=True) as session:
        found = session.execute(statement)
        return found.fetchall() if found.description else []
