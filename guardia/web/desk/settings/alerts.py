"""The sources of monitoring, a new one, and its secret address, which is shown once."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.network.alert import AlertSource, SourceKind, WhatItOpens
from guardia.network.alerts_sources import LONGEST_COMMUNITY, LONGEST_NAME, add, new_token, sources_by_name, switch
from guardia.people import secret_address
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, looks, settings_page, uncached_page
from guardia.web.desk.settings.setting_form import Setting, edited, switched
from guardia.web.shared.act import Refusal, attempt

TAB = "settings_alerts"


class NewSourceForm(DeskForm):
    name = words(
        gettext_lazy("Name"),
        LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("As the desk calls it. It cannot be changed later."),
        error_messages={"required": gettext_lazy("Write the name that the desk uses for this source.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SourceKind.choices)
    opens = forms.ChoiceField(label=gettext_lazy("What it opens"), choices=WhatItOpens.choices)
    signed = forms.BooleanField(
        label=gettext_lazy("Refuse messages that are not signed"),
        required=False,
        help_text=gettext_lazy("Only where the source can sign."),
    )
    address = words(
        gettext_lazy("Address of the device"),
        60,
        help_text=gettext_lazy("For SNMP: its traps are accepted only from here."),
    )
    brings = words(
        gettext_lazy("Community, or v3:USER"),
        LONGEST_COMMUNITY,
        help_text=gettext_lazy("For SNMP: what its traps carry. Only its digest is stored."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.initial = {"opens": WhatItOpens.PROPOSAL, **(initial or {})}

    def clean(self) -> dict[str, Any]:
        """Of what pushes, address and community are not asked for."""
        cleaned = super().clean()
        if cleaned.get("kind") == SourceKind.SNMP:
            for field in ("address", "brings"):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, _("SNMP needs it. Please enter it."))
        return cleaned


@looks
def sources(request: HttpRequest) -> HttpResponse:
    at = now()
    return settings_page(
        request, "alerts/sources", {"rows": [source_row(one, at) for one in sources_by_name()]}, tab=TAB
    )


@changes
def new(request: HttpRequest) -> HttpResponse:
    """Its form; or, once sent, its address with the token, shown this once."""

    def save(fields: dict[str, Any]) -> HttpResponse:
        made, token = add(fields, by=member(request), at=now())
        if made.kind != SourceKind.SNMP:
            return address_page(request, made, token)
        say(request, _("“%s” is accepted from now on.") % made.name)
        return redirect("settings_alert_source", made.pk)

    lead = _(
        "A source that pushes gets an address with a secret token, which is shown once. SNMP traps are accepted "
        "from the device's own address, with its community or user."
    )
    form = partial(NewSourceForm, initial={"kind": request.GET.get("clase", "")})
    return edited(request, Setting(TAB, form, save, _("A source of alerts"), lead))


@changes
@require_POST
def renew(request: HttpRequest, source_id: int) -> HttpResponse:
    """A new token: the address so far answers nobody from now on."""
    source = find(source_id)
    token = attempt(lambda: new_token(source, by=member(request), at=now()))
    if isinstance(token, Refusal):
        say(request, token.sentence)
        return redirect("settings_alert_source", source.pk)
    return address_page(request, source, token)


@changes
@require_POST
def turn(request: HttpRequest, source_id: int, word: str) -> HttpResponse:
    """``apagar`` or ``encender``."""
    return switched(request, find(source_id), switch, word, "settings_alert_source")


def find(source_id: int) -> AlertSource:
    """Raises Http404."""
    return get_object_or_404(AlertSource, pk=min(source_id, LARGEST_ID))


def source_row(source: AlertSource, at: datetime) -> dict[str, Any]:
    state, is_bad = state_of(source, at)
    return {
        "source": source,
        "kind": source.get_kind_display(),
        "state": state,
        "is_bad": is_bad,
        "opens": source.get_opens_display(),
    }


def state_of(source: AlertSource, at: datetime) -> tuple[str, bool]:
    """In words, and whether somebody should look at it."""
    if not source.is_active:
        return _("switched off"), False
    if source.kind == SourceKind.SNMP and not settings.TRAPS_LISTEN and source.seen_at is None:
        return _("nothing listens to traps: TRAPS_LISTEN is not set"), True
    if source.trouble:
        return _("something is wrong with what it sends"), True
    if source.seen_at is None:
        return _("it has said nothing yet"), False
    return _("last message %s") % hour(source.seen_at, at), False


def address_page(request: HttpRequest, source: AlertSource, token: str) -> HttpResponse:
    """The address with its token, and the signing secret, which are stored nowhere."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("alerts_in", args=[token])
    context = {
        "source": source,
        "address": address,
        "secret": secret_address.signing_secret(source),
        "snippet": snippet_of(source.kind, address),
    }
    return uncached_page(request, "alerts/address", context, tab=TAB)


ADDRESS = "<ADDRESS>"
SNIPPETS: Mapping[str, str] = {
    SourceKind.ALERTMANAGER: (
        "receivers:\n  - name: guardia\n    webhook_configs:\n"
        f"      - url: '{ADDRESS}'\n        send_resolved: true\n        max_alerts: 0\n"
    ),
    SourceKind.CHECKMK: (
        "# Setup > Notifications: the script, with two parameters\n"
        f"Parameter 1: {ADDRESS}\nParameter 2 (only where it is to sign): the secret\n"
    ),
    SourceKind.PRTG: (
        "# Setup > Account Settings > Notification Templates > Execute HTTP Action\n"
        f"URL: {ADDRESS}\nHTTP Method: POST\nPayload:\n"
        "sensorid=%sensorid&deviceid=%deviceid&device=%device&host=%host&name=%name&status=%status"
        "&message=%message&group=%group&probe=%probe\n"
    ),
    SourceKind.UPTIME_KUMA: (
        "# Settings > Notifications > Webhook, and on each monitor a tag “circuit”\n"
        f"Post URL: {ADDRESS}\nRequest Body: Preset - application/json\n"
    ),
    SourceKind.TMF642: (
        "# As the callback of a hub (TMF642 v4), or alarm by alarm:\n"
        f"curl -sS -X POST '{ADDRESS}' -H 'Content-Type: application/json' -d '"
        '{"externalAlarmId": "olt-3/pon-7/los", "alarmType": "Communications Alarm", "perceivedSeverity": "critical", '
        '"probableCause": "Loss of signal", "alarmedObject": {"id": "OLT-3"}, "sourceSystemId": "ems-1", '
        '"state": "raised", "alarmRaisedTime": "2026-11-25T08:30:00-05:00"}'
        "'\n"
    ),
    SourceKind.GENERIC: (
        f"curl -sS -X POST '{ADDRESS}' -H 'Content-Type: application/json' -d '"
        '{"fingerprint": "olt-3/pon-7", "status": "firing", "name": "PON", "labels": {"circuit": "ENL-0042"}}'
        "'\n"
    ),
    SourceKind.BY_PATH: f"POST {ADDRESS}\nContent-Type: application/json\n",
}
"""What is written into the source itself; those that are not here have a script that is a file of its own."""


def snippet_of(kind: str, address: str) -> str:
    """What is written into the source itself; empty where there is nothing."""
    if kind == SourceKind.SNMP:
        where = settings.TRAPS_LISTEN or "0.0.0.0:1162"
        return f"snmptrap -v 2c -c COMMUNITY {where} '' 1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.3 i 3\n"
    return SNIPPETS.get(kind, "").replace(ADDRESS, address)


SCRIPTS: Mapping[str, str] = {
    SourceKind.ZABBIX: "docs/operations/alerts/zabbix-media-type.yaml",
    SourceKind.ICINGA: "docs/operations/alerts/icinga-notify.sh",
    SourceKind.LIBRENMS: "docs/operations/alerts/librenms-transport.txt",
    SourceKind.CHECKMK: "docs/operations/alerts/checkmk-notify.py",
}


urlpatterns = [
    path("alertas", sources, name="settings_alerts"),
    path("alertas/nueva", new, name="settings_alert_source_new"),
    path("alertas/<int:source_id>/direccion", renew, name="settings_alert_source_address"),
    path("alertas/<int:source_id>/apagar", turn, {"word": "apagar"}, name="settings_alert_source_off"),
    path("alertas/<int:source_id>/encender", turn, {"word": "encender"}, name="settings_alert_source_on"),
]
