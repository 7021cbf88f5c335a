"""How `guardia migrate` runs the statements of a migration: so that nobody waits for its locks longer than needed."""

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor


class LateEditor(DatabaseSchemaEditor):
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
