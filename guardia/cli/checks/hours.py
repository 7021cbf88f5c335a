"""Clocks and time zones: every promise stands on them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, warn
from guardia.cli.checks.roles import asked

LITTLE, MUCH = timedelta(seconds=2), timedelta(seconds=60)


@check(database=True)
def host_clock(house: House) -> Said:
    """The hours that count are PostgreSQL's; a host that differs shows them wrongly and mistrusts good links."""
    before = house.host_clock()
    (database,) = asked("SELECT clock_timestamp()")
    after = house.host_clock()
    apart = abs(database - (before + (after - before) / 2))
    words = _("The clock of this machine and that of PostgreSQL are %(seconds)s s apart.")
    said = words % {"seconds": f"{apart.total_seconds():.1f}"}
    remedy = _("Let both keep the hour of the network: timedatectl set-ntp true")
    if apart > MUCH:
        return bad(said, remedy)
    return warn(said, remedy) if apart > LITTLE else ok(said)


@check(database=True)
def time_zones(house: House) -> Said:
    """The arithmetic is Python's and some questions are PostgreSQL's: both must know the zone, and know it alike."""
    name = settings.TIME_ZONE
    try:
        ours = house.now.astimezone(ZoneInfo(name)).utcoffset()
    except ZoneInfoNotFoundError:
        return bad(
            _("This machine does not know the time zone %(zone)s.") % {"zone": name},
            _("Write OPERATOR_ZONE as America/Guayaquil, or install tzdata."),
        )
    (theirs,) = asked("SELECT %s::timestamptz AT TIME ZONE %s", house.now, name)
    if offset(theirs, house.now) != ours:
        return bad(
            _("PostgreSQL takes %(zone)s for another time zone than this machine does.") % {"zone": name},
            _("Bring tzdata up to date on both, and restart both."),
        )
    return ok(_("%(zone)s is known, and known alike.") % {"zone": name})


def offset(wall: datetime, at: datetime) -> timedelta:
    """Of an hour of the wall, without a zone, to the hour in UTC that it shows."""
    return wall - at.replace(tzinfo=None)
