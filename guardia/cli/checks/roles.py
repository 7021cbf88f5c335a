"""The database: does it answer, who asks it, how far is it."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, warn
from guardia.config import policies
from guardia.config.walls import Wall

ROLE = """
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
           (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p', 'S', 'v'))
    FROM pg_roles AS r WHERE rolname = session_user
"""
OLDEST_SERVER = 16


def asked(question: str, *values: Any, alias: str = DEFAULT_DB_ALIAS) -> tuple:
    with connections[alias].cursor() as cursor:
        cursor.execute(question, values or None)
        return cursor.fetchone()


@check()
def database(house: House) -> Said:
    if not house.database:
        return bad(
            _("The database does not answer."),
            _("Look whether PostgreSQL runs and DATABASE_URL names it; without DATABASE_URL, at STATE_DIR/pg/log."),
        )
    (version,) = asked("SELECT current_setting('server_version_num')::int / 10000")
    if version < OLDEST_SERVER:
        return bad(
            _("PostgreSQL %(version)s is too old.") % {"version": version},
            _("Use PostgreSQL %(oldest)s or newer.") % {"oldest": OLDEST_SERVER},
        )
    return ok(_("PostgreSQL %(version)s answers.") % {"version": version})


@check(database=True)
def application_role(house: House) -> Iterator[Said]:
    """Row walls hold nobody who is a superuser, bypasses them, or owns the tables (design §4.8)."""
    name, superuser, bypasses, creates, owned = asked(ROLE)
    remedy = _("Make a role that owns nothing and name it in DATABASE_URL; the owner's belongs in DATABASE_DIRECT_URL.")
    sound = True
    for is_so, words in (
        (superuser, _("The role %(name)s is a superuser: no wall between companies holds it.")),
        (bypasses, _("The role %(name)s has BYPASSRLS: no wall between companies holds it.")),
        (creates, _("The role %(name)s may make roles: it could let itself through a wall.")),
        (owned, _("The role %(name)s owns tables: it could take their walls down.")),
    ):
        if is_so:
            sound = False
            yield bad(words % {"name": name}, remedy)
    if sound:
        yield ok(_("The role %(name)s owns nothing and passes no wall.") % {"name": name})


@check(database=True)
def walls(house: House) -> Said:
    """Web and worker step into a role for each transaction; a role that may not do so serves nobody."""
    without = [wall.value for wall in Wall if not may_become(wall.value)]
    if without:
        (name,) = asked("SELECT session_user")
        roles = ", ".join(without)
        return bad(
            _("The role %(name)s may not step behind the walls: %(roles)s.") % {"name": name, "roles": roles},
            _("Run guardia migrate; then as its owner: GRANT %(roles)s TO %(name)s WITH INHERIT FALSE")
            % {"name": name, "roles": roles},
        )
    return ok(_("Each transaction can step behind its wall."))


def may_become(role: str) -> bool:
    question = "SELECT to_regrole(%s) IS NOT NULL AND pg_has_role(session_user, to_regrole(%s), 'MEMBER')"
    return bool(asked(question, role, role)[0])


@check(database=True)
def migrations(house: House) -> Said:
    executor = MigrationExecutor(connections["direct"])  # only the owner reads how far it is
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    behind = [f"{each.app_label}.{each.name}" for each, _back in plan]
    if behind:
        return bad(
            _("Migrations that the database still needs: %(count)d, the first is %(first)s.")
            % {"count": len(behind), "first": behind[0]},
            _("Run: guardia migrate"),
        )
    if not policies.is_applied(connections["direct"]):
        return bad(_("The rights in the database are not those of this version."), _("Run: guardia migrate"))
    return ok(_("The database is as far as this version."))


@check(database=True)
def direct_connection(house: House) -> Iterator[Said]:
    """A pooler answers with a number of its own where the server would say that of its process."""
    connection.ensure_connection()
    pooled = connection.connection.info.backend_pid != asked("SELECT pg_backend_pid()")[0]
    if not pooled:
        yield ok(_("Nothing stands between Guardia and PostgreSQL."))
        return
    if settings.DATABASE_DIRECT_URL == settings.DATABASE_URL:
        yield bad(
            _("A pooler stands before PostgreSQL, and migrations and locks would go through it."),
            _("Set DATABASE_DIRECT_URL to the server itself, with the owner's role."),
        )
    if connection.settings_dict["OPTIONS"].get("prepare_threshold"):
        yield warn(
            _("A pooler stands before PostgreSQL, and statements are prepared: one in transaction mode forgets them."),
            _("Set DATABASE_PREPARE=0."),
        )
    elif settings.DATABASE_DIRECT_URL != settings.DATABASE_URL:
        yield ok(_("A pooler stands before PostgreSQL, and both ways are set."))


@check(database=True)
def owner_role(house: House) -> Said:
    if settings.DATABASE_DIRECT_URL == settings.DATABASE_URL:
        return warn(
            _("DATABASE_DIRECT_URL is not set: migrations and backups would run as the application."),
            _("Set DATABASE_DIRECT_URL to the same database, with the role that owns the tables."),
        )
    question = """
        SELECT session_user::text, rolsuper OR rolbypassrls, rolsuper OR rolcreatedb FROM pg_roles
        WHERE rolname = session_user
    """
    name, sees, creates = asked(question, alias="direct")
    if not sees:
        return warn(
            _("The owner %(name)s does not see all rows: guardia backup is refused.") % {"name": name},
            _("As a superuser: ALTER ROLE %(name)s BYPASSRLS") % {"name": name},
        )
    if not creates:
        return warn(
            _("The owner %(name)s may not make a database: guardia restore --over is refused.") % {"name": name},
            _("As a superuser: ALTER ROLE %(name)s CREATEDB") % {"name": name},
        )
    return ok(_("The owner %(name)s can migrate and back up.") % {"name": name})
