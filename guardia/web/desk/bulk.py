"""An act on many cases from the bench: what is typed for all, one preview, its course, and the way back for 30 s."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from guardia.cases import bulk, bulk_act
from guardia.cases.bulk import Line
from guardia.cases.bulk_act import BulkAct, BulkLine, LineState
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.outages.bulk_cause import DEEDS
from guardia.people.staff import Staff
from guardia.web.desk.bulk_forms import BY_KIND, MANY_ACTS, ManyAct, ManyForm, Names, names_in
from guardia.web.desk.entry import DeskRequest, counts_down, request_page
from guardia.web.desk.page import case_href, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Refusal, attempt

LOOK, DO = "mirar", "hacer"
ON, BACK = "sigue", "deshacer"


# --- before -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One case: what would happen to it, who would be told; or why it is left out."""

    number: str
    display_number: str
    href: str
    company: str
    becomes: str
    told: str
    refusal: str
    seen: str


@request_page
def act_on_many(request: DeskRequest, name: str) -> HttpResponse:
    """What is typed for all; then who would be told of what, and what is refused; then it is done."""
    act, at = MANY_ACTS.get(name), now()
    if act is None:
        raise Http404
    if not act.is_offered_to(request.user) and (request.method == "POST" or act.supervisor_only):
        raise PermissionDenied
    cases = bulk_act.cases_chosen(request.POST.getlist("caso"), bulk.MOST)
    if not cases:
        if request.method == "POST":
            say(request, _("Select at least one case first."))
        return redirect(back_of(request))
    step = request.POST.get("paso", "")
    is_looked_at = bool(step) or not act.form.base_fields
    form = act.form(request.POST if is_looked_at else None, cases=cases, now=at)
    context: dict[str, Any] = {"form": form, "cases": cases}
    if not is_looked_at or not form.is_valid():
        return answer(request, act, at, context, status=422 if is_looked_at else 200)
    typed = form.typed()
    looked_at = digest_of(act, typed)
    if step == DO and request.POST.get("mirado") == looked_at:
        done = attempt(lambda: begun(act, typed, seen_in(request), key_of(request), request.user, at))
        if not isinstance(done, Refusal):
            return redirect("bulk_course", done.key)
        return answer(request, act, at, {**context, "refusal": done}, status=done.status)
    deed = DEEDS[act.kind_for(typed)]
    lines = attempt(lambda: bulk.preview(deed, typed, [case.pk for case in cases], request.user, at))
    if isinstance(lines, Refusal):
        return answer(request, act, at, {**context, "refusal": lines}, status=lines.status)
    context |= preview_of(act, lines) | {"looked_at": looked_at, "key": uuid4(), "changed_form": step == DO}
    return answer(request, act, at, context)


def answer(
    request: DeskRequest, act: ManyAct, at: datetime, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    form: ManyForm = context["form"]
    context |= {
        "shell": shell_for(request, at, with_views=False),
        "act": act,
        "title": act.counted(len(form.cases)),
        "back": back_of(request),
        "most": bulk.MOST,
        "seconds": int(bulk.UNDO_FOR.total_seconds()),
    }
    return page(request, "desk/bulk/act.html", context, status=status)


def preview_of(act: ManyAct, lines: Sequence[Line]) -> dict[str, Any]:
    """Those that will be done and those that are left out, with how many persons are told in all."""
    names = names_in(lines)
    rows = [preview_row(act, line, names) for line in lines]
    done = [row for row in rows if not row.refusal]
    told = sum(len(line.told) for line in lines)
    return {
        "done": done,
        "refused": [row for row in rows if row.refusal],
        "button": act.counted(len(done)),
        "told_words": ngettext("%(n)s email will be sent", "%(n)s emails will be sent", told) % {"n": told}
        if told
        else "",
    }


def preview_row(act: ManyAct, line: Line, names: Names) -> PreviewRow:
    case = line.case
    same = "" if line.is_new or line.refusal else _("nothing new")
    return PreviewRow(
        number=str(case.number),
        display_number=case.display_number,
        href=case_href(case),
        company=case.customer.name,
        becomes=same or ("" if line.refusal else act.becomes(line, names)),
        told=", ".join(line.told),
        refusal=line.refusal,
        seen=f"{case.pk}-{case.seq}",
    )


def digest_of(act: ManyAct, typed: dict[str, Any]) -> str:
    """What was looked at: if something else is sent, it is looked at first."""
    return sha256(dumps([act.name, typed], sort_keys=True).encode()).hexdigest()[:20]


def begun(
    act: ManyAct, typed: dict[str, Any], seen: Mapping[int, int], key: UUID, staff: Staff, at: datetime
) -> BulkAct:
    """The act with its first cases done; of a ``key`` that was sent already, that act. ``seen``: as ``bulk.begin``.

    Raises PermissionDenied where the key is another person's, and what ``bulk.begin`` does.
    """
    done = bulk.begin(DEEDS[act.kind_for(typed)], typed, seen, key=key, staff=staff, at=at)
    if done.staff_id != staff.pk:
        raise PermissionDenied
    bulk.go_on(done.pk, DEEDS, at)
    return done


def seen_in(request: DeskRequest) -> dict[int, int]:
    """The cases of the preview, each with the number of its last event there."""
    found = {}
    for each in request.POST.getlist("visto")[: bulk.MOST]:
        case, _dash, seq = each.partition("-")
        if all(part.isascii() and part.isdigit() and len(part) <= 15 for part in (case, seq)):
            found[int(case)] = min(int(seq), 2_000_000_000)
    return found


def key_of(request: DeskRequest) -> UUID:
    try:
        return UUID(request.POST.get("clave", ""))
    except ValueError:
        return uuid4()


def back_of(request: DeskRequest) -> str:
    """The bench as it was looked at."""
    there = request.POST.get("volver", "")
    is_ours = there.startswith("/?") and url_has_allowed_host_and_scheme(there, {request.get_host()})
    return there if is_ours else reverse("bench")


# --- after ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CourseRow:
    """One case of the act: what came of it, and why where it was not done."""

    number: str
    href: str
    company: str
    state: str
    words: str
    is_trouble: bool


TROUBLE = frozenset({LineState.REFUSED, LineState.FAILED, LineState.STAYS})


def state_words() -> dict[str, str]:
    return {
        LineState.PENDING: pgettext("bulk act", "waits for its turn"),
        LineState.DONE: pgettext("bulk act", "done"),
        LineState.SAME: pgettext("bulk act", "it was so already"),
        LineState.REFUSED: pgettext("bulk act", "not done"),
        LineState.FAILED: pgettext("bulk act", "not done: an error of Guardia, check the case"),
        LineState.UNDONE: pgettext("bulk act", "undone"),
        LineState.STAYS: pgettext("bulk act", "stays as it is"),
        LineState.DROPPED: pgettext("bulk act", "not done: undone before"),
    }


@request_page
@counts_down
def course(request: DeskRequest, key: UUID) -> HttpResponse:
    """How far the act has come, what was not done and why, and the way back while there is one."""
    return course_answer(request, of_key(request, key), now())


@request_page
@require_POST
def course_step(request: DeskRequest, key: UUID, step: str) -> HttpResponse:
    """The next cases have their turn; or all of it is taken back."""
    act, at = of_key(request, key, locked=True), now()
    if step not in (ON, BACK):
        raise Http404
    if step == BACK and isinstance(refusal := attempt(lambda: bulk.undo(act, at)), Refusal):
        say(request, refusal.sentence)
    bulk.go_on(act.pk, DEEDS, at)
    if not is_fragment(request):
        return redirect("bulk_course", act.key)
    return course_answer(request, of_key(request, key), at)


def of_key(request: DeskRequest, key: UUID, *, locked: bool = False) -> BulkAct:
    """Raises Http404 for an act that another person did."""
    act = bulk_act.act_of(key, request.user, locked=locked)
    if act is None:
        raise Http404
    return act


def course_answer(request: DeskRequest, act: BulkAct, at: datetime) -> HttpResponse:
    lines = bulk_act.lines_of(act)
    rows = [course_row(line) for line in lines]
    left = bulk.left_of(act, [LineState(line.state) for line in lines])
    undo_left = act.undo_until - at if act.undo_until and act.may_be_undone(at) else None
    context = {
        "act": act,
        "title": BY_KIND[act.kind].counted(len(lines)),
        "count": len(lines),
        "had_turn": len(lines) - left,
        "left": left,
        "is_working": act.finished_at is None,
        "is_waiting": act.finished_at is None and bulk.waits(act, DEEDS[act.kind], at),
        "is_undone": act.undone_at is not None,
        "summary": summary_of(lines),
        "trouble": [row for row in rows if row.is_trouble],
        "others": [row for row in rows if not row.is_trouble],
        "undo_seconds": ceil(undo_left.total_seconds()) if undo_left else 0,
    }
    tag = tag_of(
        [context[name] for name in ("had_turn", "summary", "is_working", "is_waiting", "is_undone", "undo_seconds")]
    )
    context["tag"] = tag
    if is_fragment(request):
        if request.method == "GET" and (same := unchanged(request, tag)):
            return same
        return stamped(page(request, "desk/bulk/course_live.html", context), tag)
    context["shell"] = shell_for(request, at, with_views=False)
    return page(request, "desk/bulk/course.html", context)


def course_row(line: BulkLine) -> CourseRow:
    case: Case = line.case
    state = LineState(line.state)
    return CourseRow(
        number=case.display_number,
        href=case_href(case),
        company=case.customer.name,
        state=state_words()[state],
        words=line.words,
        is_trouble=state in TROUBLE,
    )


def summary_of(lines: Sequence[BulkLine]) -> str:
    """How many cases came to what, in one line; what none came to is not named."""
    called = state_words()
    counted = {state: sum(line.state == state for line in lines) for state in LineState}
    return " · ".join(f"{called[state]}: {count}" for state, count in counted.items() if count)


urlpatterns = [
    path("varios/<slug:name>", act_on_many, name="bulk_act"),
    path("varios/acto/<uuid:key>", course, name="bulk_course"),
    path("varios/acto/<uuid:key>/<slug:step>", course_step, name="bulk_step"),
]
