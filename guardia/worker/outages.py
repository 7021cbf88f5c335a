"""Mass outages: what piles up is proposed to the desk, and what has no open case any more is over.

Beside them the services whose day has come pass to another company.
"""

from threading import Event

from guardia.config.now import now
from guardia.outages import moving_services, proposing, restoring
from guardia.worker.rounds import step


def outages(stopping: Event) -> None:
    """Three steps, each a transaction of its own."""
    with step():
        proposing.propose_from_cases(now())
    with step():
        restoring.end_of_themselves(now())
    with step():
        moving_services.move_due(now())
