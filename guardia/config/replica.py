"""Reports, exports and the search read a replica where one is named (``DATABASE_REPLICA_URL``), and the primary where
that is better. Nobody notices which, but that a page says until when its figures are (docs/adr/0085).

Before it is read, the replica has half a second to arrive where the primary stood when it was asked for: then whatever
anybody had written by then is in it. Where it does not arrive, whoever wrote within the last minute reads the primary,
and so does everybody once it is a minute behind.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import wraps
from time import monotonic, sleep
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.http import HttpRequest, HttpResponse

from guardia.config import asking, collisions
from guardia.config.asking import REPLICAS
from guardia.config.database_roles import DatabaseRole, behind, in_force
from guardia.config.signing import SignatureRefused
from guardia.config.sql_rows import rows_of

log = logging.getLogger(__name__)

LIMIT = timedelta(seconds=60)
"""A replica that is further behind is not read. So long, too, the cookie of whoever wrote is kept."""
CURRENT = timedelta(seconds=5)
"""So far behind nothing is said on a page; a file, in which nothing could be said, is read from the primary beyond."""
WAIT_SECONDS, LOOK_SECONDS = 0.5, 0.01
"""How long the replica may take to arrive where the primary was, and how often it is looked at."""
REST_SECONDS = 30.0
"""So long a replica that did not answer is left alone by this process."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# What was acknowledged is flushed, and what is not flushed is not sent to a replica yet.
PRIMARY = """
    SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn()::text END, clock_timestamp()
"""
STANDS_STILL = "SELECT set_config('idle_in_transaction_session_timeout', '1800000', true)"
"""So long (half an hour, in ms) the transaction on the primary may stand still while a file comes from the replica."""
REPLICA = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_last_xact_replay_timestamp()"

_left_alone_until = 0.0


class Standing(NamedTuple):
    """How a replica stands. ``until``: the newest commit in it (UTC, by the clock of the primary), if there is one;
    ``lag``: how far it is behind, zero where it has everything; None where that is not known, as it does not answer
    (``answers``) or follows nobody (``follows``).
    """

    answers: bool
    follows: bool = False
    until: datetime | None = None
    lag: timedelta | None = None

    @property
    def is_read(self) -> bool:
        return self.lag is not None and self.lag <= LIMIT


def is_named() -> bool:
    """Whether this installation has a replica to read."""
    return REPLICAS[DEFAULT_DB_ALIAS] in connections.settings


def forget() -> None:
    """A replica that did not answer is asked again at once."""
    global _left_alone_until
    _left_alone_until = 0.0


def read[Answer](
    request: HttpRequest, question: Callable[[], Answer], *, as_file: bool = False, at_one_instant: bool = False
) -> Answer:
    """The answer to ``question``, asked under the role and company in force: of the replica, else of the primary.

    ``question`` writes nothing, but in ``asking.of_primary`` or under a login of its own. It is asked once more where
    the replica fails in the midst of it; what it wrote until then is undone. ``as_file``: the answer cannot say until
    when it is; ``at_one_instant``: it sees the database as it stood at its beginning, as ``as_at_one_instant`` does.
    A page finds in ``request.figures_until`` what it must say (UTC), or None.
    """
    login = REPLICAS.get(asking.login(), "")
    if login not in connections.settings or monotonic() < _left_alone_until:
        return question()
    ((place, at),) = rows_of(PRIMARY)
    if place is None:
        return question()
    if as_file:
        rows_of(STANDS_STILL)
    most = CURRENT if as_file else LIMIT
    try:
        with asking.atomic(), _replica(login, at_one_instant=at_one_instant):
            found = _standing(place, at, WAIT_SECONDS)
            if found.lag == timedelta() or (found.lag is not None and found.lag <= most and not has_written(request)):
                _note_until(request, found.until if found.lag > CURRENT else None)
                return question()
        if not found.follows:  # it was promoted: whoever connects anew may find another
            connections[login].close()
            _leave_alone()
    except (Error, SignatureRefused) as trouble:
        if getattr(trouble.__cause__, "sqlstate", None) == collisions.TOOK_TOO_LONG:
            raise  # the primary would not be faster, and others wait for it
        _turn_away_from(trouble)
    _note_until(request, None)
    return question()


def from_replica(view: Callable[..., Any]) -> Callable[..., Any]:
    """For a view that only reads, right above it: all that it shows is read by ``read``, but for what stands around it
    (``asking.of_primary``).
    """
    return _by_replica(view, as_file=False)


def file_from_replica(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same, for a view whose answer is a file: it is never more than five seconds old."""
    return _by_replica(view, as_file=True)


def _by_replica(view: Callable[..., Any], *, as_file: bool) -> Callable[..., Any]:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return read(request, lambda: view(request, *args, **kwargs), as_file=as_file)

    return answered


def standing() -> Standing:
    """How the replica stands now, for the figures, `/salud` and `guardia doctor`; one must be named. Django's ``Error``
    where the primary does not answer.
    """
    if monotonic() < _left_alone_until:
        return Standing(answers=False)
    with behind(DatabaseRole.STAFF):
        ((place, at),) = rows_of(PRIMARY)
    try:
        with behind(DatabaseRole.STAFF, on_replica=True):
            return _standing(place, at, 0) if place is not None else Standing(answers=True)
    except Error as trouble:
        _turn_away_from(trouble)
        return Standing(answers=False)


@contextmanager
def _replica(login: str, *, at_one_instant: bool) -> Iterator[None]:
    role, entry = in_force()
    with ExitStack() as stack:
        if at_one_instant:
            stack.enter_context(transaction.atomic(login))
            with connections[login].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        stack.enter_context(behind(role, entry=entry, on_replica=True))
        yield


def _standing(place: str, at: datetime, patience: float) -> Standing:
    """Whether the replica has what the primary had written up to ``place`` of its log at ``at``; it is waited for, for
    ``patience`` seconds.
    """
    end = monotonic() + patience
    while True:
        ((follows, has_arrived, until),) = rows_of(REPLICA, [place])
        if not follows or has_arrived or monotonic() >= end:
            break
        sleep(LOOK_SECONDS)
    if not follows:
        return Standing(answers=True)
    lag = timedelta() if has_arrived else max(at - until, timedelta(milliseconds=1)) if until else None
    return Standing(answers=True, follows=True, until=until, lag=lag)


def _turn_away_from(trouble: Error | SignatureRefused) -> None:
    log.warning("the replica is not read, but the primary: %s", " ".join(str(trouble).split()))
    code = getattr(trouble.__cause__, "sqlstate", None)
    if collisions.is_unavailable(trouble) and code != collisions.READ_ONLY:
        _leave_alone()


def _leave_alone() -> None:
    global _left_alone_until
    _left_alone_until = monotonic() + REST_SECONDS


def _note_until(request: HttpRequest, until: datetime | None) -> None:
    request.figures_until = until  # type: ignore[attr-defined]


# --- who has just written ---------------------------------------------------------------------------------------------
def has_written(request: HttpRequest) -> bool:
    """Whether this browser sent something within the last minute."""
    return settings.WROTE_COOKIE_NAME in request.COOKIES


class WroteMiddleware:
    """A browser that has sent something keeps a cookie for a minute, which holds nothing else than that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 400 and is_named():
            response.set_cookie(
                settings.WROTE_COOKIE_NAME,
                "1",
                max_age=LIMIT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
