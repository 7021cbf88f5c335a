"""The letters of planned work: what is done, when, for how long, which services of the reader's company it touches.

Hours are said in the zone of the company's own sites; everything else stands in the frozen facts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.config.languages import in_active
from guardia.customers.contact import Contact
from guardia.notices.announcement import Announcement
from guardia.notices.wording.charts import Grid
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.notices.wording.letter import DESK, Letter, salutation, whom_to_call
from guardia.notices.wording.monthly import because
from guardia.notices.wording.prose import clause, rows_of
from guardia.notices.work_facts import AffectedServiceFacts, Telling, WorkFacts
from guardia.procedure import version
from guardia.procedure.schema import Procedure


def work_letter(told: Announcement, contact: Contact, now: datetime, address: str = "") -> Letter:
    """In the active language; ``now`` (UTC) is when it leaves, ``address`` where this contact answers."""
    work, procedure = WorkFacts.of(told.facts), version.of(told.procedure_version_id)
    hours = hours_of(work.zones[0], procedure, now)
    news, headline, said = TELLINGS[Telling(work.telling)](work, hours)
    title = what(work)
    return Letter(
        subject=f"[{work.number}] {_('Planned work')}: {clause(title)}",
        greeting=salutation(contact),
        headline=headline,
        said=(*said, *request_lines(work), *counted(work)),
        next="",
        next_notes=(),
        rows=rows_of(
            (_("What is done"), title),
            (_("Whose work it is"), work.carrier),
            *window_rows(work, procedure, now),
            (_("Without service"), expected(work)),
            (_("Please call"), whom_to_call(procedure, procedure.desk(DESK))),
        ),
        links=((answer_words(work, now), address),) if address and Telling(work.telling) in AHEAD else (),
        desk=str(procedure.desk(DESK).name),
        provider=procedure.provider.name,
        footer=f"{because(contact)} {_('Planned work %(number)s.') % {'number': work.number}}",
        grids=(services_grid(work.services),) if work.services else (),
        preheader=capfirst(news),
    )


# --- what each letter says first: the news in a few words, headline, further sentences -------------------------------

Said = tuple[str, str, tuple[str, ...]]


def announced(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours), "what": clause(what(work))}
    headline = _("We will carry out planned work that affects your services: %(window)s.") % words
    late = _("We are telling you later than we promise to. The reason: %(reason)s.")
    said = (late % {"reason": clause(work.late_because)},) if work.late_because else ()
    return _("planned work %(window)s") % words, headline, said


def reminded(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours)}
    return (
        _("reminder: planned work %(window)s") % words,
        _("A reminder of planned work that affects your services: %(window)s.") % words,
        (),
    )


def moved(work: WorkFacts, hours: Hours) -> Said:
    was = hours.zoned(hours.window(hour(work.was_starts_at), hour(work.was_ends_at)))
    words = {"window": window(work, hours), "was": was, "reason": clause(work.why)}
    late = _("We are telling you later than we promise to. The reason: %(reason)s.")
    return (
        _("planned work has new hours: %(window)s") % words,
        _("The planned work that affects your services has new hours: %(window)s.") % words,
        (
            _("It was scheduled for %(was)s; those times no longer apply.") % words,
            _("The reason: %(reason)s.") % words,
            *((late % {"reason": clause(work.late_because)},) if work.late_because else ()),
        ),
    )


def cancelled(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours), "reason": clause(work.why)}
    return (
        _("planned work is cancelled"),
        _("The planned work that was to be done %(window)s is cancelled: your services are not affected.") % words,
        (_("The reason: %(reason)s.") % words,),
    )


def overran(work: WorkFacts, hours: Hours) -> Said:
    ends = hours.zoned(hours.at(hour(work.ends_at)))
    return (
        _("planned work takes longer than announced"),
        _("The planned work should have been over %(hour)s and is not. We apologise.") % {"hour": ends},
        (
            _("Our supervisor has been called. We will write to you again when the work is over."),
            _("After the end of the window, time without service counts as for any fault."),
        ),
    )


def ended(work: WorkFacts, hours: Hours) -> Said:
    at = hour(work.ended_at)
    words = {"hour": hours.zoned(hours.at(at))}
    late = at > hour(work.ends_at)
    since = round((at - hour(work.ends_at)).total_seconds())
    longer = _("It took %(time)s longer than we had announced. We apologise.") % {"time": lasting(max(0, since))}
    return (
        _("planned work has ended"),
        _("The planned work is over %(hour)s.") % words,
        (*((longer,) if late else ()), _("If any of your services is not working as it should, please call us.")),
    )


def taken_out(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours), "reason": clause(work.why)}
    return (
        _("planned work does not affect you after all"),
        _("The planned work that was to be done %(window)s does not affect these services of yours after all.") % words,
        (_("The reason: %(reason)s.") % words,),
    )


def replied(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours)}
    return (
        _("planned work: our answer to what you told us"),
        _("You told us that planned work does not suit you. This is our answer:"),
        (work.why, _("The hours remain as announced: %(window)s.") % words),
    )


def passed_on(work: WorkFacts, hours: Hours) -> Said:
    words = {"window": window(work, hours)}
    return (
        _("planned work %(window)s") % words,
        _("Planned work affects services that are now your company’s: %(window)s.") % words,
        (_("It was announced before they were yours; that is why we are informing you now."),),
    )


TELLINGS: Mapping[Telling, Callable[[WorkFacts, Hours], Said]] = {
    Telling.ANNOUNCED: announced,
    Telling.REMINDED: reminded,
    Telling.MOVED: moved,
    Telling.CANCELLED: cancelled,
    Telling.OVERRAN: overran,
    Telling.ENDED: ended,
    Telling.TAKEN_OUT: taken_out,
    Telling.REPLIED: replied,
    Telling.PASSED_ON: passed_on,
}


# The parts of a letter of planned work: its window in the zones of the sites, what is expected, its services.


MOST_SERVICES = 40
AHEAD = frozenset({Telling.ANNOUNCED, Telling.REMINDED, Telling.MOVED, Telling.REPLIED, Telling.PASSED_ON})
"""The letters after which the work is still to come, or not over."""


def what(work: WorkFacts) -> str:
    """What is done, in the active language; in the published one where it lacks."""
    return in_active(work.names)


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
    return (_("Time without service within the window is shown separately in your reports, as planned work."),)


def answer_words(work: WorkFacts, now: datetime) -> str:
    if hour(work.starts_at) <= now and Telling(work.telling) is Telling.PASSED_ON:
        return _("See the work")
    return _("Agree, or say what does not suit you") if work.asks else _("See the work, or say what does not suit you")


def services_grid(services: tuple[AffectedServiceFacts, ...]) -> Grid:
    rows = tuple((each.circuit, each.where) for each in services[:MOST_SERVICES])
    more = len(services) - MOST_SERVICES
    note = ngettext("and %(n)d more service", "and %(n)d more services", more) % {"n": more} if more > 0 else ""
    return Grid(_("Your services that are affected"), (_("Service"), _("Site")), rows, note)


def hour(written: str) -> datetime:
    return datetime.fromisoformat(written)
