"""Sessions as Django keeps them in the database; the question for one, which every request asks, is said once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from guardia.config.kept import ANY_TIME, ANY_WORDS, CompiledQuery


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """The session if it is one and lasts still, by the hour of this process (UTC)."""
        found: Session | None = _SESSION.first({ANY_WORDS: self.session_key, ANY_TIME: timezone.now()})
        if found is None:
            self._session_key = None
        return found

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session


def _lasting() -> QuerySet[Session]:
    return Session.objects.filter(session_key=ANY_WORDS, expire_date__gt=ANY_TIME)


_SESSION = CompiledQuery(_lasting)


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
