"""Who is there, and what is promised: people, levels, channels, contacts; procedure, number, calendars."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from guardia.cli.checks.finding import CheckResult, Installation, bad, check, ok, warn
from guardia.clocks import rest_days
from guardia.clocks.calendars import announced_at, newest_edition
from guardia.customers.contact import Contact
from guardia.customers.contacts import unreachable
from guardia.customers.customer import Customer
from guardia.escalation import roster
from guardia.people import rehearsal, shifts
from guardia.people.channels import not_allowed
from guardia.people.sealing import Unreadable
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Role, Staff
from guardia.procedure.version import NoProcedure, in_force
from guardia.procedure.weekly_hours import RestDays


# --- people -----------------------------------------------------------------------------------------------------------
# Who is there: at the desk, on the matrix, at the companies.
@check(within=True)
def roles_held(installation: Installation) -> Iterator[CheckResult]:
    held = set(Staff.objects.at_work().values_list("role", flat=True))
    if Role.ADMINISTRATOR not in held:
        yield bad(
            _("There is no administrator: nobody can grant access."),
            _("Open the address of the first steps that guardia run prints, or run: guardia people rescue USERNAME"),
        )
    for role, words in (
        (Role.SUPERVISOR, _("There is no supervisor: nobody looks after the matrix, the calendar and the shifts.")),
        (Role.QUALITY, _("There is no quality manager: nobody rules on what a customer contests.")),
        (Role.ENGINEER, _("There is no engineer: nobody handles a case.")),
    ):
        if role not in held:
            yield warn(words, _("Give somebody the role: People."))
    if held >= {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.QUALITY, Role.ENGINEER}:
        yield ok(_("Every role required by the procedure is filled."))


@check(within=True)
def in_rehearsal(installation: Installation) -> CheckResult:
    running = rehearsal.state().running
    if running is None:
        return ok(_("The installation is live: what is owed is sent."))
    return warn(
        _("The installation is in rehearsal: nothing is sent except to its list."),
        _("When you are ready: Settings → Rehearsal, or guardia rehearsal live."),
    )


@check(within=True)
def on_shift(installation: Installation) -> CheckResult:
    if shifts.on_shift(shifts.TECHNICAL, installation.now):
        return ok(_("Somebody is on shift at the Operations Centre."))
    if not shifts.was_ever_entered(shifts.TECHNICAL):
        return warn(
            _("Nobody has ever entered a shift: an empty desk raises no alarm."),
            _("Sign the first hand-over: whoever signs it is on shift."),
        )
    return bad(
        _("Nobody is on shift at the technical desk (A1)."), _("Sign the hand-over: whoever signs it is on shift.")
    )


@check(within=True)
def levels(installation: Installation) -> Iterator[CheckResult]:
    """Whom the matrix names now, and whether any way leads to that person (E2 to E4)."""
    try:
        known = sorted(rule.level for rule in in_force(installation.now).procedure.escalation.levels)
    except NoProcedure:
        return
    empty = [level for level in known if not any(one.is_reachable for one in roster.on_duty(level, installation.now))]
    for level in empty:
        yield bad(
            _("Nobody who holds level %(level)d can be reached now.") % {"level": level},
            _("Put somebody with an address there: Settings → Levels."),
        )
    if not empty:
        yield ok(_("Each level has somebody who can be reached."))


@check(within=True)
def staff_without_a_way(installation: Installation) -> CheckResult:
    without = Staff.objects.at_work().filter(email="", channels=[], role__in=(Role.ENGINEER, Role.SUPERVISOR))
    if count := without.count():
        return warn(
            _("Engineers and supervisors without an address, who cannot be paged: %(count)d.") % {"count": count},
            _("Write their email or channels: People."),
        )
    return ok(_("Every engineer and supervisor has an address."))


@check(within=True)
def channels_readable(installation: Installation) -> CheckResult:
    """Channels are sealed with SECRET_KEY: with another one nobody is paged there."""
    lost = sum(isinstance(one.channels, Unreadable) for one in Staff.objects.at_work())
    if lost:
        return bad(
            _("People whose channels were encrypted with another SECRET_KEY: %(count)d.") % {"count": lost},
            _("Put the previous key in SECRET_KEY_FALLBACKS, or enter their channels again: People."),
        )
    return ok(_("Everybody's channels can be read."))


@check(within=True)
def channels_used(installation: Installation) -> CheckResult:
    """What was written down before the kinds of channels were named (people/channels.py) is refused when it is used."""
    written = (one for staff in Staff.objects.at_work() for one in staff.channels)
    if refused := sum(bool(not_allowed(one)) for one in written):
        return warn(
            _("Channels of an unsupported type, which page nobody: %(count)d.") % {"count": refused},
            _("Write another channel for these people: People."),
        )
    return ok(_("Every channel is of a supported type."))


@check(within=True)
def contacts_without_a_way(installation: Installation) -> Iterator[CheckResult]:
    deaf = unreachable(Customer.objects.filter(active=True)).count()
    if deaf:
        yield bad(
            _("Companies where nobody can be notified (P2): %(count)d.") % {"count": deaf},
            _("Write an address of a contact: Companies, the ones in red."),
        )
    nothing = Contact.objects.filter(active=True, email="", phones=[]).count()
    if nothing:
        yield warn(
            _("Contacts with neither an address nor a number: %(count)d.") % {"count": nothing},
            _("Complete them: Companies."),
        )
    if not deaf and not nothing:
        yield ok(_("Every company can be notified."))


# --- promise ----------------------------------------------------------------------------------------------------------
# The promise itself: is there one, does it name a number, do its calendars still have days.
ANNOUNCED_AHEAD = timedelta(days=60)
"""So long before a year its rest days are announced, where no law of them is known here."""


@check(within=True)
def procedure(installation: Installation) -> CheckResult:
    try:
        version = in_force(installation.now)
    except NoProcedure:
        return bad(
            _("No procedure is in force: nothing can be promised, and no case opened."),
            _("Run guardia people first: it prints where the first steps are. Or: guardia procedure publish FILE."),
        )
    return ok(_("In force: %(version)s.") % {"version": version})


@check(within=True)
def technical_number(installation: Installation) -> Iterator[CheckResult]:
    """L1 to L3: the number that customers dial must lead to the technical desk."""
    try:
        lines = in_force(installation.now).procedure.lines
    except NoProcedure:
        return
    numbers = [line.number for line in lines if line.desk == TECHNICAL]
    if not numbers:
        yield bad(
            _("The procedure publishes no number of the Operations Centre."),
            _("Add a line with desk: technical to the procedure: Settings → Procedure."),
        )
    else:
        yield ok(_("The Operations Centre is dialled at %(numbers)s.") % {"numbers": ", ".join(dict.fromkeys(numbers))})


@check(within=True)
def calendars(installation: Installation) -> Iterator[CheckResult]:
    """Rest days are known for years on end; a promise in office hours beyond them counts by the week alone."""
    try:
        promised = in_force(installation.now).procedure
    except NoProcedure:
        return
    observing = [hours for hours in promised.weekly_hours.values() if hours.rest_days is not RestDays.AS_USUAL]
    if not observing:
        yield ok(_("No calendar of the procedure observes rest days."))
    elif promised.provider.zone not in rest_days.ZONES:
        needed = (installation.now + ANNOUNCED_AHEAD).year
        announced = announced_at(newest_edition()).rests
        if any(day.year >= needed for day in announced):
            yield ok(_("Rest days are announced until %(year)d.") % {"year": max(day.year for day in announced)})
        else:
            yield warn(
                _("No rest days are announced for %(year)d: in %(zone)s only what is announced by hand counts.")
                % {"year": needed, "zone": promised.provider.zone},
                _("Announce them for the year to come: Settings → Calendar."),
            )
    elif installation.now.year + 1 > rest_days.LAST:
        yield bad(
            _("Rest days are known until %(year)d, and next year is not among them.") % {"year": rest_days.LAST},
            _("Update Guardia, or announce them by hand: Settings → Calendar."),
        )
    else:
        yield ok(_("Rest days are known until %(year)d.") % {"year": rest_days.LAST})
