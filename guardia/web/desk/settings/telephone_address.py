"""The secret address of an exchange that pushes: shown once when it is made, made anew, switched off and on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls import tokens
from guardia.calls.exchange import Exchange
from guardia.calls.exchange_editing import switch
from guardia.calls.exchanges import ExchangeRefused, new_token
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, shown


def address_shown(request: HttpRequest, exchange: Exchange, token: str) -> HttpResponse:
    """The address with its token, and the signing secret. Kept nowhere, by no cache either."""
    home = settings.PUBLIC_URL.rstrip("/")
    context = {
        "exchange": exchange,
        "address": home + reverse("cti", args=[token]),
        "as_zammad": home + reverse("cti_as_zammad", args=[token]),
        "secret": tokens.signing_secret(exchange),
    }
    response = shown(request, "telephone/address", context, tab="settings_telephone")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@changes
@require_POST
def renew(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """A new token: the address so far answers nobody from now on."""
    exchange = get_object_or_404(Exchange, pk=min(exchange_id, LARGEST_ID))
    try:
        token = new_token(exchange, at=now(), by=member(request))
    except ExchangeRefused as refused:
        say(request, str(refused))
        return redirect("settings_exchange", exchange.pk)
    return address_shown(request, exchange, token)


@changes
@require_POST
def turn(request: HttpRequest, exchange_id: int, word: str) -> HttpResponse:
    """``apagar`` or ``encender``."""
    exchange = get_object_or_404(Exchange, pk=min(exchange_id, LARGEST_ID))
    is_active = word == "encender"
    switch(exchange, is_active, by=member(request), at=now())
    told = _("%s is in use again.") if is_active else _("%s is switched off: what it says is not taken any more.")
    say(request, told % exchange.name)
    return redirect("settings_exchange", exchange.pk)
