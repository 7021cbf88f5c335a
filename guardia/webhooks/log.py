"""What the screens ask of the webhooks: how each stands, the log of its deliveries, and what is sent once more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.cases.case import FORMER, Case
from guardia.cases.number import parse
from guardia.cases.webhooks_owed import FOLLOWED, GIVES_UP_AFTER
from guardia.config.sql_rows import rows_of, run
from guardia.customers.values import Unfit
from guardia.events.families import FAMILIES
from guardia.webhooks import outbox
from guardia.webhooks.subscription import STAYS, SubscriptionState, WebhookDelivery, WebhookState, WebhookSubscription

MOST_COUNTED = 100
MOST_AGAIN = 100_000

COUNTS = f"""
    SELECT s.id,
        (SELECT count(*) FROM (SELECT FROM webhook_delivery d WHERE d.subscription_id = s.id
            AND d.state IN ('waiting', 'sending') LIMIT {MOST_COUNTED}) AS few),
        (SELECT count(*) FROM (SELECT FROM webhook_delivery d WHERE d.subscription_id = s.id
            AND d.state = 'dead' LIMIT {MOST_COUNTED}) AS few)
    FROM webhook_subscription s WHERE s.state <> 'removed'
"""
AGAIN = f"""
    INSERT INTO webhook_delivery (
        subscription_id, event_id, case_id, seq, stage, impact, state, attempts, available_at, gives_up_at, created_at,
        answer
    )
    SELECT s.id, e.id, e.case_id, e.seq, '', '', 'waiting', 0, %(now)s, %(until)s, %(now)s, ''
    FROM webhook_subscription s CROSS JOIN (
        SELECT event.*, "case".impact, "case".source, kind.family FROM case_event event
        JOIN "case" ON "case".id = event.case_id
        JOIN unnest(%(kinds)s::text[], %(families)s::text[]) AS kind(name, family) ON kind.name = event.moment
    ) AS e
    WHERE s.id = %(subscription)s AND {{point}} AND e.source <> '{FORMER}' AND {FOLLOWED}
    ORDER BY e.id LIMIT {MOST_AGAIN}
    ON CONFLICT (subscription_id, event_id) DO UPDATE
    SET state = 'waiting', attempts = 0, available_at = EXCLUDED.available_at, gives_up_at = EXCLUDED.gives_up_at,
        settled_at = NULL
    WHERE webhook_delivery.state NOT IN ('waiting', 'sending')
"""
SINCE_HOUR = "e.id >= %(first)s AND e.recorded_at >= %(since)s"
SINCE_EVENT = "e.case_id = %(case)s AND e.seq >= %(seq)s"
NEAR = "SELECT id, recorded_at FROM case_event WHERE id >= %s ORDER BY id LIMIT 1"


@dataclass(frozen=True)
class Counts:
    """How many deliveries wait and were given up, counted to a hundred."""

    waiting: int = 0
    dead: int = 0


def subscriptions() -> QuerySet[WebhookSubscription]:
    """Those that were not removed, with their companies."""
    found = WebhookSubscription.objects.exclude(state=SubscriptionState.REMOVED)
    return found.select_related("company").order_by("name", "pk")


def subscription_of_id(pk: int) -> WebhookSubscription | None:
    return subscriptions().filter(pk=pk).first()


def hubs(format: str) -> QuerySet[WebhookSubscription]:
    """The operator's subscriptions in this format, which a partner may have registered by itself."""
    return subscriptions().filter(format=format, owner=None)


@dataclass(frozen=True)
class Hub:
    """A listener that a partner has registered, as far as it reads of it."""

    pk: int
    url: str
    query: str


def hubs_of_company(format: str) -> list[Hub]:
    """Those of the company whose acts these are, within its row policies (``PORTAL_ACTS``)."""
    return [Hub(*row) for row in rows_of("SELECT id, url, query FROM own_hubs() WHERE format = %s", [format])]


def hubs_of(owner_id: int | None, formats: Collection[str]) -> QuerySet[WebhookSubscription]:
    """The subscriptions of one company in these formats, the first first."""
    return subscriptions().filter(owner=owner_id, format__in=list(formats)).order_by("pk")


def counts() -> dict[int, Counts]:
    return {pk: Counts(waiting, dead) for pk, waiting, dead in rows_of(COUNTS)}


def deliveries(subscription: WebhookSubscription, state: str, before: int | None) -> QuerySet[WebhookDelivery]:
    """The log, the newest event first; ``state`` empty: all; ``before``: the id of an event, which is left out."""
    found = subscription.deliveries.select_related("event", "case")
    found = found.filter(state=state) if state else found
    found = found.filter(event__lt=before) if before else found
    return found.order_by("-event")


def retry(subscription: WebhookSubscription, delivery_id: int, now: datetime) -> bool:
    """Send one once more, at once and for another 48 h, with the same id; False where it is under way, or held by a
    rehearsal. ``now`` is UTC.
    """
    settled = subscription.deliveries.filter(
        pk=delivery_id, state__in=[WebhookState.DELIVERED, WebhookState.DEAD, WebhookState.WAITING]
    )
    anew = {"state": WebhookState.WAITING, "attempts": 0, "settled_at": None}
    done = settled.update(available_at=now, gives_up_at=now + GIVES_UP_AFTER, **anew)
    outbox.look_at_dead(subscription)
    return bool(done)


def replay_since(subscription: WebhookSubscription, since: datetime, now: datetime) -> int:
    """Send all that it follows and was recorded from this hour on (UTC) once more, each with its same id; how many.

    Raises Unfit where the hour lies further back than the log, or has not come.
    """
    if since < now - STAYS:
        words = _("Events can be sent once more for %d days. Choose a later hour.")
        raise Unfit({"since": words % STAYS.days})
    if since > now:
        raise Unfit({"since": _("This hour has not come yet. Choose an earlier one.")})
    point = {"first": first_near(since), "since": since}
    return again(subscription, SINCE_HOUR, point, now)


def replay_case(subscription: WebhookSubscription, number: str, seq: int, now: datetime) -> int:
    """The same of one case, from an event of it on. Raises Unfit where there is no such case."""
    known = parse(number)
    case = Case.objects.filter(number=known).first() if known is not None else None
    if case is None:
        raise Unfit({"case": _("There is no case %s. Write its number as it stands on the case.") % number[:40]})
    return again(subscription, SINCE_EVENT, {"case": case.pk, "seq": seq}, now)


def again(subscription: WebhookSubscription, point: str, values: Mapping[str, Any], now: datetime) -> int:
    given = {
        "now": now,
        "until": now + GIVES_UP_AFTER,
        "kinds": list(FAMILIES),
        "families": [str(one) for one in FAMILIES.values()],
        "subscription": subscription.pk,
        **values,
    }
    found = run(AGAIN.format(point=point), given)
    outbox.look_at_dead(subscription)
    return found


def first_near(since: datetime) -> int:
    """The id of an event near this hour and before it: ids are drawn in the order of the hours, but for a transaction
    that lasts. By halves along the ids, since no index has the hours.
    """
    margin = since - outbox.LEASE
    low, high = 0, rows_of("SELECT coalesce(max(id), 0) FROM case_event")[0][0]
    while low < high:
        middle = (low + high) // 2
        found = rows_of(NEAR, [middle])
        if found and found[0][1] < margin:
            low = found[0][0] + 1
        else:
            high = middle
    return low


def dead_ones() -> list[tuple[WebhookSubscription, Counts]]:
    """The subscriptions that lost something, or whose receiver is gone."""
    known = counts()
    found = [(one, known.get(one.pk, Counts())) for one in subscriptions()]
    return [(one, count) for one, count in found if count.dead or one.state == SubscriptionState.GONE]
