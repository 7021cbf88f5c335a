"""What was late and nobody has said why: the supervisor's list in the morning. A row is one choice and one button."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import lateness
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.people.actor import Actor
from guardia.people.policy import Right, may
from guardia.procedure.vocabulary import LateReason
from guardia.web.desk import reading
from guardia.web.desk.acts.explaining_late import REASONS
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page, say
from guardia.web.desk.reports.shown import hour
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about

SHOWN = 100
INVALID, NOT_NOW = 422, 409


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    shown_number: str
    company: str
    about: str
    broke: str
    holder: str
    outage: bool


@needs(Right.SEE_REPORTS, Right.SUPERVISE)
def late_unexplained(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST answers one, and with it all of its outage."""
    at, mistake = now(), ""
    if request.method == "POST":
        mistake = answer(request, at)
        if not mistake:
            return redirect("late_unexplained")
    found = lateness.blanks(at, SHOWN + 1)
    context = {
        "shell": shell_for(request, at, view="reports"),
        "rows": [row_of(case) for case in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "reasons": REASONS,
        "may_answer": may(member(request), Right.SUPERVISE),
        "mistake": mistake,
        "tab": "late_unexplained",
        "most": lateness.LONGEST_WORDS,
    }
    return page(request, "desk/reports/late_reasons.html", context, status=INVALID if mistake else 200)


def row_of(case: Case) -> Row:
    return Row(
        number=case.number,
        shown_number=case.display_number,
        company=case.customer.name,
        about=about.joined(about.subject_matter(case), case.subject),
        broke=hour(case.broke_at),  # type: ignore[attr-defined]
        holder=case.assigned.name if case.assigned else "",
        outage=case.part_of_id is not None,
    )


def answer(request: HttpRequest, at: datetime) -> str:
    """Put the answer on record; what is wrong with it in words, or nothing."""
    case = reading.case_for_desk(request.POST.get("case", ""), locked=True)
    reason = request.POST.get("late", "")
    if case is None:
        return _("There is no such case.")
    if reason not in LateReason:
        return _("%(number)s: choose why it was late.") % {"number": case.display_number}
    words = request.POST.get("late_words", "").replace("\0", "")
    try:
        said = lateness.explain(case, LateReason(reason), words, by=Actor.of_staff(member(request)), at=at)
    except Refused as refused:
        return f"{case.display_number}: {refused}"
    more = ngettext("%(n)d other case of its outage too.", "%(n)d other cases of its outage too.", said.others)
    told = _("%(number)s is explained.") % {"number": case.display_number}
    say(request, f"{told} {more % {'n': said.others}}" if said.others else told)
    return ""
