"""A sample operator for trying out: its procedure, people, companies, ninety days of cases and a busy desk.

All of it is made by the verbs a desk uses, at past hours; only the mails of the past are set down as delivered.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from guardia.config.walls import Wall, behind
from guardia.customers.customer import Customer
from guardia.demo.companies import found_companies
from guardia.demo.history import DAYS, tell_history
from guardia.demo.staffing import LOGINS, hire
from guardia.procedure.version import ProcedureVersion, publish

__all__ = ["LOGINS", "publish_sample", "seed"]

PROCEDURE = Path(__file__).resolve().parents[2] / "procedures" / "cirion-ecuador.yaml"


def seed(now: datetime) -> None:
    """Fill an empty house as it stands at ``now`` (UTC). Does nothing where a company exists: all of it, or nothing."""
    with behind(Wall.STAFF):
        take_turn()
        if Customer.objects.exists():
            return
        version = publish_sample(now - timedelta(days=DAYS + 30))
        team, circuits = hire(), found_companies()
        tell_history(now, team, version, list(circuits.values()))


def publish_sample(at: datetime, **changes: str) -> ProcedureVersion:
    """The procedure of ``procedures/``, in force from ``at``."""
    return publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, at)


def take_turn() -> None:
    """Two seeds at the same time wait for each other, and the second finds the house filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('guardia demo'))")
