"""The letters that have not left yet, by the domain they go to. Counted up to a bound, by their partial index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Min, QuerySet

from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState

MOST_COUNTED = 20_000
MOST_DOMAINS = 20
"""So many domains beside those that are asked for."""

QUEUED = """
    WITH found AS (
        SELECT domain, attempts FROM delivery
        WHERE state IN ('waiting', 'sending') AND NOT urgent AND channel = 'mail' AND domain <> ''
        LIMIT %(most)s
    )
    SELECT domain, count(*), count(*) FILTER (WHERE attempts > 0), sum(count(*)) OVER () >= %(most)s
    FROM found GROUP BY domain
    ORDER BY domain = ANY(%(asked)s) DESC, count(*) DESC, domain
    LIMIT %(domains)s
"""


@dataclass(frozen=True)
class Queued:
    """``waiting``: mails for one domain that have not left; ``tried``: those among them that were tried in vain."""

    domain: str
    waiting: int
    tried: int


def queued(asked: Sequence[str]) -> tuple[list[Queued], bool]:
    """The domains ``asked`` for as far as mail for them waits, then those with the most; and whether there is more
    mail than was counted. One query.
    """
    domains = MOST_DOMAINS + len(asked)
    words: dict[str, int | list[str]] = {"most": MOST_COUNTED, "asked": list(asked), "domains": domains}
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, words)
        rows = cursor.fetchall()
    return [Queued(domain, waiting, tried) for domain, waiting, tried, _all in rows], bool(rows and rows[0][3])


# --- how old the oldest is --------------------------------------------------------------------------------------------

UNSENT = (DeliveryState.WAITING, DeliveryState.SENDING)
LATEST_MAILS = 100


def is_page_waiting(since: datetime) -> bool:
    """Whether a page to the operator's people should have left before this hour (UTC) and has not."""
    return Delivery.objects.filter(state__in=UNSENT).filter(urgent=True, available_at__lt=since).exists()


def is_mail_waiting(since: datetime) -> bool:
    """Whether a mail was written before this hour (UTC) and has not left."""
    return Delivery.objects.filter(state__in=UNSENT).filter(channel="mail", created_at__lt=since)[:1].exists()


def mails_waiting() -> QuerySet[Delivery]:
    """The mails that are written and have not left."""
    return Delivery.objects.filter(channel="mail", state__in=UNSENT)


def mails_held_back(at: datetime) -> QuerySet[Delivery]:
    """The mails that wait at this hour (UTC) for their turn at the pace of their domain, or for another try."""
    return mails_waiting().filter(state=DeliveryState.WAITING, available_at__gt=at)


def letters_owed() -> QuerySet[Notice]:
    """The notices to contacts of which no message is written yet."""
    return Notice.objects.filter(state=NoticeState.OWED, contact__isnull=False)


def oldest_letter() -> datetime | None:
    """Since when (UTC) the oldest letter waits, written or not."""
    written = mails_waiting().aggregate(oldest=Min("created_at"))["oldest"]
    owed = letters_owed().aggregate(oldest=Min("owed_at"))["oldest"]
    return min((found for found in (written, owed) if found), default=None)


def oldest_page() -> datetime | None:
    """Since when (UTC) the oldest page to the operator's people waits, written or not."""
    owed = Notice.objects.filter(state=NoticeState.OWED, staff__isnull=False).aggregate(oldest=Min("owed_at"))
    written = Delivery.objects.filter(urgent=True, state__in=UNSENT).aggregate(oldest=Min("created_at"))
    return min((found["oldest"] for found in (owed, written) if found["oldest"]), default=None)


def last_mail_accepted_at() -> datetime | None:
    """When a server last accepted a mail (UTC), among the last hundred: what was accepted long before says nothing of
    the outlet now.
    """
    newest = list(Delivery.objects.filter(channel="mail").order_by("-pk").values_list("pk", flat=True)[:LATEST_MAILS])
    accepted = Delivery.objects.filter(pk__in=newest, state=DeliveryState.ACCEPTED)
    return accepted.aggregate(last=Max("settled_at"))["last"]
