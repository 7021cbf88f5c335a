"""The page of the hand-over: who is there, the change that is due, the open cases with their next steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpResponse

from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.handover import reading
from guardia.web.desk.handover.frame import Frame, frame_of
from guardia.web.desk.handover.page_words import (
    consequence,
    due_face,
    due_words,
    more_words,
    new_words,
    prepared_words,
)
from guardia.web.desk.handover.preparing import Prepared, as_prepared, defaults, draft_key
from guardia.web.desk.handover.rows import Choices, HandoverRow, in_order, rows_of
from guardia.web.desk.handover.standing import Standing, standing_at
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.act_form import saved_words
from guardia.web.desk.shown.clock import ClockFace
from guardia.web.desk.stale import Refusal


@dataclass(frozen=True)
class Asked:
    """One request: its hour, the shift as it stands, who takes over from whom, and the open cases in their order."""

    at: datetime
    standing: Standing
    frame: Frame
    cases: list[Case]

    @classmethod
    def by(cls, request: DeskRequest, most: int) -> "Asked":
        at = now()
        standing = standing_at(at)
        chosen = request.POST.get("de") or request.GET.get("de", "")
        frame = frame_of(request.user, chosen, standing, at, sent=request.method == "POST")
        return cls(at, standing, frame, in_order(reading.open_cases(most), at))

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
        theirs = reading.draft_of(goes, self.draft_key) if goes and goes != staff else None
        return reading.draft_of(staff, self.draft_key), theirs


@dataclass(frozen=True, slots=True)
class HandoverPage:
    due: ClockFace
    due_words: str
    is_first: bool
    is_preparing: bool
    goes: str
    chosen: str
    choices: list
    rows: list[HandoverRow]
    more: str
    note: str
    seen_to: int
    new_words: str
    prepared_words: str
    is_prepared: bool
    draft: str
    saved_at: float
    saved_words: str
    consequence: str
    may_sign: bool
    plan: str
    may_plan: bool


def fresh(request: DeskRequest) -> HttpResponse:
    """The page with what is known, what the one who goes has prepared, and what was being written."""
    asked = Asked.by(request, reading.MOST_SHOWN)
    mine, theirs = asked.drafts()
    return shown(request, asked, as_prepared(mine, theirs, asked.known), mine=mine, theirs=theirs)


def shown(
    request: DeskRequest,
    asked: Asked,
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
        "last": next(iter(reading.last_signed(1)), None),
        "shell": shell_for(request, asked.at, view="handover", standing=asked.standing),
    }
    return page(request, "desk/handover/page.html", context, status=refusal.status if refusal else 200)


def handover_page(
    asked: Asked, fields: Prepared, mine: Draft | None, theirs: Draft | None, problems: Mapping[int, str]
) -> HandoverPage:
    at, frame = asked.at, asked.frame
    choices = Choices(frame, reading.colleagues())
    saved_at = mine.saved_at if mine else None
    shown = asked.cases[: reading.MOST_SHOWN]
    rows = rows_of(shown, choices, fields, problems, prepared_to(mine, theirs), at)
    return HandoverPage(
        due=due_face(asked.standing),
        due_words=due_words(asked.standing),
        is_first=not asked.standing.is_used,
        is_preparing=frame.is_preparing,
        goes=frame.outgoing.name if frame.outgoing else "",
        chosen=frame.chosen,
        choices=frame.choices,
        rows=rows,
        more=more_words(len(asked.cases)),
        note=fields.note,
        seen_to=max((case.pk for case in shown), default=0),
        new_words=new_words(sum(row.is_new for row in rows)),
        is_prepared=mine is not None,
        prepared_words=prepared_words(theirs, frame, at),
        draft=asked.draft_key,
        saved_at=saved_at.timestamp() if saved_at else 0,
        saved_words=saved_words(saved_at, at) if saved_at else "",
        consequence=consequence(frame, asked.standing),
        may_sign=may(frame.staff, Right.HANDLE_CASES),
        plan=" · ".join(asked.standing.hours),
        may_plan=may(frame.staff, Right.SUPERVISE),
    )


def prepared_to(mine: Draft | None, theirs: Draft | None) -> int:
    """The newest case that was there when the hand-over was prepared: by the one who goes, else by me; else 0."""
    prepared = theirs or mine
    return Prepared.read(prepared.fields).seen_to if prepared else 0
