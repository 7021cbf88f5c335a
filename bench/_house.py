"""A house of its own for a bench: an embedded PostgreSQL in a temporary folder, which is gone afterwards.

Several databases may stand on it; ``use`` says which one this process speaks to.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from guardia.config.database import ADDRESSES
from guardia.config.postgres import APP, DATABASE, Embedded

ROOT = Path(__file__).resolve().parents[1]


class House:
    def __init__(self, folder: Path, server: Embedded) -> None:
        self.folder = folder
        self.server = server

    def use(self, database: str) -> None:
        """From here on this process's connection is to that database."""
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = database

    def copy(self, source: str, name: str) -> None:
        """Another database with the same rows. Nobody may be connected to ``source``."""
        from django.db import connections

        connections.close_all()
        self.as_owner("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

    def as_owner(self, database: str, *statements: str) -> list[tuple]:
        """Run statements as the owner, each by itself; the rows of the last one."""
        with psycopg.connect(named(self.server.owner_url, database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def address(self, database: str) -> dict[str, str]:
        """The environment of a child that is to use that database."""
        server = self.server
        urls = {
            "DATABASE_URL": server.app_url,
            "DATABASE_DIRECT_URL": server.owner_url,
            "DATABASE_PORTAL_URL": server.portal_url,
            "DATABASE_PORTAL_ACTS_URL": server.portal_acts_url,
            "DATABASE_WORKER_URL": server.worker_url,
            "DATABASE_SIGN_IN_URL": server.sign_in_url,
        }
        return {**os.environ, **{name: named(url, database) for name, url in urls.items()}}

    def owner_address(self, database: str) -> dict[str, str]:
        """The environment of a child that reads all of that database, without the walls."""
        return self.address(database) | {"DATABASE_URL": named(self.server.owner_url, database)}

    @property
    def postgres(self) -> str:
        return str(self.as_owner(DATABASE, "SHOW server_version")[0][0])


@contextmanager
def opened(prepare: Callable[[Path], Callable[[], object]] | None = None) -> Iterator[House]:
    """A migrated, empty house, safe as a real one (fsync). Packages may be imported inside only.

    ``prepare`` gets its folder while that is empty, and gives back what undoes it once the database has ended.
    """
    for name in ADDRESSES:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="guardia-bench-"))
    os.environ |= {"STATE_DIR": str(folder), "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    undo = prepare(folder) if prepare else None
    from guardia.cli.installation import open_installation
    from guardia.cli.migrate import migrate

    server = None
    try:
        server = open_installation(empty=True)
        assert server, "the bench has a server of its own"
        migrate(quiet=True)
        house = House(folder, server)
        # Cases are copied by a plan in a temporary table, which the application itself may not make.
        house.as_owner(DATABASE, f"GRANT TEMPORARY ON DATABASE {DATABASE} TO {APP}, guardia_worker")
        yield house
    finally:
        if server:
            from django.db import connections

            connections.close_all()
            if undo:
                server.stop()
                undo()
            server.wipe()
        shutil.rmtree(folder, ignore_errors=True)


def named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
