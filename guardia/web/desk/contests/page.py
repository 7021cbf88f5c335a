"""The list of objections, and the ruling on those of one case: one verb, and what was typed is never lost."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.contesting import Ruling
from guardia.cases.draft import Draft
from guardia.cases.exclusions import UPHELD
from guardia.cases.if_upheld import if_upheld
from guardia.cases.refusals import Missing, Refused
from guardia.config.now import now
from guardia.people.actor import Actor
from guardia.people.policy import Right, may
from guardia.web.desk import reading as desk_reading
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.contests import reading
from guardia.web.desk.contests.shown import RULINGS, draft_key, objection_of, ruled_of
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.act_form import saved_words
from guardia.web.desk.stale import Refusal

REASONS = forms.CharField(required=False, max_length=4000)


@needs(Right.SEE_DESK, Right.RULE)
def objections(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return redirect("objections")
    return shown(request, now())


@needs(Right.SEE_DESK, Right.RULE)
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """POST rules on every contested stop of the case; GET leads to its place in the list."""
    case = desk_reading.case_for_desk(number, locked=request.method == "POST")
    if case is None:
        raise Http404
    if request.method != "POST":
        return redirect(f"/objeciones/#objecion-{case.number}")
    at = now()
    typed = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    if problems := problems_in(typed):
        return shown(
            request, at, case, typed, problems, Refusal(_("Nothing was saved yet. Correct what is marked."), status=422)
        )
    try:
        with transaction.atomic():
            event = case.rule(rulings_in(typed), by=Actor.of_staff(member(request)), at=at, now=at)
    except Refused as refused:
        name = getattr(refused, "field", "")
        problems = {name: str(refused)} if isinstance(refused, Missing) else {}
        return shown(request, at, case, typed, problems, Refusal(str(refused), status=422 if problems else 409))
    desk_reading.drop_draft(member(request), draft_key(case))
    words = _("Ruled on the objection of %(number)s; the customer is told.") % {"number": case.display_number}
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


def shown(
    request: HttpRequest,
    at: datetime,
    refused: Case | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The list; the case whose ruling was refused comes back with what was typed, the others with their drafts."""
    staff = member(request)
    may_rule = may(staff, Right.RULE)
    found = reading.open_objections()
    changes = if_upheld([(case, waits) for case, waits, _clock in found], at)
    drafts = reading.drafts_of(staff, [draft_key(case) for case, _w, _c in found]) if may_rule else {}
    rows = []
    for case, waits, clock in found:
        kept = kept_of(drafts.get(draft_key(case)), at)
        if refused and case.pk == refused.pk:
            kept = {"typed": typed, "problems": problems, "saved_at": at.timestamp()}
        rows.append(objection_of(case, waits, clock, changes[case.pk], at, **kept))
    context = {
        "shell": shell_for(request, at, view="objections"),
        "objections": rows,
        "ruled": [ruled_of(wait, at) for wait in reading.last_rulings()],
        "may_rule": may_rule,
        "refusal": refusal,
        "refused_id": f"objecion-{refused.number}" if refused else "",
    }
    return page(request, "desk/contests/page.html", context, status=refusal.status if refusal else 200)


def kept_of(draft: Draft | None, at: datetime) -> dict[str, Any]:
    """What was being written, and when it was kept."""
    if draft is None:
        return {}
    said = saved_words(draft.saved_at, at)
    return {"typed": draft.fields, "saved_at": draft.saved_at.timestamp(), "saved_words": said}
