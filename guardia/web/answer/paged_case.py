"""A page as its link shows it: each case with what one needs to decide, who answers already, and until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import drills
from guardia.cases.answering_together import running_of, still_asks
from guardia.cases.case import Case
from guardia.cases.facts import affected_since
from guardia.clocks.clock import due_of_each
from guardia.customers.phones import spoken
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.escalation.course import Running
from guardia.notices.notice import Notice
from guardia.notices.page import accepted_deliveries, facts_of, paged_together
from guardia.notices.wording.page_text import decision_text, reasons
from guardia.people.lookup import staff_by_id
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.web.desk.case_page.escalation import way_name
from guardia.web.desk.clock import hour, stood
from guardia.web.shared import about
from guardia.web.shared.reach import Number, room, tel

# --- queries ----------------------------------------------------------------------------------------------------------
# What the answer to a page reads: the page, the others of its storm, and the way it came by.
MOST = 2000
ANSWERED = (Moment.PAGED, Moment.LEVEL_INFORMED)
"""What may be answered: a page, and what a level was told while somebody else answers."""


def storm_of(notice: Notice) -> list[Notice]:
    """All pages that left together with this one: same person, same instant."""
    return list(paged_together(notice, ANSWERED)[:MOST])


def reached_address(notice: Notice, way: str) -> list[str]:
    """The address by which the page reached the person: the way that the link names, or the only one there was.

    Where several ways took it and the link names none, nobody can say which one it was: none is proven.
    """
    ways = accepted_deliveries(notice)
    named = [delivery.address for delivery in ways if str(delivery.pk) == way]
    return named or ([ways[0].address] if len(ways) == 1 else [])


# --- view -------------------------------------------------------------------------------------------------------------
MOST_SHOWN = 30
DECIDES = (ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT)


@dataclass(frozen=True, slots=True)
class PagedCase:
    """``state`` says who answers; ``asks`` whether this person can still pass it on."""

    number: str
    value: str
    company: str
    vip: bool
    where: str
    impact: str
    impact_word: str
    down: str
    subject: str
    works: str
    level: str
    state: str
    until: str
    is_open: bool
    is_mine: bool
    commands: bool
    asks: bool
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    name: str
    paged: str
    why: tuple[str, ...]
    decision: str
    cases: tuple[PagedCase, ...]
    hidden: int
    count: int
    operator: str
    room: tuple[Number, ...]

    @property
    def is_storm(self) -> bool:
        return self.count > 1

    @property
    def is_over(self) -> bool:
        return not any(case.is_open for case in self.cases)

    @property
    def all_mine(self) -> bool:
        return all(case.is_mine for case in self.cases if case.is_open)

    @property
    def all_commanded(self) -> bool:
        return all(case.is_mine and case.commands for case in self.cases if case.is_open)

    @property
    def may_pass_on(self) -> bool:
        return any(case.asks for case in self.cases)


def paged_cases_view(notice: Notice, pages: Sequence[Notice], at: datetime) -> AnswerPage:
    """The page's own case first, then the others in the order they were paged."""
    cases = [page.case for page in pages if page.case]
    own = [case for case in cases if case.pk == notice.case_id]
    ordered = [*own, *(case for case in cases if case.pk != notice.case_id)]
    running = running_of(ordered)
    ordered.sort(key=lambda case: running[case.pk] is None)
    visible = ordered[:MOST_SHOWN]
    people = staff_by_id({r.acknowledged_by for r in running.values() if r and r.acknowledged_by})
    due = due_of(visible)
    staff = notice.staff
    assert staff is not None, "a page is to one of the operator's people"
    procedure = versions.of(ordered[0].procedure_version_id)
    told = facts_of(notice, at)
    return AnswerPage(
        name=staff.name,
        paged=_("You were paged at %(hour)s.") % {"hour": hour(notice.owed_at, at)},
        why=tuple(reasons(told)),
        decision=decision_text(told),
        cases=tuple(paged_case(c, running[c.pk], staff, people, due.get(c.pk), at) for c in visible),
        hidden=len(ordered) - len(visible),
        count=len(ordered),
        operator=procedure.provider.name,
        room=room(procedure),
    )


def paged_case(
    case: Case, running: Running | None, staff: Staff, people: dict[int, Staff], due: datetime | None, at: datetime
) -> PagedCase:
    rule = versions.of(case.procedure_version_id).level(running.level) if running else None
    return PagedCase(
        number=case.display_number,
        value=str(case.number),
        company=case.customer.name,
        vip=case.customer.vip,
        where=about.where(case),
        impact=about.impact(case),
        impact_word=about.impact_word(case),
        down=down_words(case, at),
        subject=case.subject,
        works=case.assigned.name if case.assigned else _("nobody yet"),
        level=str(rule.name) if rule else "",
        state=state_words(case, running, staff, people, at),
        until=until_words(running, due, at),
        is_open=running is not None,
        is_mine=running is not None and running.acknowledged_by == staff.pk,
        commands=running is not None and running.commands,
        asks=still_asks(running, staff),
        numbers=numbers_of(case),
    )


def down_words(case: Case, at: datetime) -> str:
    """For how long the service has been out; nothing of a request, whose service works."""
    if about.is_request(case):
        return ""
    since = datetime.fromisoformat(affected_since(case))
    last = next((end for _begin, end in reversed(case.outages) if end), None)
    end = datetime.fromisoformat(last) if last and case.restored_at else at
    return stood(max(end - since, timedelta()))


def state_words(case: Case, running: Running | None, staff: Staff, people: dict[int, Staff], at: datetime) -> str:
    if running is None:
        return _("The escalation is over: nothing is asked of you any more.")
    who = people.get(running.acknowledged_by or 0)
    if who is None or running.acknowledged_at is None:
        return _("Nobody answers for it yet.")
    since = hour(running.acknowledged_at, at)
    if who == staff:
        words = (
            _("You have been in command since %(hour)s.")
            if running.commands
            else _("You have answered for it since %(hour)s.")
        )
        return words % {"hour": since}
    words = (
        _("%(who)s has had command since %(hour)s.")
        if running.commands
        else _("%(who)s has answered for it since %(hour)s.")
    )
    return words % {"who": who.name, "hour": since}


def until_words(running: Running | None, due: datetime | None, at: datetime) -> str:
    if running is None or due is None:
        return ""
    words = _("The next level is paged at %(hour)s.")
    if running.acknowledged_at:
        words = _("If the case has not moved by %(hour)s, the next level is notified.")
    return words % {"hour": hour(due, at)}


def due_of(cases: Sequence[Case]) -> dict[int, datetime]:
    return due_of_each([case.pk for case in cases], DECIDES)


def numbers_of(case: Case) -> tuple[Number, ...]:
    """Whom to ring: who reported, and the people at the site."""
    name = case.reporter_name or _("Who reported")
    back = [Number(name, spoken(case.call_back_number), tel(case.call_back_number))] if case.call_back_number else []
    at_site = [Number(_("At the site"), case.site_contact, "")] if case.site_contact else []
    return (*back, *at_site)


# --- alarms and drills ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """``ways``: (id, name) of the ways between which the person chooses, where the link does not say which it was."""

    name: str
    title: str
    hint: str
    paged: str
    state: str
    is_open: bool
    button: str
    ways: tuple[tuple[str, str], ...]


def paged_alarm_view(notice: Notice, at: datetime) -> AlarmPage:
    alarm, name = notice.alarm, notice.staff.name if notice.staff else ""
    assert alarm is not None, "this page is about an alarm"
    paged = _("You were paged at %(hour)s.") % {"hour": hour(notice.owed_at, at)}
    if alarm.kind == drills.KIND:
        proof = drills.answered(notice)
        is_open = proof is None and alarm.ended_at is None and at - alarm.began_at < drills.LASTS
        words = (
            _("Thank you: this channel has been proven since %(hour)s.") % {"hour": hour(proof.at, at)} if proof else ""
        )
        state = words or ("" if is_open else _("The drill is over: it lasted half an hour."))
        ways = tuple((str(way.pk), f"{way_name(way)}: {way.address}") for way in accepted_deliveries(notice))
        hint = _("No case is waiting. Your answer proves that this channel reaches you.")
        return AlarmPage(
            name,
            _("This is a drill"),
            hint,
            paged,
            state,
            is_open,
            _("I have received it"),
            ways if len(ways) > 1 else (),
        )
    state, is_open = what_has_become(alarm, at)
    return AlarmPage(name, *ALARM_WORDS[alarm.kind](), paged, state, is_open, _("I will handle it"), ())


ALARM_WORDS: dict[str, Callable[[], tuple[str, str]]] = {
    alarms.NOBODY_ON_SHIFT: lambda: (
        _("Nobody is on shift"),
        _(
            "The Operations Centre must be attended at all hours (A1). Whoever acknowledges has half an hour to "
            "find somebody to come."
        ),
    ),
    alarms.HANDOVER_LATE: lambda: (
        _("The hand-over is late"),
        _(
            "A shift has continued past its change (A1). Whoever answers finds out who is coming on now and has "
            "the hand-over signed."
        ),
    ),
    alarms.CALLS_OVERDUE: lambda: (
        _("Overdue calls"),
        _(
            "Somebody must answer, call back or give the number now (P1, P2). Whoever acknowledges has half an "
            "hour to do it."
        ),
    ),
    alarms.WORK_OVERRAN: lambda: (
        _("A planned work overran"),
        _("It has not finished by the end of its window. Whoever answers has half an hour to say how it will proceed."),
    ),
}
"""Title and what is at stake, by the kind of the alarm."""


STANDING: dict[str, tuple[Promise, Promise]] = {
    alarms.NOBODY_ON_SHIFT: (
        gettext_lazy("Somebody has been on shift again since %(hour)s."),
        gettext_lazy("Nobody has been on shift since %(hour)s."),
    ),
    alarms.HANDOVER_LATE: (
        gettext_lazy("The hand-over is no longer late, since %(hour)s."),
        gettext_lazy("The hand-over was due at %(hour)s."),
    ),
    alarms.CALLS_OVERDUE: (
        gettext_lazy("No calls have been late since %(hour)s."),
        gettext_lazy("Calls have been late since %(hour)s."),
    ),
    alarms.WORK_OVERRAN: (
        gettext_lazy("%(number)s ended at %(hour)s."),
        gettext_lazy("%(number)s was due to end at %(hour)s."),
    ),
}
"""What has become of an alarm that is over, and of one that stands."""


def what_has_become(alarm: Alarm, at: datetime) -> tuple[str, bool]:
    """What has become of the alarm, and whether somebody is still wanted."""
    over, lasts = STANDING[alarm.kind]
    if alarm.ended_at:
        return over % {"number": alarm.desk, "hour": hour(alarm.ended_at, at)}, False
    if alarms.is_seen_to(alarm, at) and alarm.acknowledged_by and alarm.acknowledged_at:
        words = _("%(who)s has been handling it since %(hour)s.")
        return words % {"who": alarm.acknowledged_by.name, "hour": hour(alarm.acknowledged_at, at)}, False
    return lasts % {"number": alarm.desk, "hour": hour(alarm.began_at, at)}, True
