"""The kinds of events by families, as whoever follows events from outside chooses them: a stage of the procedure,
waits, the escalation, requests, and what is left.
"""

from collections.abc import Mapping
from enum import StrEnum

from guardia.events.kinds import KINDS
from guardia.procedure.vocabulary import Moment


class Family(StrEnum):
    """A family stands in a choice as ``diagnosis.*``: a kind that a later version adds to it belongs to it at once."""

    RECEPTION = "reception.*"
    REGISTRATION = "registration.*"
    DIAGNOSIS = "diagnosis.*"
    EXECUTION = "execution.*"
    VERIFICATION = "verification.*"
    STABILITY = "stability.*"
    CLOSURE = "closure.*"
    WAITS = "waits.*"
    ESCALATION = "escalation.*"
    REQUESTS = "requests.*"
    OTHER = "other.*"


OF_CLAUSE: Mapping[str, Family] = {
    "P1": Family.RECEPTION,
    "P2": Family.REGISTRATION,
    "P3": Family.DIAGNOSIS,
    "P4": Family.EXECUTION,
    "P5": Family.VERIFICATION,
    "P6": Family.STABILITY,
    "P7": Family.CLOSURE,
    "W1": Family.WAITS,
    "A3": Family.REQUESTS,
    "L4": Family.REQUESTS,
}
FORMER = frozenset({Moment.FORMER_OPENED, Moment.FORMER_NOTED, Moment.FORMER_CLOSED, Moment.FORMER_CANCELLED})
"""What a former tool had on record: nobody follows it."""


def _family(moment: Moment) -> Family:
    clause = KINDS[moment].clause.partition(" ")[0].partition(".")[0]
    return Family.ESCALATION if clause.startswith("E") else OF_CLAUSE.get(clause, Family.OTHER)


FAMILIES: Mapping[str, Family] = {moment: _family(moment) for moment in Moment if moment not in FORMER}
"""By the kind of event, its family; of every kind that somebody may follow."""
