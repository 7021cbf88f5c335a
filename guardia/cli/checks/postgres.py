"""How PostgreSQL is set: what loses data at a power cut, what holds locks for ever, how text is kept."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, warn
from guardia.cli.checks.roles import asked

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
    return str(asked("SELECT current_setting(%s)", name)[0])


@check(database=True)
def durability(house: House) -> Iterator[Said]:
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
def forgotten_transactions(house: House) -> Said:
    if setting("idle_in_transaction_session_timeout") == "0":
        return warn(
            _("A transaction that somebody forgot holds its locks for ever."),
            _("As a superuser: ALTER SYSTEM SET %(name)s = '10min'; SELECT pg_reload_conf();")
            % {"name": "idle_in_transaction_session_timeout"},
        )
    return ok(_("A forgotten transaction is ended."))


@check(database=True)
def cut_off_hosts(house: House) -> Said:
    """Until PostgreSQL knows that a host is gone, the rows that it was changing stay locked (docs/scaling.md)."""
    host, *said = asked(PATIENCE)
    if not host:
        return ok(_("Guardia and PostgreSQL are on one machine: no network parts them."))
    seconds = longest_patience(*said)
    if seconds is None or seconds > LONGEST_PATIENCE_SECONDS:
        return warn(
            _("If a host of Guardia is cut off, what it was changing stays locked for minutes."),
            _("As a superuser: the four ALTER ROLE … SET tcp_… of docs/operations/install.md; then restart Guardia."),
        )
    return ok(_("What a host that is cut off was changing is free again after %(seconds)d s.") % {"seconds": seconds})


def longest_patience(idle: int, interval: int, count: int, unread_ms: int) -> float | None:
    """Seconds until a silent host counts as gone, whether it is waited for (keepalives) or owes that it read something;
    None: as long as the system's own TCP takes.
    """
    if not (idle and interval and count and unread_ms):
        return None
    return max(idle + interval * count, unread_ms / 1000)


@check(database=True)
def encoding(house: House) -> Said:
    kept = asked("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")[0]
    if kept != "UTF8":
        return bad(
            _("The database keeps text as %(encoding)s: names and words are lost.") % {"encoding": kept},
            _("Make the database anew with ENCODING 'UTF8', and restore a backup into it."),
        )
    return ok(_("Text is kept as UTF-8."))


@check(database=True)
def connections_left(house: House) -> Said:
    most, used = asked(
        "SELECT current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity "
        "WHERE usename IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend')"
    )
    if most - used < FEWEST_CONNECTIONS:
        return warn(
            _("%(used)d of %(most)d connections of PostgreSQL are taken: web and worker may find none.")
            % {"used": used, "most": most},
            _("Raise max_connections, or put a pooler before it (docs/operations/install.md)."),
        )
    return ok(_("%(used)d of %(most)d connections of PostgreSQL are taken.") % {"used": used, "most": most})
