"""A process that records notes until it is killed, and says on standard output which ones are committed."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

from datetime import timedelta  # noqa: E402

from guardia.cases.case import Case  # noqa: E402
from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from guardia.people.staff import SYSTEM  # noqa: E402

number, begin = int(sys.argv[1]), int(sys.argv[2])
for step in range(begin, begin + 10_000):
    with behind(DatabaseRole.STAFF):
        cases = Case.objects.select_for_update(of=("self",)).select_related("customer", "site__city", "service")
        case = cases.get(number=number)
        at = case.opened_at + timedelta(seconds=step)
        case.tell(f"avance {step}", by=SYSTEM, at=at)
    print(step, flush=True)  # noqa: T201 - the acknowledgement, after the commit
