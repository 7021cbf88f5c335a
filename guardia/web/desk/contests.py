"""Objections of customers to a stop (``/objeciones/``), and the quality manager's rulings (P7 D)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk, last_rulings, open_objections
from guardia.cases.closing_figures import UPHELD
from guardia.cases.contesting import REJECTED, Changed, Ruling, if_upheld
from guardia.cases.draft import Draft, drafts_of, drop_draft
from guardia.cases.explaining import waited_for
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.arithmetic import between
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.clock_state import ClockState, is_broken
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.case_page.act_form import Refusal, saved_words
from guardia.web.desk.case_page.promise import span_of
from guardia.web.desk.clock import face_of, hour, promised, stood, written
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import case_href, page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import attempt, invalid

# --- rows -------------------------------------------------------------------------------------------------------------
# An objection as the quality manager reads it: what we wrote, what the customer says, what a ruling would change.
RULINGS = (UPHELD, REJECTED)


def objection_of(
    case: Case,
    waits: Sequence[Wait],
    clock: Clock | None,
    changes: Sequence[Changed],
    at: datetime,
    *,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
    saved_at: float = 0,
    saved_words: str = "",
) -> dict[str, Any]:
    """``typed`` holds the fields as they were sent or drafted, ``problems`` what was wrong with them, by name."""
    return {
        "id": f"objecion-{case.number}",
        "number": case.display_number,
        "href": case_href(case),
        "rule_href": reverse("rule", args=[case.number]),
        "company": case.customer.name,
        "subject": case.subject,
        "status": _("closed") if case.closed_at else _("open"),
        "clock": face_of(clock, at) if clock else None,
        "stops": [stop_of(wait, at, typed, problems) for wait in waits],
        "consequences": [consequence_of(changed, at) for changed in changes],
        "draft": draft_key(case),
        "saved_at": saved_at,
        "saved_words": saved_words,
    }


def draft_key(case: Case) -> str:
    return f"objecion:{case.number}"


def stop_of(wait: Wait, at: datetime, typed: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, Any]:
    """One contested stop: the two sides, and the fields of the ruling with what was typed."""
    who, ruling = waited_for(wait), typed.get(f"ruling_{wait.pk}", "")
    return {
        "pk": wait.pk,
        "whom": who[:1].upper() + who[1:],
        "span": span_of(wait, at),
        "length": stood((wait.ended_at or at) - wait.started_at),
        "reason": wait.reason,
        "asked_by": wait.asked_by,
        "proof": wait.proof,
        "clocks": ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks),
        "who": wait.contested_by,
        "said_at": hour(wait.contested_at, at) if wait.contested_at else "",
        "words": wait.contest_reason,
        "ruling": ruling if ruling in RULINGS else "",
        "reasons": typed.get(f"reasons_{wait.pk}", ""),
        "ruling_problem": problems.get(f"ruling_{wait.pk}", ""),
        "reasons_problem": problems.get(f"reasons_{wait.pk}", ""),
    }


def consequence_of(changed: Changed, at: datetime) -> dict[str, Any]:
    """One clock, as it is and as it would be if the objection is right."""
    clock, without = changed.clock, changed.without
    short, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    broken, would_be = is_broken(clock, at), is_broken(without, at)
    return {
        "name": f"{short}: {owed}",
        "now": state_of(clock, at),
        "then": state_of(without, at),
        "changes_judgement": broken != would_be,
    }


def state_of(clock: ClockState, at: datetime) -> str:
    """``14:00 of 20:00, kept``, ``24:00 of 20:00, overdue``; of a running clock, how much of it has run."""
    took = between(clock.started_at, clock.ended_at or at, clock.waits, clock.hours)
    target = clock.target or timedelta()
    words = {"kept": pgettext("clock", "kept"), "breached": pgettext("clock", "overdue")}
    judged = words.get(clock.outcome, pgettext("clock", "no longer owed"))
    if clock.ended_at is None:
        judged = words["breached"] if is_broken(clock, at) else pgettext("clock", "running")
    return _("%(took)s of %(target)s, %(judged)s") % {
        "took": written(took, loose=True),
        "target": promised(target),
        "judged": judged,
    }


def ruled_of(wait: Wait, at: datetime) -> dict[str, Any]:
    """A ruling that was given, in one line."""
    upheld = wait.ruling == UPHELD
    words = _("%(hour)s, %(who)s: the objection is upheld") if upheld else _("%(hour)s, %(who)s: the stop stands")
    facts = {
        "hour": hour(wait.ruled_at, at) if wait.ruled_at else "",
        "who": wait.ruled_by.name if wait.ruled_by else "",
    }
    return {
        "number": wait.case.display_number,
        "href": case_href(wait.case),
        "company": wait.case.customer.name,
        "words": words % facts,
        "reasons": wait.ruling_reasons,
        "upheld": upheld,
    }


# --- page -------------------------------------------------------------------------------------------------------------
# The list of objections, and the ruling on those of one case: one verb, and what was typed is never lost.
REASONS = forms.CharField(required=False, max_length=4000)


@needs(Right.SEE_DESK, Right.RULE)
def objections(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return redirect("objections")
    return objections_page(request, now())


@needs(Right.SEE_DESK, Right.RULE)
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """POST rules on every contested stop of the case; GET leads to its place in the list."""
    case = case_for_desk(number, locked=request.method == "POST")
    if case is None:
        raise Http404
    if request.method != "POST":
        return redirect(f"/objeciones/#objecion-{case.number}")
    at = now()
    typed = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    if problems := problems_in(typed):
        wrong = invalid(_("Nothing was saved yet. Correct the highlighted fields."), problems)
        return objections_page(request, at, case, typed, wrong)
    event = attempt(lambda: case.rule(rulings_in(typed), by=Actor.of_staff(member(request)), at=at, now=at))
    if isinstance(event, Refusal):
        return objections_page(request, at, case, typed, event)
    drop_draft(member(request), draft_key(case))
    words = _("Ruled on the objection in %(number)s; the customer is notified.") % {"number": case.display_number}
    say(request, words if event else _("nothing new"), done_draft=draft_key(case))
    return redirect("objections")


def problems_in(typed: Mapping[str, str]) -> dict[str, str]:
    """What no ruling can be: reasons that are too long."""
    problems = {}
    for name in typed:
        if name.startswith("reasons_"):
            try:
                REASONS.clean(typed[name])
            except forms.ValidationError as wrong:
                problems[name] = " ".join(wrong.messages)
    return problems


def rulings_in(typed: Mapping[str, str]) -> dict[int, Ruling]:
    """The rulings of the form, by wait; a stop without a choice is left out, which the verb refuses."""
    found = {}
    for name, value in typed.items():
        field, _dash, pk = name.partition("_")
        if field == "ruling" and value in RULINGS and pk.isascii() and pk.isdigit() and len(pk) <= 15:
            found[int(pk)] = Ruling(value == UPHELD, typed.get(f"reasons_{pk}", ""))
    return found


def objections_page(
    request: HttpRequest,
    at: datetime,
    refused: Case | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The list; the case whose ruling was refused comes back with what was typed, the others with their drafts."""
    staff = member(request)
    may_rule = may(staff, Right.RULE)
    found = open_objections()
    changes = if_upheld([(case, waits) for case, waits, _clock in found], at)
    drafts = drafts_of(staff, [draft_key(case) for case, _w, _c in found]) if may_rule else {}
    rows = []
    for case, waits, clock in found:
        kept = draft_fields(drafts.get(draft_key(case)), at)
        if refused and refusal and case.pk == refused.pk:
            kept = {"typed": typed, "problems": refusal.fields, "saved_at": at.timestamp()}
        rows.append(objection_of(case, waits, clock, changes[case.pk], at, **kept))
    context = {
        "shell": shell_for(request, at, view="objections"),
        "objections": rows,
        "ruled": [ruled_of(wait, at) for wait in last_rulings()],
        "may_rule": may_rule,
        "refusal": refusal,
        "refused_id": f"objecion-{refused.number}" if refused else "",
    }
    return page(request, "desk/contests/page.html", context, status=refusal.status_at_fields if refusal else 200)


def draft_fields(draft: Draft | None, at: datetime) -> dict[str, Any]:
    """What was being written, and when it was kept."""
    if draft is None:
        return {}
    said = saved_words(draft.saved_at, at)
    return {"typed": draft.fields, "saved_at": draft.saved_at.timestamp(), "saved_words": said}


urlpatterns = [
    path("", objections, name="objections"),
    path("<slug:number>", rule, name="rule"),
]
