"""How `guardia migrate` runs the statements of a migration: so that nobody waits for its locks longer than needed."""

import re
from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor

BESIDE = re.compile(r'\A(CREATE (?:UNIQUE )?INDEX CONCURRENTLY) "(\w+)"')
IF_NOT_THERE = r'\1 IF NOT EXISTS "\2"'
INVALID = "SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


class PatientEditor(DatabaseSchemaEditor):
    """Builds an index beside who writes, however long it waits for their transactions: nobody waits behind it.

    With the short patience of other statements it would leave half an index behind, which the next try would run
    into. Half of one, that a try left which was ended from outside, is removed first; a whole one is as good as new.
    """

    def execute(self, sql: Any, params: Any = ()) -> Any:
        found = BESIDE.match(str(sql))
        if not found:
            return super().execute(sql, params)
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            (before,) = cursor.fetchone()
            cursor.execute("SELECT set_config('lock_timeout', '0', false)")
            cursor.execute(INVALID, [found[2]])
            if cursor.fetchone() is not None:
                cursor.execute(f'DROP INDEX CONCURRENTLY "{found[2]}"')
            super().execute(BESIDE.sub(IF_NOT_THERE, str(sql)), params)
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


class LateEditor(PatientEditor):
    """Runs the statements of a migration one after the other at its end, and none before.

    Between two of its operations Django makes its models anew, for up to a second: meanwhile nobody shall wait for a
    table that the first statement has locked.
    """

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.waiting: list[tuple[Any, Any]] | None = [] if self.atomic_migration else None

    def execute(self, sql: Any, params: Any = ()) -> Any:
        if self.waiting is None:
            return super().execute(sql, params)
        self.waiting.append((str(sql), params))
        return None

    def __exit__(self, kind: Any, trouble: Any, trace: Any) -> None:
        waiting, self.waiting = self.waiting or [], None
        if kind is None:
            for sql, params in waiting:
                self.execute(sql, params)
        super().__exit__(kind, trouble, trace)
