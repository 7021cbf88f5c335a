"""The open cases as the hand-over lists them: what breaks first, what is known, what is next, who answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.lateness import unanswered
from guardia.cases.queries import stands_still
from guardia.cases.words import name_of_stage
from guardia.people.staff import Staff
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.handover.frame import Frame
from guardia.web.desk.handover.preparing import Prepared
from guardia.web.desk.shown.bench_rows import case_href, first_wait, impact_of, promise_of, waits_for, what_is_known
from guardia.web.desk.shown.clock import ClockFace, hour
from guardia.web.desk.shown.clock_faces import next_of
from guardia.web.shared import about


@dataclass(frozen=True, slots=True)
class HandoverRow:
    pk: int
    href: str
    number: str
    company: str
    vip: bool
    place: str
    about: str
    impact: str
    impact_word: str
    clock: ClockFace
    promise: str
    stage: str
    holder: str
    facts: tuple[str, ...]
    step: str
    options: SafeString
    problem: str
    is_new: bool
    why_late_href: str = ""


class Choices:
    """The options of *new responsible*: written once for each that is chosen, not once for each case."""

    def __init__(self, frame: Frame, staff: Sequence[Staff]) -> None:
        first = [("", _("whoever signs"))] if frame.incoming is None else []
        self.offered = [*first, *((str(one.pk), one.name) for one in staff)]
        self.values = {value for value, _name in self.offered}
        self.written: dict[tuple[str, str], SafeString] = {}

    def with_chosen(self, chosen: str, holder: Staff | None) -> SafeString:
        """Who holds the case may keep it, also where that person is not offered to others."""
        also = [] if holder is None or str(holder.pk) in self.values else [(str(holder.pk), holder.name)]
        key = (chosen, also[0][0] if also else "")
        if key not in self.written:
            self.written[key] = _options([*self.offered, *also], chosen)
        return self.written[key]


def _options(offered: Sequence[tuple[str, str]], chosen: str) -> SafeString:
    marked = ((value, SafeString(" selected") if value == chosen else "", name) for value, name in offered)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


def rows_of(
    cases: Sequence[Case],
    choices: Choices,
    fields: Prepared,
    problems: Mapping[int, str],
    seen_to: int,
    at: datetime,
) -> list[HandoverRow]:
    """One row per case, in the order given. ``seen_to``: the newest case that was there when it was prepared, or 0."""
    late = unanswered([case.pk for case in cases])
    rows = [row_of(case, choices, fields, problems.get(case.pk, ""), 0 < seen_to < case.pk, at) for case in cases]
    ask = {
        pk: f"{reverse('act', args=[number, 'demora'])}#act"
        for pk, number in ((c.pk, c.number) for c in cases)
        if pk in late
    }
    return [replace(row, why_late_href=ask.get(row.pk, "")) for row in rows]


def in_order(cases: Sequence[Case], at: datetime) -> list[Case]:
    """First what breaks first, then what waits, longest first: as on the bench."""
    waiting = [case for case in cases if stands_still(case, at)]
    promised = [case for case in cases if not stands_still(case, at)]
    return [*promised, *sorted(waiting, key=lambda case: case.waiting_since or at)]


def row_of(case: Case, choices: Choices, fields: Prepared, problem: str, is_new: bool, at: datetime) -> HandoverRow:
    waiting = stands_still(case, at)
    impact, impact_word = impact_of(case)
    promise, owed = promise_of(case, waiting)
    return HandoverRow(
        pk=case.pk,
        href=case_href(case),
        number=case.display_number,
        company=case.customer.name,
        vip=case.customer.vip,
        place=about.place(case),
        about=about.joined(about.subject_matter(case), case.subject),
        impact=impact,
        impact_word=impact_word,
        clock=next_of(case, at, waiting=waiting),
        promise=f"{promise}: {owed}" if owed else promise,
        stage=name_of_stage(case.stage),
        holder=case.assigned.name if case.assigned else _("Nobody yet"),
        facts=tuple(fact for fact in (escalated(case), in_the_field(case), waits(case, at)) if fact),
        step=fields.steps.get(case.pk, ""),
        options=choices.with_chosen(fields.to.get(case.pk, ""), case.assigned),
        problem=problem,
        is_new=is_new,
    )


def escalated(case: Case) -> str:
    """The level that is asked, and whether somebody answers for it."""
    if not case.escalated_level:
        return ""
    words = _("Escalated to level %(n)d") % {"n": case.escalated_level}
    who = _("%(who)s answers for it") % {"who": case.answering.name} if case.answering else _("not acknowledged")
    return f"{words}, {who}"


def in_the_field(case: Case) -> str:
    visit = open_visit(case)
    if visit is None:
        return ""
    crew = visit.crew.name if visit.crew else _("Visit")
    if visit.arrived_at:
        return f"{crew}, {_('at the site')}"
    where = _("on the way") if visit.departed_at else _("agreed") if visit.agreed_at else _("to be agreed")
    return f"{crew}, {where}"


def waits(case: Case, at: datetime) -> str:
    wait = first_wait(case)
    if wait is None or case.waiting_since is None:
        return ""
    since = _("since %(hour)s") % {"hour": hour(wait.started_at, at)}
    return f"{waits_for(wait)} · {what_is_known(wait, at)} · {since}"
