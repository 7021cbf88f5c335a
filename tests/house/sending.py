"""A worker that sends the pages that are due at an hour, a few at a time, until none is left; or until it is killed."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

from datetime import datetime  # noqa: E402

from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from guardia.notices import leases, outbox  # noqa: E402
from guardia.notices.outbox import PAGES_BY_APPRISE, PAGES_BY_MAIL  # noqa: E402
from guardia.notices.page import Pager  # noqa: E402
from guardia.notices.sending import Post, send_due  # noqa: E402
from guardia.notices.smtp import Outlet, Server  # noqa: E402
from guardia.worker.posting import LINKS  # noqa: E402

port, at = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
outbox.CLAIM_AT_ONCE = 3
with behind(DatabaseRole.WORKER):
    number = leases.seen(at, None)
post = Post(lambda: behind(DatabaseRole.WORKER), lambda: at, number, LINKS)
with Outlet(Server("127.0.0.1", port, timeout=60), "casos@example.com") as outlet:
    tried = send_due(outlet, post, PAGES_BY_MAIL)
print(tried + send_due(Pager(60), post, PAGES_BY_APPRISE), flush=True)  # noqa: T201 - the test reads it
