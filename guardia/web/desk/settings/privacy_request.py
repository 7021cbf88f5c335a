"""One person's data: who is meant, what is asked; what would go and what stays; confirmed, and the copy fetched."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guardia.cases.number import grouped
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id, contacts_matching
from guardia.customers.phones import NotANumber, normalise
from guardia.evidence.files import files_of_ids
from guardia.people.lookup import staff_matching, staff_of_id
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.privacy import requests
from guardia.privacy.requests import PrivacyRequest, Reason, RequestedRight, State
from guardia.privacy.written_words import GROUPS, KEPT
from guardia.web.desk.companies.frame import DeskForm, language_choices, member, prose
from guardia.web.desk.page import page as answer
from guardia.web.desk.page import say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.privacy import privacy_page, protects, whom
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.audit import exported
from guardia.web.shared.responses import download

MOST, LONGEST = 20, 2000
GONE = 410
MOVES = (State.ASKED, State.CONFIRMED)
REFUSALS = {
    "open_case": (
        gettext_lazy("The person is involved in a case that is open."),
        gettext_lazy("Close it first; then look again."),
    ),
    "open_complaint": (
        gettext_lazy("A formal complaint is open, and the law sets its deadline."),
        gettext_lazy("Answer it and close it first."),
    ),
    "contested": (
        gettext_lazy("There is an objection to a wait of the case, and nobody has ruled on it yet."),
        gettext_lazy("The quality manager rules on it first."),
    ),
    "hold": (gettext_lazy("A case is on legal hold."), gettext_lazy("Whoever placed the hold lifts it first.")),
    "company_on_hold": (
        gettext_lazy("The company is on legal hold."),
        gettext_lazy("Whoever placed the hold lifts it first."),
    ),
    "only_company_administrator": (
        gettext_lazy("The company has no other administrator of its contacts."),
        gettext_lazy("Make another contact of the company its administrator first."),
    ),
    "only_administrator": (
        gettext_lazy("Guardia would be left without an administrator."),
        gettext_lazy("Make somebody else an administrator first."),
    ),
    "still_active": (
        gettext_lazy("The person still signs in."),
        gettext_lazy("Deactivate the person under Companies, People first."),
    ),
    "on_a_level": (
        gettext_lazy("The person has a turn or a cover in the escalation."),
        gettext_lazy("Remove the person from the rota first."),
    ),
    "on_its_way": (
        gettext_lazy("A message to the person is on its way."),
        gettext_lazy("Wait until it has left, or was given up after 48 hours."),
    ),
    "owed_news": (
        gettext_lazy("A notice is still due to this person."),
        gettext_lazy("Wait a minute until it has left."),
    ),
    "owed_a_call": (
        gettext_lazy("One of this person's calls is still open."),
        gettext_lazy("Call back, or resolve the call first."),
    ),
    "mail_to_rule": (
        gettext_lazy("An email from this person is waiting for a decision."),
        gettext_lazy("Resolve it in the tray first."),
    ),
}


class AskForm(DeskForm):
    what = forms.ChoiceField(
        label=gettext_lazy("What is asked"), choices=RequestedRight.choices, initial=RequestedRight.EXPORT
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it is erased"),
        choices=[("", gettext_lazy("Only for an erasure")), *Reason.choices],
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the copy"), choices=language_choices, required=False)
    names = prose(
        gettext_lazy("Other spellings of the name"),
        LONGEST,
        help_text=gettext_lazy(
            "One per line. A name consisting of one short word is not searched for in texts: include the surname."
        ),
    )
    addresses = prose(gettext_lazy("Other email addresses"), LONGEST, help_text=gettext_lazy("One per line."))
    numbers = prose(
        gettext_lazy("Other telephone numbers"),
        LONGEST,
        help_text=gettext_lazy("One per line, as you would dial them; at least seven digits."),
    )

    def subject(self) -> dict[str, list[str]]:
        return {key: self.cleaned_data.get(key, "").splitlines() for key in ("names", "addresses", "numbers")}


@protects
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """``?q=``: who is meant; ``?contacto=``, ``?persona=`` or ``?otro``: what is asked about this one."""
    contact, staff = chosen(request)
    if request.method != "POST":
        asked = request.GET.get("q", "").replace("\0", "")[:200].strip()
        known = contact or staff
        form = AskForm()
        form.initial["language"] = known.language if known else "es"
        is_form = bool(known or "otro" in request.GET)
        return person_page(request, form if is_form else None, contact, staff, asked=asked)
    form = AskForm(request.POST)
    made = attempt(lambda: asked_for(form, contact, staff, by=member(request)), form)
    if isinstance(made, Refusal):
        return person_page(request, form, contact, staff, status=INVALID)
    return redirect("privacy_request", made.pk)


def asked_for(form: AskForm, contact: Contact | None, staff: Staff | None, *, by: Staff) -> PrivacyRequest:
    fields = form.cleaned_data
    said = {"subject": form.subject(), "reason": fields["reason"], "language": fields["language"]}
    return requests.ask(fields["what"], by=by, at=now(), contact=contact, staff=staff, **said)


def chosen(request: HttpRequest) -> tuple[Contact | None, Staff | None]:
    asked = request.POST if request.method == "POST" else request.GET
    contact, staff = number_in(asked.get("contacto", "")), number_in(asked.get("persona", ""))
    if contact:
        return contact_of_id(contact), None
    return None, staff_of_id(staff) if staff else None


def person_page(
    request: HttpRequest,
    form: AskForm | None,
    contact: Contact | None,
    staff: Staff | None,
    *,
    asked: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "contact": contact,
        "staff": staff,
        "asked": asked,
        "title": _("A person's data"),
        **(people_found(asked) if asked and not form else {}),
    }
    return privacy_page(request, "person", context, status=status)


def people_found(asked: str) -> dict[str, Any]:
    """Contacts and the operator's people by name, mailbox or number."""
    try:
        number = normalise(asked)
    except NotANumber:
        number = ""
    return {"contacts": contacts_matching(asked, number)[:MOST], "people": staff_matching(asked, number)[:MOST]}


@protects
@require_GET
def page(request: HttpRequest, request_id: int) -> HttpResponse:
    return request_page(request, read(request_id))


@protects
@require_GET
def progress(request: HttpRequest, request_id: int) -> HttpResponse:
    """How far it is; once it has come to its end the page is opened anew."""
    asked = read(request_id)
    tag = tag_of_progress(asked)
    if same := unchanged(request, tag):
        return same
    response = stamped(answer(request, "desk/settings/privacy/_progress.html", {"asked": asked, "tag": tag}), tag)
    if asked.state not in MOVES:
        response["HX-Refresh"] = "true"
    return response


def tag_of_progress(asked: PrivacyRequest) -> str:
    return tag_of([asked.state, asked.steps_done, asked.steps])


@protects
@require_POST
def confirm(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    typed = request.POST.get("palabra", "")[:100]
    files = [number_in(one) for one in request.POST.getlist("archivo")[:500]]
    done = attempt(lambda: requests.confirm(asked, typed, files, by=member(request), at=now()))
    if isinstance(done, Refusal):
        return request_page(request, asked, refusal=done.sentence, ticked=files, status=INVALID)
    return redirect("privacy_request", asked.pk)


@protects
@require_POST
def again(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    requests.look_again(asked)
    return redirect("privacy_request", asked.pk)


@protects
@require_POST
def cancel(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    requests.cancel(asked, at=now())
    if asked.state == State.CANCELLED:
        say(request, _("Request %d was cancelled: nothing was erased.") % asked.pk)
        return redirect("settings_privacy")
    return redirect("privacy_request", asked.pk)


@protects
@require_GET
def copy(request: HttpRequest, request_id: int) -> HttpResponse:
    """The ZIP, while it waits; that it was fetched is on the journal."""
    asked = requests.request_with_file(min(request_id, LARGEST_ID))
    if asked is None or asked.file is None or asked.state != State.READY:
        return request_page(
            request,
            read(request_id),
            refusal=_("There is no copy to download any more: request it again."),
            status=GONE,
        )
    exported(request, "person", key=asked.pk)
    return download(bytes(asked.file), f"guardia-persona-{asked.pk}.zip", "application/zip")


def read(request_id: int, *, locked: bool = False) -> PrivacyRequest:
    """Raises Http404."""
    asked = requests.request_of_id(min(request_id, LARGEST_ID), locked=locked)
    if asked is None:
        raise Http404
    return asked


def request_page(
    request: HttpRequest, asked: PrivacyRequest, *, refusal: str = "", ticked: Any = (), status: int = 200
) -> HttpResponse:
    found = asked.found
    tomb = requests.tombstone_of(asked)
    counts = tomb.counts if tomb and asked.state == State.DONE else found.get("goes", {})
    files = files_of_ids(found.get("files", []) if asked.what == RequestedRight.ERASE else [])
    context = {
        "asked": asked,
        "whom": whom(asked),
        "is_erasure": asked.what == RequestedRight.ERASE,
        "moves": asked.state in MOVES,
        "tag": tag_of_progress(asked),
        "is_ready": asked.state == State.READY,
        "may_look_again": asked.state in (State.READY, State.FAILED),
        "goes": [(words, counts[group]) for group, words in GROUPS.items() if group in counts],
        "stays": [
            (table.replace("_", " "), count, KEPT.get(table, "")) for table, count in found.get("stays", {}).items()
        ],
        "shared": asked.subject.get("shared", []),
        "refusals": [refusal_words(one) for one in asked.refusals] if asked.state == State.READY else [],
        "files": files,
        "ticked": set(ticked),
        "word": requests.word(),
        "refusal": refusal,
        "tomb": tomb,
        "now": now(),
    }
    return privacy_page(request, "request", context, status=status)


def refusal_words(refusal: Mapping[str, Any]) -> dict[str, Any]:
    """Why a person may not be erased yet, and what to do about it."""
    why, remedy = REFUSALS.get(refusal["code"], (refusal["code"], ""))
    cases = [grouped(number) for number in refusal.get("cases", ())]
    more = refusal.get("count", 0) - len(cases) if cases else 0
    return {"why": why, "remedy": remedy, "cases": cases, "more": more}


urlpatterns = [
    path("privacidad/persona", person, name="privacy_person"),
    path("privacidad/solicitudes/<int:request_id>", page, name="privacy_request"),
    path("privacidad/solicitudes/<int:request_id>/avance", progress, name="privacy_progress"),
    path("privacidad/solicitudes/<int:request_id>/confirmar", confirm, name="privacy_confirm"),
    path("privacidad/solicitudes/<int:request_id>/otra-vez", again, name="privacy_again"),
    path("privacidad/solicitudes/<int:request_id>/cancelar", cancel, name="privacy_cancel"),
    path("privacidad/solicitudes/<int:request_id>/copia", copy, name="privacy_copy"),
]
