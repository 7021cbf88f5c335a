"""The open escalation on a case's page: level, since when and why, who was paged and how, who answers, what is next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.answering import OF_THE_ESCALATION
from guardia.cases.case import Case
from guardia.cases.case_rows import case_of_id
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.escalation import roster
from guardia.escalation.course import Running
from guardia.escalation.reachability import last_proven
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.reasons import in_words
from guardia.people.lookup import staff_by_id
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.web.desk.clock import ClockFace, face_of, hour
from guardia.web.shared.act import Button
from guardia.web.shared.reach import Way, phone, ways_of

# --- pages ------------------------------------------------------------------------------------------------------------
# What became of the pages to one person: by which way, delivered or not, at what hour.
PAGES = (Moment.PAGED, Moment.LEVEL_INFORMED)
GAVE_UP = (DeliveryState.REFUSED, DeliveryState.EXPIRED)


def delivered_words(staff: Staff, notices: Sequence[Notice], at: datetime) -> tuple[str, bool, bool]:
    """The last page to this person: its words, whether a way took it, whether all ways failed."""
    pages = [notice for notice in notices if notice.staff_id == staff.pk and notice.moment in PAGES]
    last = max(pages, key=lambda notice: notice.pk, default=None)
    if last is None:
        return _("was not paged"), False, False
    if last.state == NoticeState.SUPPRESSED:
        return _("has no address for a page"), False, True
    if last.state == NoticeState.HELD:
        return _("rehearsal: the page was held"), False, False
    waits = _("page on its way since %(hour)s") % {"hour": hour(last.owed_at, at)}
    words = ways_words(last.deliveries.all(), at) or waits
    return words, last.state == NoticeState.SENT, last.state == NoticeState.FAILED


def ways_words(deliveries: Iterable[Delivery], at: datetime) -> str:
    return " · ".join(way_words(delivery, at) for delivery in sorted(deliveries, key=lambda d: d.pk))


def way_words(delivery: Delivery, at: datetime) -> str:
    """``mail 14:22 delivered``, ``tgram not delivered``."""
    way = way_name(delivery)
    if delivery.state == DeliveryState.ACCEPTED and delivery.settled_at:
        return _("%(way)s %(hour)s delivered") % {"way": way, "hour": hour(delivery.settled_at, at)}
    if delivery.is_perhaps:
        return _("%(way)s perhaps delivered") % {"way": way}
    if delivery.state in GAVE_UP:
        return _("%(way)s not delivered") % {"way": way}
    if delivery.state == DeliveryState.HELD:
        return _("%(way)s held by the rehearsal") % {"way": way}
    return _("%(way)s on its way") % {"way": way}


def answered_words(deliveries: Iterable[Delivery], at: datetime) -> str:
    """Each way with its address, masked where it holds a secret, and with the answer of the other end."""
    return " · ".join(answered(delivery, at) for delivery in sorted(deliveries, key=lambda d: d.pk))


def answered(delivery: Delivery, at: datetime) -> str:
    """``ana@example.com 14:22 delivered (250 2.0.0 Ok)``."""
    words = {"way": delivery.address, "answer": in_words(delivery.answer), "n": delivery.attempts}
    if delivery.state == DeliveryState.ACCEPTED and delivery.settled_at:
        return _("%(way)s %(hour)s delivered (%(answer)s)") % {**words, "hour": hour(delivery.settled_at, at)}
    if delivery.state in GAVE_UP:
        return _("%(way)s not delivered: %(answer)s") % words
    if delivery.state == DeliveryState.HELD:
        return _("%(way)s held by the rehearsal") % words
    if delivery.attempts:
        return _("%(way)s tried %(n)d times, still retrying: %(answer)s") % words
    return _("%(way)s on its way") % words


def way_name(delivery: Delivery) -> str:
    """The kind of the way, as its address names it."""
    return _("mail") if delivery.channel == Channel.MAIL else delivery.address.partition("://")[0]


# --- the open escalation ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EscalationBox:
    level: str
    clause: str
    role: str
    since: str
    why: str
    state: str
    is_answered: bool
    clock: ClockFace | None
    clock_words: str
    next_words: str
    persons: tuple[dict[str, Any], ...]
    ways: tuple[Way, ...]
    acts: tuple[Button, ...]
    lead_href: str = ""
    lead_number: str = ""

    @property
    def tag(self) -> str:
        """Equal tags, equal box: part of the tag of the page's poll."""
        return f"{self.state}{self.next_words}{self.persons}{self.clock.state if self.clock else ''}"


def box_of(
    case: Case,
    staff: Staff,
    clocks: Sequence[Clock],
    notices: Sequence[Notice],
    procedure: Procedure,
    at: datetime,
) -> EscalationBox | None:
    """None while no escalation of the case is open."""
    if not case.is_open:
        return None
    running = case.escalation_now()
    if running is None:
        return None
    people = staff_by_id(running.told | {pk for pk in (running.acknowledged_by,) if pk})
    rule = procedure.level(running.level)
    clock = deciding_clock(running, clocks)
    lead = case_of_id(running.joined) if running.joined else None
    return EscalationBox(
        level=str(rule.name) if rule else _("No level yet"),
        clause=rule.clause if rule else "E1",
        role=str(rule.role) if rule else "",
        since=_("since %(hour)s") % {"hour": hour(running.paged_at or running.began_at, at)},
        why=why_words(case, running),
        state=state_words(running, people, at),
        is_answered=running.acknowledged_at is not None,
        clock=face_of(clock, at) if clock else None,
        clock_words=clock_words(clock),
        next_words="" if lead else next_words(case, running, clocks, procedure, at),
        persons=tuple(paged_row(running, people, notices, at)),
        ways=own_ways(running, at),
        acts=tuple(acts_of(case, running, staff)),
        lead_href=reverse("case", args=[lead.number]) if lead else "",
        lead_number=lead.display_number if lead else "",
    )


def deciding_clock(running: Running, clocks: Sequence[Clock]) -> Clock | None:
    """The clock after which the escalation moves on: the acknowledgement's, or the movement's after it."""
    wanted = ClockKind.MOVEMENT if running.acknowledged_at else ClockKind.ACKNOWLEDGEMENT
    return next((clock for clock in clocks if clock.kind == wanted and clock.ended_at is None), None)


def clock_words(clock: Clock | None) -> str:
    if clock is None:
        return ""
    return _("if nothing moves") if clock.kind == ClockKind.MOVEMENT else _("to acknowledge")


def why_words(case: Case, running: Running) -> str:
    """Why it began, in one line; the log says more."""
    kinds = set(ClockKind)
    promise = "{}: {}".format(*CLOCK_NAMES[ClockKind(running.clock)]) if running.clock in kinds else ""
    return {
        "breach": _("Overdue: %(promise)s") % {"promise": promise},
        "engineer": _("Escalated by our own staff"),
        "customer": _("Requested by the customer"),
        "received": _("The customer called a person in the matrix"),
    }.get(running.source, "")


def state_words(running: Running, people: Mapping[int, Staff], at: datetime) -> str:
    who = people.get(running.acknowledged_by or 0)
    if running.acknowledged_at and who:
        words = (
            _("%(who)s has had command since %(hour)s")
            if running.commands
            else _("%(who)s has answered for it since %(hour)s")
        )
        return words % {"who": who.name, "hour": hour(running.acknowledged_at, at)}
    return _("Nobody has acknowledged")


def next_words(case: Case, running: Running, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> str:
    """Which level is asked next, and at what hour at the latest."""
    ours = [c.due_at for c in clocks if c.kind in OF_THE_ESCALATION and c.ended_at is None and c.due_at]
    hours = [at_ for at_ in (*ours, case.next_step_at) if at_]
    if not hours:
        return ""
    top = procedure.escalation.levels[-1].level
    rule = procedure.level(min(running.level + 1, top))
    words = _("%(level)s at %(hour)s") if running.level < top else _("%(level)s again at %(hour)s")
    return words % {"level": rule.name if rule else "", "hour": hour(min(hours), at)}


def paged_row(
    running: Running, people: Mapping[int, Staff], notices: Sequence[Notice], at: datetime
) -> Iterator[dict[str, Any]]:
    """Those of the last page; and who answers, where that is somebody else."""
    ids = sorted(running.paged | {pk for pk in (running.acknowledged_by,) if pk})
    persons = [people[pk] for pk in ids if pk in people]
    proofs = last_proven(address for one in persons for address in (one.mobile, one.desk_phone, one.email))
    for one in persons:
        words, reached, failed = delivered_words(one, notices, at)
        if running.source == "received" and not reached and not failed and one.pk == running.acknowledged_by:
            words = _("took the call")
        yield {
            "name": one.name,
            "position": one.position,
            "words": words,
            "reached": reached,
            "failed": failed or one.pk in running.failed,
            "answers": one.pk == running.acknowledged_by,
            "ways": tuple(way for way in ways_of(one, proofs, at) if way.is_phone),
        }


def own_ways(running: Running, at: datetime) -> tuple[Way, ...]:
    number, name = roster.own_number(running.level) if running.level else ("", "")
    if not number:
        return ()
    return (phone(name or _("Number of the level"), number, last_proven([number]), at),)


def acts_of(case: Case, running: Running, staff: Staff) -> Iterator[Button]:
    """What this person may do about it: answer, take command, pass it on, ask a higher level, end it.

    To answer is put before whoever was told and before those who supervise: the desk does not quiet its own alarm.
    """
    if not may(staff, Right.HANDLE_CASES):
        return
    mine = running.acknowledged_by == staff.pk
    is_asked = staff.pk in running.told or may(staff, Right.SUPERVISE)
    if is_asked and not mine:
        yield button(case, "respondo", _("I answer"))
    if is_asked and not (mine and running.commands):
        yield button(case, "mando", _("I take command"))
    if mine:
        yield button(case, "pasar", _("Pass it on…"), posts=False)
    yield button(case, "escalar", _("Escalate further…"), posts=False)
    if running.source != "breach":
        yield button(case, "terminar-escalamiento", _("End it…"), posts=False)


def button(case: Case, name: str, words: str, *, posts: bool = True) -> Button:
    """A button that does it at once, or a link that puts its form in place."""
    return Button(reverse("act", args=[case.number, name]), words, posts=posts)
