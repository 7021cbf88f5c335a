"""Whom to ask about what `guardia verify` finds: who could have done it, by the rights in the database as they stand.

Nobody is accused: whoever has a login, and whoever acted last on the case, can say what stood there.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from guardia.cases.chain import Deed
from guardia.cases.event import CaseEvent
from guardia.config.sql_rows import rows_of
from guardia.people.lookup import name_of_staff
from guardia.people.staff import ActorKind

STAFF, WORKER, PORTAL_ACTS = "guardia_staff", "guardia_worker", "guardia_portal_acts"
SIGN_IN, ERASER = "guardia_sign_in", "guardia_eraser"
ROLES = (STAFF, WORKER, PORTAL_ACTS, SIGN_IN, ERASER)
"""The roles that write anything; whoever owns the tables, and a superuser, may do everything besides. The owner alone
becomes the eraser, who is named for what it is there for.
"""

# A trigger that refuses a change refuses it to every role but to whoever may switch the trigger off. A right to one
# column is a right to change the row.
RIGHTS = """
    WITH guarded AS (
        SELECT DISTINCT tgrelid FROM pg_trigger WHERE tgenabled <> 'D'
        AND tgname IN ('append_only', 'never_deleted', 'only_erased', 'only_grows')
    )
    SELECT role, relname, has_any_column_privilege(role, pg_class.oid, 'UPDATE') AND guarded IS NULL,
        has_table_privilege(role, pg_class.oid, 'DELETE') AND guarded IS NULL,
        has_table_privilege(role, pg_class.oid, 'INSERT'),
        has_table_privilege(role, pg_class.oid, 'UPDATE')
    FROM unnest(%s::name[]) AS role CROSS JOIN pg_class LEFT JOIN guarded ON tgrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
DEEDS = (Deed.CHANGED, Deed.GONE, Deed.ADDED, Deed.ERASED)
type Rights = frozenset[tuple[str, str, Deed]]
"""Role, table and what the role may do to a row of it."""


class WhomToAsk(NamedTuple):
    """``roles``: the database roles that may do it, besides the owner of the tables. ``staff``: the id of whoever of
    the operator's people acted on the case last before it, by its event ``seq``. ``of_the_log``: it is about the log.
    """

    roles: tuple[str, ...] = ()
    staff: int | None = None
    seq: int = 0
    of_the_log: bool = False


def rights() -> Rights:
    """What each role may do to the rows of each table, as the database says now."""
    return frozenset(
        (role, table, deed)
        for role, table, *may in rows_of(RIGHTS, [list(ROLES)])
        for deed, is_allowed in zip(DEEDS, may, strict=True)
        if is_allowed and (role != ERASER or deed == Deed.ERASED)
    )


def who_may(rights: Rights, table: str, deed: Deed) -> tuple[str, ...]:
    return tuple(role for role in ROLES if (role, table, deed) in rights)


def of_case(rights: Rights, table: str, deed: Deed, case: int, not_before: datetime | None) -> WhomToAsk:
    """``case``: its number; 0: it is about none. ``not_before`` (UTC): when it was right still.

    Somebody of the desk is named where the desk's login may write it, or where it is about the words of an event.
    """
    roles = who_may(rights, table, deed)
    if not case or not_before is None or not (STAFF in roles or table == "event_text"):
        return WhomToAsk(roles)
    acts = CaseEvent.objects.filter(case__number=case, actor_kind=ActorKind.STAFF, recorded_at__lte=not_before)
    last = acts.order_by("-seq").values_list("actor_id", "seq").first()
    return WhomToAsk(roles, *last) if last else WhomToAsk(roles)


def in_words(ask: WhomToAsk, name: Callable[[int], str] | None = name_of_staff) -> str:
    """Some sentences in the language of now; ``name`` gives the name of somebody by the id, None: nobody is named."""
    if ask.roles:
        said = _(
            "Besides the owner of the tables and a PostgreSQL superuser, whoever holds the database login of: "
            "%(logins)s can do this. Ask whoever administers the server who had these at the time."
        ) % {"logins": _listed(LOGINS[role]() for role in ask.roles)}
    else:
        said = _(
            "Only the owner of the tables (DATABASE_DIRECT_URL) or a superuser of PostgreSQL can do this. Ask who "
            "administers the database who had that access then."
        )
    look = _("The PostgreSQL log of those hours says who connected; the earlier backup, what was there.")
    found = [said, look]
    if ask.of_the_log:
        found.append(
            _("If a backup has been restored since then, ask who did it: anything later than the backup is gone.")
        )
    if ask.staff and name and (who := name(ask.staff)):
        words = _("Ask %(name)s, who last acted on this case before it (event %(seq)s), what it said.")
        found.append(words % {"name": who, "seq": ask.seq})
    return " ".join(found)


LOGINS: dict[str, Callable[[], str]] = {
    STAFF: lambda: _("the desk (DATABASE_URL)"),
    WORKER: lambda: _("the worker (DATABASE_WORKER_URL)"),
    PORTAL_ACTS: lambda: _("what customers do in the portal (DATABASE_PORTAL_ACTS_URL)"),
    SIGN_IN: lambda: _("the sign-in (DATABASE_SIGN_IN_URL)"),
    ERASER: lambda: _("the process that erases (guardia-eraser)"),
}


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)


def as_facts(ask: WhomToAsk) -> list[Any]:
    """For the journal of the audit, from which ``of_facts`` reads it again; nobody's name stands in it."""
    return [list(ask.roles), ask.staff, ask.seq, ask.of_the_log]


def of_facts(facts: list[Any]) -> WhomToAsk:
    roles, staff, seq, of_the_log = facts
    return WhomToAsk(tuple(roles), staff, seq, of_the_log)
