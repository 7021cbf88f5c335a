"""The telephone calls of the sample's past to companies whom no notice reaches while their service is out (P D)."""

from datetime import datetime, timedelta

from guardia.cases import call_alarms
from guardia.cases.case import Case
from guardia.cases.voice import told_by_voice
from guardia.people.actor import Actor

RINGS_AFTER = timedelta(minutes=4)


def is_due(case: Case) -> datetime | None:
    """When the desk rings the company (UTC), well within the time it has; None while nobody is to be rung."""
    task = call_alarms.voice_owed_for(case.pk)
    return task.owed_at + RINGS_AFTER if task else None


def ring(case: Case, at: datetime, by: Actor) -> None:
    """Somebody of the company answers the call that is owed, and hears the news."""
    if task := call_alarms.voice_owed_for(case.pk):
        told_by_voice(case, task, outcome="answered", whom=task.number_name or case.customer.name, by=by, at=at)
