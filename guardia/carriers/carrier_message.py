"""What is to be said to a carrier's interface about a ticket, in the order of the ticket: queued, leased and settled.

A message is written in the transaction of the act that it tells of, so that neither is there without the other. Its
words stand in the event of that act alone. Every function is one step inside a transaction of its caller; ``now`` is
UTC. Whose a message is meanwhile follows ``notices/leases.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from guardia.carriers.carrier import Carrier, Route
from guardia.carriers.carrier_connection import LONGEST_TROUBLE, CarrierConnection
from guardia.carriers.ticket import OPEN, CarrierTicket, TicketState
from guardia.cases.event import CaseEvent
from guardia.config.sql_rows import rows_of, run, take_turn
from guardia.notices import holding
from guardia.notices.leases import SILENT_AFTER

GIVES_UP_AFTER = timedelta(hours=48)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300, 900, 1800, 3600, 7200))
"""Before the attempts that follow; the last one holds until the message is given up."""
LONGEST_REST = timedelta(minutes=5)
LEASE = timedelta(seconds=120)
"""Longer than the few calls that one message takes at the slowest."""
LONGEST_ANSWER = 500

ASKS_EVERY = timedelta(seconds=60)
ASKS_SOON = timedelta(seconds=30)
SOON_FOR = timedelta(minutes=5)
"""So long after something was sent a ticket is asked about at the shorter pause."""


class MessageKind(models.TextChoices):
    OPEN = "open"
    NOTE = "note"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"


class MessageState(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"  # leased by a worker
    DONE = "done"
    DEAD = "dead"  # refused, or given up after 48 h
    INSTEAD = "instead"  # dead, and the desk has said it in another way
    HELD = "held"  # of a rehearsal: it is never sent


UNDER_WAY = (MessageState.WAITING, MessageState.SENDING)


class CarrierMessage(models.Model):
    ticket = models.ForeignKey(CarrierTicket, models.PROTECT, related_name="messages", db_index=False)
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="+", db_index=False, help_text="has its words")
    kind = models.CharField(max_length=6)
    state = models.CharField(max_length=7, default=MessageState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    gives_up_at = models.DateTimeField(help_text="a failure after it is the last")
    leased_until = models.DateTimeField(null=True)
    sender = models.ForeignKey("guardia.Sender", models.SET_NULL, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True, help_text="of the last answer (HTTP)")
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True, help_text="what it refused, or why none came")

    class Meta:
        app_label = "guardia"
        db_table = "carrier_message"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "event"], name="carrier_message_once"),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="carrier_message_kind_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="carrier_message_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["ticket", "id"], name="carrier_message_in_turn", condition=Q(state__in=[*map(str, UNDER_WAY)])
            ),
            models.Index(fields=["sender"], name="carrier_message_of_sender", condition=Q(sender__isnull=False)),
            models.Index(fields=["ticket"], name="carrier_message_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.kind}"

    def words(self) -> str:
        """What the desk wrote of it, as its event has it."""
        texts = {text.name: text.text or "" for text in self.event.texts.all()}
        return texts.get("text") or texts.get("word", "")


class CarrierMirror(models.Model):
    """How a ticket that was opened by the interface is followed there. ``remote_id`` is the id that the Seller gave;
    ``seen`` are marks of the notes that are in the case already; ``asks_at`` is when it is asked about next.
    """

    ticket = models.OneToOneField(CarrierTicket, models.PROTECT, related_name="mirror")
    remote_id = models.CharField(max_length=100, blank=True)
    is_followed = models.BooleanField(default=True, help_text="false: the desk goes on by mail or telephone")
    seen = models.JSONField(default=list)
    standing = models.CharField(max_length=80, blank=True, help_text="the status that it answered last, and its hour")
    promise_at = models.DateTimeField(null=True, help_text="the promise that it answered last")
    asks_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, help_text="when it last answered about this ticket")
    sent_at = models.DateTimeField(null=True, help_text="when something was last sent")
    trouble = models.CharField(max_length=LONGEST_TROUBLE, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "carrier_mirror"
        indexes = [models.Index(fields=["asks_at"], name="carrier_mirror_due", condition=Q(is_followed=True))]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.remote_id}"


# --- queued -----------------------------------------------------------------------------------------------------------


def begin_to_follow(ticket: CarrierTicket, now: datetime) -> None:
    """From now on this ticket is the interface's; nothing is asked before it was opened there."""
    CarrierMirror.objects.create(ticket=ticket, asks_at=now + GIVES_UP_AFTER)


def is_by_interface(ticket: CarrierTicket) -> bool:
    """Whether what is said about this ticket goes by the interface; it was opened there, and nobody left that way."""
    return CarrierMirror.objects.filter(ticket=ticket.pk, is_followed=True).exists()


def goes_by_interface(carrier: Carrier) -> bool:
    """Whether a ticket that is opened now goes by the interface of this carrier."""
    return carrier.route == Route.MEF124 and CarrierConnection.objects.filter(carrier=carrier.pk).exists()


def queue(ticket: CarrierTicket, kind: MessageKind, event_id: int, now: datetime) -> None:
    """What this event says goes to the interface behind whatever waits for the same ticket. Queued twice, it is one."""
    hours = {"created_at": now, "available_at": now, "gives_up_at": now + GIVES_UP_AFTER}
    CarrierMessage.objects.get_or_create(ticket=ticket, event_id=event_id, defaults={"kind": kind, **hours})


def again(ticket: CarrierTicket, now: datetime) -> int:
    """What was given up of this ticket is sent once more, with 48 h anew; how many messages."""
    waits = {"state": MessageState.WAITING, "attempts": 0, "settled_at": None, "status": None, "answer": ""}
    hours = {"available_at": now, "gives_up_at": now + GIVES_UP_AFTER}
    return CarrierMessage.objects.filter(ticket=ticket.pk, state=MessageState.DEAD).update(**waits, **hours)


def leave(ticket: CarrierTicket, now: datetime) -> None:
    """The desk says by mail or telephone what the interface did not take: all that is dead is settled. Where the ticket
    was never opened there, it is not followed any more, and what waits behind its opening is not sent.
    """
    CarrierMessage.objects.filter(ticket=ticket.pk, state=MessageState.DEAD).update(state=MessageState.INSTEAD)
    if CarrierMirror.objects.filter(ticket=ticket.pk, remote_id="").update(is_followed=False):
        waiting = CarrierMessage.objects.filter(ticket=ticket.pk, state=MessageState.WAITING)
        waiting.update(state=MessageState.INSTEAD, settled_at=now)


# --- leased -----------------------------------------------------------------------------------------------------------

LEFT = """
    UPDATE carrier_message m SET state = 'waiting', sender_id = NULL, leased_until = NULL
    WHERE m.state = 'sending' AND (
        m.sender_id IS NULL OR m.sender_id = %(sender)s OR m.leased_until <= %(now)s OR NOT EXISTS (
            SELECT FROM sender WHERE sender.id = m.sender_id AND sender.seen_at BETWEEN %(from)s AND %(until)s))
"""
CLAIM = """
    UPDATE carrier_message SET state = 'sending', attempts = attempts + 1, sender_id = %(sender)s,
                               leased_until = %(lease)s
    WHERE id = (
        SELECT m.id FROM carrier_message m
        JOIN carrier_ticket t ON t.id = m.ticket_id
        JOIN carrier_connection c ON c.carrier_id = t.carrier_id
        JOIN carrier_mirror r ON r.ticket_id = t.id
        WHERE m.state = 'waiting' AND m.available_at <= %(now)s AND coalesce(c.rests_until <= %(now)s, true)
        AND r.is_followed AND (m.kind = 'open' OR r.remote_id <> '')
        AND NOT EXISTS (SELECT FROM carrier_message w WHERE w.ticket_id = m.ticket_id AND w.id < m.id
                        AND w.state IN ('waiting', 'sending'))
        AND NOT EXISTS (SELECT FROM carrier_message s JOIN carrier_ticket o ON o.id = s.ticket_id
                        WHERE o.carrier_id = t.carrier_id AND s.state = 'sending')
        ORDER BY m.available_at, m.id LIMIT 1)
    RETURNING id
"""
EXPIRED = """
    UPDATE carrier_message SET state = 'dead', settled_at = %(now)s,
                               answer = CASE WHEN answer = '' THEN 'it waited for 48 h' ELSE answer END
    WHERE state = 'waiting' AND gives_up_at <= %(now)s
"""


def claim(now: datetime, sender_id: int) -> CarrierMessage | None:
    """Lease the next message that is due, its attempt counted before it is made: first what a dead process left. One
    carrier has one message under way at a time. None where nothing is due. What a rehearsal holds back ends as held.
    """
    take_turn("carrier messages")
    span = {"from": now - SILENT_AFTER, "until": now + SILENT_AFTER}
    run(LEFT, {"sender": sender_id, "now": now, **span})
    while found := rows_of(CLAIM, {"sender": sender_id, "now": now, "lease": now + LEASE}):
        messages = CarrierMessage.objects.select_related("ticket__carrier", "ticket__case", "ticket__mirror", "event")
        message = messages.get(pk=found[0][0])
        if not is_held(message):
            return message
        ended = {"state": MessageState.HELD, "sender": None, "leased_until": None, "settled_at": now}
        CarrierMessage.objects.filter(pk=message.pk).update(**ended)
    return None


def is_held(message: CarrierMessage) -> bool:
    """Whether a rehearsal holds it back: one that runs, or the one its case is of, or one that ended after it."""
    gate = holding.gate()
    if gate.is_open:
        return False
    live_at = gate.state.live_at
    is_old = live_at is not None and message.created_at < live_at
    return bool(gate.state.running) or message.ticket.case.in_rehearsal or is_old


# --- settled ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt. ``waits``: it is tried again; of the rest ``state`` is done or dead.

    ``is_unreachable``: the interface did not answer, or could not: it rests. ``words`` are shown at the desk.
    """

    state: MessageState
    status: int | None = None
    words: str = ""
    is_unreachable: bool = False
    retry_after: timedelta | None = None


def settle(message: CarrierMessage, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a leased message; False where the lease was lost, and nothing is written."""
    state, again_at = outcome.state, message.available_at
    if state == MessageState.WAITING:
        pause = PAUSES[min(max(message.attempts, 1), len(PAUSES)) - 1]
        again_at = min(now + max(pause, outcome.retry_after or timedelta()), max(now, message.gives_up_at))
        state = MessageState.DEAD if now >= message.gives_up_at else state
    held = CarrierMessage.objects.filter(
        pk=message.pk, state=MessageState.SENDING, sender=message.sender_id, leased_until=message.leased_until
    )
    return bool(
        held.update(
            state=state,
            sender=None,
            leased_until=None,
            available_at=again_at,
            settled_at=None if state == MessageState.WAITING else now,
            status=outcome.status,
            answer="" if state == MessageState.DONE else outcome.words[:LONGEST_ANSWER],
        )
    )


def answered(carrier_id: int, trouble: str, now: datetime, retry_after: timedelta | None = None) -> None:
    """How the interface of this carrier is: well, or what is wrong. One that fails rests, the longer the more often."""
    known = CarrierConnection.objects.filter(carrier=carrier_id)
    if not trouble:
        known.update(reached_at=now, failing_since=None, failures=0, rests_until=None, trouble="")
        return
    one = known.first()
    if one is None:
        return
    rest = max(min(PAUSES[min(one.failures, len(PAUSES) - 1)], LONGEST_REST), retry_after or timedelta())
    known.update(
        failing_since=one.failing_since or now,
        failures=one.failures + 1,
        rests_until=now + rest,
        trouble=trouble[:LONGEST_TROUBLE],
    )


def sent(message: CarrierMessage, now: datetime) -> None:
    """Something reached the interface: the ticket is asked about soon, and more often for a while."""
    CarrierMirror.objects.filter(ticket=message.ticket_id).update(sent_at=now, asks_at=now)


def hurry(ticket_id: int, now: datetime) -> None:
    """The ticket has another status there: what was not taken before is tried again at once."""
    waiting = CarrierMessage.objects.filter(ticket=ticket_id, state=MessageState.WAITING, available_at__gt=now)
    waiting.update(available_at=now)


def give_up(now: datetime) -> int:
    """What has waited for 48 h, and could not be sent, is dead; how many."""
    return run(EXPIRED, {"now": now})


# --- asked about ------------------------------------------------------------------------------------------------------


def due_to_ask(now: datetime, most: int) -> list[CarrierMirror]:
    """The tickets to be asked about: open or resolved, known there, no rejection left to send; the longest due first.

    They are this process's for as long as a lease: no other asks about them meanwhile. In a rehearsal none is asked.
    """
    if holding.gate().state.running:
        return []
    still_followed = [*OPEN, TicketState.RESOLVED]
    rejections = CarrierMessage.objects.filter(kind=MessageKind.REOPEN, state__in=UNDER_WAY)
    unsent = rejections.filter(ticket=models.OuterRef("ticket"))
    interfaces = CarrierConnection.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now))
    found = CarrierMirror.objects.filter(
        is_followed=True,
        asks_at__lte=now,
        ticket__state__in=still_followed,
        ticket__carrier__in=interfaces.values("carrier"),
    )
    free = found.exclude(remote_id="").exclude(models.Exists(unsent)).order_by("asks_at", "pk")
    ids = [one.pk for one in free.select_for_update(of=("self",), skip_locked=True)[:most]]
    CarrierMirror.objects.filter(pk__in=ids).update(asks_at=now + LEASE)
    taken = CarrierMirror.objects.filter(pk__in=ids).select_related("ticket__carrier__connection")
    return list(taken.order_by("ticket__carrier", "pk"))


def ask_later(mirror: CarrierMirror, trouble: str, now: datetime) -> None:
    """No answer about this ticket could be used: it is asked about again after the pause."""
    values = {"asks_at": next_question(mirror, now), "trouble": trouble[:LONGEST_TROUBLE]}
    CarrierMirror.objects.filter(pk=mirror.pk).update(**values)


def next_question(mirror: CarrierMirror, now: datetime) -> datetime:
    """When the ticket is asked about next (UTC)."""
    is_soon = mirror.sent_at is not None and now - mirror.sent_at < SOON_FOR
    return now + (ASKS_SOON if is_soon else ASKS_EVERY)


def wake(carrier_id: int, remote_id: str, now: datetime) -> int:
    """The Seller says that something happened to this ticket: it is asked about at once. How many tickets it was."""
    found = CarrierMirror.objects.filter(ticket__carrier=carrier_id, remote_id=remote_id, is_followed=True)
    return found.update(asks_at=now)


def dead_messages(most: int) -> list[CarrierMessage]:
    """What interfaces have not taken for good and nobody has said in another way, the oldest first, up to ``most``."""
    found = CarrierMessage.objects.filter(state=MessageState.DEAD).select_related("ticket__carrier", "ticket__case")
    return list(found.order_by("ticket", "pk")[:most])


def mirrors_of(ticket_ids: list[int]) -> Mapping[int, CarrierMirror]:
    """By ticket, how it is followed at an interface."""
    return {one.ticket_id: one for one in CarrierMirror.objects.filter(ticket__in=ticket_ids)}


def messages_of(ticket_ids: list[int]) -> Mapping[int, list[CarrierMessage]]:
    """By ticket, what was said to its interface, in order."""
    found: dict[int, list[CarrierMessage]] = {}
    for one in CarrierMessage.objects.filter(ticket__in=ticket_ids).order_by("pk"):
        found.setdefault(one.ticket_id, []).append(one)
    return found
