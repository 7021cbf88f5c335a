"""A worker that sends the letters that are due at an hour over two connections, until none is left or it is killed."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

from datetime import datetime  # noqa: E402

from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from guardia.notices import leases  # noqa: E402
from guardia.notices.sending import Post, send_due  # noqa: E402
from guardia.notices.smtp import Outlet, Server  # noqa: E402
from guardia.worker.posting import LINKS  # noqa: E402

port, at = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
with behind(DatabaseRole.WORKER):
    number = leases.seen(at, None)
post = Post(lambda: behind(DatabaseRole.WORKER), lambda: at, number, LINKS)


def opened() -> Outlet:
    return Outlet(Server("127.0.0.1", port, timeout=60), "casos@example.com")


with opened() as outlet:
    print(send_due(outlet, post, more=[opened]), flush=True)  # noqa: T201 - the test reads it
