"""The sessions of those who have signed in, in Django's table, and what is stored there beside them, under a key of
its own, until an hour.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import router
from django.utils import timezone

from guardia.config.sql_rows import rows_of


class SessionStore(db.SessionStore):
    """Django's own, with the question of each request by hand."""

    def load(self) -> dict[str, Any]:
        found = rows_of(LASTING, [self.session_key, timezone.now()], router.db_for_read(Session))
        if found:
            return self.decode(found[0][0])
        self._session_key = None  # nobody chooses a key: what is stored next gets another
        return {}

    def encode(self, session_dict: dict[str, Any]) -> str:
        return super().encode(_renamed(session_dict, settings.AUTHENTICATION_BACKENDS[0], WRITTEN))

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        return _renamed(super().decode(session_data), WRITTEN, settings.AUTHENTICATION_BACKENDS[0])


WRITTEN = "django.contrib.auth.backends.ModelBackend"
"""What a session in the table names as its backend, as 1.0.0 did. Django knows nobody by a name that it does not have:
while one version follows another, each would sign out whoever the other one has signed in.
"""


def _renamed(data: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    return {**data, BACKEND_SESSION_KEY: other} if data.get(BACKEND_SESSION_KEY) == name else data


LASTING = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


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
