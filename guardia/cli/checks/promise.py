"""The promise itself: is there one, does it name a number, do its calendars still have days."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, warn
from guardia.clocks import rest_days
from guardia.clocks.calendars import announced_at, newest_edition
from guardia.people.shifts import TECHNICAL
from guardia.procedure.version import NoProcedure, in_force
from guardia.procedure.weekly_hours import RestDays

ANNOUNCED_AHEAD = timedelta(days=60)
"""So long before a year its rest days are announced, where no law of them is known here."""


@check(within=True)
def procedure(house: House) -> Said:
    try:
        version = in_force(house.now)
    except NoProcedure:
        return bad(
            _("No procedure is in force: nothing can be promised, and no case opened."),
            _("Run guardia people first: it prints where the first steps are. Or: guardia procedure publish FILE."),
        )
    return ok(_("In force: %(version)s.") % {"version": version})


@check(within=True)
def technical_number(house: House) -> Iterator[Said]:
    """L1 to L3: the number that customers dial must lead to the technical desk."""
    try:
        lines = in_force(house.now).procedure.lines
    except NoProcedure:
        return
    numbers = [line.number for line in lines if line.desk == TECHNICAL]
    if not numbers:
        yield bad(
            _("The procedure publishes no number of the technical desk."),
            _("Add a line with desk: technical to the procedure: Settings → Procedure."),
        )
    else:
        yield ok(_("The technical desk is dialled at %(numbers)s.") % {"numbers": ", ".join(dict.fromkeys(numbers))})


@check(within=True)
def calendars(house: House) -> Iterator[Said]:
    """Rest days are known for years on end; a promise in office hours beyond them counts by the week alone."""
    try:
        promised = in_force(house.now).procedure
    except NoProcedure:
        return
    observing = [hours for hours in promised.weekly_hours.values() if hours.rest_days is not RestDays.AS_USUAL]
    if not observing:
        yield ok(_("No calendar of the procedure observes rest days."))
    elif promised.provider.zone not in rest_days.ZONES:
        needed = (house.now + ANNOUNCED_AHEAD).year
        announced = announced_at(newest_edition()).rests
        if any(day.year >= needed for day in announced):
            yield ok(_("Rest days are announced until %(year)d.") % {"year": max(day.year for day in announced)})
        else:
            yield warn(
                _("No rest day of %(year)d is announced: in %(zone)s only what is announced by hand counts.")
                % {"year": needed, "zone": promised.provider.zone},
                _("Announce them for the year to come: Settings → Calendar."),
            )
    elif house.now.year + 1 > rest_days.LAST:
        yield bad(
            _("Rest days are known until %(year)d, and next year is not among them.") % {"year": rest_days.LAST},
            _("Bring Guardia up to date, or announce them by hand: Settings → Calendar."),
        )
    else:
        yield ok(_("Rest days are known until %(year)d.") % {"year": rest_days.LAST})
