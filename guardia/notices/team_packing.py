"""News that is owed to channels of teams gets its messages: few at a time, and what is more in one that lists it.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from guardia.notices.channel import Channel
from guardia.notices.leases import OPEN
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.notices.packed import Quarantine, spared
from guardia.notices.packing import carry, delivery, suppress
from guardia.notices.team_channel import TeamChannel
from guardia.people.channels import masked

MOST_A_MINUTE = 6
"""Messages to one channel. The services take from 20 a minute (Telegram, a group) to 60 (Slack); people read fewer."""

MINUTE = timedelta(minutes=1)
MOST_TOGETHER = 1000
"""Pieces of news that one message gathers; it lists the first ones."""


def pack_team_news(now: datetime, aside: Quarantine | None = None) -> int:
    """Give what is owed to channels its messages; how many notices were packed.

    A channel's row is held while its news is packed. One whose last message waits for another attempt gets no further
    one: what is owed meanwhile leaves after it. One that cannot be packed is set ``aside``.
    """
    owed = Notice.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now), state=NoticeState.OWED, team_channel__isnull=False
    )
    if not owed.exists():
        return 0
    failing = DeliveredNotice.objects.filter(
        notice__team_channel=OuterRef("pk"), delivery__state__in=OPEN, delivery__attempts__gt=0
    )
    waiting = TeamChannel.objects.filter(Exists(owed.filter(team_channel=OuterRef("pk"))), ~Exists(failing))
    full = Q(minute_began_at__gt=now - MINUTE, minute_began_at__lte=now, minute_count__gte=MOST_A_MINUTE)
    waiting = waiting.exclude(full).exclude(pk__in=aside.left_out(now) if aside else ())
    held = list(waiting.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk"))
    return spared(held, lambda some: sum(pack_channel(channel, owed, now) for channel in some), aside, now)


def pack_channel(channel: TeamChannel, owed: QuerySet[Notice], now: datetime) -> int:
    """All that is owed to this channel, whose row is held."""
    columns = ("customer_id", "case_id", "owed_at", "team_channel_id", "news_key")
    notices = list(
        owed.filter(team_channel=channel).only(*columns).order_by("owed_at", "case_id", "pk")[:MOST_TOGETHER]
    )
    if not channel.active:
        suppress(notices, "inactive")
        return len(notices)
    groups = [list(group) for _, group in groupby(notices, key=lambda notice: (notice.owed_at, notice.case_id))]
    is_new_minute = not channel.minute_began_at or not now - MINUTE < channel.minute_began_at <= now
    sent = 0 if is_new_minute else channel.minute_count
    had_to_wait = is_new_minute and channel.minute_count >= MOST_A_MINUTE
    if had_to_wait or sent + len(groups) > MOST_A_MINUTE:
        groups = [notices]
    channel.minute_count = sent + len(groups)
    channel.minute_began_at = now if is_new_minute else channel.minute_began_at
    TeamChannel.objects.filter(pk=channel.pk).update(
        minute_count=channel.minute_count, minute_began_at=channel.minute_began_at
    )
    return carry((group, [message(channel, group, now)]) for group in groups)


def message(channel: TeamChannel, group: Sequence[Notice], now: datetime) -> Delivery:
    """Its address is masked: the whole one is read from the channel when the message leaves."""
    return delivery(Channel.TEAM, masked(channel.address) if channel.address else channel.kind, group, now)
