"""How the technical desk stands: its shift, who is on it, which change comes, and what everybody must know."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from guardia.cases import phone_members
from guardia.cases.phone_members import How
from guardia.clocks import watch
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.reasons import in_words
from guardia.notices.team_channel import TROUBLE
from guardia.people import presence, shifts
from guardia.people.policy import Right, may
from guardia.people.shifts import EndedAs, Shift
from guardia.people.staff import Staff
from guardia.reports.verification import BROKEN
from guardia.web.desk.banners import AtTheDesk, Banner, OnThePhone, ShiftNow, not_taken, team_banner
from guardia.web.desk.clock import desk_zone, hour
from guardia.web.desk.handover.loops import LOOPS, QUARANTINE
from guardia.web.desk.page import EVERY_DESK
from guardia.web.shared.act import Button
from guardia.webhooks.outbox import TROUBLE as LOST_EVENTS


def name_of_loop(name: str) -> str:
    """A loop that is not known here goes by its own name."""
    return str(LOOPS.get(name, name))


def name_of_what(kind: str, key: str) -> str:
    number = key.rpartition("/")[2]
    return str(QUARANTINE[kind]) % number if kind in QUARANTINE else f"{kind} {number}"


# --- how the desk stands ----------------------------------------------------------------------------------------------
MOST_TROUBLES = 5
EN_DASH = "\u2013"


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts at ``at``; ``beyond``: the shifts that have reached the last change and were not handed over."""

    at: datetime
    began_at: datetime
    ends_at: datetime
    there: list[Shift]
    beyond: list[Shift]
    hours: tuple[str, ...]
    is_used: bool = True
    empty_since: datetime | None = None
    awaited_until: datetime | None = None
    alarm: Alarm | None = None
    last: Shift | None = None

    @property
    def due_at(self) -> datetime:
        """The change of shift that a hand-over is for: the last one while a shift runs beyond it, else the next."""
        return self.began_at if self.beyond else self.ends_at

    @property
    def is_overdue(self) -> bool:
        return bool(self.beyond) and self.at - self.began_at > shifts.GRACE

    @property
    def is_deserted(self) -> bool:
        """Nobody is there, and that is no take-over that is merely late."""
        return self.is_used and not self.there and (self.alarm is not None or self.awaited_until is None)

    def shift_of(self, staff: Staff) -> Shift | None:
        return next((shift for shift in self.there if shift.staff_id == staff.pk), None)


def standing_at(at: datetime, desk: str = shifts.TECHNICAL) -> Standing:
    """Two short questions while somebody is there, a few more while nobody is."""
    return EVERY_DESK.of(("standing", desk), lambda: _read_standing(at, desk))


def _read_standing(at: datetime, desk: str) -> Standing:
    hours, zone = tuple(shifts.hours_of(desk)), desk_zone()
    began_at, ends_at = shifts.last_change(hours, zone, at), shifts.next_change(hours, zone, at)
    there = shifts.on_shift(desk, at)
    if there:
        return Standing(at, began_at, ends_at, there, shifts.beyond(there, began_at), hours)
    if not shifts.was_ever_entered(desk):
        return Standing(at, began_at, ends_at, [], [], hours, is_used=False)
    last = shifts.last_of(desk)
    left_at = last.ended_at if last else None
    awaited_until = shifts.awaited_until(hours, zone, left_at, at) if left_at else None
    return Standing(at, began_at, ends_at, [], [], hours, True, left_at, awaited_until, alarms.open_alarm(desk), last)


# --- the top bar ------------------------------------------------------------------------------------------------------


def shift_now(standing: Standing, staff: Staff) -> ShiftNow:
    """The shift as the top bar and its menu say it."""
    hours = f"{clock_hour(standing.began_at)}{EN_DASH}{clock_hour(standing.ends_at)}"
    count = len(standing.there)
    many = ngettext("%(n)d on shift", "%(n)d on shift", count) % {"n": count}
    nobody = gettext("nobody on shift") if standing.is_used else gettext("no shift entered yet")
    phones = on_the_phone(standing.at)
    return ShiftNow(
        hours=hours,
        words=gettext("Shift %(hours)s") % {"hours": hours},
        count_words=many if count else nobody,
        people=tuple(at_the_desk(shift, staff, standing.at) for shift in standing.there),
        next_words=gettext("Change of shift at %(hour)s") % {"hour": hour(standing.ends_at, standing.at)},
        next_hour=date_format(standing.ends_at.astimezone(desk_zone()), "H:i"),
        is_alarm=standing.is_deserted,
        is_mine=standing.shift_of(staff) is not None,
        may_enter=may(staff, Right.HANDLE_CASES),
        phones=phones,
        phones_words=phones_words(phones),
        phones_names=", ".join(f"{one.name}: {one.words}" for one in phones),
    )


HOW_WORDS = {
    How.FREE: lambda: pgettext("telephone", "free"),
    How.RINGS: lambda: pgettext("telephone", "ringing"),
    How.TALKS: lambda: pgettext("telephone", "talking"),
    How.PAUSED: lambda: pgettext("telephone", "paused"),
    How.GONE: lambda: pgettext("telephone", "telephone not connected"),
}
COUNT_WORDS = {
    How.RINGS: lambda n: ngettext("%(n)d ringing", "%(n)d ringing", n),
    How.PAUSED: lambda n: ngettext("%(n)d paused", "%(n)d paused", n),
    How.TALKS: lambda n: ngettext("%(n)d on a call", "%(n)d on a call", n),
}


def on_the_phone(at: datetime, desk: str = shifts.TECHNICAL) -> tuple[OnThePhone, ...]:
    """Who is in the desk's queues: the free first, then who will be."""
    order = list(How)
    members = EVERY_DESK.of(("members", desk), lambda: list(phone_members.manned(desk, at)))
    people = sorted(members, key=lambda one: (order.index(one.how), one.name))
    return tuple(OnThePhone(one.name, one.how, HOW_WORDS[one.how]()) for one in people)


def phones_words(phones: Sequence[OnThePhone]) -> tuple[str, ...]:
    """``2 free``, ``1 paused``, ``1 talking``; whose telephone is not connected is only among the names."""
    if not phones:
        return ()
    held = Counter(one.how for one in phones)
    free = held[How.FREE]
    words = ngettext("%(n)d free", "%(n)d free", free) % {"n": free} if free else gettext("nobody free")
    return words, *(COUNT_WORDS[kind](held[kind]) % {"n": held[kind]} for kind in COUNT_WORDS if held[kind])


def at_the_desk(shift: Shift, staff: Staff, at: datetime) -> AtTheDesk:
    since = gettext("since %(hour)s") % {"hour": hour(shift.started_at, at)}
    return AtTheDesk(shift.staff.name, since, shift.staff_id == staff.pk)


def clock_hour(at: datetime) -> str:
    """``22``, or ``06:30`` where the change is not on the hour."""
    local = at.astimezone(desk_zone())
    return date_format(local, "H:i" if local.minute else "H")


# --- banners ----------------------------------------------------------------------------------------------------------


def banners(standing: Standing, staff: Staff) -> tuple[Banner, ...]:
    """What every page of the desk says above all else, the worst first. Hours stand still: a poll changes nothing."""
    return tuple(_banners(standing, staff))


def _banners(standing: Standing, staff: Staff) -> Iterator[Banner]:
    if question := presence.open_question(standing.shift_of(staff)):
        yield still_there(question, standing.at)
    if standing.is_deserted:
        yield deserted(standing, staff)
    elif standing.awaited_until:
        yield awaited(standing, staff)
    silent, troubles = EVERY_DESK.of("troubles", lambda: watch.state("sweep", standing.at, MOST_TROUBLES))
    if silent:
        yield unwatched(silent, standing.at)
    yield from failing(troubles, standing.at)
    if may(staff, Right.CONNECT):
        yield from not_taken(troubles, standing.at)
    if may(staff, Right.SUPERVISE):
        yield from contradicted(troubles, standing.at)
    if standing.is_overdue:
        yield overdue(standing)


def deserted(standing: Standing, staff: Staff) -> Banner:
    """Nobody on shift is an alarm (A1)."""
    since = standing.empty_since or standing.at
    acts = enter_act(staff)
    if acts and standing.alarm and not alarms.is_seen_to(standing.alarm, standing.at):
        acts.append(Button(reverse("alarm_seen_to"), gettext("I will handle it")))
    return Banner(
        kind="alarm",
        words=gettext("Nobody has been on shift at the technical desk since %(hour)s.")
        % {"hour": hour(since, standing.at)},
        more=" ".join(
            filter(
                None,
                (why_empty(standing), gettext("It must be staffed 24 hours a day (A1)."), who_was_paged(standing)),
            )
        ),
        acts=tuple(acts),
    )


def still_there(question: presence.PresenceQuestion, at: datetime) -> Banner:
    """Somebody on shift has given no sign of life (A1); any key answers, and the script sends it (alive.js)."""
    more = gettext("No activity since %(seen)s. Press any key to respond; otherwise your shift ends at %(until)s.")
    return Banner(
        kind="due",
        words=gettext("Are you still on shift?"),
        more=more % {"seen": hour(question.seen_at, at), "until": hour(question.until, at)},
        acts=(Button(reverse("shift_here"), gettext("Yes, I am here")),),
        asks=True,
    )


def enter_act(staff: Staff) -> list[Button]:
    return [Button(reverse("shift_enter"), gettext("Enter shift"))] if may(staff, Right.HANDLE_CASES) else []


def awaited(standing: Standing, staff: Staff) -> Banner:
    """The shift before has gone and the next one has not come, by a few minutes."""
    since, until = standing.empty_since or standing.at, standing.awaited_until or standing.at
    words = gettext("Nobody has been on shift since %(hour)s: the incoming shift has not arrived yet.")
    more = gettext("If nobody is there at %(hour)s, the matrix is paged.")
    return Banner(
        kind="due",
        words=words % {"hour": hour(since, standing.at)},
        more=more % {"hour": hour(until, standing.at)},
        acts=tuple(enter_act(staff)),
    )


def why_empty(standing: Standing) -> str:
    """How the last one went, where nobody said goodbye."""
    last = standing.last
    if last is None or last.ended_as not in LAST_WORDS:
        return ""
    seen = hour(last.seen_at or last.started_at, standing.at)
    return LAST_WORDS[last.ended_as]() % {"who": last.staff.name, "seen": seen}


LAST_WORDS: dict[str, Callable[[], str]] = {
    EndedAs.SIGNED_OUT: lambda: gettext("%(who)s signed out."),
    EndedAs.SILENT: lambda: gettext("%(who)s did not respond; last activity was at %(seen)s."),
    EndedAs.LOST: lambda: gettext("%(who)s has no page open any more; last activity was at %(seen)s."),
}


def who_was_paged(standing: Standing) -> str:
    """Who sees to it, or which level was paged last."""
    alarm, at = standing.alarm, standing.at
    if alarm is None:
        return ""
    if alarms.is_seen_to(alarm, at) and alarm.acknowledged_by and alarm.acknowledged_at:
        words = gettext("%(who)s has been handling it since %(hour)s.")
        return words % {"who": alarm.acknowledged_by.name, "hour": hour(alarm.acknowledged_at, at)}
    if alarm.paged_at:
        words = gettext("Level %(n)d was paged at %(hour)s and has not acknowledged.")
        return words % {"n": alarm.level, "hour": hour(alarm.paged_at, at)}
    if at - alarm.began_at < timedelta(minutes=1):
        return ""
    return gettext("Nobody could be paged: no level has anybody on duty who can be reached.")


def unwatched(since: datetime, at: datetime) -> Banner:
    """Dead-man: the sweep is not seen."""
    words = gettext("Deadlines have not been monitored since %(hour)s: the worker is not running.")
    return Banner(
        kind="stopped",
        words=words % {"hour": hour(since, at)},
        more=gettext("Start “guardia run” on the server, or “guardia worker” where the web server runs separately."),
    )


def failing(troubles: list[watch.Failing], at: datetime) -> Iterator[Banner]:
    """A loop of the worker that fails, since when and why; and what was set aside."""
    for each in troubles:
        if each.kind == watch.LOOP:
            words = gettext("This has been failing since %(hour)s: %(loop)s (%(reason)s)")
            facts = {"loop": name_of_loop(each.key), "hour": hour(each.since, at), "reason": in_words(each.reason)}
            more = gettext("It is retried automatically; the worker's log has the details.")
            yield Banner(kind="stopped", words=words % facts, more=more)
        if each.kind == TROUBLE:
            yield team_banner(each, at)
    aside = [each for each in troubles if each.kind not in (watch.LOOP, BROKEN, TROUBLE, LOST_EVENTS)]
    if aside:
        first = aside[0]
        words = gettext(
            "What was due could not be processed and has been quarantined since %(hour)s: %(what)s (%(reason)s)"
        )
        what = ", ".join(name_of_what(each.kind, each.key) for each in aside)
        yield Banner(
            kind="stopped",
            words=words % {"what": what, "hour": hour(first.since, at), "reason": first.reason},
            more=gettext("Everything else continues. It is retried every hour; tell whoever runs this installation."),
        )


def contradicted(troubles: list[watch.Failing], at: datetime) -> Iterator[Banner]:
    """What the nightly comparison found, until one finds nothing: a history that was rewritten fails no loop."""
    for each in troubles:
        if each.kind == BROKEN:
            words = gettext("The histories contradict themselves, as found %(hour)s: %(what)s")
            yield Banner(
                kind="alarm",
                words=words % {"hour": hour(each.since, at), "what": each.reason},
                more=gettext("Whoever runs this installation runs “guardia verify”, which names each place."),
                href=reverse("settings"),
                link=gettext("What was compared"),
            )


def overdue(standing: Standing) -> Banner:
    names = ", ".join(shift.staff.name for shift in standing.beyond)
    return Banner(
        kind="alarm",
        words=gettext("Hand-over due since %(hour)s.") % {"hour": hour(standing.began_at, standing.at)},
        more=gettext("Still on shift from the previous shift: %(who)s.") % {"who": names},
        href=reverse("handover"),
        link=gettext("Hand over the shift"),
    )
