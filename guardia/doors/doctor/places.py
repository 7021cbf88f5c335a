"""Where things stand: the store of files, the disk, the backups."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.doors.backup import kept
from guardia.doors.doctor.finding import House, Said, bad, check, ok, one_line, warn
from guardia.evidence import store

MEGABYTE = 1024 * 1024
ALMOST_NONE, LITTLE = 200 * MEGABYTE, 2_000 * MEGABYTE


@check()
def file_store(house: House) -> Said:
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
        return bad(_("The store of files takes nothing: %(why)s.") % {"why": one_line(trouble)}, remedy)
    if back != content:
        return bad(_("The store of files gives something else back than it was given."), remedy)
    return ok(_("The store of files at %(where)s keeps and gives back.") % {"where": where})


@check()
def disk(house: House) -> Iterator[Said]:
    """Of each folder that grows, where it is on this machine."""
    places = {"STATE_DIR": settings.STATE_DIR}
    if not settings.ATTACHMENTS_URL:
        places["ATTACHMENTS_DIR"] = settings.ATTACHMENTS_DIR
    if settings.BACKUP_DIR:
        places["BACKUP_DIR"] = Path(settings.BACKUP_DIR)
    for name, place in places.items():
        yield space(name, place)


def space(name: str, place: Path) -> Said:
    existing = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
    if not os.access(existing, os.W_OK):
        return bad(
            _("%(name)s (%(place)s) cannot be written.") % {"name": name, "place": place},
            _("Give the folder to the account that runs Guardia: chown -R guardia %(place)s") % {"place": place},
        )
    free = free_bytes(existing)
    words = _("%(name)s has %(free)d MB left.") % {"name": name, "free": free // MEGABYTE}
    remedy = _("Make room on the disk of %(place)s, or move it to a larger one.") % {"place": place}
    if free < ALMOST_NONE:
        return bad(words, remedy)
    return warn(words, remedy) if free < LITTLE else ok(words)


def free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free


@check()
def backups(house: House) -> Said:
    """The newest whole one, by its hour; half a backup is none."""
    if not settings.BACKUP_DIR:
        return warn(
            _("No backup is known of."),
            _("Set BACKUP_DIR, and let guardia backup run each night (deploy/systemd/guardia-backup.timer)."),
        )
    remedy = _("Run guardia backup, and look at: systemctl status guardia-backup.timer")
    found = kept.whole(Path(settings.BACKUP_DIR))
    begun = kept.hour_of(found[-1]) if found else None
    if begun is None:
        return bad(_("There is no whole backup in %(place)s.") % {"place": settings.BACKUP_DIR}, remedy)
    age = house.now - begun
    words = _("The newest backup is %(hours)d hours old.") % {"hours": age // timedelta(hours=1)}
    return bad(words, remedy) if age > timedelta(hours=settings.BACKUP_HOURS) else ok(words)
