"""The link by which a crew without an account works on one visit: signed, for that visit and that crew alone (P4).

It is good while the visit is open and a day longer, for what a telephone without signal still has to send.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from guardia.field.visit import Visit
from guardia.people import signed
from guardia.people.signed import LinkHasExpired

SALT = "guardia.cases.visit_link"
GOOD_FOR = timedelta(days=366)
AFTER_THE_VISIT = timedelta(days=1)


class Names(NamedTuple):
    """What a link names, by id."""

    visit: int
    crew: int


def token(visit: Visit) -> str:
    """What names this visit and its crew in the address of the page. The visit must have a crew."""
    assert visit.crew_id, "a link is for the crew of the visit"
    return signed.token(SALT, visit.pk, visit.crew_id)


def address(visit: Visit) -> str:
    """The whole address, as it is copied into a message to the crew; empty while the visit has no crew."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("field_link", args=[token(visit)]) if visit.crew_id else ""


def read(token: str) -> Names:
    """Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return Names(*signed.read(token, SALT, GOOD_FOR, ids=2))


def must_be_good(visit: Visit, at: datetime) -> None:
    """Raises LinkHasExpired once the visit has been over for a day; ``at`` is UTC."""
    over = visit.left_at or visit.ended_at
    if visit.ended_at and over and at > max(over, visit.ended_at) + AFTER_THE_VISIT:
        raise LinkHasExpired
