"""How the people of one company come in to the portal: its own provider, a trial of it, who is signed in."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.customers import own_door, sessions
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.own_sign_in_editing import RECORDED, Standing, save, standing_of
from guardia.customers.provider_calls import Trouble
from guardia.customers.provider_trial import Tried, tried
from guardia.people.attempts import may_try
from guardia.people.audit_entry import AuditEntry, AuditKind
from guardia.people.policy import Right
from guardia.people.sessions import device
from guardia.web.desk.companies.frame import member, needs, shown
from guardia.web.desk.companies.sign_in_form import OwnSignInForm
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import say
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile
from guardia.web.portal.sign_in import way_back
from guardia.web.shared import provider_words
from guardia.web.shared.audit import note

INVALID = 422
LAST_FAILURES = 5


@needs(Right.MANAGE_STAFF)
def sign_in(request: HttpRequest, company_id: int) -> HttpResponse:
    """The form; or, once sent, kept, or said to be wrong field by field (422)."""
    company = get_object_or_404(Customer, pk=company_id)
    own = of_company(company)
    if request.method != "POST":
        return sheet(request, company, own, OwnSignInForm(of=own), looked_at(RECORDED, company.pk))
    there, form = meanwhile(request, RECORDED, company.pk), OwnSignInForm(request.POST, of=own)
    by, at = member(request), now()
    if form.is_valid() and not there.changes and taken(form, lambda fields: save(company, fields, by=by, at=at)):
        say(request, _("Saved: %s.") % company)
        return redirect("company_sign_in", company.pk)
    return sheet(request, company, own, form, there, status=there.status if there.changes else INVALID)


@needs(Right.MANAGE_STAFF)
@require_POST
def step(request: HttpRequest, company_id: int, word: str) -> HttpResponse:
    """``probar``: what the provider answers now. ``sesiones``: one (``sesion``) or all of its people are signed out."""
    company = get_object_or_404(Customer, pk=company_id)
    own = of_company(company)
    if word == "probar" and own:
        if not may_try(member(request), now()):
            say(
                request,
                _("You have tried connections %d times within the hour. Try again later.") % settings.TRIALS_PER_HOUR,
            )
            return redirect("company_sign_in", company.pk)
        note(request, AuditKind.TRIED, about=RECORDED, key=company.pk)
        found = tried(own, way_back())
        return sheet(request, company, own, OwnSignInForm(of=own), looked_at(RECORDED, company.pk), tried=found)
    if word == "sesiones":
        end(request, company)
        return redirect("company_sign_in", company.pk)
    raise Http404


def of_company(company: Customer) -> OwnSignIn | None:
    return OwnSignIn.objects.filter(customer=company).first()


def sheet(
    request: HttpRequest,
    company: Customer,
    own: OwnSignIn | None,
    form: OwnSignInForm,
    there: Meanwhile,
    *,
    status: int = 200,
    tried: Tried | None = None,
) -> HttpResponse:
    standing = sessions.standing(now(), customer=company.pk)
    is_on = own is not None and standing_of(own) != Standing.OFF
    context: dict[str, Any] = {
        "company": company,
        "own": own,
        "form": form,
        "meanwhile": there,
        "way_back": way_back(),
        "door": door_of(company) if is_on else "",
        "tried": tried,
        "trouble": provider_words.for_administrator(tried.trouble, tried.detail) if tried and tried.trouble else "",
        "doubts": provider_words.of_trial(tried) if tried else (),
        "failures": failures_of(company),
        "sessions": [(one, device(one.agent)) for one in standing],
    }
    return shown(request, "sign_in", context, tab="companies", status=status)


def door_of(company: Customer) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("company_own", args=[own_door.token(company.pk)])


def failures_of(company: Customer) -> list[tuple[Any, str]]:
    """When somebody did not come in by its provider lately, and why."""
    found = AuditEntry.objects.filter(kind=AuditKind.CONTACT_FAILED, about="company", key=str(company.pk))
    return [
        (one.at, provider_words.for_administrator(Trouble(one.facts["why"]), one.facts.get("detail", "")))
        for one in found.order_by("-at", "-pk")[:LAST_FAILURES]
    ]


def end(request: HttpRequest, company: Customer) -> None:
    written = request.POST.get("sesion", "")
    standing = sessions.standing(now(), customer=company.pk)
    count = sessions.end_some([one for one in standing if not written or str(one.pk) == written], now())
    if count:
        note(request, AuditKind.SESSION_ENDED, about="company", key=company.pk, sessions=count)
    words = ngettext("%d browser was signed out.", "%d browsers were signed out.", count)
    say(request, words % count if count else _("No browser of this company is signed in."))
