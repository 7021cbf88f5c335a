"""A worker that sends the events that are due at an hour, until none is left or it is killed."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

from datetime import datetime  # noqa: E402

from django.test import override_settings  # noqa: E402

from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from guardia.notices import leases  # noqa: E402
from guardia.webhooks.sending import Posting, send_due  # noqa: E402

at = datetime.fromisoformat(sys.argv[1])
with behind(DatabaseRole.WORKER):
    number = leases.seen(at, None)
with override_settings(EGRESS_LOOPBACK=True):
    print(send_due(Posting(lambda: behind(DatabaseRole.WORKER), lambda: at, number)), flush=True)  # noqa: T201
