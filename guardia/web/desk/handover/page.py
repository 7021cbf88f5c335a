"""The page of the hand-over: who is there, the change that is due, the open cases with their next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.draft import Draft, draft_of
from guardia.cases.handing_over import MOST_SIGNED, cases_to_hand_over, how_many_open, last_signed
from guardia.cases.labels import name_of_stage
from guardia.cases.queries import stands_still
from guardia.config.now import now
from guardia.people.lookup import case_handlers
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.reports.lateness import unanswered
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.bench_rows import first_wait, impact_of, promise_of, waits_for, what_is_known
from guardia.web.desk.case_page.act_form import Refusal, saved_words
from guardia.web.desk.clock import ClockFace, hour, next_of
from guardia.web.desk.entry import DeskRequest
from guardia.web.desk.handover import change
from guardia.web.desk.handover.change import Frame, Prepared, as_prepared, defaults, draft_key, frame_of
from guardia.web.desk.handover.standing import Standing, standing_at
from guardia.web.desk.page import case_href, page
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about

# --- sentences of the page --------------------------------------------------------------------------------------------
# The sentences of the page of the hand-over: which change is due, what is new, what the button does.
WARN, URGENT = timedelta(minutes=30), timedelta(minutes=10)


def new_words(count: int) -> str:
    if not count:
        return ""
    words = ngettext("%(n)d case is new since then.", "%(n)d cases are new since then.", count)
    return words % {"n": count}


def due_face(standing: Standing) -> ClockFace:
    """The change of shift as a clock: it warns half an hour before."""
    due = standing.due_at
    return ClockFace(standing.at, due, standing.began_at, due - WARN, due - URGENT)


def due_words(standing: Standing) -> str:
    words = _("Hand-over due since %(hour)s.") if standing.beyond else _("Change of shift at %(hour)s")
    return words.removesuffix(".") % {"hour": hour(standing.due_at, standing.at)}


def more_words(shown_or_more: int) -> str:
    """How many are open beside those of the page, if any."""
    if shown_or_more < change.MOST_SHOWN:
        return ""
    beside = how_many_open() - change.MOST_SHOWN
    if beside <= 0:
        return ""
    words = ngettext(
        "The %(most)d cases due first are shown here. One more is open: it is handed over as well, with the "
        "step its stage requires, and appears on the signed sheet.",
        "The %(most)d cases due first are shown here. %(n)s more are open: they are handed over as well, each "
        "with the step its stage requires, and appear on the signed sheet.",
        beside,
    )
    many = f"{MOST_SIGNED - change.MOST_SHOWN}+" if beside > MOST_SIGNED - change.MOST_SHOWN else beside
    return words % {"most": change.MOST_SHOWN, "n": many}


def prepared_words(theirs: Draft | None, frame: Frame, at: datetime) -> str:
    if theirs is None or frame.outgoing is None:
        return ""
    words = _("%(who)s has prepared this hand-over (%(hour)s).")
    return words % {"who": frame.outgoing.name, "hour": hour(theirs.saved_at, at)}


def consequence(frame: Frame, standing: Standing) -> str:
    """What the button does, said before it is pressed."""
    if frame.is_preparing:
        return _("Whoever signs will see it. Your shift continues until then.")
    mine = _("Your shift goes on.") if frame.is_mine else _("Your shift begins.")
    if frame.outgoing is None or standing.shift_of(frame.outgoing) is None:
        return mine
    return _("%(who)s's shift ends.") % {"who": frame.outgoing.name} + " " + mine


# --- rows -------------------------------------------------------------------------------------------------------------
# The open cases as the hand-over lists them: what breaks first, what is known, what is next, who answers.


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
) -> list[dict[str, Any]]:
    """One row per case, in the order given. ``seen_to``: the newest case that was there when it was prepared, or 0."""
    late = unanswered([case.pk for case in cases])
    rows = [row_of(case, choices, fields, problems.get(case.pk, ""), 0 < seen_to < case.pk, at) for case in cases]
    ask = {
        pk: f"{reverse('act', args=[number, 'demora'])}#act"
        for pk, number in ((c.pk, c.number) for c in cases)
        if pk in late
    }
    return [{**row, "why_late_href": ask.get(row["pk"], "")} for row in rows]


def in_order(cases: Sequence[Case], at: datetime) -> list[Case]:
    """First what breaks first, then what waits, longest first: as on the bench."""
    waiting = [case for case in cases if stands_still(case, at)]
    promised = [case for case in cases if not stands_still(case, at)]
    return [*promised, *sorted(waiting, key=lambda case: case.waiting_since or at)]


def row_of(case: Case, choices: Choices, fields: Prepared, problem: str, is_new: bool, at: datetime) -> dict[str, Any]:
    waiting = stands_still(case, at)
    impact, impact_word = impact_of(case)
    promise, owed = promise_of(case, waiting)
    return {
        "pk": case.pk,
        "href": case_href(case),
        "number": case.display_number,
        "company": case.customer.name,
        "vip": case.customer.vip,
        "place": about.place(case),
        "about": about.joined(about.subject_matter(case), case.subject),
        "impact": impact,
        "impact_word": impact_word,
        "clock": next_of(case, at, waiting=waiting),
        "promise": f"{promise}: {owed}" if owed else promise,
        "stage": name_of_stage(case.stage),
        "holder": case.assigned.name if case.assigned else _("Nobody yet"),
        "facts": tuple(fact for fact in (escalated(case), in_the_field(case), waits(case, at)) if fact),
        "step": fields.steps.get(case.pk, ""),
        "options": choices.with_chosen(fields.to.get(case.pk, ""), case.assigned),
        "problem": problem,
        "is_new": is_new,
    }


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


# --- page -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class HandoverRequest:
    """One request: its hour, the shift as it stands, who takes over from whom, and the open cases in their order."""

    at: datetime
    standing: Standing
    frame: Frame
    cases: list[Case]

    @classmethod
    def by(cls, request: DeskRequest, most: int) -> "HandoverRequest":
        at = now()
        standing = standing_at(at)
        chosen = request.POST.get("de") or request.GET.get("de", "")
        frame = frame_of(request.user, chosen, standing, at, sent=request.method == "POST")
        return cls(at, standing, frame, in_order(cases_to_hand_over(most), at))

    @cached_property
    def known(self) -> Prepared:
        """What is known without anybody having written anything."""
        return defaults(self.cases, self.frame.incoming, self.frame.outgoing, self.at)

    @property
    def draft_key(self) -> str:
        return draft_key(self.standing.due_at)

    def drafts(self) -> tuple[Draft | None, Draft | None]:
        """What this person had written, and what the one who goes had prepared for whoever comes."""
        goes, staff = self.frame.outgoing, self.frame.staff
        theirs = draft_of(goes, self.draft_key) if goes and goes != staff else None
        return draft_of(staff, self.draft_key), theirs


def fresh(request: DeskRequest) -> HttpResponse:
    """The page with what is known, what the one who goes has prepared, and what was being written."""
    asked = HandoverRequest.by(request, change.MOST_SHOWN)
    mine, theirs = asked.drafts()
    return handover_answer(request, asked, as_prepared(mine, theirs, asked.known), mine=mine, theirs=theirs)


def handover_answer(
    request: DeskRequest,
    asked: HandoverRequest,
    fields: Prepared,
    *,
    mine: Draft | None = None,
    theirs: Draft | None = None,
    problems: Mapping[int, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """With ``refusal`` it comes back with everything that was typed."""
    context = {
        "handover": handover_page(asked, fields, mine, theirs, problems or {}),
        "refusal": refusal,
        "last": next(iter(last_signed(1)), None),
        "shell": shell_for(request, asked.at, view="handover", standing=asked.standing),
    }
    return page(request, "desk/handover/page.html", context, status=refusal.status if refusal else 200)


def handover_page(
    asked: HandoverRequest, fields: Prepared, mine: Draft | None, theirs: Draft | None, problems: Mapping[int, str]
) -> dict[str, Any]:
    at, frame = asked.at, asked.frame
    choices = Choices(frame, case_handlers())
    saved_at = mine.saved_at if mine else None
    shown = asked.cases[: change.MOST_SHOWN]
    rows = rows_of(shown, choices, fields, problems, prepared_to(mine, theirs), at)
    return {
        "due": due_face(asked.standing),
        "due_words": due_words(asked.standing),
        "is_first": not asked.standing.is_used,
        "is_preparing": frame.is_preparing,
        "goes": frame.outgoing.name if frame.outgoing else "",
        "chosen": frame.chosen,
        "choices": frame.choices,
        "rows": rows,
        "more": more_words(len(asked.cases)),
        "note": fields.note,
        "seen_to": max((case.pk for case in shown), default=0),
        "new_words": new_words(sum(row["is_new"] for row in rows)),
        "is_prepared": mine is not None,
        "prepared_words": prepared_words(theirs, frame, at),
        "draft": asked.draft_key,
        "saved_at": saved_at.timestamp() if saved_at else 0,
        "saved_words": saved_words(saved_at, at) if saved_at else "",
        "consequence": consequence(frame, asked.standing),
        "may_sign": may(frame.staff, Right.HANDLE_CASES),
        "plan": " · ".join(asked.standing.hours),
        "may_plan": may(frame.staff, Right.SUPERVISE),
    }


def prepared_to(mine: Draft | None, theirs: Draft | None) -> int:
    """The newest case that was there when the hand-over was prepared: by the one who goes, else by me; else 0."""
    prepared = theirs or mine
    return Prepared.read(prepared.fields).seen_to if prepared else 0
