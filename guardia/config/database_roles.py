"""Tenants are kept apart by the database's row policies; here each request and each worker step takes its own role.

Every transaction opens with SET LOCAL ROLE and, for a customer's person, the tenant: row-level security does the rest.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse
from psycopg.pq import TransactionStatus

from guardia.config import asking, collisions, signing, unchanged
from guardia.config.asking import OF_THE_PORTAL, PORTAL, PORTAL_ACTS, REPLICAS, SIGN_IN, using
from guardia.config.collisions import Attempt
from guardia.config.sql_rows import rows_of

log = logging.getLogger(__name__)

NO_DATABASE = ("/static/", "/salud", "/metrics")  # the latter two must be able to say that the database is gone
PORTAL_PATHS = ("/procedimiento", "/c/", "/escalar/", "/mi-empresa", "/estado")
SIGN_IN_PATHS = ("/entrar", "/salir", "/cuenta", "/personas", "/primeros-pasos")
OWN_STEPS = (
    "/campo/envios",
    "/campo/fotos",
    "/api/alertas/",
    "/tmf-api/alarm/",
    "/api/v2/token",
    "/estado",
    "/informes/eventos.",
)
"""Addresses that keep what came in one transaction and act on it in the next: each opens its own, under its row
policies. The last one reads all as those of ``EVIDENCE`` do.
"""
SEND_FILES = re.compile(r"/(c/caso|mi-empresa/casos)/[^/]+/archivo|/casos/[^/]+/archivos")
"""The same, of whoever sends files: a picture is decoded between two transactions, and holds nobody's row."""
EVIDENCE = re.compile(
    r"/casos/[^/]+/informe(\.\w+)?|(/c/informe/|/mi-empresa/historial.json|/ajustes/ensayo/abiertos).*"
)
"""The same, of what is read in one snapshot (``as_at_one_instant``), after that it was taken is on record."""
KEPT = "leaves_what_it_wrote"
MACHINES = ("/telefonia/", "/api/terceros/", "/api/v1/cti/", "/api/v1/tests/")
BY_KEY = ("/api/v2/", "/tmf-api/", "/mefApi/")
OF_A_COMPANY = re.compile(r"bearer (gdc_|gdt_[0-9]+-0*[1-9])", re.IGNORECASE)
"""How the Authorization header of a company's own key begins, and that of a token that was made with one: in a token
the id of its key stands first, then that of its company, 0 where it has none (``people/api_key.py``).
"""


EXPORTS = ("/informes", "/exportar", "/mi-empresa/historial", "/mi-empresa/informes", "/ajustes/auditoria")
EXPORTED = (".xlsx", ".csv", ".pdf", ".json")
IMPORTS = "/importar"

SCOPE = """
    SELECT set_config('role', %s, true), set_config('guardia.customer', %s, true),
           set_config('guardia.signature', %s, true)
"""
BEHIND = f"{SCOPE}, pg_backend_pid(), (extract(epoch FROM now()) * 1000000)::bigint, {unchanged.SNAPSHOT}"
BEHIND_FOR_A_REQUEST = f"""
    {BEHIND}, set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),
           set_config('idle_in_transaction_session_timeout', %s, true)
"""
# For steps of which there are very many, each by keys and in the order of an index. A storm fills its tables before
# PostgreSQL has counted them: left to itself it would keep the plans of small ones, and read and sort all of each.
BEHIND_AT = f"""
    {BEHIND}, clock_timestamp(),
           set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_sort', 'off', true)
"""
PID, BEGAN, SNAPSHOT, CLOCK = 3, 4, 5, 6
"""Columns of these answers; the second is in microseconds since ``EPOCH``."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OF_COMPANY = """
    SELECT set_config('guardia.customer', %s, true), set_config('guardia.signature', %s, true), guardia_signed()
"""
# What a statement that was smuggled in may have left in the portal's session (a cursor held open, a statement prepared
# under a name of ours, a setting) is gone before the next company reads there. Inside the transaction, so that it is of
# the same session behind a pooler too.
AS_NEW = """
    CLOSE ALL; DEALLOCATE ALL; UNLISTEN *; RESET SESSION AUTHORIZATION; RESET ALL; SET TIME ZONE 'UTC';
    SELECT pg_advisory_unlock_all()
"""
AS_NEW_OF = {PORTAL: f"{AS_NEW}; SET TRANSACTION READ ONLY", PORTAL_ACTS: AS_NEW}
AS_NEW_OF |= {REPLICAS[login]: statements for login, statements in AS_NEW_OF.items()}


class DatabaseRole(StrEnum):
    """The database role a transaction works as. Roles belong to the whole cluster, hence the prefix."""

    STAFF = "guardia_staff"
    PORTAL = "guardia_portal"
    PORTAL_ACTS = "guardia_portal_acts"
    WORKER = "guardia_worker"


class Patience(NamedTuple):
    """How long one statement of a request waits for a row that somebody holds, how long it may run, and how long its
    transaction may stand between two statements; each in milliseconds, as PostgreSQL takes them.
    """

    lock_ms: int
    statement_ms: int
    idle_ms: int


OF_A_REQUEST = Patience(lock_ms=3_000, statement_ms=15_000, idle_ms=30_000)
OF_AN_EXPORT = Patience(lock_ms=3_000, statement_ms=300_000, idle_ms=300_000)
"""A whole month as a workbook or on paper, or a file of companies: long statements, and long pauses between them."""

_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)

type Scope = tuple[str, str, str]
"""The role that a transaction works as, what was signed for it, and the signature that says so. Signed is the company
whose rows exist in it; before that is known, ``mailbox:…`` or ``code:…`` of whoever signs in.
"""

NO_SCOPE: Scope = ("none", "", "")
_scopes = {
    login: ContextVar(f"scope_of_{login}", default=NO_SCOPE)
    for login in (DEFAULT_DB_ALIAS, *OF_THE_PORTAL, *REPLICAS.values())
}
"""By login, that of the transaction under way; ``NO_SCOPE`` outside every ``behind``."""


_began: ContextVar[datetime] = ContextVar("began")
"""When the transaction under way began, by the clock of its database."""


def begun_at() -> datetime:
    """When the transaction of this ``behind`` began (UTC), by the database's clock, which is not asked again for it.

    For what is only noted: whoever acts on a row reads the hour after locking it (``config/now.py``).
    """
    return _began.get()


@contextmanager
def for_a_request(path: str) -> Iterator[None]:
    """Inside, each transaction that this thread opens has the patience of a request for ``path``."""
    token = _patience.set(OF_AN_EXPORT if is_export(path) else OF_A_REQUEST)
    try:
        yield
    finally:
        _patience.reset(token)


def is_export(path: str) -> bool:
    """Whether this address reads or writes very many rows at once."""
    return path.startswith(EXPORTS) or path.endswith(EXPORTED) or IMPORTS in path


@contextmanager
def behind(
    role: DatabaseRole, customer_id: int | None = None, *, entry: str = "", on_replica: bool = False
) -> Iterator[None]:
    """One transaction as this role; for the portal's two only the rows of ``customer_id`` exist in it.

    ``entry``: in place of a company, by what somebody signs in for one (``of_mailbox``, ``of_code``).
    ``on_replica``: for ``replica.read``, which knows what to do where the replica does not answer.
    Inside another of the same login it is a savepoint, and what was in force before it is in force again when it ends,
    however it ends. The portal's roles have each a login of their own (``login_of``): what is done by one is not seen
    by the other before it is committed.
    Within a request its patience is limited too (``for_a_request``), by SET LOCAL: so it holds behind a pooler.
    """
    customer, patience = entry or str(customer_id or ""), _patience.get()
    if customer and not signing.is_known():
        with behind(DatabaseRole.STAFF):
            signing.read()
    question, more = (BEHIND, ()) if patience is None else (BEHIND_FOR_A_REQUEST, tuple(map(str, patience)))
    login = REPLICAS[login_of(role)] if on_replica else login_of(role)
    with _begun(question, role, customer, more, login=login):
        yield


def in_force() -> tuple[DatabaseRole, str]:
    """The role of the transaction under way, and the company (or other ``entry``) whose rows exist in it, or nothing.

    Raises ValueError outside every ``behind``.
    """
    role, customer, _signature = _scopes[asking.login()].get()
    return DatabaseRole(role), customer


def of_mailbox(mailbox: str) -> str:
    """An ``entry``: the contacts with this mailbox can be asked for, of whichever company."""
    return f"mailbox:{mailbox}"


def of_code(code_id: int) -> str:
    """An ``entry``: the code of this row can be read and tried."""
    return f"code:{code_id}"


LOGINS = {DatabaseRole.PORTAL: PORTAL, DatabaseRole.PORTAL_ACTS: PORTAL_ACTS}


def login_of(role: DatabaseRole) -> str:
    """By which login the database is asked under this role: where none is named for it, by the desk's."""
    login = LOGINS.get(role, DEFAULT_DB_ALIAS)
    return login if login in connections.settings else DEFAULT_DB_ALIAS


@contextmanager
def as_at_one_instant(role: DatabaseRole, customer_id: int | None = None, seen: str = "") -> Iterator[str]:
    """``behind``, for a long look at the whole: it sees the database as it stood when it began, and writes nothing.

    Whoever compares rows with rows read earlier would otherwise find a difference wherever somebody works meanwhile.
    It yields the name of what it sees: with that as ``seen``, a look by another login within it sees the same.
    Inside a transaction that has begun already it is that transaction, and what it sees has no name.
    """
    login, name = login_of(role), ""
    with transaction.atomic(using=login):
        if len(connections[login].savepoint_ids) == 0:
            with connections[login].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                if seen:
                    cursor.execute(f"SET TRANSACTION SNAPSHOT '{seen}'")
                if login in AS_NEW_OF:
                    _make_new(login)
                ((name,),) = rows_of("SELECT pg_export_snapshot()", login=login)
        with behind(role, customer_id):
            yield name


@contextmanager
def behind_at(role: DatabaseRole) -> Iterator[datetime]:
    """``behind``, with the database's hour (UTC) as it begins, in one question where the mail would ask two."""
    with _begun(BEHIND_AT, role) as first:
        yield first[CLOCK]


@contextmanager
def _begun(
    question: str, role: DatabaseRole, customer: str = "", more: tuple[str, ...] = (), login: str = ""
) -> Iterator[tuple[Any, ...]]:
    """A transaction and the answer to its first question.

    A connection that was kept from before and turns out dead is replaced by a new one: nothing was asked by it yet.
    Inside a transaction, the role and the customer of before are in force again at its end: PostgreSQL puts them back
    itself where a savepoint is undone, and keeps what was set where it is released.
    """
    login = login or login_of(role)
    connection, of_login = connections[login], _scopes[login]
    outer = of_login.get() if connection.in_atomic_block else None
    kept = None if connection.in_atomic_block else connection.connection
    with ExitStack() as stack:
        try:
            first = _begin(stack, login, question, (role.value, "", "", *more))
        except (OperationalError, InterfaceError):
            if kept is None or connection.connection in (None, kept):  # it lives, or there is no other
                raise
            log.info("the connection to PostgreSQL was dead: begun anew with another")
            first = _begin(stack, login, question, (role.value, "", "", *more))
        scope = (role.value, customer, _signed(login, customer, first) if customer else "")
        token, before = of_login.set(scope), _began.set(EPOCH + timedelta(microseconds=first[BEGAN]))
        try:
            with using(login), unchanged.standing(first[SNAPSHOT] if role == DatabaseRole.STAFF else None):
                yield first
        finally:
            of_login.reset(token)
            _began.reset(before)
        if outer is not None and outer != scope and not connection.needs_rollback:
            rows_of(SCOPE, outer, login)


def _begin(stack: ExitStack, login: str, question: str, values: Sequence[str]) -> tuple[Any, ...]:
    is_outermost = not connections[login].in_atomic_block
    if login in AS_NEW_OF and not is_outermost and _nothing_was_asked(login):
        _make_new(login)
    with ExitStack() as own:
        own.enter_context(transaction.atomic(login))
        if login in AS_NEW_OF and is_outermost:
            _make_new(login)
        (first,) = rows_of(question, values, login)
        stack.enter_context(own.pop_all())
    return first


def _nothing_was_asked(login: str) -> bool:
    """Whether the transaction that was opened has not begun for PostgreSQL yet, as that of a request's acts."""
    own = connections[login].connection
    return own is not None and own.info.transaction_status == TransactionStatus.IDLE


def _make_new(login: str) -> None:
    with connections[login].cursor() as cursor:
        cursor.execute(AS_NEW_OF[login])


def _signed(login: str, customer: str, first: tuple[Any, ...]) -> str:
    """The company of this transaction, signed for it alone. Raises SignatureRefused."""
    signature = signing.signature(customer, first[PID], first[BEGAN])
    ((_customer, _signature, signed),) = rows_of(OF_COMPANY, [customer, signature], login)
    if signed != customer:
        signing.forget()
        raise signing.SignatureRefused
    return signature


class DatabaseRoleMiddleware:
    """One transaction per request, under the database role of its address.

    An answer of 400 or more leaves nothing written, but one that says so: that an attempt failed must not be forgotten.
    A request whose transaction PostgreSQL undid for another's sake is done once more as a whole, at most twice.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No browser sends it, and no column holds it: such a cookie names nobody.
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if request.path.startswith(NO_DATABASE) or has_own_steps(request.path):
            return self.get_response(request)
        return repeated(lambda: self.in_its_role(request), Attempt(request).rewind)

    def in_its_role(self, request: HttpRequest) -> HttpResponse:
        return in_one_step(request, lambda: self.get_response(request))


def repeated(step: Callable[[], HttpResponse], rewind: Callable[[], bool] = lambda: True) -> HttpResponse:
    """The answer of a step, which is done again, at most twice, where PostgreSQL undid it for another's sake.

    ``rewind`` brings back what the step used up, and says whether it could.
    """
    for left in reversed(range(collisions.TRIES)):
        try:
            response = step()
        except OperationalError as trouble:  # as it was committed
            if not (collisions.is_collision(trouble) and left and rewind()):
                raise
        else:
            if not (collisions.gave_way(response) and left and rewind()):
                return response
        log.info("done once more: its transaction gave way to another")
    raise AssertionError


def in_one_step(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """One transaction under the database role of this address; an answer of 400 or more leaves nothing written in
    it.
    """
    role = role_of(request)
    # What is written meanwhile by the other login is one transaction too; nothing is asked where nothing is written.
    acts = login_of(DatabaseRole.PORTAL_ACTS if role == DatabaseRole.PORTAL else role)
    signs_in = is_sign_in(request.path) and SIGN_IN in connections.settings
    with (
        transaction.atomic(SIGN_IN) if signs_in else nullcontext(),
        transaction.atomic(acts) if acts != login_of(role) else nullcontext(),
        behind(role),
    ):
        response = answer()
        if response.status_code >= 400 and not getattr(response, KEPT, False):
            transaction.set_rollback(True, acts)
            if signs_in:
                transaction.set_rollback(True, SIGN_IN)
    return response


def is_sign_in(path: str) -> bool:
    """Whether what is written here by the login of the sign-in stands or falls with the rest, and is committed last:
    it may be of somebody whom the same request puts on record.
    """
    return path.startswith(SIGN_IN_PATHS)


def has_own_steps(path: str) -> bool:
    """Whether this address opens its own transactions."""
    return path.startswith(OWN_STEPS) or bool(SEND_FILES.fullmatch(path) or EVIDENCE.fullmatch(path))


def keeps[Answer: HttpResponse](response: Answer) -> Answer:
    """Mark an answer of 400 or more as one whose writing stays."""
    setattr(response, KEPT, True)
    return response


def role_of(request: HttpRequest) -> DatabaseRole:
    """Under which role a request is answered: that of its address, or of the kind of key that is sent to it.

    Nothing is verified here. Whoever forges a header chooses by it under which role the key is refused.
    """
    if request.path.startswith(BY_KEY) and OF_A_COMPANY.match(request.headers.get("Authorization", "")):
        return DatabaseRole.PORTAL
    return role_for_path(request.path)


def role_for_path(path: str) -> DatabaseRole:
    """Under which role an address is answered; what nobody may do without signing in is not decided here."""
    if path.startswith(PORTAL_PATHS):
        return DatabaseRole.PORTAL
    return DatabaseRole.WORKER if path.startswith(MACHINES) else DatabaseRole.STAFF
