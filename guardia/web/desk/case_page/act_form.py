"""The form of an act in place: what is known or was being written (its draft), and what changed meanwhile."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from guardia.cases.case import Case
from guardia.cases.case_contents import summary_of
from guardia.cases.case_rows import case_for_desk, disturbs, events_since
from guardia.cases.desk_hours import kind_of
from guardia.cases.draft import draft_of_case, keep_draft
from guardia.cases.links import also_of
from guardia.cases.notify import passed_on
from guardia.cases.voice_course import BACK
from guardia.cases.voice_owed import is_out
from guardia.config.now import now
from guardia.customers.lookup import contacts_with_ways_of
from guardia.notices.recipients import Marks, marked
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.rules import NoticeRule
from guardia.procedure.vocabulary import VARIANTS, CaseKind, Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct
from guardia.web.desk.acts.offered import any_time, beside, next_act
from guardia.web.desk.case_page.links import LIKE
from guardia.web.desk.case_page.log import lines_of
from guardia.web.desk.case_page.notices import by_channels, nobody_words, recipients_by_rule, written_to
from guardia.web.desk.case_page.page import draft_key
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.entry import DeskRequest
from guardia.web.shared.act import Refusal

# --- act form ---------------------------------------------------------------------------------------------------------
# The form of an act, in place: its fields filled with what is known or was being written, and the recipients.
MOST_BESIDE, MOST_TOLD = 2, 8
ABOUT = frozenset({"wait", "waits", "crew", "link", "ticket"})


def offered_form(
    case: Case, act: CaseAct, staff: Staff, at: datetime, asked: Mapping[str, str] = MappingProxyType({})
) -> tuple[ActForm, float, str]:
    """The act's form: the draft where one was left, what is known elsewhere; and when the draft was saved.

    ``asked`` comes with the address: which wait the link was about, which crew was chosen on the board.
    """
    draft = draft_of_case(staff, case, draft_key(case, act.name))
    about = {name: value for name, value in asked.items() if name in ABOUT and name in act.form.base_fields}
    initial = {**act.known(case, staff), **(draft.fields if draft else {}), **about}
    if like := diagnosis_like(act, asked.get(LIKE, ""), initial):
        return act.form(case=case, now=at, initial={**initial, **like}), at.timestamp(), ""
    form = act.form(case=case, now=at, initial=initial)
    if draft is None:
        return form, 0, ""
    return form, draft.saved_at.timestamp(), saved_words(draft.saved_at, at)


def diagnosis_like(act: CaseAct, number: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """Cause and plan as the case of this number had them, below what is written already; probable until somebody has
    looked. Empty for any other act, and where there is no such case.
    """
    if not number or not {"cause", "plan"} <= set(act.form.base_fields):
        return {}
    like = case_for_desk(number[:20])
    if like is None or like.is_open:
        return {}
    texts = {name: below(str(written.get(name) or ""), getattr(like, name)) for name in ("cause", "plan")}
    return {**texts, "plan_kind": like.plan_kind or written.get("plan_kind", "visit"), "probable": True}


def below(written: str, text: str) -> str:
    """What was written stays; the text is put under it, once."""
    return written if text in written else f"{written.rstrip()}\n{text}".lstrip()


def saved_words(saved_at: datetime, at: datetime) -> str:
    return _("draft saved %(hour)s") % {"hour": hour(saved_at, at, seconds=True)}


def act_context(
    case: Case,
    act: CaseAct,
    staff: Staff,
    at: datetime,
    form: ActForm | None = None,
    asked_about: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """``form`` is given when it comes back with what was typed; ``asked_about`` is what the link named."""
    saved_at, words = at.timestamp(), ""
    if form is None:
        form, saved_at, words = offered_form(case, act, staff, at, asked_about)
    asked = next_act(case)
    others = [other for other in beside(case) if other.is_for(staff, case)] if asked is act else []
    return {
        "title": act.title_for(case),
        "asks": green_words(case, at) if act.tells == Moment.STABILISED else str(act.asks),
        "href": act_href(case, act),
        "draft": draft_key(case, act.name),
        "saved_at": saved_at,
        "saved_words": words,
        "template": act.template,
        "button": str(act.button or act.title_for(case)),
        **recipients_of_act(case, act),
        "preview_href": reverse("preview_act", args=[case.number, act.name]) if rule_of(case, act) else "",
        "beside": [
            {"href": act_href(case, other), "words": f"{other.title_for(case)}…"} for other in others[:MOST_BESIDE]
        ],
        "form": form,
    }


def green_words(case: Case, at: datetime) -> str:
    """How much of the green window has run, and the hour at which it is or was complete (P6)."""
    if case.green_since is None:
        return ""
    needed, green = (int(span.total_seconds()) // 60 for span in (case.green_window, case.green_for(at)))
    words = _("green %(green)d of %(needed)d min, complete at %(hour)s")
    if green >= needed:
        green, words = needed, _("green %(green)d of %(needed)d min, complete since %(hour)s")
    complete = case.green_since + case.green_window
    this_minute = timedelta() < complete - at < timedelta(minutes=1)  # the hour without its seconds has come already
    return words % {"green": green, "needed": needed, "hour": hour(complete, at, seconds=this_minute)}


PARTS = (
    (pgettext_lazy("acts", "This stage"), frozenset[str]()),
    (pgettext_lazy("acts", "Who attends it"), frozenset({"asignar", "escalar", "transferir", "grupo", "del-grupo"})),
    (
        pgettext_lazy("acts", "The case"),
        frozenset({"datos", "hora", "sin-hora", "demora", "corregir-espera", "objecion", "reabrir"}),
    ),
    (pgettext_lazy("acts", "Beyond it"), frozenset({"vincular", "tercero", "tercero-dice", "tercero-novedades"})),
    (pgettext_lazy("acts", "End it"), frozenset({"duplicado", "anular"})),
)
"""The words before each line of acts, and which acts stand there; the first has all that no other names."""


def other_acts(case: Case, current: CaseAct | None, staff: Staff) -> list[dict[str, Any]]:
    """Everything else that may be done, a line for each of ``PARTS``; the stage's own act stands first once another is
    in place.
    """
    asked = next_act(case)
    acts = [*([asked] if asked else []), *beside(case), *any_time(case)]
    shown_as_buttons = MOST_BESIDE if asked is current else 0
    hidden = {asked.name if asked and asked is current else ""}
    hidden |= {act.name for act in [a for a in beside(case) if a.is_for(staff, case)][:shown_as_buttons]}
    offered = [act for act in acts if act.name not in hidden and act.is_for(staff, case)]
    named = frozenset[str]().union(*(names for _words, names in PARTS))
    lines = [
        (words, [act for act in offered if (act.name in names if names else act.name not in named)])
        for words, names in PARTS
    ]
    return [
        {
            "words": words,
            "acts": [
                {"href": act_href(case, act), "words": act.title_for(case), "is_current": act is current}
                for act in acts
            ],
        }
        for words, acts in lines
        if acts
    ]


def act_href(case: Case, act: CaseAct) -> str:
    return reverse("act", args=[case.number, act.name])


def recipients_of_act(case: Case, act: CaseAct) -> dict[str, Any]:
    """Whom the act will tell and by which channels, said before it is done."""
    rule = rule_of(case, act)
    if rule is None:
        words = str(act.consequence) or pgettext("act", "Notifies nobody outside")
        return {"consequence": words, "warns": False, "told": ()}
    summary = summary_of(case)
    contacts = contacts_with_ways_of(case.customer_id, have_ways=summary.ways)
    kind, also = kind_after(case, act), also_of(case.pk) if summary.links else ()
    people = recipients_by_rule(contacts, rule, reporter_id=case.reporter_id, kind=kind, also=also)
    marks: Marks = marked(people) if summary.marks else frozenset()
    down = is_out(case) and act.tells not in BACK
    count = len(written_to(people, marks))
    words = ngettext("Notifies %(n)d contact", "Notifies %(n)d contacts", count) % {"n": count}
    nobody = nobody_words(people, marks)
    if kind == CaseKind.REQUEST and not people:
        nobody = _("Nobody is notified in writing: the requester is not a contact of the company. Call them.")
    told = by_channels(people[:MOST_TOLD], marks, down=down)
    return {"consequence": nobody or words, "warns": bool(nobody), "told": told}


def rule_of(case: Case, act: CaseAct) -> NoticeRule | None:
    """What the act owes to the customer, whatever is chosen in it; None: nothing."""
    if act.tells is None:
        return None
    if act.tells == Moment.TRANSFERRED:
        return passed_on(case, case.desk, "")[0]
    procedure = versions.of(case.procedure_version_id)
    variants = (None, *VARIANTS.get(act.tells, ()))
    rules = (procedure.notice_for(act.tells, variant, kind_after(case, act)) for variant in variants)
    return next((rule for rule in rules if rule), None)


def kind_after(case: Case, act: CaseAct) -> CaseKind:
    """What the case is for those who are told: one that is passed on is told as the request that it is or becomes."""
    return passed_on(case, case.desk, "")[1] if act.tells == Moment.TRANSFERRED else kind_of(case.desk)


# --- stale ------------------------------------------------------------------------------------------------------------
# Two people on one case: an act that was prepared before something changed comes back with what changed.
def changed_since(case: Case, seen: str, staff: Staff, at: datetime) -> Refusal | None:
    """What others did since the form was shown (``seen`` is the number of its last event); None if nothing."""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10) or int(seen) >= case.seq:
        return None
    others = [event for event in events_since(case, int(seen)) if disturbs(event, staff)]
    if not others:
        return None
    return Refusal(
        sentence=_("This case changed while you were writing. Nothing was sent; what you typed is here."),
        remedy=_("Review what is new, correct what needs correcting, and send it again."),
        changes=lines_of(others, at),
    )


# --- drafts -----------------------------------------------------------------------------------------------------------
# Drafts: what is being written is kept on the server, so that it is there on any screen after any interruption.
NOT_KEPT = {"csrfmiddlewaretoken", "seen", "draft", "next"}
LONGEST_KEY, LONGEST_FIELD, MOST_FIELDS = 80, 4000, 40


@needs(Right.SEE_DESK)
@require_POST
def draft(request: DeskRequest) -> HttpResponse:
    """Keep the fields of a form under its key; answers with the words that say so, or goes on to ``next``.

    Whoever sees the desk may keep what is being written: nobody else sees it. A form's key names what it is about
    (``caso:17:nota``); others, such as a file that waits to be imported, are not written here.
    """
    key = request.POST.get("draft", "")
    if not (":" in key and len(key) <= LONGEST_KEY) or "\0" in key:
        return HttpResponse(status=400)
    fields = {storable(n): storable(str(v)[:LONGEST_FIELD]) for n, v in request.POST.items() if n not in NOT_KEPT}
    at = now()
    keep_draft(request.user, key, dict(list(fields.items())[:MOST_FIELDS]), at)
    following = request.POST.get("next", "")
    if following and url_has_allowed_host_and_scheme(following, {request.get_host()}):
        return HttpResponseRedirect(following)  # an address, never a name of one
    return HttpResponse(saved_words(at, at), content_type="text/plain; charset=utf-8")


def storable(words: str) -> str:
    """A draft is kept as it is, but for the one sign the database has no place for."""
    return words.replace("\0", "")


urlpatterns = [
    path("borradores", draft, name="draft"),
]
