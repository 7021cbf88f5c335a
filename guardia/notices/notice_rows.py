"""Notices and the messages that carry them, as the desk's pages list them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max, Min, Prefetch, Q, QuerySet

from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState

if TYPE_CHECKING:
    from guardia.cases.case import Case


def notices_of(case: "Case") -> list[Notice]:
    """Return the case's notices with their deliveries, newest first."""
    of_case = Notice.objects.filter(case=case).select_related("contact", "staff", "team_channel")
    notices = list(of_case.prefetch_related(without_letters()).order_by("-owed_at", "-pk")[:200])
    for notice in notices:
        notice.case = case  # as it was read: a hundred columns more with each of them otherwise
    return notices


def without_letters() -> Prefetch:
    """Return what reads the deliveries of notices without the letters as they were sent: tens of kilobytes each."""
    return Prefetch("deliveries", Delivery.objects.defer("body"))


def notices_for_machines(case: "Case", state: str | None) -> QuerySet[Notice]:
    """Return the notices of the case with their deliveries, of one state where it is given."""
    found = Notice.objects.filter(case=case).select_related("contact", "staff").prefetch_related(without_letters())
    return found if state is None else found.filter(state=state)


def notice_with_deliveries(case: "Case", pk: int) -> Notice:
    """Return the notice of the case with this id and its deliveries. Raises Notice.DoesNotExist."""
    return notices_for_machines(case, None).get(pk=pk)


def last_rendered_mails() -> list[Delivery]:
    """Return the last mails that were rendered, newest first; a code is written for who looks, and kept nowhere."""
    return list(rendered_mails().order_by("-pk")[:50])


def rendered_mail(pk: int) -> Delivery | None:
    """Return the mail with this id, if it was rendered."""
    return rendered_mails().filter(pk=pk).first()


def rendered_mails() -> QuerySet[Delivery]:
    """Return the mails that were rendered, and those that are written only when somebody looks."""
    written = Q(body__isnull=False) | Q(code__isnull=False) | Q(reset__isnull=False)
    asks = Q(confirmation__isnull=False)
    found = Delivery.objects.filter(written | asks)
    return found.select_related("code", "reset__staff", "confirmation__contact__customer", "confirmation__asked_by")


def carried_by(announcements: list[int]) -> dict[int, tuple]:
    """Return, by notice, the address, the hour it was settled and the name of the message that carried it last."""
    rows = DeliveredNotice.objects.filter(notice__announcement__in=announcements).order_by("pk")
    columns = ("notice", "delivery__address", "delivery__settled_at", "delivery__message_id")
    return {pk: tuple(rest) for pk, *rest in rows.values_list(*columns)}


def notice_of(case: "Case", pk: int) -> Notice | None:
    """Return the notice of the case with this id."""
    return case.notices.filter(pk=pk).first()


def of_announcements(announcements: Collection[int]) -> QuerySet[Notice]:
    """Return the notices that these announcements owe, with their contacts and companies."""
    found = Notice.objects.filter(announcement__in=announcements)
    return found.select_related("contact__customer").order_by("pk")


def to_contacts_of(cases: Collection[int], contacts: Collection[int]) -> list[Notice]:
    """Return, of the notices of these cases, all to these contacts and the last to every other; the newest first."""
    found = Notice.objects.filter(case__in=cases, contact__isnull=False)
    found = found.select_related("case__customer", "case__site__city", "case__service")
    theirs = list(found.filter(contact__in=contacts))
    last = list(found.order_by("case", "contact", "-owed_at", "-pk").distinct("case", "contact"))
    once = {notice.pk: notice for notice in (*theirs, *last)}.values()
    return sorted(once, key=lambda notice: (notice.owed_at, notice.pk), reverse=True)


def mark_of(customer_id: int, pk: int) -> AddressMark | None:
    """Return the mark with this id on an address of the company."""
    return AddressMark.objects.filter(pk=pk, customer=customer_id).first()


# How far a storm has come: how much is owed, waits and was sent of it, how fast, and how long it still takes.
#
# Counted by partial indexes and by the order of ids, never over what was sent long ago; no count goes beyond a bound.


MOST_COUNTED = 50_000
A_STORM = 100
"""Fewer messages than this are gone within a minute: nobody has to watch them."""

LOOKED_BACK = timedelta(minutes=1)
WATCHED_EVERY = timedelta(seconds=5)
"""A storm is counted no more often than this, however many desks look at it; what is no storm is counted at once."""

# Owed and waiting: by their partial indexes. Sent: what was made since the oldest message that still waits was.
PROGRESS = """
    WITH owed AS (
        SELECT owed_at FROM notice WHERE state = 'owed' AND contact_id IS NOT NULL LIMIT %(most)s
    ), waiting AS (
        SELECT id, created_at, attempts, paced_at FROM delivery
        WHERE state IN ('waiting', 'sending') AND NOT urgent AND channel <> 'team' LIMIT %(most)s
    ), burst AS (
        SELECT id, settled_at FROM (
            SELECT id, settled_at, state, urgent, channel FROM delivery
            WHERE id >= coalesce((
                    SELECT id FROM delivery
                    WHERE created_at < (SELECT min(created_at) FROM waiting) - interval '10 minutes'
                      AND id < (SELECT min(id) FROM waiting)
                    ORDER BY id DESC LIMIT 1), 0)
              AND EXISTS (SELECT FROM waiting)  -- else every message ever sent would be looked at
            ORDER BY id OFFSET 0  -- how few these are cannot be foreseen: by their order only these are read
        ) AS since
        WHERE state = 'accepted' AND NOT urgent AND channel <> 'team'
          AND settled_at >= (SELECT min(created_at) FROM waiting)
        LIMIT %(most)s
    )
    SELECT (SELECT count(*) FROM owed), (SELECT count(*) FROM waiting),
           (SELECT count(*) FROM waiting WHERE attempts > 0), (SELECT count(*) FROM waiting WHERE paced_at > %(now)s),
           (SELECT count(*) FROM burst), (SELECT count(*) FROM burst WHERE settled_at > %(lately)s),
           (SELECT min(settled_at) FROM burst WHERE settled_at > %(lately)s),
           least((SELECT min(owed_at) FROM owed), (SELECT min(created_at) FROM waiting))
"""


@dataclass(frozen=True)
class Progress:
    """``owed``: notices that no message carries yet. ``waiting``: messages that have not left, of them ``tried``
    (without success yet) and ``paced`` (held back by the limit of their domain). ``sent``: messages accepted since the
    oldest of those that wait was made, at ``a_minute`` lately. ``since`` (UTC) is None where nothing is owed; ``at``
    (UTC) says when it was counted.
    """

    owed: int
    waiting: int
    tried: int
    paced: int
    sent: int
    a_minute: float
    since: datetime | None
    at: datetime | None = None

    @property
    def is_storm(self) -> bool:
        return self.owed + self.waiting >= A_STORM

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at the present pace; None where nothing leaves, so that nobody can say."""
        return timedelta(minutes=(self.owed + self.waiting) / self.a_minute) if self.a_minute else None


def progress(now: datetime) -> Progress:
    """Of the letters and short messages to customers, at ``now`` (UTC). One query."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"most": MOST_COUNTED, "now": now, "lately": now - LOOKED_BACK})
        owed, waiting, tried, paced, sent, lately, first, since = cursor.fetchone()
    seconds = max((now - first).total_seconds(), 1.0) if first else 0.0
    return Progress(owed, waiting, tried, paced, sent, 60 * lately / seconds if seconds else 0.0, since, now)


class Watch:
    """Of this process: a storm that was counted is good for some seconds, since to count it costs as much as a page."""

    def __init__(self) -> None:
        self.storm: Progress | None = None

    def progress(self, now: datetime) -> Progress:
        """As ``progress``, at most ``WATCHED_EVERY`` old at ``now`` (UTC)."""
        last = self.storm
        if last and last.at and last.at <= now < last.at + WATCHED_EVERY:
            return last
        found = progress(now)
        self.storm = found if found.is_storm else None
        return found


watched = Watch().progress


# The letters that have not left yet, by the domain they go to. Counted up to a bound, by their partial index.


MOST_QUEUED_COUNTED = 20_000
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
    words: dict[str, int | list[str]] = {"most": MOST_QUEUED_COUNTED, "asked": list(asked), "domains": domains}
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
