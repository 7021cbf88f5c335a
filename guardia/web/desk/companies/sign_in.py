"""How the people of one company sign in to the portal: its own provider, a trial of it, who is signed in."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.customers import own_sign_in, sessions
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import READERS, RECORDED, OwnSignIn, Standing, own_sign_in_of, save, standing_of
from guardia.customers.provider import Tried, tried
from guardia.customers.provider_calls import Trouble
from guardia.people.attempts import may_try
from guardia.people.audit import AuditKind, entries_about
from guardia.people.policy import Right
from guardia.people.second_step import device
from guardia.web.desk.companies.frame import DeskForm, customers_page, member, needs, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_nouns import STANDINGS
from guardia.web.desk.settings.setting_form import Meanwhile, looked_at, meanwhile
from guardia.web.portal.sign_in import way_back
from guardia.web.shared import provider_words
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.audit import note


# --- sign in form -----------------------------------------------------------------------------------------------------
# The form of a company's own sign-in. What may stand in a field is decided by the domain; the secret is never shown.
class OwnSignInForm(DeskForm):
    readers = {name: read for name, read in READERS.items() if name != "standing"}
    standing = forms.ChoiceField(
        label=_("How its people sign in"),
        choices=list(STANDINGS.items()),
        initial=Standing.OFF.value,
        error_messages={
            "required": _("Choose how its people sign in."),
            "invalid_choice": _("Choose how its people sign in."),
        },
    )
    issuer = words(
        _("Address of the provider (issuer)"),
        300,
        needed=True,
        help_text=_("OpenID Connect, as the provider calls itself: https://login.example.com."),
        error_messages={
            "required": _("Write the address of the provider as it calls itself, such as https://login.example.com.")
        },
    )
    client_id = words(
        _("Client identifier"),
        200,
        needed=True,
        error_messages={"required": _("Write the client identifier that the provider gave.")},
    )
    secret = words(
        _("Client secret"),
        500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    domains = words(
        _("Its email domains"),
        2000,
        needed=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what follows the @ of its email addresses, such as example.com.")},
        help_text=_("What follows the @, separated by commas. It is trusted for no other domain."),
    )
    vouches = forms.BooleanField(
        label=_("It does not send email_verified: a mailbox in these domains counts as verified"),
        required=False,
    )

    def __init__(self, data: Any = None, *, of: OwnSignIn | None = None) -> None:
        super().__init__(data, of=of)
        has_secret = of is not None and bool(of.secret)
        if of is not None:
            more = {"domains": ", ".join(of.domains), "standing": standing_of(of).value, "secret": ""}
            self.initial = {**self.initial, **more}
        self.fields["secret"].help_text = (
            gettext("There is one. Write another only to change it.")
            if has_secret
            else gettext("None is saved. Leave it empty if the provider gave none.")
        )


# --- sign in ----------------------------------------------------------------------------------------------------------
LAST_FAILURES = 5


@needs(Right.MANAGE_STAFF)
def sign_in(request: HttpRequest, company_id: int) -> HttpResponse:
    """The form; or, once sent, kept, or said to be wrong field by field (422)."""
    company = get_object_or_404(Customer, pk=company_id)
    own = own_sign_in_of(company)
    if request.method != "POST":
        return sheet(request, company, own, OwnSignInForm(of=own), looked_at(RECORDED, company.pk))
    there, form = meanwhile(request, RECORDED, company.pk), OwnSignInForm(request.POST, of=own)
    by, at = member(request), now()
    if there.changes:
        return sheet(request, company, own, form, there, status=there.status)
    if isinstance(attempt(lambda: save(company, form.cleaned_data, by=by, at=at), form), Refusal):
        return sheet(request, company, own, form, there, status=INVALID)
    say(request, gettext("Saved: %s.") % company)
    return redirect("company_sign_in", company.pk)


@needs(Right.MANAGE_STAFF)
@require_POST
def step(request: HttpRequest, company_id: int, word: str) -> HttpResponse:
    """``probar``: what the provider answers now. ``sesiones``: one (``sesion``) or all of its people are signed out."""
    company = get_object_or_404(Customer, pk=company_id)
    own = own_sign_in_of(company)
    if word == "probar" and own:
        if not may_try(member(request), now()):
            say(
                request,
                gettext("You have tried connections %d times within the hour. Try again later.")
                % settings.TRIALS_PER_HOUR,
            )
            return redirect("company_sign_in", company.pk)
        note(request, AuditKind.TRIED, about=RECORDED, key=company.pk)
        found = tried(own, way_back())
        return sheet(request, company, own, OwnSignInForm(of=own), looked_at(RECORDED, company.pk), tried=found)
    if word == "sesiones":
        end(request, company)
        return redirect("company_sign_in", company.pk)
    raise Http404


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
        "door": sign_in_address_of(company) if is_on else "",
        "tried": tried,
        "trouble": provider_words.for_administrator(tried.trouble, tried.detail) if tried and tried.trouble else "",
        "doubts": provider_words.of_trial(tried) if tried else (),
        "failures": failures_of(company),
        "sessions": [(one, device(one.agent)) for one in standing],
    }
    return customers_page(request, "sign_in", context, tab="companies", status=status)


def sign_in_address_of(company: Customer) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("company_own", args=[own_sign_in.token(company.pk)])


def failures_of(company: Customer) -> list[tuple[Any, str]]:
    """When somebody did not come in by its provider lately, and why."""
    return [
        (one.at, provider_words.for_administrator(Trouble(one.facts["why"]), one.facts.get("detail", "")))
        for one in entries_about(AuditKind.CONTACT_FAILED, "company", company.pk)[:LAST_FAILURES]
    ]


def end(request: HttpRequest, company: Customer) -> None:
    written = request.POST.get("sesion", "")
    standing = sessions.standing(now(), customer=company.pk)
    count = sessions.end_some([one for one in standing if not written or str(one.pk) == written], now())
    if count:
        note(request, AuditKind.SESSION_ENDED, about="company", key=company.pk, sessions=count)
    words = ngettext("%d browser was signed out.", "%d browsers were signed out.", count)
    say(request, words % count if count else gettext("No browser of this company is signed in."))
