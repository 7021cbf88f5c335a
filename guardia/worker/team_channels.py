"""What the worker does for channels of teams: promises at risk become news, news is sent, and trouble is on record."""

from dataclasses import replace
from datetime import datetime
from threading import Event

from django.conf import settings

from guardia.cases import promises_at_risk
from guardia.clocks import watch
from guardia.clocks.quarantine import Quarantine
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery
from guardia.notices.outbox import NEWS_TO_TEAMS
from guardia.notices.sending import send_due
from guardia.notices.server_answer import MailServerAnswer, Verdict
from guardia.notices.team_channel import TROUBLE, names_by_delivery
from guardia.worker import rounds

TROUBLED_AFTER = 3
"""So many attempts in vain, and the desk reads that the channel takes nothing."""

CHANNELS = Quarantine("channel of a team")
"""Those for which nothing can be packed."""


def promises(stopping: Event) -> None:
    """What has reached its warning point is news, batch after batch."""
    rounds.batches(stopping, promises_at_risk.BATCH, promises_at_risk.tell_at_risk)


def news(stopping: Event) -> None:
    """Send the news that is owed to the channels of teams."""
    pager = rounds.CountedPager(settings.PAGE_TIMEOUT_SECONDS, Channel.TEAM)
    post = replace(rounds.post(stopping), teams=CHANNELS, answered=note_answer)
    send_due(pager, post, NEWS_TO_TEAMS)


def note_answer(delivery: Delivery, answer: MailServerAnswer, at: datetime) -> None:
    """The desk reads of a channel that takes no message, until it takes one. ``at`` is UTC."""
    for name in names_by_delivery(delivery.pk):
        if answer.verdict is Verdict.ACCEPTED:
            watch.is_well(TROUBLE, name)
        elif answer.verdict is Verdict.REFUSED or delivery.attempts >= TROUBLED_AFTER:
            watch.fails(TROUBLE, name, answer.words, at)
