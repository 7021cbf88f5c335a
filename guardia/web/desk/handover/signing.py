"""The hand-over is signed: everything that is open, with what was written; its draft; the sheets of what was signed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from guardia.cases.draft import keep_draft
from guardia.cases.handing_over import (
    MOST_SIGNED,
    Line,
    Signed,
    bring_back,
    drop_drafts,
    hand_over,
    lacks_step,
    last_signed,
    put_aside,
    signed_lines_of,
    signed_one,
)
from guardia.cases.labels import CLOCK_NAMES
from guardia.config.now import now
from guardia.people.lookup import case_handlers
from guardia.people.shifts import Handover, HandoverLine
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.case_page.act_form import Refusal, saved_words, storable
from guardia.web.desk.clock import WORDS, State, desk_zone, hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.handover import change
from guardia.web.desk.handover.change import Prepared, draft_key, own_words
from guardia.web.desk.handover.page import HandoverRequest, fresh, handover_answer
from guardia.web.desk.handover.standing import standing_at
from guardia.web.desk.page import Undo, case_href, page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about
from guardia.web.shared.act import attempt, invalid


# --- sheets -----------------------------------------------------------------------------------------------------------
# What was signed: one hand-over as a sheet to print, and the list of the last ones. Nothing in them changes.
@desk_page
@require_GET
def handover_sheet(request: DeskRequest, handover_id: int) -> HttpResponse:
    """Raises Http404."""
    found, at = signed_one(handover_id), now()
    if found is None:
        raise Http404
    lines = tuple(line_of(line, found.signed_at) for line in signed_lines_of(found))
    context = {"sheet": sheet_of(found, lines), "shell": shell_for(request, at, view="handover")}
    return page(request, "desk/handover/sheet.html", context)


@desk_page
@require_GET
def handovers(request: DeskRequest) -> HttpResponse:
    """The last thirty."""
    sheets = [sheet_of(one) for one in last_signed()]
    context = {"sheets": sheets, "shell": shell_for(request, now(), view="handover")}
    return page(request, "desk/handover/list.html", context)


def sheet_of(handover: Handover, lines: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """The hours of the sheet are of the operator's zone, and the sheet says so."""
    due, signed = (at.astimezone(desk_zone()) for at in (handover.due_at, handover.signed_at))
    return {
        "pk": handover.pk,
        "title": _("Hand-over of %(hour)s") % {"hour": date_format(due, "H:i")},
        "day": date_format(due, _("l j F Y")),
        "signed": date_format(signed, "H:i" if due.date() == signed.date() else _("j F, H:i")),
        "incoming": handover.incoming.name,
        "outgoing": handover.outgoing.name if handover.outgoing else "",
        "note": handover.note,
        "lines": lines,
    }


def line_of(line: HandoverLine, signed_at: datetime) -> dict[str, Any]:
    case = line.case
    names = CLOCK_NAMES.get(ClockKind(line.promise)) if line.promise else None
    was = line.was.name if line.was else _("Nobody yet")
    responsible = line.responsible.name if line.responsible else _("Nobody yet")
    return {
        "href": case_href(case),
        "number": case.display_number,
        "company": case.customer.name,
        "vip": case.customer.vip,
        "place": about.place(case),
        "about": about.joined(about.subject_matter(case), case.subject),
        "promise": f"{names[0]}: {names[1]}" if names else _("Nothing promised"),
        "due": due_words(line.due_at, signed_at) if line.due_at else "",
        "was_late": line.due_at is not None and line.due_at < signed_at,
        "step": line.next_step,
        "was": was,
        "responsible": responsible,
        "passed": was != responsible,
    }


def due_words(due_at: datetime, signed_at: datetime) -> str:
    """``due 04:37``; of what was broken when it was signed ``overdue since 04:26``."""
    when = {"hour": hour(due_at, signed_at)}
    if due_at >= signed_at:
        return _("due %(hour)s") % when
    return f"{WORDS[State.LATE]} {pgettext('clock', 'since %(hour)s') % when}"


# --- signing ----------------------------------------------------------------------------------------------------------
# The signature of a hand-over: everything that is open, with what was written; its draft, and taking it back.


@desk_page
def handover(request: DeskRequest) -> HttpResponse:
    """GET shows what would be handed over; POST signs it."""
    return sign(request) if request.method == "POST" else fresh(request)


@desk_page
@require_POST
def handover_draft(request: DeskRequest) -> HttpResponse:
    """Keep what was written and differs from what is known; says so in words, or on the page where a button asked."""
    asked = HandoverRequest.by(request, change.MOST_SHOWN)
    kept = {name: storable(words) for name, words in own_words(request.POST.dict(), asked.known).items()}
    keep_draft(request.user, asked.draft_key, kept, asked.at)
    words = saved_words(asked.at, asked.at)
    if request.POST.get("next"):
        say(request, words)
        return redirect("handover")
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def sign(request: DeskRequest) -> HttpResponse:
    """Nothing is signed while a line lacks somebody, or by whoever goes alone."""
    asked = HandoverRequest.by(request, MOST_SIGNED)
    written = Prepared.read(request.POST.dict())
    fields = written.over(asked.known)
    staff = answerers(asked)
    problems = problems_of(asked, fields, staff)
    if asked.frame.is_preparing or problems:
        words = _("Nothing was signed yet. Correct the highlighted fields.")
        sentence = _("Nothing was signed: whoever comes on shift signs.") if asked.frame.is_preparing else words
        return handover_answer(request, asked, fields, problems=problems, refusal=invalid(sentence))
    lines = lines_of(asked, written, fields, staff)
    signed = attempt(lambda: hand_over(lines, request.user, asked.frame.outgoing, fields.note, now()))
    if isinstance(signed, Refusal):
        return handover_answer(request, asked, fields, refusal=signed)
    tell_signed(request, asked, signed, written)
    return redirect("handover_sheet", signed.handover.pk)


def problems_of(asked: HandoverRequest, fields: Prepared, staff: Mapping[str, Staff]) -> dict[int, str]:
    """What keeps a case from being handed over, by its id: nobody answers for it, or nobody knows what is next."""
    found = {}
    for case in asked.cases:
        if fields.to[case.pk] not in staff:
            found[case.pk] = _("Choose one of the colleagues.")
        elif lacks_step(case, fields.steps[case.pk], asked.at):
            found[case.pk] = _("Write the next step: this promise is close to breaking.")
    return found


def answerers(asked: HandoverRequest) -> dict[str, Staff]:
    """Who may be chosen, by the value of the field; who holds a case may keep it."""
    holders = {str(case.assigned_id): case.assigned for case in asked.cases if case.assigned}
    return {**holders, **{str(one.pk): one for one in case_handlers()}}


def lines_of(asked: HandoverRequest, written: Prepared, fields: Prepared, staff: Mapping[str, Staff]) -> list[Line]:
    """Every open case, and those that the page still showed: which of them were closed meanwhile, the verb says."""
    lines = [Line(case.pk, fields.steps[case.pk], staff[fields.to[case.pk]]) for case in asked.cases]
    known = {line.case_id for line in lines}
    return [*lines, *(Line(pk, step, asked.frame.staff) for pk, step in written.steps.items() if pk not in known)]


def tell_signed(request: DeskRequest, asked: HandoverRequest, signed: Signed, written: Prepared) -> None:
    """What came of it, in a sentence each: signed already, closed meanwhile, opened meanwhile."""
    handover = signed.handover
    if not signed.is_new:
        words = _("%(who)s already signed this hand-over at %(hour)s: it is signed only once.")
        say(request, words % {"who": handover.incoming.name, "hour": hour(handover.signed_at, asked.at)})
        return
    drop_drafts(handover.incoming, handover.outgoing)
    say(request, _("Signed. You are on shift."), done_draft=asked.draft_key)
    if signed.left_out:
        numbers = ", ".join(case.display_number for case in signed.left_out)
        words = ngettext(
            "%(numbers)s was closed meanwhile and is left out.",
            "%(numbers)s were closed meanwhile and are left out.",
            len(signed.left_out),
        )
        say(request, words % {"numbers": numbers})
    if unseen := sum(case.pk not in written.steps for case in asked.cases):
        words = ngettext(
            "%(n)d case that was not shown on the page is handed over as well.",
            "%(n)d cases that were not shown on the page are handed over as well.",
            unseen,
        )
        say(request, words % {"n": unseen})


# --- withdrawing ------------------------------------------------------------------------------------------------------
# What was prepared is taken back, until somebody signs; and that is taken back too.
AGAIN = "de-nuevo"


@desk_page
@require_POST
def handover_withdraw(request: DeskRequest) -> HttpResponse:
    """My own words of this change of shift are put aside; with ``de-nuevo`` they are back."""
    key = draft_key(standing_at(now()).due_at)
    if request.POST.get(AGAIN):
        back = bring_back(request.user, key)
        say(request, _("What was prepared has been restored.") if back else _("There is nothing to restore."))
    elif put_aside(request.user, key):
        undo = Undo(reverse("handover_withdraw"), AGAIN, "1")
        say(request, _("What was prepared was discarded."), undo=undo, done_draft=key)
    return redirect("handover")


urlpatterns = [
    path("relevo", handover, name="handover"),
    path("relevo/borrador", handover_draft, name="handover_draft"),
    path("relevo/descartar", handover_withdraw, name="handover_withdraw"),
    path("relevo/firmados", handovers, name="handovers"),
    path("relevo/<int:handover_id>", handover_sheet, name="handover_sheet"),
]
