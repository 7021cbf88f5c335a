"""The secret address of a source: shown once when it is made, made anew, switched off and on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.network import alerts_tokens as tokens
from guardia.network.alert import AlertSource
from guardia.network.alerts_sources import new_token, switch
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.alerts_rows import find, snippet_of
from guardia.web.desk.settings.frame import changes, shown


def address_shown(request: HttpRequest, source: AlertSource, token: str) -> HttpResponse:
    """The address with its token, and the signing secret. Kept nowhere, by no cache either."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("alerts_in", args=[token])
    context = {
        "source": source,
        "address": address,
        "secret": tokens.signing_secret(source),
        "snippet": snippet_of(source.kind, address),
    }
    response = shown(request, "alerts/address", context, tab="settings_alerts")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def brought_shown(request: HttpRequest, source: AlertSource) -> HttpResponse:
    """SNMP has no address of ours: where its traps go is told on its page."""
    say(request, _("“%s” is taken from now on.") % source.name)
    return redirect("settings_alert_source", source.pk)


@changes
@require_POST
def renew(request: HttpRequest, source_id: int) -> HttpResponse:
    """A new token: the address so far answers nobody from now on."""
    source = find(source_id)
    try:
        token = new_token(source, by=member(request), at=now())
    except Unfit as refused:
        say(request, " ".join(refused.messages))
        return redirect("settings_alert_source", source.pk)
    return address_shown(request, source, token)


@changes
@require_POST
def turn(request: HttpRequest, source_id: int, word: str) -> HttpResponse:
    """``apagar`` or ``encender``."""
    source = find(source_id)
    is_active = word == "encender"
    switch(source, is_active, by=member(request), at=now())
    told = _("%s is in use again.") if is_active else _("%s is switched off: what it says is not taken any more.")
    say(request, told % source.name)
    return redirect("settings_alert_source", source.pk)
