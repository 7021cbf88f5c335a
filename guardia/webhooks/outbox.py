"""The outbox of the webhooks: deliveries are leased, tried and settled. At least once, and in order for each case.

Every function is one step inside a transaction of its caller; ``now`` is UTC. Each subscription has its own turn: a
receiver that fails rests, with one attempt at its end, and costs the others nothing. Whose a delivery is meanwhile
follows ``notices/leases.py``.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.cases.webhooks_owed import GIVES_UP_AFTER
from guardia.clocks import watch
from guardia.config.sql_rows import rows_of, run, take_turn
from guardia.notices import holding
from guardia.notices.leases import SILENT_AFTER
from guardia.people.sealing import CannotBeUnsealed
from guardia.webhooks import cloud_event, formats
from guardia.webhooks.cloud_event import EventRow
from guardia.webhooks.formats import Message
from guardia.webhooks.poster import LONGEST_ANSWER, Answer
from guardia.webhooks.subscription import SubscriptionState, WebhookState, WebhookSubscription

log = logging.getLogger(__name__)

TROUBLE = "webhook"
"""The kind under which a receiver that lost events stands among the troubles of the desk."""

IN_FLIGHT = 4
"""So many deliveries of one subscription are under way at once, by all processes together."""

MOST_LOOKS = 50
"""So often one step looks for what is due while all that it finds has nothing to be sent."""
LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300, 900, 1800, 3600, 7200, 14_400))
"""Before the attempts that follow; the last one holds until the delivery is given up."""
LONGEST_REST = timedelta(minutes=5)

LEFT = """
    UPDATE webhook_delivery d SET state = 'waiting', sender_id = NULL, leased_until = NULL
    WHERE d.state = 'sending' AND d.id <> ALL(%(under_way)s) AND (
        d.sender_id IS NULL OR d.sender_id = %(sender)s OR d.leased_until <= %(now)s OR NOT EXISTS (
            SELECT FROM sender WHERE sender.id = d.sender_id AND sender.seen_at BETWEEN %(from)s AND %(until)s))
"""
CLAIM = """
    WITH room AS (
        SELECT s.id, CASE WHEN s.failures > 0 THEN 1 ELSE %(most)s END - (
            SELECT count(*) FROM webhook_delivery d WHERE d.subscription_id = s.id AND d.state = 'sending') AS free
        FROM webhook_subscription s
        WHERE s.state = 'active' AND coalesce(s.rests_until <= %(now)s, true)
    )
    UPDATE webhook_delivery SET state = 'sending', attempts = attempts + 1, sender_id = %(sender)s,
                                leased_until = %(until)s
    WHERE id IN (
        SELECT due.id FROM room CROSS JOIN LATERAL (
            SELECT d.id, d.available_at FROM webhook_delivery d
            WHERE d.subscription_id = room.id AND d.state = 'waiting' AND d.available_at <= %(now)s AND NOT EXISTS (
                SELECT FROM webhook_delivery w WHERE w.subscription_id = d.subscription_id AND w.case_id = d.case_id
                AND w.seq < d.seq AND w.state IN ('waiting', 'sending'))
            ORDER BY d.available_at, d.id LIMIT greatest(room.free, 0)
        ) AS due WHERE room.free > 0 ORDER BY due.available_at LIMIT %(room)s
    )
    RETURNING id, subscription_id, attempts, gives_up_at
"""
SETTLE = """
    UPDATE webhook_delivery d SET state = new.state, sender_id = NULL, leased_until = NULL, status = new.status,
        answer = new.answer, took_ms = new.took_ms, available_at = coalesce(new.again_at, d.available_at),
        settled_at = CASE WHEN new.state = 'waiting' THEN NULL ELSE %s END
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::smallint[], %s::text[], %s::int[], %s::timestamptz[])
        AS new(id, leased_until, state, status, answer, took_ms, again_at)
    WHERE d.id = new.id AND d.state = 'sending' AND d.sender_id = %s AND d.leased_until = new.leased_until
    RETURNING d.id
"""
WENT_WELL = """
    UPDATE webhook_subscription SET failures = 0, failing_since = NULL, rests_until = NULL, last_success_at = %s
    WHERE id = ANY(%s)
"""
RECOVERED = """
    UPDATE webhook_delivery SET available_at = %s
    WHERE subscription_id = ANY(%s) AND state = 'waiting' AND available_at > %s
"""
FAILED = """
    UPDATE webhook_subscription SET failing_since = coalesce(failing_since, %(now)s),
        failures = failures + CASE WHEN rests_until > %(now)s THEN 0 ELSE 1 END,
        rests_until = greatest(rests_until, %(until)s)
    WHERE id = %(subscription)s
"""
UNSAID = """
    UPDATE webhook_delivery SET state = 'delivered', attempts = 0, sender_id = NULL, leased_until = NULL,
        settled_at = %s
    WHERE id = ANY(%s)
"""
"""What the format of a subscription has no word for is done without being sent."""
NEXT_OF_CASE = """
    UPDATE webhook_delivery d SET gives_up_at = %s, available_at = %s
    FROM webhook_delivery gone WHERE gone.id = %s AND d.subscription_id = gone.subscription_id
    AND d.case_id = gone.case_id AND d.state = 'waiting'
"""
GIVEN_UP = """
    UPDATE webhook_delivery SET state = 'dead', settled_at = %(now)s, answer = %(answer)s, status = %(status)s
    WHERE subscription_id = %(subscription)s AND state = 'waiting' AND (%(all)s OR gives_up_at <= %(now)s)
"""
THIN = """
    DELETE FROM webhook_delivery WHERE id IN (
        SELECT id FROM webhook_delivery WHERE settled_at < %s ORDER BY settled_at LIMIT %s)
"""
LEFT_BEHIND = """
    DELETE FROM webhook_delivery d USING webhook_subscription s
    WHERE s.id = d.subscription_id AND s.state = 'removed' AND d.state = 'waiting'
"""
FORGET = """
    DELETE FROM webhook_subscription s WHERE s.state = 'removed'
    AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.subscription_id = s.id)
"""


@dataclass(frozen=True)
class Leased:
    """A delivery that is ours until ``leased_until`` (UTC); ``message`` is None where it cannot be written."""

    delivery_id: int
    subscription_id: int
    attempts: int
    gives_up_at: datetime
    leased_until: datetime
    message: Message | None
    trouble: str = ""


def claim(now: datetime, sender_id: int, most: int, under_way: Collection[int] = ()) -> list[Leased]:
    """Lease what is due, at most ``most``, each attempt counted before it is made: first what a dead process left.

    What a rehearsal holds back ends here as held. ``under_way``: what this process is at.
    """
    take_turn("webhooks")
    span = {"from": now - SILENT_AFTER, "until": now + SILENT_AFTER}
    run(LEFT, {"under_way": list(under_way), "sender": sender_id, "now": now, **span})
    for _look in range(MOST_LOOKS):
        found = rows_of(CLAIM, {"most": IN_FLIGHT, "room": most, "sender": sender_id, "now": now, "until": now + LEASE})
        leased, unsaid = written(found, now) if found else ([], [])
        if unsaid:
            run(UNSAID, [now, unsaid])
        if leased or not unsaid:
            return leased
    return []


def written(found: Sequence[tuple], now: datetime) -> tuple[list[Leased], list[int]]:
    """What was leased, each with the message to send; and the ids of those that their format has no word for."""
    events = cloud_event.rows([row[0] for row in found])
    found = free_to_leave(found, events, now)
    subscriptions = WebhookSubscription.objects.in_bulk({row[1] for row in found})
    with_texts = {pk for pk, one in subscriptions.items() if one.with_texts}
    public = {events[row[0]].event_id: events[row[0]].moment for row in found if row[1] in with_texts}
    texts = cloud_event.texts_for_customer(public)
    leased: list[Leased] = []
    unsaid: list[int] = []
    for pk, subscription_id, attempts, gives_up_at in sorted(found):
        row, subscription, message, trouble = events[pk], subscriptions[subscription_id], None, ""
        try:
            body = formats.format_of(subscription).event(row, subscription, texts.get(row.event_id, {}))
            if body is None:
                unsaid.append(pk)
                continue
            message = formats.message(subscription, body, now)
        except CannotBeUnsealed:
            trouble = "its secret was sealed with another SECRET_KEY: rotate the secret"
        except Exception as wrong:
            log.exception("webhook delivery %s cannot be written; the others go on", pk)
            trouble = watch.reason_of(wrong)
        leased.append(Leased(pk, subscription_id, attempts, gives_up_at, now + LEASE, message, trouble))
    return leased, unsaid


def free_to_leave(found: Sequence[tuple], events: dict[int, EventRow], now: datetime) -> list[tuple]:
    """Those that no rehearsal holds back; the others end as held, and are never sent."""
    gate = holding.gate()
    if gate.is_open:
        return list(found)
    live_at = gate.state.live_at
    held = [
        pk
        for pk, event in events.items()
        if gate.state.running or event.in_rehearsal or (live_at is not None and event.recorded_at < live_at)
    ]
    hold = "UPDATE webhook_delivery SET state = 'held', sender_id = NULL, leased_until = NULL, settled_at = %s"
    run(f"{hold} WHERE id = ANY(%s)", [now, held])
    return [row for row in found if row[0] not in set(held)]


# --- what was answered ------------------------------------------------------------------------------------------------


def settle(answers: Sequence[tuple[Leased, Answer]], sender_id: int, now: datetime) -> None:
    """Write down what was answered, as far as the leases still stand, and what follows for the subscriptions."""
    rows = [settled_row(leased, answer, now) for leased, answer in answers]
    if not rows:
        return
    kept = {pk for (pk,) in rows_of(SETTLE, [now, *map(list, zip(*rows, strict=True)), sender_id])}
    heard: dict[int, list[tuple[Leased, Answer]]] = {}
    for leased, answer in answers:
        if leased.delivery_id in kept:
            heard.setdefault(leased.subscription_id, []).append((leased, answer))
    well = [pk for pk, some in heard.items() if any(answer.is_well for _leased, answer in some)]
    if well:
        was_failing = failing_among(well)
        run(WENT_WELL, [now, well])
        run(RECOVERED, [now, was_failing, now]) if was_failing else None
    for pk, some in heard.items():
        failed = [(leased, answer) for leased, answer in some if not answer.is_well]
        if failed:
            follow(pk, failed, pk in well, now)


def settled_row(leased: Leased, answer: Answer, now: datetime) -> tuple:
    state, again_at = "delivered", None
    if answer.is_gone or (not answer.is_well and now >= leased.gives_up_at):
        state = "dead"
    elif not answer.is_well:
        pause = PAUSES[min(leased.attempts, len(PAUSES)) - 1]
        wait = max(pause, answer.retry_after or timedelta())
        state, again_at = "waiting", min(now + wait, max(now + PAUSES[0], leased.gives_up_at))
    words = answer.words[:LONGEST_ANSWER]
    return leased.delivery_id, leased.leased_until, state, answer.status, words, answer.took_ms, again_at


def failing_among(subscription_ids: Iterable[int]) -> list[int]:
    found = WebhookSubscription.objects.filter(pk__in=list(subscription_ids), failures__gt=0)
    return list(found.values_list("pk", flat=True))


def follow(pk: int, failed: Sequence[tuple[Leased, Answer]], lives: bool, now: datetime) -> None:
    """A receiver that fails rests, the longer the more often it failed; one that is gone is left, and one that has
    answered nothing for 48 h loses what waited so long; what was given up is on record. One that ``lives``, and refused
    but some events, does not rest.

    Where an event was given up that the receiver refused for itself, those of its case behind it get 48 h anew.
    """
    gone = next((answer for _leased, answer in failed if answer.is_gone), None)
    last, subscription = failed[-1][1], WebhookSubscription.objects.get(pk=pk)
    dead = sum(1 for leased, answer in failed if answer.is_gone or now >= leased.gives_up_at)
    if gone:
        WebhookSubscription.objects.filter(pk=pk, state=SubscriptionState.ACTIVE).update(state=SubscriptionState.GONE)
    elif not lives:
        wait = max((answer.retry_after or timedelta() for _leased, answer in failed), default=timedelta())
        rests = subscription.rests_until is not None and subscription.rests_until > now
        rest = timedelta() if rests else min(PAUSES[min(subscription.failures, len(PAUSES) - 1)], LONGEST_REST)
        run(FAILED, {"now": now, "until": now + max(rest, wait), "subscription": pk})
    for leased, answer in failed:
        if answer.is_of_this_event and now >= leased.gives_up_at:
            run(NEXT_OF_CASE, [now + GIVES_UP_AFTER, now, leased.delivery_id])
    is_dead = not lives and not last.is_of_this_event and now - (subscription.failing_since or now) >= GIVES_UP_AFTER
    values = {"now": now, "answer": last.words, "status": last.status, "subscription": pk, "all": bool(gone)}
    dead += run(GIVEN_UP, values) if gone or is_dead else 0
    if dead or gone:
        words = f"HTTP {last.status}" if last.status else last.words
        watch.fails(TROUBLE, key_of(subscription), words, now)


def key_of(subscription: WebhookSubscription) -> str:
    return f"{subscription.pk}/{subscription.name}"[: watch.LONGEST_KEY]


def recovered(subscription: WebhookSubscription) -> None:
    """What was given up of it is on record no more: somebody has looked at it."""
    watch.Trouble.objects.filter(kind=TROUBLE, key__startswith=f"{subscription.pk}/").delete()


def look_at_dead(subscription: WebhookSubscription) -> None:
    """Where nothing of it is given up any more, and its receiver is not gone, there is no trouble with it."""
    is_dead = subscription.deliveries.filter(state=WebhookState.DEAD).exists()
    if not is_dead and subscription.state != SubscriptionState.GONE:
        recovered(subscription)


def thin(before: datetime, most: int) -> int:
    """Forget deliveries settled before this hour (UTC), the oldest first, and removed subscriptions without any."""
    gone = run(THIN, [before, most])
    run(LEFT_BEHIND)
    run(FORGET)
    for key in watch.Trouble.objects.filter(kind=TROUBLE).values_list("key", flat=True):
        if one := WebhookSubscription.objects.filter(pk=int(key.partition("/")[0])).first():
            look_at_dead(one)
    return gone
