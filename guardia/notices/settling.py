"""What the server said about one delivery is written down, and what follows from it for the notices that it carries.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef

from guardia.config.sql_rows import run
from guardia.notices import marks
from guardia.notices.answer import Answer, Verdict
from guardia.notices.leases import COUNTED, OPEN, counted_values, held, is_counted
from guardia.notices.notice import MOST_UNANSWERED, DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.patience import gives_up_at, next_attempt

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


def settle(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Write down what the server said: accepted, refused for good, or later (a letter for 48 h, a page for 15 min)."""
    words = answer.words.replace("\0", "")
    if answer.verdict is Verdict.ACCEPTED:
        accepted(delivery, words, now)
    elif answer.verdict is Verdict.REFUSED:
        if end(delivery, DeliveryState.REFUSED, words, now) and answer.of_the_recipient and is_marked_for(delivery):
            marks.mark(delivery, marks.REFUSED, words, now)
    elif now >= gives_up_at(delivery) or (answer.perhaps and delivery.unanswered + 1 >= MOST_UNANSWERED):
        end(delivery, DeliveryState.EXPIRED, words, now, perhaps=answer.perhaps)
    else:
        held(delivery).update(
            state=DeliveryState.WAITING,
            unanswered=F("unanswered") + int(answer.perhaps),
            sender=None,
            leased_until=None,
            available_at=next_attempt(delivery, now),
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
