"""Written down of an exchange that is listened to: its last word, the connection that stands, and what is wrong."""

from datetime import datetime
from typing import Any

from guardia.calls.exchange import Exchange, ExchangeGap

LONGEST_TROUBLE = 300


def is_heard(exchange: Exchange, at: datetime) -> None:
    """A word of it came in at ``at`` (UTC). Never moves backwards."""
    Exchange.objects.filter(pk=exchange.pk).exclude(seen_at__gte=at).update(seen_at=at)


def is_connected(exchange: Exchange, at: datetime, started_at: datetime | None) -> None:
    """A connection stands since ``at``. ``started_at``: when the exchange itself was started, where it says so."""
    known = {"started_at": started_at} if started_at else {}
    Exchange.objects.filter(pk=exchange.pk).update(connected_at=at, trouble="", **known)
    is_heard(exchange, at)


def is_lost(exchange: Exchange, trouble: str) -> None:
    """No connection stands any more, and why."""
    Exchange.objects.filter(pk=exchange.pk).update(connected_at=None, trouble=_one_line(trouble))


def is_troubled(exchange: Exchange, trouble: str) -> None:
    """What is wrong although it is heard; empty: nothing is."""
    Exchange.objects.filter(pk=exchange.pk).update(trouble=_one_line(trouble))


def _one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST_TROUBLE]


def oldest_gap(exchange: Exchange) -> ExchangeGap | None:
    """The first time that it was not heard and that has not been read again from its log."""
    return exchange.gaps.filter(read_again_at=None).order_by("lost_at").first()


def is_gap_left(exchange: Exchange, until: datetime, lost_before: datetime) -> bool:
    """Whether a gap that was over by ``until`` began before the other hour and has not been read again (UTC)."""
    unread = exchange.gaps.filter(read_again_at=None, back_at__lte=until)
    return unread.filter(lost_at__lt=lost_before).exists()


def remember_position(exchange: Exchange, position: dict[str, Any]) -> None:
    """How far its log was read."""
    Exchange.objects.filter(pk=exchange.pk).update(log_position=position)
