"""The form of a test of a service: where it goes, and what counts as good."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guardia.customers.service import Service
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.target_editing import READERS
from guardia.web.desk.companies.forms import DeskForm, words

LONGEST_ID = 19
WHAT_IS_EXPECTED = _(
    "DNS: the record's value. HTTP: the status, such as 200. SNMP: the name of its access; empty: SNMP_COMMUNITY."
)


class TargetForm(DeskForm):
    readers = {name: reader for name, reader in READERS.items() if name != "service"}
    service = forms.ModelChoiceField(Service.objects.none(), label=_("Service"), empty_label=_("Choose a service"))
    kind = forms.ChoiceField(label=_("How it is tested"), choices=ProbeKind.choices)
    address = words(
        _("Address"),
        400,
        needed=True,
        help_text=_("A name or an IP address; for a web page its whole address, https://…; for DNS the server."),
    )
    port = words(_("Port"), 5, help_text=_("For TCP. Where empty: DNS 53, SNMP 161; without ICMP 443."))
    asks = words(_("What is asked"), 255, help_text=_("DNS: the name, such as example.com MX. SNMP: the ifIndex."))
    expects = words(_("What is expected"), 255, help_text=WHAT_IS_EXPECTED)
    max_loss = words(_("Lost at most (%)"), 3, help_text=_("More than this is bad. Empty: 1."))
    max_ms = words(_("On average at most (ms)"), 5, help_text=_("Slower is bad. Empty: any time is good."))
    at_registration = forms.BooleanField(label=_("Run by itself when a case is opened"), required=False, initial=True)

    def __init__(self, data: Any = None, *, of: ServiceTarget) -> None:
        super().__init__(data, of=of)
        found = Service.objects.filter(customer_id=of.customer_id).select_related("site").order_by("circuit")
        field = cast("forms.ModelChoiceField", self.fields["service"])
        field.queryset = found.filter(Q(active=True) | Q(pk=of.service_id))
        if not of.pk:
            self.initial = {**(self.initial or {}), "service": of.service_id}


def for_the_service(target: ServiceTarget, asked: QueryDict) -> None:
    """``?servicio=7``: the link stood beside that service."""
    written = asked.get("servicio", "")
    if written.isascii() and written.isdigit() and len(written) < LONGEST_ID:
        target.service_id = int(written)
