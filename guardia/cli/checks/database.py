"""The database: does it answer, who asks it, how far is it, how is it set; clocks and time zones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import CheckResult, Installation, bad, check, ok, warn
from guardia.config import address, policies
from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.version import of, version_at

# --- roles ------------------------------------------------------------------------------------------------------------
ROLE = """
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
           (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p', 'S', 'v'))
    FROM pg_roles AS r WHERE rolname = session_user
"""
MAY_BECOME = """
    SELECT array(SELECT r.rolname::text FROM pg_roles AS r JOIN pg_roles AS login ON login.rolname = %s
                 WHERE r.oid <> login.oid AND pg_has_role(login.oid, r.oid, 'MEMBER') ORDER BY 1),
           EXISTS (SELECT FROM pg_roles WHERE rolname = %s
                   AND has_database_privilege(oid, current_database(), 'TEMPORARY'))
"""
OLDEST_SERVER = 16


def fetch_one(question: str, *values: Any, alias: str = DEFAULT_DB_ALIAS) -> tuple:
    with connections[alias].cursor() as cursor:
        cursor.execute(question, values or None)
        return cursor.fetchone()


@check()
def database(installation: Installation) -> CheckResult:
    if not installation.database:
        return bad(
            _("The database does not answer."),
            _(
                "Check that PostgreSQL is running and that DATABASE_URL names it; without DATABASE_URL, check "
                "STATE_DIR/pg/log."
            ),
        )
    (version,) = fetch_one("SELECT current_setting('server_version_num')::int / 10000")
    if version < OLDEST_SERVER:
        return bad(
            _("PostgreSQL %(version)s is too old.") % {"version": version},
            _("Use PostgreSQL %(oldest)s or newer.") % {"oldest": OLDEST_SERVER},
        )
    return ok(_("PostgreSQL %(version)s answers.") % {"version": version})


@check(database=True)
def application_role(installation: Installation) -> Iterator[CheckResult]:
    """Row policies hold nobody who is a superuser, bypasses them, or owns the tables."""
    name, superuser, bypasses, creates, owned = fetch_one(ROLE)
    remedy = _(
        "Create a role that owns nothing and name it in DATABASE_URL; the owner's belongs in DATABASE_DIRECT_URL."
    )
    sound = True
    for is_so, words in (
        (superuser, _("The role %(name)s is a superuser: no row policy keeps companies apart for it.")),
        (bypasses, _("The role %(name)s has BYPASSRLS: no row policy keeps companies apart for it.")),
        (creates, _("The role %(name)s may create roles: it could give itself one that no row policy applies to.")),
        (owned, _("The role %(name)s owns tables: it could remove their row policies.")),
    ):
        if is_so:
            sound = False
            yield bad(words % {"name": name}, remedy)
    if sound:
        yield ok(_("The role %(name)s owns nothing and is subject to every row policy.") % {"name": name})


@check(database=True)
def database_roles(installation: Installation) -> CheckResult:
    """Web and worker step into a role for each transaction; a role that may not do so serves nobody."""
    without = [role.value for role in DatabaseRole if not may_become(role.value)]
    if without:
        (name,) = fetch_one("SELECT session_user")
        roles = ", ".join(without)
        return bad(
            _("The role %(name)s may not assume these database roles: %(roles)s.") % {"name": name, "roles": roles},
            _("Run guardia migrate; then as its owner: GRANT %(roles)s TO %(name)s WITH INHERIT FALSE")
            % {"name": name, "roles": roles},
        )
    return ok(_("Each transaction can take its own database role."))


def may_become(role: str) -> bool:
    question = "SELECT to_regrole(%s) IS NOT NULL AND pg_has_role(session_user, to_regrole(%s), 'MEMBER')"
    return bool(fetch_one(question, role, role)[0])


@check(database=True)
def portal_login(installation: Installation) -> CheckResult:
    """What a customer's person is shown is read by a login that can become nothing else (ADR 63)."""
    return own_login(
        DatabaseRole.PORTAL.value,
        "DATABASE_PORTAL_URL",
        _(
            "The portal reads with the login of the desk: a flaw in one of its pages could expose the data of all "
            "companies."
        ),
        _("The portal reads with its own login, which cannot assume any other."),
    )


@check(database=True)
def portal_acts_login(installation: Installation) -> CheckResult:
    """What a customer's person does goes by a login that can become nothing else (ADR 66)."""
    return own_login(
        DatabaseRole.PORTAL_ACTS.value,
        "DATABASE_PORTAL_ACTS_URL",
        _(
            "The portal acts with the login of the desk: a flaw in one of its actions could expose the data of "
            "all companies."
        ),
        _("The portal acts with its own login, which cannot assume any other."),
    )


@check(database=True)
def worker_login(installation: Installation) -> CheckResult:
    """The worker, which reads what strangers send, can give nobody a password (ADR 63)."""
    return own_login(
        DatabaseRole.WORKER.value,
        "DATABASE_WORKER_URL",
        _("The worker works with the login of the desk: a flaw in it could give somebody a password."),
        _("The worker works with its own login, which cannot assume any other."),
    )


@check(database=True)
def sign_in_login(installation: Installation) -> CheckResult:
    """Passwords, second steps and sessions are read by a login that reads nothing else (ADR 64)."""
    return own_login(
        "guardia_sign_in",
        "DATABASE_SIGN_IN_URL",
        _("Sign-in uses the desk's database login: a fault in a page could read password hashes."),
        _("Sign-in uses its own database login, which cannot become any other."),
    )


def own_login(role: str, variable: str, without: str, with_one: str) -> CheckResult:
    """Whether the variable names a login that has this role alone; ``without`` and ``with_one`` say what follows."""
    if url := getattr(settings, variable):
        return login_of(role, url) or ok(with_one)
    words = _("Create the login %(name)s (docs/operations/install.md) and name it in %(variable)s.")
    return warn(without, words % {"name": f"{role}_login", "variable": variable})


def login_of(only: str, url: str) -> CheckResult | None:
    """What is wrong with the login that has this role alone."""
    name = str(address.read(url, "")["user"])
    may, temporary = fetch_one(MAY_BECOME, name, name)
    said = {"name": name, "roles": ", ".join(role for role in may if role != only)}
    if said["roles"]:
        return bad(
            _("The login %(name)s can assume more roles than it needs: %(roles)s.") % said,
            _("As a superuser: REVOKE %(roles)s FROM %(name)s") % said,
        )
    if not may or temporary:
        return bad(
            _("The login %(name)s has other rights than those of this version.") % said,
            _("Run guardia migrate; then as its owner: GRANT %(roles)s TO %(name)s WITH INHERIT FALSE")
            % {"name": name, "roles": only},
        )
    return None


@check(database=True)
def migrations(installation: Installation) -> CheckResult:
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
    return ok(_("The database is up to date with this version."))


@check(database=True)
def direct_connection(installation: Installation) -> Iterator[CheckResult]:
    """A pooler answers with a number of its own where the server would say that of its process."""
    connection.ensure_connection()
    pooled = connection.connection.info.backend_pid != fetch_one("SELECT pg_backend_pid()")[0]
    if not pooled:
        yield ok(_("There is nothing between Guardia and PostgreSQL."))
        return
    if settings.DATABASE_DIRECT_URL == settings.DATABASE_URL:
        yield bad(
            _("There is a pooler in front of PostgreSQL, and migrations and locks would go through it."),
            _("Set DATABASE_DIRECT_URL to the server itself, with the owner's role."),
        )
    if connection.settings_dict["OPTIONS"].get("prepare_threshold"):
        yield warn(
            _(
                "There is a pooler in front of PostgreSQL, and statements are prepared: in transaction mode it "
                "loses them."
            ),
            _("Set DATABASE_PREPARE=0."),
        )
    elif settings.DATABASE_DIRECT_URL != settings.DATABASE_URL:
        yield ok(_("There is a pooler in front of PostgreSQL, and both connections are set."))


@check(database=True)
def owner_role(installation: Installation) -> CheckResult:
    if settings.DATABASE_DIRECT_URL == settings.DATABASE_URL:
        return warn(
            _("DATABASE_DIRECT_URL is not set: migrations and backups would run as the application."),
            _("Set DATABASE_DIRECT_URL to the same database, with the role that owns the tables."),
        )
    question = """
        SELECT session_user::text, rolsuper OR rolbypassrls, rolsuper OR rolcreatedb FROM pg_roles
        WHERE rolname = session_user
    """
    name, sees, creates = fetch_one(question, alias="direct")
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


# --- postgres ---------------------------------------------------------------------------------------------------------
# How PostgreSQL is set: what loses data at a power cut, what holds locks for ever, how text is kept.
LOSE = ("fsync", "full_page_writes")
FEWEST_CONNECTIONS = 20
LONGEST_PATIENCE_SECONDS = 60
PATIENCE = """
    SELECT coalesce(host(nullif(inet_client_addr(), inet_server_addr())), ''),
           current_setting('tcp_keepalives_idle')::int, current_setting('tcp_keepalives_interval')::int,
           current_setting('tcp_keepalives_count')::int,
           (SELECT setting::int FROM pg_settings WHERE name = 'tcp_user_timeout')
"""


def setting(name: str) -> str:
    return str(fetch_one("SELECT current_setting(%s)", name)[0])


@check(database=True)
def durability(installation: Installation) -> Iterator[CheckResult]:
    off = [name for name in LOSE if setting(name) == "off"]
    for name in off:
        yield bad(
            _("PostgreSQL runs with %(name)s = off: a power cut may destroy all data.") % {"name": name},
            _("As a superuser: ALTER SYSTEM SET %(name)s = on; then restart PostgreSQL.") % {"name": name},
        )
    if setting("synchronous_commit") == "off":
        yield warn(
            _("PostgreSQL runs with synchronous_commit = off: the last moment before a power cut is lost."),
            _("As a superuser: ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();"),
        )
    elif not off:
        yield ok(_("What is committed is on the disk."))


@check(database=True)
def forgotten_transactions(installation: Installation) -> CheckResult:
    if setting("idle_in_transaction_session_timeout") == "0":
        return warn(
            _("A forgotten transaction holds its locks indefinitely."),
            _("As a superuser: ALTER SYSTEM SET %(name)s = '10min'; SELECT pg_reload_conf();")
            % {"name": "idle_in_transaction_session_timeout"},
        )
    return ok(_("Forgotten transactions are ended."))


@check(database=True)
def cut_off_hosts(installation: Installation) -> CheckResult:
    """Until PostgreSQL knows that a host is gone, the rows that it was changing stay locked (docs/scaling.md)."""
    host, *said = fetch_one(PATIENCE)
    if not host:
        return ok(_("Guardia and PostgreSQL are on the same machine: there is no network between them."))
    seconds = longest_patience(*said)
    if seconds is None or seconds > LONGEST_PATIENCE_SECONDS:
        return warn(
            _("If a host of Guardia is cut off, what it was changing stays locked for minutes."),
            _("As a superuser: the four ALTER ROLE … SET tcp_… of docs/operations/install.md; then restart Guardia."),
        )
    return ok(_("What a disconnected host was changing is released after %(seconds)d s.") % {"seconds": seconds})


def longest_patience(idle: int, interval: int, count: int, unread_ms: int) -> float | None:
    """Seconds until a silent host counts as gone, whether it is waited for (keepalives) or owes that it read something;
    None: as long as the system's own TCP takes.
    """
    if not (idle and interval and count and unread_ms):
        return None
    return max(idle + interval * count, unread_ms / 1000)


@check(database=True)
def encoding(installation: Installation) -> CheckResult:
    kept = fetch_one("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")[0]
    if kept != "UTF8":
        return bad(
            _("The database keeps text as %(encoding)s: names and words are lost.") % {"encoding": kept},
            _("Recreate the database with ENCODING 'UTF8', and restore a backup into it."),
        )
    return ok(_("Text is kept as UTF-8."))


@check(database=True)
def connections_left(installation: Installation) -> CheckResult:
    most, used = fetch_one(
        "SELECT current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity "
        "WHERE usename IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend')"
    )
    if most - used < FEWEST_CONNECTIONS:
        return warn(
            _("%(used)d of %(most)d PostgreSQL connections are in use: web and worker may run out.")
            % {"used": used, "most": most},
            _("Raise max_connections, or put a pooler in front of it (docs/operations/install.md)."),
        )
    return ok(_("%(used)d of %(most)d PostgreSQL connections are in use.") % {"used": used, "most": most})


# --- hours ------------------------------------------------------------------------------------------------------------
# Clocks and time zones: every promise stands on them.
LITTLE, MUCH = timedelta(seconds=2), timedelta(seconds=60)


@check(database=True)
def host_clock(installation: Installation) -> CheckResult:
    """The hours that count are PostgreSQL's; a host that differs shows them wrongly and mistrusts good links."""
    before = installation.host_clock()
    (database,) = fetch_one("SELECT clock_timestamp()")
    after = installation.host_clock()
    apart = abs(database - (before + (after - before) / 2))
    words = _("The clock of this machine and that of PostgreSQL are %(seconds)s s apart.")
    said = words % {"seconds": f"{apart.total_seconds():.1f}"}
    remedy = _("Synchronise both with network time: timedatectl set-ntp true")
    if apart > MUCH:
        return bad(said, remedy)
    return warn(said, remedy) if apart > LITTLE else ok(said)


@check(database=True)
def time_zones(installation: Installation) -> CheckResult:
    """The arithmetic is Python's and some questions are PostgreSQL's: both must know the zone, and know it alike."""
    name = settings.TIME_ZONE
    try:
        ours = installation.now.astimezone(ZoneInfo(name)).utcoffset()
    except ZoneInfoNotFoundError:
        return bad(
            _("This machine does not know the time zone %(zone)s.") % {"zone": name},
            _("Write OPERATOR_ZONE as America/Guayaquil, or install tzdata."),
        )
    (theirs,) = fetch_one("SELECT %s::timestamptz AT TIME ZONE %s", installation.now, name)
    if offset(theirs, installation.now) != ours:
        return bad(
            _("PostgreSQL interprets %(zone)s as a different time zone from this machine.") % {"zone": name},
            _("Update tzdata on both, and restart both."),
        )
    with behind(DatabaseRole.STAFF):
        promised = version_at(installation.now)
        zone = of(promised.pk).provider.zone if promised else name
    if zone != name:
        return warn(
            _("The published procedure counts in %(theirs)s, this installation in %(zone)s.")
            % {"theirs": zone, "zone": name},
            _("Write OPERATOR_ZONE=%(zone)s, or publish the procedure with the other zone.") % {"zone": zone},
        )
    return ok(_("%(zone)s is known, and both agree on it.") % {"zone": name})


def offset(wall: datetime, at: datetime) -> timedelta:
    """Of an hour of the wall clock, without a zone, to the hour in UTC that it shows."""
    return wall - at.replace(tzinfo=None)
