"""A process that sweeps and is killed in the middle: everything is written, nothing is committed."""

import os
import signal
import sys
from datetime import datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

from guardia.cases import call_tasks, notify, sweep  # noqa: E402
from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402

WHERE = {"calls": (call_tasks, "end_calls"), "notices": (notify.Owed, "owe_to_the_operator")}


def killed_after(module, name: str) -> None:
    """The process dies as soon as this has been written."""
    does = getattr(module, name)

    def dies(*args) -> None:
        does(*args)
        print("written", flush=True)  # noqa: T201 - the test waits for it
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, dies)


killed_after(*WHERE[sys.argv[1]])
with behind(DatabaseRole.WORKER):
    sweep.sweep(datetime.fromisoformat(sys.argv[2]))
