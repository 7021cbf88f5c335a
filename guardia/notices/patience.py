"""How long a delivery is tried, and at what intervals: a letter for two days, a page for as long as it is of use."""

from datetime import datetime, timedelta

from django.conf import settings

from guardia.notices.notice import Delivery

LETTER_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
LETTER_GIVES_UP_AFTER = timedelta(hours=48)
PAGE_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60))
PAGE_GIVES_UP_AFTER = timedelta(minutes=15)
"""By then the escalation has gone on to others; a page that still came would call to a fire that is out."""

SMTP_STEPS = 8  # connect, greeting, STARTTLS, login, MAIL, RCPT, DATA and its end: each may take the whole timeout


def gives_up_at(delivery: Delivery) -> datetime:
    """From when on a failed attempt is the last (UTC)."""
    return delivery.created_at + (PAGE_GIVES_UP_AFTER if delivery.urgent else LETTER_GIVES_UP_AFTER)


def next_attempt(delivery: Delivery, now: datetime) -> datetime:
    """When it is tried again after ``attempts`` failures (UTC): never later than when it is given up."""
    pauses = PAGE_PAUSES if delivery.urgent else LETTER_PAUSES
    pause = pauses[min(max(delivery.attempts, 1), len(pauses)) - 1]
    return min(now + pause, max(now, gives_up_at(delivery)))


def lease() -> timedelta:
    """Longer than the slowest mail can take."""
    return timedelta(seconds=60 + SMTP_STEPS * settings.SMTP_TIMEOUT_SECONDS)
