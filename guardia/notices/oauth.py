"""A token in place of a password (OAuth2), for mail out and in: renewed by something else, or asked for here."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from guardia.people.egress import outward_only, own_word, proxies

TIMEOUT_SECONDS = 20
EARLY_SECONDS = 60
LONGEST_ANSWER = 100_000


class NoToken(Exception):
    """There is no token to log in with; its words say why, without any secret."""


class Tokens:
    """Where the tokens of the mailbox come from."""

    def current(self) -> str:
        """Raises NoToken."""
        raise NotImplementedError

    def forget(self) -> None:
        """The server did not take it."""

    @classmethod
    def of(cls, prefix: str, values: Mapping[str, Any]) -> "Tokens | None":
        """Those of a connection (``SMTP`` or ``IMAP``); None where a password, or nothing, opens it."""
        if values.get(f"{prefix}_OAUTH_REFRESH_TOKEN"):
            names = ("TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "SCOPE")
            return Refreshed.kept_for(*(str(values.get(f"{prefix}_OAUTH_{name}") or "") for name in names))
        token, file = values.get(f"{prefix}_OAUTH_TOKEN") or "", values.get(f"{prefix}_OAUTH_TOKEN_FILE") or ""
        return Given(token, file, f"{prefix}_OAUTH_TOKEN_FILE") if token or file else None


@dataclass(frozen=True)
class Given(Tokens):
    """A token of the environment, or of a file that something else keeps fresh: it is read again each time."""

    token: str = field(repr=False)
    file: str = ""
    named: str = "IMAP_OAUTH_TOKEN_FILE"

    def current(self) -> str:
        if not self.file:
            return self.token
        try:
            return Path(self.file).read_text().strip()
        except OSError as error:
            raise NoToken(f"{self.named} cannot be read: {error.strerror}") from error


@dataclass
class Refreshed(Tokens):
    """Asks for a token by the refresh token (RFC 6749, section 6), and keeps it until shortly before it ends.

    A refresh token that the server renews is kept in memory only: write the new one down where it is said to change.
    """

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""
    clock: Callable[[], float] = time.monotonic
    token: str = field(default="", repr=False)
    good_until: float = 0.0
    lock: Lock = field(default_factory=Lock, repr=False)

    kept: ClassVar[dict[tuple[str, ...], "Refreshed"]] = {}

    @classmethod
    def kept_for(cls, url: str, client_id: str, client_secret: str, refresh_token: str, scope: str) -> "Refreshed":
        """The same one for the whole process, so that a token serves until it ends."""
        made = cls(url, client_id, client_secret, refresh_token, scope)
        return cls.kept.setdefault((url, client_id, client_secret, refresh_token, scope), made)

    def current(self) -> str:
        with self.lock:
            if not self.token or self.clock() >= self.good_until:
                self._ask()
            return self.token

    def forget(self) -> None:
        with self.lock:
            self.token = ""

    def _ask(self) -> None:
        answer = posted(self.url, self._form())
        token, seconds = answer.get("access_token"), answer.get("expires_in", 300)
        if not (isinstance(token, str) and token):
            raise NoToken(f"{urlsplit(self.url).hostname} gave no access_token")
        self.token = token
        self.good_until = self.clock() + max(float(seconds) - EARLY_SECONDS, 0)
        self.refresh_token = str(answer.get("refresh_token") or self.refresh_token)

    def _form(self) -> dict[str, str]:
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token, "client_id": self.client_id}
        more = {"client_secret": self.client_secret, "scope": self.scope}
        return form | {name: value for name, value in more.items() if value}


def posted(url: str, form: dict[str, str]) -> dict:
    """The JSON that the address answers with. Raises NoToken.

    One that somebody typed on a screen leads outward alone (``people/egress.py``), redirects included.
    """
    place = urlsplit(url).hostname
    request = Request(url, urlencode(form).encode(), {"Accept": "application/json"}, method="POST")
    try:
        with bound(url), urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            found = json.loads(answer.read(LONGEST_ANSWER))
    except HTTPError as refused:
        raise NoToken(f"{place} answered {refused.code}: {refusal_code(refused)}") from refused
    except (URLError, OSError, ValueError) as broken:
        raise NoToken(f"{place}: {getattr(broken, 'reason', broken)}") from broken
    if not isinstance(found, dict):
        raise NoToken(f"{place} gave no JSON object")
    return found


def bound(url: str) -> AbstractContextManager[None]:
    """Where the environment names the address, it may stand anywhere; where it redirects to may not."""
    if url in {settings.SMTP_OAUTH_TOKEN_URL, settings.IMAP_OAUTH_TOKEN_URL}:
        return outward_only(proxies() | own_word(url))
    return outward_only(proxies())


def xoauth2(user: str, token: str) -> str:
    """What a mail server is told of a user who comes with a token (SASL XOAUTH2)."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def refusal_code(refused: HTTPError) -> str:
    """The code of the refusal (``invalid_grant``), never what was sent."""
    try:
        return str(json.loads(refused.read(LONGEST_ANSWER)).get("error", ""))[:60]
    except (ValueError, AttributeError, OSError):
        return "no reason given"
