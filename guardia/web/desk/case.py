"""A case and what is done to it: its page, one address per act, a test now, its notices sent again or taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guardia.cases import failed_notices, probing
from guardia.cases.case import Case
from guardia.cases.case_contents import read_contents
from guardia.cases.case_rows import case_for_desk
from guardia.cases.draft import draft_of_case, drop_draft
from guardia.cases.number import parse
from guardia.cases.preview import FIELD, Preview, preview
from guardia.cases.queries import named_case
from guardia.cases.verbs import Event
from guardia.config.now import now
from guardia.notices import address_marks, mail, short
from guardia.notices.notice_rows import mark_of, notice_of
from guardia.notices.recipients import SHORT
from guardia.notices.wording.hours import in_the_language_of
from guardia.people.policy import Right, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Moment
from guardia.quick_answers import uses
from guardia.web.desk.acts import ACTS
from guardia.web.desk.acts.any_stage import assigned_words, undo_of
from guardia.web.desk.acts.case_act import ActForm, CaseAct
from guardia.web.desk.acts.offered import next_act
from guardia.web.desk.case_page.act_form import act_context, changed_since, other_acts
from guardia.web.desk.case_page.evidence import tests_of
from guardia.web.desk.case_page.log import line_id, title_in_log
from guardia.web.desk.case_page.notices import AGAIN, BACK, way_words
from guardia.web.desk.case_page.page import case_page as shown_page
from guardia.web.desk.case_page.page import draft_key
from guardia.web.desk.entry import DeskRequest, asking, desk_page, request_page
from guardia.web.desk.page import Undo, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Doing, Refusal, attempt, invalid

# --- case -------------------------------------------------------------------------------------------------------------
# A case and what is done to it: its page, its live parts, one address per act, the preview of an act, a test now.
TABS = ("todo", "cliente", "interno", "pruebas", "avisos")


@desk_page
@require_GET
def case_page(request: DeskRequest, number: str) -> HttpResponse:
    at = now()
    case = case_with_contents(request, number, at)
    return case_answer(request, case, next_act(case), at)


@desk_page
@require_GET
def case_live(request: DeskRequest, number: str) -> HttpResponse:
    """The parts of the page that move by themselves, or 304. What is being typed is never among them."""
    at = now()
    case = case_with_contents(request, number, at)
    moved_on = changed_since(case, request.GET.get("seen", ""), request.user, at)
    context = {**context_of(request, case, at), "moved_on": moved_on}
    owed = str(context["case"].call.id) if context["case"].call else ""
    # The form of a call is put in place when it is another call, never while somebody writes in it.
    context["call_moved"] = request.GET.get("call", "") != owed
    voice = context["case"].voice
    context["voice_moved"] = request.GET.get("voice", "") != (voice.key if voice else "")
    tag = live_tag(context, moved_on)
    if same := unchanged(request, tag):
        return same
    return stamped(page(request, "desk/case_live.html", context), tag)


def live_tag(context: dict, moved_on: Refusal | None = None) -> str:
    """The tag of the parts that move, which the page brings as it is opened: nothing has moved on before it yet."""
    return tag_of([context["case"].tag, context["shell"].calls_words, bool(moved_on)])


@asking(Right.HANDLE_CASES, Right.HANDLE_CASES)
@request_page
def act(request: DeskRequest, number: str, name: str) -> HttpResponse:
    """GET puts the form of an act in place; POST does it."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    sends = request.method == "POST"
    case = found(request, number, locked=True) if sends else case_with_contents(request, number, now())
    if not chosen.is_for(request.user, case):
        raise PermissionDenied
    return do(request, case, chosen, now()) if sends else case_answer(request, case, chosen, now())


def found(request: DeskRequest, number: str, *, locked: bool = False) -> Case:
    """The case of the address, also when its number is written in groups. Raises Http404."""
    digits = str(parse(number) or "") if "-" in number else number
    case = case_for_desk(digits, locked=locked)
    if case is None:
        raise Http404
    return case


def case_with_contents(request: DeskRequest, number: str, at: datetime) -> Case:
    """The same, read for its page at ``at`` (UTC). Raises Http404."""
    digits = str(parse(number) or "") if "-" in number else number
    case = named_case(digits)
    if case is None:
        raise Http404
    read_contents(case, request.user, at)
    return case


def do(request: DeskRequest, case: Case, act: CaseAct, at: datetime) -> HttpResponse:
    """Validate, one verb, and show what changed; a refusal comes back with the input kept."""
    before = case.assigned
    form = act.form(request.POST, case=case, now=at)
    if heeds_changes(act, request) and (refusal := changed_since(case, request.POST.get("seen", ""), request.user, at)):
        return refused(request, case, act, form, refusal, at)
    if not form.is_valid():
        return refused(request, case, act, form, invalid(), at)
    event = attempt(lambda: act.run(Doing(case, request.user, at, form.cleaned_data)))
    if isinstance(event, Refusal):  # and nothing of what it did half-way is on the page either
        return refused(request, found(request, str(case.number), locked=True), act, form, event, at)
    drop_draft(request.user, draft_key(case, act.name))
    written_words = " ".join(value for value in form.cleaned_data.values() if isinstance(value, str))
    uses.count_sent(case, event, written_words, uses.numbers_in(request.POST.get("quick", "")), at)
    tell_done(request, case, act, event, before, at)
    return done(request, case, act)


def heeds_changes(act: CaseAct, request: DeskRequest) -> bool:
    """Whether what others did meanwhile makes this act worth a second look; a test, a note, an impact stand alone."""
    return act.name not in {"prueba", "nota", "impacto"} and request.POST.get("audience") != "internal"


def tell_done(
    request: DeskRequest, case: Case, act: CaseAct, event: Event | None, before: Staff | None, at: datetime
) -> None:
    """Say what was done, in the log's own word; a hand-over can be taken back."""
    key = draft_key(case, act.name)
    if act.name == "asignar" and case.assigned and case.assigned != before:
        words = assigned_words(request, case, case.assigned)
        say(request, words, undo=undo_of(case, before, case.assigned), done_draft=key)
    else:
        what = title_in_log(event, at) if event else _("nothing new")
        undo = linked_again(case, event) if act.name == "desvincular" and event else None
        say(request, _("Recorded: %(what)s.") % {"what": what}, undo=undo, done_draft=key)


def linked_again(case: Case, event: Event) -> Undo:
    return Undo(reverse("act", args=[case.number, "vincular"]), "number", str(event.data["other"]))


OPENS_OR_CLOSES = frozenset({"reabrir", "reabierto-por-error"})
"""After these the page has other parts: an open case can be written to, a closed one cannot."""


def done(request: DeskRequest, case: Case, act: CaseAct) -> HttpResponse:
    """After a verb: the page of the case again, or only its parts."""
    if not is_fragment(request):
        return redirect("case", case.number)
    if act.name in OPENS_OR_CLOSES:
        return HttpResponse(headers={"HX-Redirect": reverse("case", args=[case.number])})
    at = now()
    case = case_with_contents(request, str(case.number), at)
    return case_answer(request, case, next_act(case), at, template=fragment_after(act))


def fragment_after(act: CaseAct) -> str:
    return "desk/composer_done.html" if act.name == "escribir" else "desk/act_done.html"


def refused(
    request: DeskRequest, case: Case, act: CaseAct, form: ActForm, refusal: Refusal, at: datetime
) -> HttpResponse:
    """The form comes back where it was, with the rule's sentence and everything that was typed."""
    writing = act.name == "escribir"
    context = {"refusal": refusal, "composer": form} if writing else {"refusal": refusal, "form": form}
    template = "desk/composer_again.html" if writing else "desk/act_again.html"
    shown_act = next_act(case) if writing else act
    return case_answer(request, case, shown_act, at, template=template, status=refusal.status, **context)


def case_answer(
    request: DeskRequest,
    case: Case,
    act: CaseAct | None,
    at: datetime,
    *,
    template: str = "desk/act_again.html",
    status: int = 200,
    **more,
) -> HttpResponse:
    """The whole page; for htmx only the fragment ``template``."""
    context = {**context_of(request, case, at), "composer": composer_of(request, case, at), **more}
    context["tag"] = live_tag(context)
    if act is not None and act.is_for(request.user, case) and (case.is_open or act.after_closing):
        context["act"] = act_context(case, act, request.user, at, more.get("form"), request.GET.dict())
        context["form"] = context["act"]["form"]
        context |= tests_of(case)
    context["other_acts"] = other_acts(case, act, request.user)
    return page(request, template if is_fragment(request) else "desk/case.html", context, status=status)


def context_of(request: DeskRequest, case: Case, at: datetime) -> dict:
    tab = request.GET.get("bitacora", "todo")
    most = 240 if request.GET.get("lineas") else 60
    summary = (case.contents or read_contents(case, request.user, at)).summary
    return {
        "case": shown_page(case, request.user, at, tab=tab if tab in TABS else "todo", most=most),
        "shell": shell_for(request, at, with_views=False, area=case.desk, to_see=summary.to_see),
    }


def composer_of(request: DeskRequest, case: Case, at: datetime) -> ActForm | None:
    """The composer, with what was being written in it."""
    if not case.is_open:
        return None
    draft = draft_of_case(request.user, case, draft_key(case, "escribir"))
    initial = draft.fields if draft else {"audience": "internal"}
    return ACTS["escribir"].form(case=case, now=at, initial=initial)


# --- previewing -------------------------------------------------------------------------------------------------------
# Before an act: who will get which text, opened in place. Nothing is written.
LONGEST = 4000
TEXT = "text"
"""The field of what is written freely."""
INTERNAL = "internal"
"""What is written for the team alone."""


@request_page
@require_POST
def preview_act(request: DeskRequest, number: str, name: str) -> HttpResponse:
    """The letter of each contact who would be told, with what stands in the form as it is."""
    act, at = ACTS.get(name), now()
    if act is None:
        raise Http404
    case = found(request, number)
    if not act.is_for(request.user, case):
        raise PermissionDenied
    typed = {
        field: str(value)[:LONGEST].replace("\0", "")
        for field, value in request.POST.items()
        if field in act.form.base_fields or field.startswith(FIELD)
    }
    moment = None if typed.get("audience") == INTERNAL else act.tells
    says_nothing = TEXT in act.form.base_fields and not typed.get(TEXT, "").strip()
    look = without_text if says_nothing or says_too_little(act, typed) else preview_of
    people = [look(one) for one in preview(case, moment, typed, at)] if moment else []
    return page(request, "desk/preview.html", {"people": people})


def says_too_little(act: CaseAct, typed: Mapping[str, str]) -> bool:
    """Whether nobody has said yet where the case passes to, or what fails there."""
    if act.tells != Moment.TRANSFERRED:
        return False
    to = typed.get("to", "")
    return not to or (to == TECHNICAL and not (typed.get("service") and typed.get("symptoms")))


def preview_of(one: Preview) -> dict[str, Any]:
    """What is still missing in the form may leave no text to be shown: then the person and the ways alone."""
    try:
        return written(one)
    except (KeyError, ValueError, TypeError, AttributeError):
        return without_text(one)


def without_text(one: Preview) -> dict[str, Any]:
    missing = _("The text can be seen once the form is filled in.")
    return {
        "name": str(one.contact),
        "ways": ", ".join(map(way_words, one.ways)),
        "subject": "",
        "text": missing,
        "short": "",
        "language": one.contact.language,
    }


def written(one: Preview) -> dict[str, Any]:
    with in_the_language_of([one.notice]) as language:
        told = mail.facts_of([one.notice], one.notice.owed_at)
        letter_ = mail.composed([one.notice], one.notice.owed_at)
        text = mail.text_of(letter_)
        in_short = short.text_of(told) if any(way.channel in SHORT for way in one.ways) else ""
        subject = letter_.subject
    return {
        "name": str(one.contact),
        "ways": ", ".join(map(way_words, one.ways)),
        "subject": subject,
        "text": text,
        "short": in_short,
        "language": language,
    }


# --- probing ----------------------------------------------------------------------------------------------------------
# “Test now”: the service of a case is tested by Guardia itself, on somebody's word.
@desk_page
@require_POST
def probe_now(request: DeskRequest, number: str) -> HttpResponse:
    """Ask for every target of the service; what is under way already serves. The page shows them come in."""
    case, at = found(request, number, locked=True), now()
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    count = attempt(lambda: probing.on_demand(case, request.user, at))
    say(request, count.sentence if isinstance(count, Refusal) else question_count_text(count))
    if not is_fragment(request):
        return redirect("case", case.number)
    return case_answer(request, case, next_act(case), at, template="desk/evidence_live.html")


def question_count_text(count: int) -> str:
    if not count:
        return _("Nothing is tested on this service yet: enter one of its addresses first.")
    return ngettext("%d test was requested.", "%d tests were requested.", count) % count


# --- notices ----------------------------------------------------------------------------------------------------------
# What is done to a notice of a case: it is sent again, or taken back; and a marked address works again.
NOTICE_STEPS = {AGAIN: failed_notices.resend, BACK: failed_notices.withdraw}


@desk_page
@require_POST
def notice_step(request: DeskRequest, number: str, notice_id: int, step: str) -> HttpResponse:
    """Send it once more, or take it back before it leaves. A refusal is said where the notices are."""
    verb = NOTICE_STEPS.get(step)
    if verb is None:
        raise Http404
    case, at = found(request, number, locked=True), now()
    notice = notice_of(case, notice_id) if notice_id <= LARGEST_ID else None
    if notice is None:
        raise Http404
    done = attempt(lambda: verb(case, notice, by=Actor.of_staff(request.user), at=at))
    if isinstance(done, Refusal):
        say(request, done.sentence)
        where = {"refused_line": line_id(notice.pk), "refused_words": done.sentence}
        return again(request, case, at, status=done.status, **where)
    say(request, _("The notice is sent again.") if step == AGAIN else _("The notice was withdrawn."))
    if is_fragment(request):
        return again(request, found(request, str(case.number)), at)
    return redirect(to_the_notices(case))


def again(request: DeskRequest, case: Case, at: datetime, *, status: int = 200, **refused: str) -> HttpResponse:
    """The notices as they stand; at the one that was refused the reason, which stays there to be read."""
    template = "desk/mail/notice_again.html"
    return case_answer(request, case, next_act(case), at, template=template, status=status, **refused)


def to_the_notices(case: Case) -> str:
    return f"{reverse('case', args=[case.number])}?bitacora=avisos#log"


@desk_page
@require_POST
def clear_mark(request: DeskRequest, number: str, mark_id: int) -> HttpResponse:
    """This address of the company takes messages again: it may be written to from now on."""
    case = found(request, number)
    mark = mark_of(case.customer_id, mark_id) if mark_id <= LARGEST_ID else None
    if mark is None:
        raise Http404
    address_marks.clear(mark, request.user, now())
    say(request, _("%(address)s can receive emails again.") % {"address": mark.address})
    return redirect(to_the_notices(case))


urlpatterns = [
    path("casos/<slug:number>/avisos/<int:notice_id>/<slug:step>", notice_step, name="notice_step"),
    path("casos/<slug:number>/direcciones/<int:mark_id>", clear_mark, name="mark_clear"),
    path("casos/<slug:number>/", case_page, name="case"),
    path("casos/<slug:number>/vivo", case_live, name="case_live"),
    path("casos/<slug:number>/vista/<slug:name>", preview_act, name="preview_act"),
    path("casos/<slug:number>/probar", probe_now, name="probe_now"),
    path("casos/<slug:number>/<slug:name>", act, name="act"),
]
