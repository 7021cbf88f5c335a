"""What an exchange said of one call, in one vocabulary, whatever it speaks: manager interface, queue log, webhook."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardia.calls.call import Measure


class What(StrEnum):
    """Everything that an exchange can say of a call, as far as the promise is concerned."""

    ARRIVED = "arrived"  # it came in from outside, before any menu
    CHOSE = "chose"  # an option of the menu
    CLOSED = "closed"  # the exchange told the caller that the desk is closed
    JOINED = "joined"  # a queue: from here on the caller waits for a desk
    RANG = "rang"  # one telephone rings, for a queue or outside one
    RANG_OUT = "rang_out"  # that telephone rings no more, and nobody took it up
    CONNECTED = "connected"  # a person of the queue answered
    LEFT = "left"  # it is in the queue no more; how, others say
    TALK_ENDED = "talk_ended"  # the talk with the person of the queue is over
    GAVE_UP = "gave_up"  # it left a queue unanswered: by the caller's will, or (some exchanges) by the queue's
    PRESSED_OUT = "pressed_out"  # the caller left the queue by a key
    TIMED_OUT = "timed_out"  # the queue gave up: nobody answered in time, or nobody is signed in
    TRANSFERRED = "transferred"  # handed on to another telephone or queue
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # answered outside a queue: plain extension, or after a transfer
    CALLER_LEFT = "caller_left"  # it was the caller who hung up
    HUNG_UP = "hung_up"  # the line is free again
    RESTARTED = "restarted"  # the exchange restarted: what was open in it is over
    PRESENT = "present"  # after a gap: it is there
    TALKING = "talking"  # after a gap: it is there, and a person talks to the caller
    NOT_LISTED = "not_listed"  # after a gap: it is there no more
    FOREIGN = "foreign"  # it did not come in from outside: no call of ours
    DIALLED = "dialled"  # one of ours rings a number outside
    REACHED = "reached"  # … and the other side answers


PLAIN = "plain"
"""Kind of a ringing that no queue tells of: a ring group, a plain extension, the telephone it was handed on to."""
HAND = "hand"
"""Source of what a person pressed, where the exchange says nothing."""


@dataclass(frozen=True)
class CallFact:
    """One fact about one call. What the exchange did not say stays empty."""

    what: What
    reference: str  # what the exchange calls the call (Linkedid, callId)
    at: datetime  # UTC, by the exchange's clock; where it says none, when it came in
    source: str  # ami, log, snapshot, cti, hand
    measure: Measure = (
        Measure.EXCHANGE
    )  # how ``at`` is known: RECEIPT where the exchange said no hour, LOG to the second
    queue: str = ""
    member: str = ""  # the person, as the exchange names it
    interface: str = ""  # the telephone that rings or talks: PJSIP/101, Local/102@from-queue/n
    leg: str = ""  # the telephone's own leg, so that its ringing, ringing out and answering are one attempt
    extension: str = ""  # of the person who answered, handed on, or dialled
    number: str = ""  # of the other side, as it came; empty: withheld. For DIALLED and REACHED the number that we ring
    name: str = ""  # of the other side, as it was announced
    dialled: str = ""  # the number that was dialled
    option: str = ""  # key that was pressed in the menu
    position: int | None = None  # in the queue
    ring_ms: int | None = None  # milliseconds that the telephone rang
    wait_s: int | None = None  # whole seconds waited so far: only where the hour of joining is unknown
    talk_s: int | None = None  # whole seconds talked: only where the hour of answering is unknown
    reason: str = ""  # of an end: caller, agent, transfer; of ringing out: busy, cancelled, not_answered; else a cause
    kind: str = ""  # of a transfer: blind, attended; of a ringing outside a queue: plain
    to: str = ""  # of a transfer: extension, queue or person
    to_name: str = ""  # … as it is announced
    by: str = ""  # of a transfer: who handed it on
    user_ids: tuple[str, ...] = ()  # who answered, where the exchange knows accounts
