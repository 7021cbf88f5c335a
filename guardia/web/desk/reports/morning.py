"""What a supervisor looks at in the morning: confirmations by word of the night (P5 D), and delays without a reason."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guardia.cases.case import Case
from guardia.cases.case_proofs import number_of
from guardia.cases.case_rows import case_for_desk
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.people.policy import Right, may
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import LateReason
from guardia.reports import lateness
from guardia.reports.by_word import MOST, hours_of_night, looked_at, night_of, of_night, unseen_by
from guardia.web.desk.acts.closing import REASONS
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page, say
from guardia.web.desk.reports.monthly import hour_words
from guardia.web.desk.reports.promised import hour
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about
from guardia.web.shared.act import INVALID, Refusal, attempt


@needs(Right.SEE_REPORTS)
@require_safe
def by_word(request: HttpRequest) -> HttpResponse:
    """``?dia=2026-11-29``: the night that ends on that day; without one, the first that has something this supervisor
    has not looked at, else the last night. What is shown is looked at.
    """
    at, staff = now(), member(request)
    unseen = unseen_by(staff, at) if may(staff, Right.SUPERVISE) else []
    today, written = night_of(at), request.GET.get("dia", "").strip()
    mistake = ""
    try:
        day = date.fromisoformat(written) if written else night_of(unseen[0]) if unseen else today
        if not date(2000, 1, 2) <= day <= today:
            raise ValueError
    except ValueError:
        day, mistake = today, _("There is no list for that day. Write one up to today, such as 2026-11-29.")
    rows = of_night(day, at)
    start, end = hours_of_night(day)
    later = sum(hour >= end for hour in unseen)
    if unseen:
        looked_at(staff, min(end, at))
    place = reverse("by_word")
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "by_word",
        "mistake": mistake,
        "day": day.isoformat(),
        "title": date_format(day, "DATE_FORMAT"),
        "start": hour_words(start),
        "end": hour_words(min(end, at)),
        "before": f"{place}?dia={day - timedelta(days=1)}",
        "after": f"{place}?dia={day + timedelta(days=1)}" if day < today else "",
        "later": later,
        "rows": [
            {
                "is_new": bool(unseen) and row.recorded_at >= unseen[0],
                "number": row.case.display_number,
                "href": reverse("case", args=[row.case.number]),
                "company": row.case.customer.name,
                "subject": row.case.subject,
                "who": ", ".join(dict.fromkeys(part for part in (row.name, row.position) if part)) or _("(erased)"),
                "phone": spoken(number_of(row.phone)) if row.phone else "",
                "at": hour_words(row.at),
                "engineer": row.engineer,
                "denied_at": hour_words(row.denied_at) if row.denied_at else "",
                "until": hour_words(row.stands_until) if row.stands_until else "",
            }
            for row in rows
        ],
        "is_cut": len(rows) == MOST,
        "most": MOST,
    }
    return page(request, "desk/reports/by_word.html", context, status=422 if mistake else 200)


# --- late reasons -----------------------------------------------------------------------------------------------------
# What was late and nobody has said why: the supervisor's list in the morning. A row is one choice and one button.
SHOWN = 100


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


def row_of(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "shown_number": case.display_number,
        "company": case.customer.name,
        "about": about.joined(about.subject_matter(case), case.subject),
        "broke": hour(case.broke_at),  # type: ignore[attr-defined]
        "holder": case.assigned.name if case.assigned else "",
        "outage": case.part_of_id is not None,
    }


def answer(request: HttpRequest, at: datetime) -> str:
    """Put the answer on record; what is wrong with it in words, or nothing."""
    case = case_for_desk(request.POST.get("case", ""), locked=True)
    reason = request.POST.get("late", "")
    if case is None:
        return _("There is no such case.")
    if reason not in LateReason:
        return _("%(number)s: choose why it was late.") % {"number": case.display_number}
    words = request.POST.get("late_words", "").replace("\0", "")
    said = attempt(lambda: lateness.explain(case, LateReason(reason), words, by=Actor.of_staff(member(request)), at=at))
    if isinstance(said, Refusal):
        return f"{case.display_number}: {said.sentence}"
    more = ngettext("%(n)d other case of its outage too.", "%(n)d other cases of its outage too.", said.others)
    told = _("%(number)s is explained.") % {"number": case.display_number}
    say(request, f"{told} {more % {'n': said.others}}" if said.others else told)
    return ""


urlpatterns = [
    path("de-palabra", by_word, name="by_word"),
    path("demoras", late_unexplained, name="late_unexplained"),
]
