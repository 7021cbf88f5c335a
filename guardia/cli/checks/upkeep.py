"""Where things stand and what runs by itself: files, disk, backups; is the worker alive, and does it keep up."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from tempfile import gettempdir

from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from guardia.carriers.carrier_connection import failing_connections
from guardia.carriers.carrier_message import dead_messages
from guardia.cli.backups import folder
from guardia.cli.checks.database import fetch_one
from guardia.cli.checks.finding import CheckResult, Installation, bad, check, ok, one_line, skipped, warn
from guardia.clocks.clock import Clock
from guardia.clocks.watch import SILENT_AFTER, Watch
from guardia.config import replica
from guardia.evidence import store
from guardia.notices import leases
from guardia.notices.notice import Delivery, DeliveryState
from guardia.people.api_key_editing import SOON, to_look_at
from guardia.webhooks import log as webhook_log

# --- places -----------------------------------------------------------------------------------------------------------
# Where things stand: the store of files, the disk, the backups.
MEGABYTE = 1024 * 1024
MOST_NAMED = 10
ALMOST_NONE, LITTLE = 200 * MEGABYTE, 2_000 * MEGABYTE


@check()
def file_store(installation: Installation) -> CheckResult:
    """Something is kept, read and taken away again."""
    content = token_bytes(32)
    sha = store.digest(content)
    where = settings.ATTACHMENTS_URL or settings.ATTACHMENTS_DIR
    remedy = _("Let this account write there, or set ATTACHMENTS_DIR (docs/operations/attachments.md).")
    try:
        store.keep(sha, content)
        back = store.read(sha)
        store.remove(sha)
    except (store.CannotKeep, OSError) as trouble:
        return bad(_("The file store accepts nothing: %(why)s.") % {"why": one_line(trouble)}, remedy)
    if back != content:
        return bad(_("The file store returns something other than what it was given."), remedy)
    return ok(_("The file store at %(where)s stores and returns files.") % {"where": where})


@check()
def disk(installation: Installation) -> Iterator[CheckResult]:
    """Of each folder that grows, where it is on this machine."""
    places = {"STATE_DIR": settings.STATE_DIR}
    if not settings.ATTACHMENTS_URL:
        places["ATTACHMENTS_DIR"] = settings.ATTACHMENTS_DIR
    if settings.BACKUP_DIR:
        places["BACKUP_DIR"] = Path(settings.BACKUP_DIR)
    places["TMPDIR"] = Path(gettempdir())
    for name, place in places.items():
        yield space(name, place)


WHERE = """
    SELECT pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER') OR current_setting('is_superuser') = 'on',
           inet_client_addr() IS NOT DISTINCT FROM inet_server_addr(), current_user::text
"""


@check(database=True)
def database_disk(installation: Installation) -> CheckResult:
    """The room under PostgreSQL's own folder, where it is on this machine and may be known."""
    may_ask, is_here, name = fetch_one(WHERE, alias="direct")
    if not is_here:
        return skipped(
            _("PostgreSQL is on another machine, and its disk cannot be seen from here: have it monitored there.")
        )
    if not may_ask:
        words = _("PostgreSQL does not tell %(name)s where its data is. As a superuser: %(grant)s")
        return skipped(words % {"name": name, "grant": f"GRANT pg_read_all_settings TO {name}"})
    place = Path(fetch_one("SELECT current_setting('data_directory')", alias="direct")[0])
    try:
        free = min(free_bytes(each) for each in (place, (place / "pg_wal").resolve()))
    except OSError as trouble:
        words = _("The disk of PostgreSQL (%(place)s) is not visible from here: %(why)s.")
        return skipped(words % {"place": place, "why": one_line(trouble)})
    words = _("PostgreSQL (%(place)s) has %(free)d MB left.") % {"place": place, "free": free // MEGABYTE}
    remedy = _("Free up space on the disk of %(place)s, or move it to a larger one.") % {"place": place}
    if free < ALMOST_NONE:
        return bad(words, remedy)
    return warn(words, remedy) if free < LITTLE else ok(words)


def space(name: str, place: Path) -> CheckResult:
    existing = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
    if not os.access(existing, os.W_OK):
        return bad(
            _("%(name)s (%(place)s) cannot be written.") % {"name": name, "place": place},
            _("Give the folder to the account that runs Guardia: chown -R guardia %(place)s") % {"place": place},
        )
    free = free_bytes(existing)
    words = _("%(name)s has %(free)d MB left.") % {"name": name, "free": free // MEGABYTE}
    remedy = _("Free up space on the disk of %(place)s, or move it to a larger one.") % {"place": place}
    if free < ALMOST_NONE:
        return bad(words, remedy)
    return warn(words, remedy) if free < LITTLE else ok(words)


def free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free


@check()
def backups(installation: Installation) -> CheckResult:
    """The newest whole one, by its hour; half a backup is none."""
    if not settings.BACKUP_DIR:
        return warn(
            _("No backup is known."),
            _("Set BACKUP_DIR, and let guardia backup run each night (deploy/systemd/guardia-backup.timer)."),
        )
    remedy = _("Run guardia backup, and check: systemctl status guardia-backup.timer")
    found = folder.whole(Path(settings.BACKUP_DIR))
    begun = folder.hour_of(found[-1]) if found else None
    if begun is None:
        return bad(_("There is no complete backup in %(place)s.") % {"place": settings.BACKUP_DIR}, remedy)
    age = installation.now - begun
    words = _("The newest backup is %(hours)d hours old.") % {"hours": age // timedelta(hours=1)}
    return bad(words, remedy) if age > timedelta(hours=settings.BACKUP_HOURS) else ok(words)


LATE_DRILL = timedelta(days=35)
"""A month, and a few days for whoever has to look at it."""


@check()
def drill(installation: Installation) -> CheckResult:
    """Whether the newest backup that was restored for a trial was whole, and how long ago that was."""
    if not settings.BACKUP_DIR:
        return skipped(_("Without BACKUP_DIR it is not known whether a backup was ever restored for a trial."))
    remedy = _("Run guardia drill each month (deploy/systemd/guardia-drill.timer).")
    newest = folder.newest_drill(settings.BACKUP_DIR)
    if newest is None:
        return warn(_("No backup has been restored for a trial yet."), remedy)
    if not newest.proven:
        words = _("The backup %(name)s could not be restored and proven: %(why)s.")
        why = {"name": newest.backup, "why": newest.trouble.rstrip(".")}
        return bad(words % why, _("Make another guardia backup, then guardia drill."))
    age = installation.now - newest.began
    words = _("A backup was restored and proven %(days)d days ago, in %(minutes)d min.")
    said = words % {"days": age // timedelta(days=1), "minutes": -(-newest.seconds // 60)}
    return warn(said, remedy) if age > LATE_DRILL else ok(said)


ARCHIVED = """
    SELECT current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time, last_failed_wal,
           (SELECT setting::int FROM pg_settings WHERE name = 'archive_timeout')
    FROM pg_stat_archiver
"""
LATE_ARCHIVE = timedelta(hours=1)


@check(database=True)
def archive(installation: Installation) -> CheckResult:
    """The log of changes by which PostgreSQL goes back to any minute (docs/operations/backup.md), where it is kept."""
    is_on, last, failed, which, seconds = fetch_one(ARCHIVED)
    if not is_on:
        return ok(_("PostgreSQL does not archive its WAL: anything newer than the last backup is only on its disk."))
    remedy = _("Check the PostgreSQL log and archive_command: until it works, its disk fills up.")
    if failed and (last is None or failed > last):
        return bad(_("PostgreSQL cannot archive its WAL (%(file)s).") % {"file": which}, remedy)
    if last is None:
        return warn(_("PostgreSQL has not archived any WAL yet."), remedy)
    words = _("The log of changes was last archived %(minutes)d minutes ago.")
    said = words % {"minutes": (installation.now - last) // timedelta(minutes=1)}
    return (
        warn(said, remedy) if installation.now - last > max(LATE_ARCHIVE, 3 * timedelta(seconds=seconds)) else ok(said)
    )


# --- what runs by itself ----------------------------------------------------------------------------------------------
LATE_LETTER = timedelta(minutes=10)
LATE_SWEEP = timedelta(seconds=60)


@check(within=True)
def worker(installation: Installation) -> CheckResult:
    last = leases.Sender.objects.aggregate(last=Max("seen_at"))["last"]
    if last is None or installation.now - last > leases.SILENT_AFTER:
        return bad(
            _("No worker is running: nothing is sent, and no deadline is monitored."),
            _("Start it: guardia worker, or systemctl start guardia-worker"),
        )
    return ok(_("A worker is running."))


@check(within=True)
def sweep(installation: Installation) -> CheckResult:
    seen_at = Watch.objects.filter(pk="sweep").values_list("seen_at", flat=True).first()
    remedy = _("Check the worker's log, and restart it: systemctl restart guardia-worker")
    if seen_at is None or installation.now - seen_at > SILENT_AFTER:
        return bad(_("The deadlines are not watched."), remedy)
    waiting = Clock.objects.filter(ended_at=None, breached_at=None, due_at__lte=installation.now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    if oldest and installation.now - oldest > LATE_SWEEP:
        words = _("A deadline has been due for %(seconds)d s and is not on record.")
        return bad(words % {"seconds": (installation.now - oldest).total_seconds()}, remedy)
    return ok(_("The deadlines are watched."))


@check(within=True)
def webhooks(installation: Installation) -> CheckResult:
    if lost := webhook_log.dead_ones():
        named = ", ".join(f"{one.name} ({count.dead})" for one, count in lost)
        return bad(
            _("Systems have not taken events for good: %(names)s.") % {"names": named},
            _("Mend the receiver, then send them once more: Settings, Webhooks."),
        )
    return ok(_("Every system that follows events has taken them, or still may."))


@check(within=True)
def carriers(installation: Installation) -> CheckResult:
    """The interfaces of third parties: what they have not taken, and which of them do not answer."""
    if dead := dead_messages(MOST_NAMED):
        named = ", ".join(dict.fromkeys(f"{one.ticket.reference} ({one.ticket.carrier})" for one in dead))
        return bad(
            _("Interfaces of third parties have not taken what we told them: %(names)s.") % {"names": named},
            _("The case says what was refused: send it once more, by email, or tell them by telephone."),
        )
    if failing := failing_connections(installation.now):
        named = "; ".join(f"{one.carrier}: {one.trouble}" for one in failing[:MOST_NAMED])
        return warn(
            _("Interfaces of third parties do not answer: %(names)s.") % {"names": named},
            _("Each attempt is repeated for 48 hours. Try the interface: Third parties, Interface (MEF 124)."),
        )
    return ok(_("The interfaces of third parties have taken all that we told them."))


@check(within=True)
def letters(installation: Installation) -> CheckResult:
    unsent = Delivery.objects.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING))
    oldest = unsent.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest and installation.now - oldest > LATE_LETTER:
        return bad(
            _("A message has waited for %(minutes)d minutes.")
            % {"minutes": (installation.now - oldest) // timedelta(minutes=1)},
            _("See Sent mail for the server's exact reply, and mail_server above."),
        )
    return ok(_("No message has been waiting long."))


# --- keys -------------------------------------------------------------------------------------------------------------
# What connects other systems ends by itself one day, and what nobody uses is better ended.


@check(within=True)
def keys_of_the_api(installation: Installation) -> Iterator[CheckResult]:
    found = to_look_at(installation.now)
    soon = [one.name for one in found if one.expires_at <= installation.now + SOON]
    if soon:
        yield warn(
            _("Keys of the API that expire within 14 days: %(names)s.") % {"names": ", ".join(soon)},
            _("Rotate them: Settings → Keys, or guardia keys rotate."),
        )
    unused = [one.name for one in found if one.name not in soon]
    if unused:
        yield warn(
            _("Keys of the API that nobody has used for 90 days: %(names)s.") % {"names": ", ".join(unused)},
            _("End those that are not needed: Settings → Keys, or guardia keys end."),
        )
    if not found:
        yield ok(_("No key of the API expires soon or lies unused."))


# --- replica ----------------------------------------------------------------------------------------------------------
@check(database=True)
def read_replica(installation: Installation) -> CheckResult:
    """Reports, exports and the search read it, else the primary (docs/adr/0085)."""
    if not replica.is_named():
        return ok(_("Reports, exports and the search read the primary: there is no DATABASE_REPLICA_URL."))
    found = replica.standing()
    if not found.answers:
        words = _("The replica of DATABASE_REPLICA_URL does not answer: reports read the primary.")
        return warn(words, _("Start it, or correct DATABASE_REPLICA_URL (docs/operations/high-availability.md)."))
    if not found.follows:
        words = _("DATABASE_REPLICA_URL names a primary and no replica: reports read DATABASE_URL.")
        return warn(words, _("Name a replica in DATABASE_REPLICA_URL, or leave it empty."))
    if not found.is_read or found.lag is None:
        words = _("The replica is more than a minute behind: reports read the primary.")
        return warn(
            words, _("Look at its log, at pg_stat_replication of the primary, and at the network between them.")
        )
    words = _("Reports, exports and the search read a replica, which is %(seconds)s s behind.")
    return ok(words % {"seconds": round(found.lag.total_seconds(), 1)})
