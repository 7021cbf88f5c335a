"""The interface of a carrier (MEF 124): edited, tried, its secret address made; and the presses on a ticket there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.carriers import carrier_connection, interface_verbs
from guardia.carriers.carrier import Carrier, Route
from guardia.carriers.carrier_connection import CarrierConnection, connection_of, save_connection
from guardia.carriers.carrier_exchange import trial
from guardia.carriers.carrier_mirroring import locked
from guardia.carriers.ticket import CarrierTicket
from guardia.config.now import now
from guardia.people import rehearsal
from guardia.people.attempts import may_try
from guardia.people.audit import AuditKind
from guardia.people.policy import Right, may_handle
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Actor
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, customers_page, member, needs, words
from guardia.web.desk.page import case_href, say
from guardia.web.desk.settings.setting_form import looked_at, meanwhile
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.audit import note


def secret(label: Any, **more: Any) -> forms.CharField:
    hidden = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=2000, required=False, widget=hidden, **more)


class InterfaceForm(DeskForm):
    readers = carrier_connection.READERS
    route = forms.ChoiceField(label=gettext_lazy("New tickets go by"), choices=Route.choices)
    url = words(
        gettext_lazy("Address of its interface"),
        carrier_connection.LONGEST_URL,
        needed=True,
        help_text=gettext_lazy("Up to and with its version: https://…/mefApi/sonata/troubleTicket/v4"),
    )
    key = secret(
        gettext_lazy("Key that it made for us"),
        help_text=gettext_lazy(
            "Where it runs Guardia: My company, Keys, by somebody with position and telephone on record. "
            "Empty: the one that is kept stays as it is."
        ),
    )
    token_url = words(
        gettext_lazy("Or the address where tokens are asked for (OAuth2)"),
        carrier_connection.LONGEST_URL,
        help_text=gettext_lazy("With client id and secret, in place of a key."),
    )
    client_id = words(gettext_lazy("Client id"), carrier_connection.LONGEST_ID)
    client_secret = secret(
        gettext_lazy("Client secret"), help_text=gettext_lazy("Empty: the one that is kept stays as it is.")
    )
    buyer_id = words(
        gettext_lazy("Who we are there (buyerId)"),
        carrier_connection.LONGEST_ID,
        help_text=gettext_lazy("Only where the key acts for several."),
    )
    seller_id = words(
        gettext_lazy("Who it is (sellerId)"),
        carrier_connection.LONGEST_ID,
        help_text=gettext_lazy("Only where the interface serves several."),
    )

    def __init__(self, data: Any = None, *, known: CarrierConnection | None, carrier: Carrier) -> None:
        super().__init__(data)
        plain = ("url", "token_url", "client_id", "buyer_id", "seller_id")
        self.initial = {name: getattr(known, name) for name in plain} if known else {}
        self.initial["route"] = carrier.route if known else Route.MEF124


# --- the interface ----------------------------------------------------------------------------------------------------


@needs(Right.EDIT_CUSTOMERS)
def interface(request: HttpRequest, carrier_id: int) -> HttpResponse:
    """The form; or, once sent, what it holds is kept, or said to be wrong field by field (422)."""
    carrier = get_object_or_404(Carrier, pk=carrier_id)
    known = connection_of(carrier.pk)
    if request.method != "POST":
        return sheet(request, carrier, known)
    there = meanwhile(request, carrier_connection.RECORDED, carrier.pk)
    form = InterfaceForm(request.POST, known=known, carrier=carrier)
    if there.changes:
        return sheet(request, carrier, known, form=form, status=there.status, meanwhile=there)
    kept = attempt(lambda: save_connection(carrier, form.cleaned_data, by=member(request), at=now()), form)
    if isinstance(kept, Refusal):
        return sheet(request, carrier, known, form=form, status=INVALID)
    say(request, _("Saved: %s. Try it now.") % carrier)
    return redirect("carrier_interface", carrier.pk)


def sheet(
    request: HttpRequest,
    carrier: Carrier,
    known: CarrierConnection | None,
    *,
    form: InterfaceForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "carrier": carrier,
        "form": form or InterfaceForm(known=known, carrier=carrier),
        "is_known": known is not None,
        "has_address": bool(known and known.token_digest),
        "standing": standing_of(known, now()),
        "meanwhile": looked_at(carrier_connection.RECORDED, carrier.pk),
        **more,
    }
    return customers_page(request, "carrier_interface", context, tab="carriers", status=status)


def standing_of(known: CarrierConnection | None, at: datetime) -> dict[str, Any]:
    """How the interface is: when it was last reached, and what is wrong since when. Empty where there is none."""
    if known is None:
        return {}
    return {
        "reached": hour(known.reached_at, at) if known.reached_at else _("never"),
        "since": hour(known.failing_since, at) if known.failing_since else "",
        "trouble": _(known.trouble) if known.trouble else "",
    }


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def interface_act(request: HttpRequest, carrier_id: int, word: str) -> HttpResponse:
    """One press on the page of the interface: it is tried, or gets a new secret address for its notifications."""
    carrier = get_object_or_404(Carrier, pk=carrier_id)
    known = connection_of(carrier.pk)
    if known is None or word not in {"probar", "direccion"}:
        raise Http404
    if word == "direccion":
        token = carrier_connection.new_token(known, by=member(request), at=now())
        address = f"{settings.PUBLIC_URL.rstrip('/')}/api/terceros/{token}"
        answer = sheet(request, carrier, known, address=address)
        answer["Cache-Control"] = "no-store"
        return answer
    return tried(request, carrier, known)


def tried(request: HttpRequest, carrier: Carrier, known: CarrierConnection) -> HttpResponse:
    """One of our tickets is listed, and what came of it said. It is on record, and nobody tries without end."""
    if rehearsal.is_on():
        words_ = _("In a rehearsal nothing is sent. Go live first.")
        return sheet(request, carrier, known, status=INVALID, trial_words=words_)
    if not may_try(member(request), now()):
        words_ = _("Too many trials within an hour. Wait a little.")
        return sheet(request, carrier, known, status=INVALID, trial_words=words_)
    note(request, AuditKind.TRIED, about=carrier_connection.RECORDED, key=carrier.pk)
    found = trial(known)
    more: dict[str, Any] = {"trial_words": found.words, "trial_is_well": found.is_well}
    return sheet(request, carrier, known, status=200 if found.is_well else INVALID, **more)


# --- a ticket there ---------------------------------------------------------------------------------------------------


def confirm(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.confirm(ticket, by=by, at=at)
    return _("Confirmed. The third party closes its ticket.")


def reopen(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.reopen(ticket, reason, by=by, at=at)
    return _("Reopened at the third party.")


def cancel(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.ask_to_cancel(ticket, reason, by=by, at=at)
    return _("The third party is asked to cancel its ticket.")


def again(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.send_again(ticket, at)
    return _("It is sent once more.")


def by_mail(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.send_by_mail(ticket, at)
    return _("It leaves by email.")


def by_telephone(ticket: CarrierTicket, by: Actor, reason: str, at: datetime) -> str:
    interface_verbs.settle_by_telephone(ticket, at)
    return _("Noted. Record what the third party said.")


STEPS: dict[str, Callable[[CarrierTicket, Actor, str, datetime], str]] = {
    "confirmar": confirm,
    "reabrir": reopen,
    "anular": cancel,
    "de-nuevo": again,
    "por-correo": by_mail,
    "por-telefono": by_telephone,
}


@needs(Right.SEE_DESK)
@require_POST
def ticket_step(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """One press on a ticket at an interface, by whoever handles its case. A refusal is said on the page of the case."""
    deed = STEPS.get(word)
    if deed is None or pk > LARGEST_ID:
        raise Http404
    get_object_or_404(CarrierTicket, pk=pk)
    ticket, at = locked(pk), now()
    who = member(request)
    if not may_handle(who, ticket.case.desk):
        raise PermissionDenied
    reason = request.POST.get("reason", "")[:4000].replace("\0", "")
    done = attempt(lambda: deed(ticket, Actor.of_staff(who), reason, at))
    say(request, done.sentence if isinstance(done, Refusal) else done)
    return redirect(f"{case_href(ticket.case)}#ticket-{ticket.pk}")
