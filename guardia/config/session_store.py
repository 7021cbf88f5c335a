"""What is stored in Django's table of sessions beside them, under a key of its own, until an hour."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session


def stored(key: str, at: datetime) -> dict[str, Any]:
    """What was stored under this key, if it lasts beyond this hour (UTC)."""
    row = Session.objects.filter(session_key=key, expire_date__gt=at).first()
    return row.get_decoded() if row else {}


def store(key: str, data: dict[str, Any], until: datetime) -> None:
    """Keep these data under the key until this hour (UTC), in place of what is there."""
    written = {"session_data": Session.objects.encode(data), "expire_date": until}
    Session.objects.update_or_create(session_key=key, defaults=written)


def drop(key: str) -> None:
    """Forget what is stored under this key."""
    Session.objects.filter(session_key=key).delete()
