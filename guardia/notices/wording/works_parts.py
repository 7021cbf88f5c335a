"""The parts of a letter of planned work: its window in the zones of the sites, what is expected, its services."""

from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guardia.config.languages import PUBLISHED_IN
from guardia.notices.wording.grid import Grid
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.notices.work_facts import AffectedServiceFacts, Telling, WorkFacts
from guardia.procedure.schema import Procedure

MOST_SERVICES = 40
AHEAD = frozenset({Telling.ANNOUNCED, Telling.REMINDED, Telling.MOVED, Telling.REPLIED, Telling.PASSED_ON})
"""The letters after which the work is still to come, or not over."""


def what(work: WorkFacts) -> str:
    """What is done, in the active language; in the published one where it lacks."""
    language = (get_language() or PUBLISHED_IN).split("-")[0]
    return work.names.get(language) or work.names.get(PUBLISHED_IN) or ""


def window(work: WorkFacts, hours: Hours) -> str:
    return hours.zoned(hours.window(hour(work.starts_at), hour(work.ends_at)))


def window_rows(work: WorkFacts, procedure: Procedure, now: datetime) -> tuple[tuple[str, str], ...]:
    """The hours in each zone in which the company has a site that is touched."""
    each = [window(work, hours_of(zone, procedure, now)) for zone in work.zones]
    return ((_("Window"), each[0]), *((_("The same hours"), words) for words in each[1:]))


def expected(work: WorkFacts) -> str:
    if work.expected_minutes is None:
        return _("up to the whole window")
    if work.expected_minutes == 0:
        return _("none is expected; a short interruption is possible")
    return _("up to %(time)s within the window") % {"time": lasting(work.expected_minutes * 60)}


def request_lines(work: WorkFacts) -> tuple[str, ...]:
    return (_("We ask for your agreement: one tap on the link below, or tell us there what does not suit you."),) * (
        work.asks and Telling(work.telling) in AHEAD
    )


def counted(work: WorkFacts) -> tuple[str, ...]:
    """How the time without service is counted: told before, so that nobody is surprised by it in a report."""
    if Telling(work.telling) not in {Telling.ANNOUNCED, Telling.MOVED, Telling.PASSED_ON}:
        return ()
    return (_("Time without service within the window is shown apart in your reports, as planned work."),)


def answer_words(work: WorkFacts, now: datetime) -> str:
    if hour(work.starts_at) <= now and Telling(work.telling) is Telling.PASSED_ON:
        return _("See the work")
    return _("Agree, or say what does not suit you") if work.asks else _("See the work, or say what does not suit you")


def services_grid(services: tuple[AffectedServiceFacts, ...]) -> Grid:
    rows = tuple((each.circuit, each.where) for each in services[:MOST_SERVICES])
    more = len(services) - MOST_SERVICES
    note = ngettext("and %(n)d more service", "and %(n)d more services", more) % {"n": more} if more > 0 else ""
    return Grid(_("Services of yours that it touches"), (_("Service"), _("Site")), rows, note)


def hour(written: str) -> datetime:
    return datetime.fromisoformat(written)
