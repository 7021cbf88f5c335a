"""What stands above every desk page: calls not made (E5), an exchange not heard, work that overran."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.calls import exchanges
from guardia.cases import call_tasks
from guardia.clocks import watch
from guardia.clocks.watch import Failing
from guardia.customers.phones import spoken
from guardia.escalation.escalation import CallTask
from guardia.outages.planned_work_rows import overrunning_works
from guardia.people import rehearsal
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.case_page.voice import call_key, whom_to_ring
from guardia.web.desk.clock import hour
from guardia.web.desk.page import EVERY_DESK, View, tag_of
from guardia.web.desk.phone.calls import Phone
from guardia.web.shared.act import Button
from guardia.webhooks.outbox import TROUBLE as LOST_EVENTS


# --- shell ------------------------------------------------------------------------------------------------------------
# What stands around every desk page: the desk, the calls, the shift, the hour, and what everybody must know.
@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """Somebody on shift."""

    name: str
    since: str
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class OnThePhone:
    """One person in the queues of the desk. ``how``: free, rings, talks, paused, gone."""

    name: str
    how: str
    words: str


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """The shift of the technical desk: its hours, who is on it, which change comes, and whether I am on it.

    ``phones``: who is in its queues, as the exchange says; empty where none is heard or none has queues.
    """

    hours: str
    words: str
    count_words: str
    people: tuple[AtTheDesk, ...]
    next_words: str
    next_hour: str
    is_alarm: bool
    is_mine: bool
    may_enter: bool
    phones: tuple[OnThePhone, ...] = ()
    phones_words: tuple[str, ...] = ()
    phones_names: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above every page. ``kind``: alarm (nobody on shift), stopped (no sweep), due (a hand-over),
    rehearsal (nothing is sent).
    """

    kind: str
    words: str
    more: str = ""
    href: str = ""
    link: str = ""
    acts: tuple[Button, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    at: datetime
    zone: str
    zone_words: str
    desk: str
    staff: str
    phone: Phone
    mentions: str = ""
    desks: tuple[View, ...] = ()
    bench_href: str = "/"
    shift: ShiftNow | None = None
    banners: tuple[Banner, ...] = ()
    handles_cases: bool = True
    takes_requests: bool = True
    views: tuple[View, ...] = ()
    saved: tuple[View, ...] = ()
    rooms: tuple[View, ...] = ()
    settings: tuple[View, ...] = ()
    kept_today: str = ""
    kept_detail: str = ""

    @property
    def calls_words(self) -> str:
        return self.phone.calls_words

    @property
    def on_the_line_href(self) -> str:
        return self.phone.on_the_line_href

    @property
    def now(self) -> float:
        return self.at.timestamp()

    @property
    def tag(self) -> str:
        """Equal tags, equal shift and banners on the screen."""
        return tag_of([self.shift, *self.banners])


# --- call banners -----------------------------------------------------------------------------------------------------
MOST_CALLS = 20


def call_banners(at: datetime, has_line: Callable[[], Container[str]] = frozenset) -> tuple[Banner, ...]:
    """One banner for the calls of escalations and one for those to companies: it names the case, or how many.

    ``has_line`` returns the keys of the calls that have a line of their own on the page, with their clock and what to
    do (``voice.call_key``): no banner repeats them. It is called only where a banner would name a call.
    """
    tasks = EVERY_DESK.of("undone", lambda: call_tasks.undone(at, MOST_CALLS))
    voices = EVERY_DESK.of("undone by voice", lambda: call_tasks.voice_undone(at, MOST_CALLS))
    if tasks or voices:
        keys = has_line()
        tasks = [task for task in tasks if task.settled_at or call_key(task) not in keys]
        voices = [task for task in voices if call_key(task) not in keys]
    first = [one_call(tasks[0], at) if len(tasks) == 1 else several_calls(tasks)] if tasks else []
    return (*first, *([voice_banner(voices)] if voices else []))


def voice_banner(tasks: Sequence[CallTask]) -> Banner:
    """P D: a company whose service is out still does not know. One alone is named with whom to ring."""
    count = len(tasks)
    if count == 1:
        return one_voice(tasks[0])
    words = ngettext(
        "%(n)d company without service has not been notified yet.",
        "%(n)d companies without service have not been notified yet.",
        count,
    )
    named = ", ".join(dict.fromkeys(task.case.customer.name for task in tasks[:3]))
    more = _("%(companies)s: no notice reaches them while the service is out. Call them now.")
    return Banner(
        kind="alarm",
        words=words % {"n": count},
        more=more % {"companies": f"{named}…" if count > 3 else named},
        href=f"{reverse('case', args=[tasks[0].case.number])}#voice-owed",
        link=_("See the case"),
    )


def one_voice(task: CallTask) -> Banner:
    words = _("Tell %(whom)s by telephone now: %(number)s.")
    more = _("Case %(case)s: the service is out, and no notice reaches the company.")
    number = spoken(task.number) if task.number else _("no number on record")
    return Banner(
        kind="alarm",
        words=words % {"whom": whom_to_ring(task), "number": number},
        more=more % {"case": task.case.display_number},
        href=f"{reverse('case', args=[task.case.number])}#voice-owed",
        link=_("What to say"),
    )


def one_call(task: CallTask, at: datetime) -> Banner:
    words = _("Call not made: %(number)s, due at %(hour)s.")
    more = _("%(company)s, case %(case)s: nobody answers for it yet. The escalation has moved on.")
    if task.settled_at is None:
        more = _("%(company)s, case %(case)s: nobody answers for it yet. Dial it now.")
    return Banner(
        kind="alarm",
        words=words % {"number": spoken(task.number), "hour": hour(task.due_at, at)},
        more=more % {"company": task.case.customer.name, "case": task.case.display_number},
        href=f"{reverse('case', args=[task.case.number])}#people",
        link=_("See the case"),
    )


def several_calls(tasks: Sequence[CallTask]) -> Banner:
    count = len(tasks)
    words = ngettext("%(n)d call was not made in time.", "%(n)d calls were not made in time.", count)
    named = ", ".join(dict.fromkeys(task.case.customer.name for task in tasks[:3]))
    more = _("%(companies)s: nobody answers for them yet. The escalations have moved on.")
    return Banner(
        kind="alarm",
        words=words % {"n": count},
        more=more % {"companies": f"{named}…" if count > 3 else named},
        href=reverse("escalations"),
        link=_("Escalations"),
    )


# --- rehearsal --------------------------------------------------------------------------------------------------------
def rehearsal_banners(staff: Staff) -> tuple[Banner, ...]:
    """One line while nothing is sent, with the way to its page for who may end it."""
    if not EVERY_DESK.of("rehearsal", rehearsal.is_on):
        return ()
    leads = may(staff, Right.CONNECT)
    return (
        Banner(
            kind="rehearsal",
            words=_("Rehearsal: nothing is sent."),
            href=reverse("settings_rehearsal") if leads else "",
            link=_("Held") if leads else "",
        ),
    )


# --- channels of teams ------------------------------------------------------------------------------------------------
def team_banner(trouble: Failing, at: datetime) -> Banner:
    """A channel that takes no messages; ``at`` in UTC."""
    words = _("The team channel %(name)s takes no messages since %(hour)s (%(reason)s)")
    facts = {"name": trouble.key, "hour": hour(trouble.since, at), "reason": trouble.reason.rstrip(".")}
    more = _("What is owed to it waits or stands as failed in its cases. Test it, or enter its address anew.")
    return Banner(kind="stopped", words=words % facts, more=more)


# --- exchanges not heard ----------------------------------------------------------------------------------------------
# An exchange that is not heard: calls may ring of which nobody here knows, and their minute is not measured (P1).
def exchange_banners(at: datetime) -> tuple[Banner, ...]:
    """One for each exchange that should be connected at ``at`` and is not heard."""
    words = _("There has been no connection to the exchange %(name)s since %(hour)s.")
    more = _("Calls ring without being announced here, and their minute is not measured: log them by hand.")
    return tuple(
        Banner(kind="stopped", words=words % {"name": exchange.name, "hour": hour(since, at)}, more=more)
        for exchange, since in EVERY_DESK.of("lost", lambda: list(exchanges.lost_since(at)))
    )


# --- events that other systems have not taken ------------------------------------------------------------------------
def not_taken(troubles: list[watch.Failing], at: datetime) -> Iterator[Banner]:
    """Systems that follow events and have not taken some for good, or that are gone."""
    names = [each.key.partition("/")[2] for each in troubles if each.kind == LOST_EVENTS]
    if names:
        first = next(each for each in troubles if each.kind == LOST_EVENTS)
        words = _("Events are not taken since %(hour)s by: %(names)s (%(reason)s)")
        yield Banner(
            kind="stopped",
            words=words % {"hour": hour(first.since, at), "names": ", ".join(names), "reason": first.reason},
            more=_("Nothing else waits for it. Send them once more when the receiver answers again."),
            href=reverse("settings_webhooks"),
            link=_("See the webhooks"),
        )


# --- banners ----------------------------------------------------------------------------------------------------------


def work_banners(at: datetime) -> tuple[Banner, ...]:
    """One banner, whether one work overran or several; ``at`` in UTC."""
    works = EVERY_DESK.of("overrunning", lambda: list(overrunning_works()))
    if not works:
        return ()
    first = works[0]
    words = ngettext("%(n)d planned work overran.", "%(n)d planned works overran.", len(works))
    more = _("It was due to end at %(hour)s. End it, or declare the outage.")
    if len(works) == 1:
        words = _("Planned work overran: %(number)s %(name)s.")
    else:
        more = _("The first one should have ended at %(hour)s. End them, or declare the outages.")
    href = reverse("work", args=[first.display_number]) if len(works) == 1 else reverse("works")
    return (
        Banner(
            kind="alarm",
            words=words % {"n": len(works), "number": first.display_number, "name": first.name.rstrip(".")},
            more=more % {"hour": hour(first.ends_at, at)},
            href=href,
            link=_("See the work") if len(works) == 1 else _("See the works"),
        ),
    )
