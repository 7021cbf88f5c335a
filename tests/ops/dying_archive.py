"""`guardia history import ARCHIVE` that is killed as the table of this name begins: `python -m … TABLE ARCHIVE`."""

import os
import signal
import sys

from guardia.cli import main
from guardia.cli.progress import Progress

table, archive = sys.argv[1:]
begins = Progress.begins
tables: list[str] = []


def dying(progress: Progress, name: str) -> None:
    """Parts are checked first, under the names of their files; then each table begins under its own."""
    begins(progress, name)
    tables.append(name)
    if name == table:
        os.kill(os.getpid(), signal.SIGKILL)


def dying_at_the_end(*_ignored: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


Progress.begins = dying  # type: ignore[method-assign]
if table == "sequences":
    from guardia.history import archive_importing

    archive_importing._count_on = dying_at_the_end  # type: ignore[assignment]
sys.exit(main.main(["history", "import", archive]))
