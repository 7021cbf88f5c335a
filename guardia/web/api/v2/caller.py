"""Who calls: the key that was sent, the account it acts for, and how many calls it has left in this minute.

The limit is counted in each web process by itself: it keeps one machine from holding a process, and asks no database.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from guardia.config.database_roles import DatabaseRole, behind, role_of
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.people import api_key, attempts
from guardia.people.staff import Actor, Staff
from guardia.web.api.v2.problems import ProblemRaised

WINDOW_SECONDS = 60
MOST_KEYS = 10_000


@dataclass(frozen=True)
class Caller:
    """The key of this request, and how many calls are ``left`` until ``ends_in`` seconds from now."""

    key: api_key.ApiKey
    left: int
    ends_in: int

    @property
    def staff(self) -> Staff:
        """The account of the operator's key. A company's key has none: it never comes where this is needed."""
        if self.key.staff is None:
            raise ValueError("a company's own key has no account")
        return self.key.staff

    @property
    def customer_id(self) -> int | None:
        """The company whose own key this is; None for a key of the operator."""
        return self.key.customer_id

    @property
    def by(self) -> Actor:
        return self.key.actor

    def reading(self) -> AbstractContextManager[None]:
        """The database role by which this key reads; for a company's, its row policies."""
        return nullcontext() if self.customer_id is None else behind(DatabaseRole.PORTAL, self.customer_id)

    def acting(self) -> AbstractContextManager[None]:
        """The database role by which this key acts; for a company's, its row policies."""
        return nullcontext() if self.customer_id is None else behind(DatabaseRole.PORTAL_ACTS, self.customer_id)

    def allows(self, operation: str) -> bool:
        return self.key.allows(operation)


class KeyBearer(HttpBearer):
    """``Authorization: Bearer gdk_…`` or ``gdc_…``: a key, or a token that was made with one (docs/api.md)."""

    openapi_name = "key"

    def __init__(self, check: Callable[[Caller], None] = lambda _caller: None) -> None:
        """``check`` raises ProblemRaised where this caller may not do this, before the body is read."""
        super().__init__()
        self.check = check

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        at, address = now(), address_of(request)
        try:
            key = api_key.authenticate(token, address, at)
        except api_key.KeyRefused as refused:
            if not is_looked_at(request, refused):
                raise too_many(60 * settings.ATTEMPT_MINUTES, {}) from refused
            raise unauthorised(refused.sentence) from refused
        left, ends_in = CALLS.one_more(key.pk)
        if left < 0:
            raise too_many(ends_in, limit_headers(0, ends_in))
        api_key.note_use(key, address, at)
        caller = Caller(key, left, ends_in)
        self.check(caller)
        return caller


def is_looked_at(request: HttpRequest, refused: api_key.KeyRefused) -> bool:
    """Whether few enough keys from this address were refused; it stays on record that this one was."""
    agent = request.headers.get("User-Agent", "")
    is_of_a_company = role_of(request) == DatabaseRole.PORTAL
    with behind(DatabaseRole.PORTAL_ACTS if is_of_a_company else DatabaseRole.STAFF):
        return attempts.one_more(address_of(request), agent, now(), key=refused.prefix)


def unauthorised(title: str) -> ProblemRaised:
    """Who calls is not known; that it was tried stays on record."""
    remedy = _("Send a key that is in force: Authorization: Bearer gdk_… or gdc_….")
    return ProblemRaised(401, title, remedy, headers={"WWW-Authenticate": 'Bearer realm="guardia"'}, keeps=True)


def too_many(seconds: int, headers: Mapping[str, str]) -> ProblemRaised:
    """More calls, or more keys that are none of ours, than are looked at; to be tried again after ``seconds``."""
    title, remedy = _("Too many calls were made."), _("Wait %(count)s seconds, then continue.") % {"count": seconds}
    return ProblemRaised(429, title, remedy, headers={"Retry-After": str(seconds), **headers}, keeps=True)


def caller_of(request: HttpRequest) -> Caller:
    return request.auth  # type: ignore[attr-defined]


def limit_headers(left: int, ends_in: int) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers)."""
    most = settings.API_CALLS_PER_MINUTE
    return {"RateLimit-Policy": f'"key";q={most};w={WINDOW_SECONDS}', "RateLimit": f'"key";r={left};t={ends_in}'}


class Calls:
    """How many calls each key has made in its minute, in this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.windows: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def one_more(self, key: int, at: float | None = None) -> tuple[int, int]:
        """How many calls are left after this one (negative: it is one too many), and the seconds until a new minute.

        ``at`` is a monotonic hour in seconds.
        """
        at = monotonic() if at is None else at
        with self.lock:
            since, made = self.windows.pop(key, (at, 0))
            if at - since >= WINDOW_SECONDS:
                since, made = at, 0
            self.windows[key] = (since, made + 1)
            if len(self.windows) > MOST_KEYS:
                self.windows.popitem(last=False)
        return settings.API_CALLS_PER_MINUTE - made - 1, max(1, int(since + WINDOW_SECONDS - at))


CALLS = Calls()
