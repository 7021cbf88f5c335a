"""What was answered so far: kept on the server for the installation, until the last step writes it and forgets it.

Whoever has the key goes on where it was left, in whatever browser. Nothing of it is shown to anybody else, and no
password is among it.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.crypto import salted_hmac

from guardia.config.now import now

SALT = "guardia.first-run.answers"
LAST = timedelta(days=30)


class Answers:
    """``typed``: by step, what stands in its fields; ``done``: the steps that were passed. Both as JSON holds them."""

    def __init__(self) -> None:
        row = Session.objects.filter(session_key=_place(), expire_date__gt=now()).first()
        self.data: dict[str, Any] = row.get_decoded() if row else {}

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)

    def keep(self, **more: Any) -> None:
        self.data |= more
        written = {"session_data": Session.objects.encode(self.data), "expire_date": now() + LAST}
        Session.objects.update_or_create(session_key=_place(), defaults=written)

    def typed(self, step: str) -> dict[str, str]:
        found: dict[str, str] = self.get("typed", {}).get(step, {})
        return found

    def type(self, step: str, fields: dict[str, str]) -> None:
        self.keep(typed={**self.get("typed", {}), step: fields})

    def is_done(self, step: str) -> bool:
        return step in self.get("done", [])

    def pass_by(self, step: str) -> None:
        self.keep(done=[*(one for one in self.get("done", []) if one != step), step])

    @staticmethod
    def forget() -> None:
        Session.objects.filter(session_key=_place()).delete()


def _place() -> str:
    """The key of its row, which nobody can guess who does not know the installation's secret."""
    return salted_hmac(SALT, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:40]
