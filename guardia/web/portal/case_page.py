"""`/c/caso/<token>`: the page of one case for its customer. GET shows and changes nothing; POST acts, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guardia.cases import case_link
from guardia.cases.case import Case
from guardia.cases.queries import case_with_place
from guardia.cases.refusals import Refused
from guardia.clocks.clock import stopping_waits
from guardia.config.database_roles import DatabaseRole, behind, in_one_step, repeated
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id
from guardia.customers.values import Unfit
from guardia.intake import colleagues, customer_acts
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.web.portal import case_files
from guardia.web.portal.case_view import case_page_view
from guardia.web.portal.visitor import (
    GONE,
    NOT_FOUND,
    Visitor,
    in_language,
    language_in_address,
    languages,
    link_over,
    none_of_ours,
    private,
    text_in,
)
from guardia.web.shared.audit import opened_by
from guardia.web.shared.hour_fields import LONGEST as LONGEST_HOUR
from guardia.web.shared.hour_reading import HourRefused, read_hour

# --- acts -------------------------------------------------------------------------------------------------------------
# What a contact may do on the page of a case, by the name in its address: each hands its fields to a verb.
Do = Callable[[HttpRequest, Case, Contact, datetime], object]
LONGEST_ID = 19
ANY_TIME = timedelta(days=36_500)
"""How far away an hour is judged by the rule alone (P7)."""


@dataclass(frozen=True)
class Act:
    """``done`` is said on the page after it; ``anchor`` is where the page opens then."""

    do: Do
    done: Promise
    anchor: str = "#hecho"


def works(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.works(case, contact, text_in(request, "cargo"), text_in(request, "telefono"), at=at)


def by_text(act: Callable[..., object], field: str = "texto") -> Do:
    """An act that takes one text, from this field."""
    return lambda request, case, contact, at: act(case, contact, text_in(request, field), at=at)


def contest(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    waits = stopping_waits(case.pk, number_in(request, "espera"))
    return customer_acts.contest(case, contact, waits, text_in(request, "texto"), at=at)


def checked(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.checked(
        case, contact, request.POST.get("resultado") == "coincide", text_in(request, "texto"), at=at
    )


def reopen(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    since = hour_in(text_in(request, "desde", LONGEST_HOUR), case.zone, at)
    return customer_acts.reopen(case, contact, text_in(request, "texto"), since, at=at)


def hour_in(written: str, zone: str, at: datetime) -> datetime | None:
    """The hour that is typed, read in the zone of the site; None where it is empty. Raises NoSuchHour."""
    if not written.strip():
        return None
    try:
        return read_hour(written, now=at, zone=ZoneInfo(zone), farthest=ANY_TIME)
    except HourRefused as refused:
        raise NoSuchHour(why=refused.sentence) from refused


class NoSuchHour(Refused):
    field = "since"
    template = "%(why)s"


def escalate(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.ask(case, contact, at=at, level=number_in(request, "nivel"))


def colleague(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    if known := number_in(request, "colega"):
        return colleagues.add(case, contact, known, at=at)
    name, email = text_in(request, "nombre", 200), text_in(request, "correo", 300)
    return colleagues.ask_for(case, contact, name, email, text_in(request, "cargo", 200), at=at)


def number_in(request: HttpRequest, name: str) -> int:
    """The number that was sent; 0 for what is none."""
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_ID else 0


ACTS: dict[str, Act] = {
    "funciona": Act(works, _("Thank you. We have recorded your confirmation.")),
    "no-funciona": Act(
        by_text(customer_acts.does_not_work),
        _("We are looking for the cause again. Everybody who attends to it knows."),
    ),
    "no-puedo-probar": Act(
        by_text(customer_acts.cannot_test), _("We are waiting for you. The clock is stopped until you can test.")
    ),
    "no-estoy-de-acuerdo": Act(by_text(customer_acts.object_to), _("The case stays open until we have answered you.")),
    "reabrir": Act(
        reopen,
        _("Your case is open again: we are looking for the cause under the same number. Everybody concerned is told."),
    ),
    "escribir": Act(by_text(customer_acts.write), _("We have received it. Whoever handles your case will read it.")),
    "mi-numero": Act(by_text(customer_acts.give_reference, "referencia"), _("Your own number is in the case.")),
    "objetar-espera": Act(contest, _("Your objection is on record. The quality manager rules on it and tells you.")),
    "lo-comprobe": Act(checked, _("Thank you. It is on record in the case, and whoever handles it will read it.")),
    "escalar": Act(escalate, _("The next level is being paged.")),
    "colega": Act(colleague, _("Recorded. A new person is notified once your company or we have confirmed it.")),
    "archivo": Act(case_files.add, _("We have received your file. Whoever handles your case will see it.")),
}


# --- page -------------------------------------------------------------------------------------------------------------
# The page of one case for its customer: shown, and after an act shown again or left with what was done.
CONFLICT, UNFIT = 409, 422


def render_case(
    request: HttpRequest, visitor: Visitor, case: Case, *, refused: str = "", act: str = "", field: str = "", status=200
) -> HttpResponse:
    at = now()
    context = {
        "page": case_page_view(case, visitor, at),
        "visitor": visitor,
        "languages": languages(request),
        "done": ACTS[done].done if (done := request.GET.get("hecho", "")) in ACTS else "",
        "refused": refused,
        "act": act,
        "field": field,
        "sent": request.POST if act else {},
    }
    return render(request, "portal/case/page.html", context, status=status)


def acted(request: HttpRequest, visitor: Visitor, case: Case, name: str) -> HttpResponse:
    """Do it, once, and lead to the page that says what was done; a refusal comes back with what was written."""
    act = ACTS.get(name)
    if act is None:
        return HttpResponseNotFound()
    try:
        number = case_link.nonce_in(request.POST.get("vez", ""), case.pk, visitor.contact.pk)
    except LinkIsInvalid:
        words = gettext("This page has been open too long. Check it again; what you wrote is still here.")
        return render_case(request, visitor, case, refused=words, act=name, status=CONFLICT)
    try:
        do(request, visitor, case, act, name, number)
    except (Refused, Unfit) as refusal:
        field = getattr(refusal, "field", "")
        words = " ".join(refusal.messages) if isinstance(refusal, Unfit) else str(refusal)
        case = case_with_place(case.pk) or case
        return render_case(request, visitor, case, refused=words, act=name, field=field, status=UNFIT)
    return HttpResponseRedirect(visitor.page(done=name) + act.anchor, status=303)


def file(request: HttpRequest, visitor: Visitor, case: Case, pk: int) -> HttpResponse:
    """The bytes under a policy by which they do nothing; 404 for what is not shown to this company."""
    try:
        answer = case_files.given(request, case, pk)
    except Http404:
        return HttpResponseNotFound()
    answer._csp_config = {"default-src": ["'none'"], "sandbox": True}  # type: ignore[attr-defined]
    return answer


def do(request: HttpRequest, visitor: Visitor, case: Case, act: Act, name: str, number: int) -> None:
    """Does the act by the role of what is done in the portal; the case was looked up by the one that reads.

    ``number`` stands in the form and is good once: sent again, nothing more is done.
    """
    with behind(DatabaseRole.PORTAL_ACTS, visitor.contact.customer_id):
        locked, at = customer_acts.locked(case.pk), now()
        if customer_acts.count(locked, visitor.contact, number, name, at):
            act.do(request, locked, visitor.contact, at)


# --- by the link of a letter ------------------------------------------------------------------------------------------
# ``/c/caso/<token>``: the link in every notice opens that case. The token is the secret: no cookie, no sign-in.
# What is shown is read under the row policies of the contact's company, and an act is done behind it too. Each act
# carries a number drawn with the page, bound to this contact and case: it does what a CSRF token does, and counts
# once.
FOUND = 302
Show = Callable[[HttpRequest, Visitor, Case], HttpResponse]


@require_safe
def case_page(request: HttpRequest, token: str) -> HttpResponse:
    """The case, in the contact's language or that of ``?lang=``. An address that is over says so and whom to call."""
    return opened(request, token, render_case)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """POST does one act and leads back to the page; looked at, the address only leads there."""

    def back(_request: HttpRequest, visitor: Visitor, _case: Case) -> HttpResponse:
        return HttpResponseRedirect(visitor.page())

    def looked_at(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse:
        return case_files.may_send(request, visitor, case) or back(request, visitor, case)

    def done(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse:
        return acted(request, visitor, case, act)

    if act != case_files.ACT:
        return private(opened(request, token, done if request.method == "POST" else back))
    # Who it is, in a step of its own; then the file, in none; then the act.
    known = in_one_step(request, lambda: private(opened(request, token, looked_at)))
    if request.method != "POST" or known.status_code != FOUND:
        return known
    case_files.make_ready(request)
    return repeated(lambda: in_one_step(request, lambda: opened(request, token, done)))


@require_safe
def case_file(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A photograph or document that the desk shows to the company."""
    return opened(request, token, lambda request, visitor, case: file(request, visitor, case, pk))


def opened(request: HttpRequest, token: str, show: Show) -> HttpResponse:
    try:
        opens = case_link.read(token)
    except LinkHasExpired:
        return link_over(request, "expired", GONE)
    except LinkIsInvalid:
        return none_of_ours(request, lambda: link_over(request, "unknown", NOT_FOUND))
    opened_by(request, opens.customer, opens.contact)
    with behind(DatabaseRole.PORTAL, opens.customer):
        case, contact = case_with_place(opens.case), contact_of_id(opens.contact)
        if case is None:
            return link_over(request, "unknown", NOT_FOUND)
        if contact is None or not contact.active or not contact.customer.active:
            return link_over(request, "left", GONE)
        visitor = Visitor(contact, reverse("customer_case", args=[token]), True, language_in_address(request))
        with in_language(request, contact):
            return private(show(request, visitor, case))


urlpatterns = [
    path("<str:token>", case_page, name="customer_case"),
    path("<str:token>/<slug:act>", case_act, name="customer_case_act"),
    path("<str:token>/archivo/<int:pk>", case_file, name="customer_case_file"),
]
