"""Sessions as Django keeps them in the database; the question for one, which every request asks, is said once."""

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
