"""A migration of an invented later version is killed half-way while the operator works on, and then run again."""

import contextlib
import subprocess
from pathlib import Path
from time import monotonic

import psycopg

import guardia.migrations
from bench.faults.stage import PATIENCE, Stage, kill
from guardia.config.postgres import DATABASE

ROWS = 1000
LOOKS_AGAIN = 0.02
HALF_DONE = """
    SELECT 1 FROM pg_stat_activity
    WHERE state = 'active' AND query LIKE '%pg_sleep%{table}%' AND pid <> pg_backend_pid()
"""
TEXT = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("guardia", "{before}")]
    operations = [
        migrations.RunSQL("CREATE TABLE {table} (n int PRIMARY KEY)"),
        migrations.RunSQL("INSERT INTO {table} SELECT generate_series(1, {rows})"),
        migrations.RunSQL("SELECT pg_sleep(0.4) /* {table} */"),
        migrations.RunSQL("INSERT INTO {table} SELECT generate_series({rows} + 1, 2 * {rows})"),
    ]
"""


class Migrations:
    """``made`` are the tables that must stand whole at the end."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = stage.house.folder / "later"
        self.folder.mkdir()
        self.made: list[str] = []
        self.newest = sorted(file.stem for file in Path(guardia.migrations.__path__[0]).glob("0*.py"))[-1]

    def killed(self, *, with_web: bool, with_postgres: bool) -> None:
        """Write the next one, begin it, kill it when half of it is done (perhaps PostgreSQL with it), run it again.

        ``with_web``: the web server dies in the middle of it, and comes back before it is done.
        """
        table = self._written()
        process = self._begun()
        self._until_half_done(table, process)
        if with_web and self.stage.web:
            kill(self.stage.web.pid)
            self.stage.web.wait(PATIENCE)
            self.stage.heal()
        kill(process.pid)
        process.wait(PATIENCE)
        if with_postgres:
            self.stage.kill_postgres()
        self.stage.heal()
        again = self._begun()
        if again.wait(PATIENCE) != 0:
            raise RuntimeError(f"the migration of {table} cannot be run again\n{self.stage.last_words()}")

    def half_done(self) -> list[str]:
        """Tables that are not whole, or that are there without their migration being on record."""
        found = []
        for number, table in enumerate(self.made, 9001):
            recorded = f"SELECT count(*) FROM django_migrations WHERE name = '{number}_{table}'"
            question = f"SELECT count(*), ({recorded}) FROM {table}"
            try:
                rows = self.stage.house.as_owner(DATABASE, question)
            except psycopg.errors.UndefinedTable:
                rows = []
            if rows != [(2 * ROWS, 1)]:
                found.append(f"{table}: {rows}")
        return found

    def _written(self) -> str:
        number = 9001 + len(self.made)
        table = f"faults_{number}"
        before = f"{number - 1}_{self.made[-1]}" if self.made else self.newest
        text = TEXT.format(before=before, table=table, rows=ROWS)
        (self.folder / f"{number}_{table}.py").write_text(text)
        self.made.append(table)
        return table

    def _begun(self) -> subprocess.Popen[bytes]:
        more = {"DJANGO_SETTINGS_MODULE": "bench.faults.later_settings", "FAULTS_MIGRATIONS": str(self.folder)}
        return self.stage.start("migrate", ["migrate"], more)

    def _until_half_done(self, table: str, process: subprocess.Popen[bytes]) -> None:
        question = HALF_DONE.format(table=table)
        end = monotonic() + PATIENCE
        while process.poll() is None and monotonic() < end:
            with contextlib.suppress(psycopg.OperationalError):
                if self.stage.house.as_owner(DATABASE, question):
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOKS_AGAIN)
