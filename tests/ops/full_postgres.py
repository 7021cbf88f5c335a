"""`python -m tests.ops.full_postgres FOLDER` in a mount namespace: an embedded PostgreSQL whose disk is full and that
dies, and what `guardia run` does about it; printed as JSON.
"""

import json
import sys
from pathlib import Path
from time import sleep

import psycopg

from bench._worker import until
from bench.faults.disk import Tmpfs, mounted
from bench.faults.stage import kill
from guardia.cli import run
from guardia.cli.children import Children
from guardia.config.account import postmaster
from guardia.config.postgres import Embedded

MEGABYTES, LOOKS = 256, 600


def main(folder: Path) -> None:
    run.AGAIN_SECONDS = 0.2
    disk = Tmpfs(mounted(folder / "state", MEGABYTES))
    server = Embedded(folder / "state" / "pg").start()
    if not server.data.is_relative_to(folder):
        print(json.dumps({"elsewhere": str(server.data)}))  # noqa: T201
        server.stop()
        return
    revival = run.Revival(server, Children())
    found: dict[str, object] = {"refused": "", "down while full": 0}
    try:
        with psycopg.connect(server.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS value")
            disk.fill()
            try:
                owner.execute("CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 1000000)")
            except psycopg.Error as trouble:
                found["refused"] = trouble.sqlstate
        kill(postmaster(server.data) or 0)
        until(lambda: not server.running, "PostgreSQL is dead", LOOKS)
        for _ in range(3):
            revival.look()
            found["down while full"] = int(not server.running)
            sleep(run.AGAIN_SECONDS)
        found["trouble"] = revival.trouble
        disk.free()
        for _ in range(LOOKS):
            revival.look()
            if server.running:
                break
            sleep(0.1)
        with psycopg.connect(server.app_url) as app:
            found["answers"] = app.execute("SELECT 1").fetchone()
        with psycopg.connect(server.owner_url) as owner:
            found["kept"] = owner.execute("SELECT value FROM kept").fetchone()
    finally:
        server.stop()
        disk.end()
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
