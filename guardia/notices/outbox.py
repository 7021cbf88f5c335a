"""The outbox: deliveries are leased, tried and settled. Nothing gets lost.

Every function is one step inside a transaction of its caller; ``now`` is UTC. What the server said is written down in
``settling``, whose a delivery is meanwhile in ``leases``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from guardia.config.sql_rows import run
from guardia.notices import address_marks, holding, letterhead
from guardia.notices.channel import Channel
from guardia.notices.holding import Ruling
from guardia.notices.leases import (
    COUNTED,
    OPEN,
    SILENT_AFTER,
    counted,
    counted_values,
    gives_up_at,
    held,
    is_counted,
    lease,
    next_attempt,
    of,
)
from guardia.notices.links import Links
from guardia.notices.notice import MOST_UNANSWERED, DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.outgoing import Outgoing, bytes_of, marked, notices_of, read_together, where_to
from guardia.notices.pacing import may_leave
from guardia.notices.reply_address import return_path
from guardia.notices.server_answer import MailServerAnswer, Verdict

__all__ = ["Outgoing", "Share", "begin", "claim", "end", "put_back", "settle"]

CLAIM_AT_ONCE = 50


@dataclass(frozen=True)
class Share:
    """The part of the outbox that one loop sends: what is slow in one delays nothing in another."""

    urgent: bool
    channel: Channel


LETTERS = Share(urgent=False, channel=Channel.MAIL)
LETTERS_BY_SMS = Share(urgent=False, channel=Channel.SMS)
LETTERS_BY_WHATSAPP = Share(urgent=False, channel=Channel.WHATSAPP)
PAGES_BY_MAIL = Share(urgent=True, channel=Channel.MAIL)
PAGES_BY_APPRISE = Share(urgent=True, channel=Channel.APPRISE)
NEWS_TO_TEAMS = Share(urgent=False, channel=Channel.TEAM)


def claim(
    now: datetime, sender_id: int, share: Share | None = None, most: int | None = None, under_way: Iterable[int] = ()
) -> list[Delivery]:
    """Lease the deliveries that are due, pages first, then the most urgent, then the oldest: waiting ones, and those
    whose sender is dead. What the limit of its domain holds back is put off here, and is not leased.

    A sender is dead when it has not been seen for 45 s. One that is only slow is seen, and keeps what it holds. A share
    is sent by one loop of a process, which finds here what it had to leave when its database went away: all that it
    holds, without what is ``under_way``.
    """
    under_way, at_once = list(under_way), CLAIM_AT_ONCE if most is None else most
    deliveries: list[Delivery] = []
    while not deliveries and (found := due_deliveries(now, sender_id, share, under_way, at_once)):
        deliveries = may_leave(found, now)
    for delivery in deliveries:
        delivery.state, delivery.leased_until, delivery.sender_id = DeliveryState.SENDING, now + lease(), sender_id
    of(deliveries).update(state=DeliveryState.SENDING, leased_until=now + lease(), sender=sender_id)
    if share == LETTERS and deliveries:
        letterhead.lay_under(deliveries)
        read_together(deliveries)
    return deliveries


def due_deliveries(
    now: datetime, sender_id: int, share: Share | None, under_way: Sequence[int], most: int
) -> list[Delivery]:
    free = Q(state=DeliveryState.WAITING) | Q(sender=None) | Q(leased_until__lte=now)
    dead = Q(sender__seen_at__lt=now - SILENT_AFTER) | Q(sender__seen_at__gt=now + SILENT_AFTER)  # a clock set wrong
    left = dead | (Q(sender=sender_id) if share else Q())
    found = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(
        free | left, state__in=OPEN, available_at__lte=now
    )
    found = found.filter(urgent=share.urgent, channel=share.channel) if share else found
    found = found.exclude(pk__in=under_way) if under_way else found
    order = ("urgency", "available_at", "pk") if share else ("-urgent", "urgency", "available_at", "pk")
    return list(found.order_by(*order)[:most])


def leaving(deliveries: Sequence[Delivery], now: datetime, links: Links) -> list[Delivery]:
    """Those of the leased deliveries that may leave, in their order. The others are written and end as held, whether
    there is a server to send them or not.
    """
    gate, free = holding.gate(), []
    for delivery in deliveries:
        delivery.gate = gate  # type: ignore[attr-defined]
        notices = [] if gate.is_open else notices_of(delivery)
        if gate.ruling(delivery, notices) is not Ruling.HELD:
            free.append(delivery)
        else:
            holding.hold(delivery, bytes_of(delivery, notices, now, links)[0], now)
    return free


def put_back(deliveries: Sequence[Delivery], answer: str, now: datetime) -> None:
    """They were leased but not tried: they wait as before, with the reason why nothing left (no mail server)."""
    hopeless = {delivery.pk for delivery in deliveries if answer and now >= gives_up_at(delivery)}
    for delivery in deliveries:
        if delivery.pk in hopeless:
            settle(delivery, MailServerAnswer(Verdict.LATER, answer), now)
    words = {"answer": answer} if answer else {}
    leases = {(delivery.sender_id, delivery.leased_until) for delivery in deliveries}
    for sender_id, until in leases:
        of(deliveries).filter(state=DeliveryState.SENDING, sender=sender_id, leased_until=until).update(
            state=DeliveryState.WAITING, sender=None, leased_until=None, paced_at=None, **words
        )


# --- try --------------------------------------------------------------------------------------------------------------


Said = tuple[Delivery, MailServerAnswer]
"""What a server said to the message before, which is not written down yet."""


def begin(delivery: Delivery, now: datetime, links: Links, said: Said | None = None) -> Outgoing | None:
    """Count the attempt before it is made, and hand over the bytes: a crash after this makes a marked repeat.

    What was ``said`` to the one before is settled too, in the same statement where it was accepted.

    This is the only way to an ``Outgoing``, so that nothing passes by the gate of ``holding``.

    The bytes are kept as sent, but for a secret, which is kept nowhere; they are rendered anew only where they would
    say what is no longer so. None if the lease was lost, or the delivery cannot be sent at all and is settled here.
    """
    notices = notices_of(delivery)
    address = where_to(delivery, notices)
    content, trouble = bytes_of(delivery, notices, now, links)
    gate = getattr(delivery, "gate", None) or holding.gate()
    if (ruling := gate.ruling(delivery, notices)) is Ruling.HELD:
        if said:
            settle(*said, now)
        holding.hold(delivery, content, now)
        return None
    if ruling is Ruling.MARKED and content:
        content = holding.marked_as_trial(content)
    is_secret = delivery.code_id or delivery.reset_id or delivery.confirmation_id
    kept = content if content and content != delivery.body and not is_secret else None
    if not settled_and_counted(said, now, delivery, kept):
        return None
    if address is None:
        trouble = MailServerAnswer(Verdict.REFUSED, "this person has no longer such an address")
    if trouble:
        settle(delivery, trouble, now)
    elif not content:
        end(delivery, DeliveryState.WITHDRAWN, "", now)
    if trouble or not content or address is None:
        return None
    wants_reports = delivery.answers_id is None
    comes_back_to = return_path(delivery.pk) if wants_reports and delivery.channel == Channel.MAIL else ""
    return Outgoing(delivery.pk, address, marked(content, delivery.attempts - 1), wants_reports, comes_back_to)


def settled_and_counted(said: Said | None, now: datetime, delivery: Delivery, body: bytes | None) -> bool:
    if said and said[1].verdict is Verdict.ACCEPTED:
        words = said[1].words.replace("\0", "")
        return accepted_and_counted(said[0], words, now, delivery, body, now + lease())
    if said:
        settle(*said, now)
    return counted(delivery, body, now + lease())


# What the server said about one delivery is written down, and what follows from it for the notices that it carries.
#
# Every function is one step inside a transaction of its caller; ``now`` is UTC.


UNANSWERED = "unanswered"
"""Why a notice has failed of which nobody knows whether it arrived."""

# In one statement, since this is what every mail costs: the delivery if the lease stands, then its notices, in order of
# their ids so that two deliveries of the same notices never wait for each other in a circle. By arrays of ids, not by
# joins: for a join PostgreSQL reads the whole table where it grew in one instant and has not been counted yet.
SENT = """
    WITH ended AS (
        UPDATE delivery SET state = 'accepted', sender_id = NULL, leased_until = NULL, settled_at = %(now)s,
                            answer = %(answer)s
        WHERE id = %(last)s AND state = 'sending' AND sender_id = %(last_sender)s AND leased_until = %(last_until)s
        RETURNING id
    ), carried AS (
        SELECT n.id FROM notice n
        WHERE n.id = ANY(ARRAY(SELECT notice_id FROM delivered_notice WHERE delivery_id = (SELECT id FROM ended)))
          AND n.state <> 'suppressed'
        ORDER BY n.id FOR UPDATE
    ), sent AS (
        UPDATE notice SET state = 'sent', reason = '' WHERE id = ANY(ARRAY(SELECT id FROM carried))
    )
"""
ACCEPTED = SENT + "SELECT"
ACCEPTED_AND_COUNTED = SENT + COUNTED


def settle(delivery: Delivery, answer: MailServerAnswer, now: datetime) -> None:
    """Write down what the server said: accepted, refused for good, or later (a letter for 48 h, a page for 15 min)."""
    words = answer.words.replace("\0", "")
    if answer.verdict is Verdict.ACCEPTED:
        accepted(delivery, words, now)
    elif answer.verdict is Verdict.REFUSED:
        if end(delivery, DeliveryState.REFUSED, words, now) and answer.of_the_recipient and is_marked_for(delivery):
            address_marks.mark(delivery, address_marks.REFUSED, words, now)
    elif now >= gives_up_at(delivery) or (answer.perhaps and delivery.unanswered + 1 >= MOST_UNANSWERED):
        end(delivery, DeliveryState.EXPIRED, words, now, perhaps=answer.perhaps)
    else:
        held(delivery).update(
            state=DeliveryState.WAITING,
            unanswered=F("unanswered") + int(answer.perhaps),
            sender=None,
            leased_until=None,
            available_at=next_attempt(delivery, now, answer.wait),
            paced_at=None,
            answer=words,
        )


def is_marked_for(delivery: Delivery) -> bool:
    """Only what a company is told: a page goes on to every way of its person, whatever was said before."""
    return bool(delivery.customer_id and not delivery.urgent)


def accepted(delivery: Delivery, words: str, now: datetime) -> None:
    """A notice is sent as soon as one of its deliveries is accepted."""
    run(ACCEPTED, accepted_values(delivery, words, now))


def accepted_and_counted(
    last: Delivery, words: str, now: datetime, delivery: Delivery, body: bytes | None, until: datetime
) -> bool:
    """``accepted`` for the ``last`` one and ``leases.counted`` for the next ``delivery``, asked for at once."""
    values = accepted_values(last, words, now) | counted_values(delivery, body, until)
    return is_counted(delivery, until, run(ACCEPTED_AND_COUNTED, values))


def accepted_values(delivery: Delivery, words: str, now: datetime) -> dict[str, Any]:
    held_by = {"last_sender": delivery.sender_id, "last_until": delivery.leased_until}
    return {"last": delivery.pk, "now": now, "answer": words, **held_by}


def end(delivery: Delivery, state: DeliveryState, words: str, now: datetime, *, perhaps: bool = False) -> bool:
    """A delivery that failed for good, if our lease stands. A notice has failed only when all its deliveries have.

    ``perhaps``: this attempt too ended without the server's answer, and the letter may have arrived.
    """
    ended: dict[str, Any] = {"state": state, "sender": None, "leased_until": None, "settled_at": now, "answer": words}
    ended |= {"unanswered": F("unanswered") + 1} if perhaps else {}
    if not held(delivery).update(**ended):
        return False
    is_unanswered = perhaps and delivery.unanswered + 1 >= MOST_UNANSWERED
    fail_without_a_way(delivery, [NoticeState.PACKED], UNANSWERED if is_unanswered else state.value)
    return True


def fail_without_a_way(delivery: Delivery, states: list[NoticeState], reason: str) -> int:
    """The notices of this delivery that no other one carries to the person any more; how many.

    Each row is held before the other deliveries are looked at: of two that fail at once, the second sees the first.
    """
    carried = Notice.objects.filter(deliveries=delivery.pk, state__in=states)
    pks = list(carried.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    arrives = DeliveredNotice.objects.filter(notice=OuterRef("pk"), delivery__state__in=[*OPEN, DeliveryState.ACCEPTED])
    hopeless = Notice.objects.filter(~Exists(arrives), pk__in=pks)
    return hopeless.update(state=NoticeState.FAILED, reason=reason, moved_on=False)
