"""The page on which a contact asks for the next level: the case, its promise, who answers now, and what may be asked.

All hours are of the site's zone, as in the letter that brought the link.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import case_link, customer_asks, escalating
from guardia.cases.case import Case
from guardia.cases.customer_asks import NextLevel
from guardia.cases.facts import NOT_A_STEP
from guardia.cases.verbs import SAID_TO_THE_MINUTE
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.escalation import customer_link
from guardia.escalation.escalation import Escalation
from guardia.escalation.matrix import levels_now
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS
from guardia.notices.wording.hours import Hours, hours_of
from guardia.notices.wording.next_step import next_sentence, next_step
from guardia.notices.wording.told import Told
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.answer.shown import DECIDES, Number, room
from guardia.web.shared import about
from guardia.web.shared.reach import Way, levels_shown, night_way

OWED = frozenset(ClockKind) - NOT_A_STEP | {ClockKind.NEXT_NEWS}
"""What is promised to the customer: the steps of the case and the next news."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be asked now: a button to ``level``, or why there is none, and whom to call at the top."""

    value: int
    button: str
    hint: str
    pause: str
    numbers: tuple[Number, ...]

    @property
    def is_at_the_top(self) -> bool:
        return not self.value


@dataclass(frozen=True, slots=True)
class EscalatePage:
    operator: str
    name: str
    number: str
    about: str
    where: str
    at: str
    promises: tuple[str, ...]
    level: str
    who: str
    until: str
    asked: Asked
    room: tuple[Number, ...]
    who_answers: str
    case: str


def page_shown(case: Case, contact: Contact, at: datetime) -> EscalatePage:
    """At ``at`` (UTC), in the active language; reads only what the company may see."""
    procedure = versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    clocks = list(case.clocks.filter(ended_at=None))
    open_one = customer_asks.escalation_of(case)
    following = customer_asks.next_level(case)
    rule = procedure.level(open_one.level) if open_one else None
    return EscalatePage(
        operator=procedure.provider.name,
        name=str(contact),
        number=case.display_number,
        about=case.subject,
        where=about.where(case),
        at=hours.zoned(hours.at(at)),
        promises=tuple(promises(case, clocks, procedure, hours)),
        level=str(rule.name) if rule else "",
        who=who_answers(open_one, hours),
        until=until(open_one, clocks, following, hours),
        asked=asked(following, procedure, hours),
        room=room(procedure),
        who_answers=reverse("who_answers_customer", args=[customer_link.token(case.customer_id)]),
        case=reverse("customer_case", args=[case_link.token(case.customer_id, case.pk, contact.pk)]),
    )


# --- what is promised now ---------------------------------------------------------------------------------------------


def promises(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Iterator[str]:
    """What is overdue and what stands still, then the next promise that lies ahead, in the words of the letters."""
    yield from late_or_still(clocks, procedure, hours)
    told = Told(facts_of(case, clocks, procedure, hours.now), procedure, hours, hours.now)
    if step := next_step(told):
        yield next_sentence(told, step)


def late_or_still(clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Iterator[str]:
    """A sentence for each promise that is overdue, or stands still."""
    for clock in (each for each in clocks if each.kind in OWED):
        name = str(procedure.clock(ClockKind(clock.kind)).name)
        if clock.waiting_since:
            words, hour = _("“%(promise)s” has stood still %(hour)s."), hours.since(clock.waiting_since)
            yield words % {"promise": name, "hour": hour}
        elif clock.due_at and clock.due_at <= hours.now:
            yield _("“%(promise)s” was due %(hour)s and is late.") % {"promise": name, "hour": hours.at(clock.due_at)}


def facts_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> dict[str, Any]:
    """The promises that lie ahead, as the facts of a notice hold them."""
    due = {clock.kind: clock for clock in clocks if clock.due_at and clock.due_at > at}
    steps = [clock for kind, clock in due.items() if kind not in NOT_A_STEP]
    news = due.get(ClockKind.NEXT_NEWS)
    facts: dict[str, Any] = {"moment": "", "next_news": hour_of(news)}
    if first := min(steps, key=lambda clock: clock.due_at or clock.started_at, default=None):
        reach = procedure.clock(ClockKind(first.kind)).range_for(about.band_of(case))
        from_at = (first.started_at + reach[0]).isoformat() if reach else None
        facts["next"] = {"kind": first.kind, "due_at": hour_of(first), "from_at": from_at}
    return facts


def hour_of(clock: Clock | None) -> str | None:
    return clock.due_at.isoformat() if clock and clock.due_at else None


# --- who answers now --------------------------------------------------------------------------------------------------


def who_answers(open_one: Escalation | None, hours: Hours) -> str:
    if open_one is None:
        return _("Nobody above the operations room has been asked yet.")
    people = Staff.objects.only(*KNOWN_TO_CUSTOMERS)
    who = people.filter(pk=open_one.acknowledged_by_id).first() if open_one.acknowledged_by_id else None
    if who is None or open_one.acknowledged_at is None:
        since = hours.stamp(open_one.paged_at or open_one.began_at)
        return _("Escalated at %(hour)s; we are waiting for its answer.") % {"hour": since}
    words = _("%(who)s has command since %(hour)s.") if open_one.commands else _("%(who)s answers since %(hour)s.")
    return words % {"who": who.position or who.name, "hour": hours.stamp(open_one.acknowledged_at)}


def until(open_one: Escalation | None, clocks: Sequence[Clock], following: NextLevel, hours: Hours) -> str:
    """By when the next level is asked without anybody's asking; empty at the top, which stays."""
    due = next((clock.due_at for clock in clocks if clock.kind in DECIDES and clock.due_at), None)
    if open_one is None or due is None or due <= hours.now or following.level is None:
        return ""
    words = _("The next level is asked at %(hour)s.")
    if open_one.acknowledged_at:
        words = _("If the case does not move by %(hour)s, the next level is asked.")
    return words % {"hour": hours.stamp(due)}


# --- what may be asked ------------------------------------------------------------------------------------------------


def asked(following: NextLevel, procedure: Procedure, hours: Hours) -> Asked:
    rule = procedure.level(following.level) if following.level else None
    if rule is None:
        return Asked(0, "", "", "", numbers_at_the_top(procedure, hours.now))
    name = str(rule.name)
    button = _("Escalate: %(level)s") % {"level": name}
    hint = _("We page this level at once: %(role)s.") % {"role": rule.role}
    return Asked(rule.level, button, hint, pause(following, name, hours), ())


def pause(following: NextLevel, name: str, hours: Hours) -> str:
    """When the next level is possible, to the minute at which it surely is; empty where it is possible now."""
    if following.is_possible(hours.now) or not following.asked_at or not following.possible_at:
        return ""
    words = _("A level was asked from one of our mails %(asked)s. “%(level)s” may be asked from %(hour)s on.")
    possible = hours.stamp(following.possible_at + SAID_TO_THE_MINUTE)
    return words % {"asked": hours.at(following.asked_at), "level": name, "hour": possible}


def numbers_at_the_top(procedure: Procedure, at: datetime) -> tuple[Number, ...]:
    """Whom to call where there is no level above: E5's telephone in its hours, then those of the highest level; E5's at
    any hour where that level has none.
    """
    top = levels_shown(levels_now(procedure.escalation.levels[-1:], at, KNOWN_TO_CUSTOMERS), at)
    own = [number(way.kind, way) for level in top for way in level.ways]
    own += [number(each.name, way) for level in top for each in level.persons for way in each.ways if way.is_phone]
    if own and not escalating.is_night(procedure, at):
        return tuple(own)
    return number(_("At night, at weekends and on rest days"), night_way(procedure.escalation.night, at)), *own


def number(name: str, way: Way) -> Number:
    return Number(name, way.words, way.href)
