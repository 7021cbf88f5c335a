"""The sources of monitoring at one glance, and a new one, whose secret address is shown once."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.network.alert import AlertSource, SourceKind
from guardia.network.alerts_sources import add
from guardia.web.desk.companies.frame import member
from guardia.web.desk.settings.alerts_address import address_shown, brought_shown
from guardia.web.desk.settings.alerts_forms import NewSourceForm
from guardia.web.desk.settings.alerts_rows import source_row
from guardia.web.desk.settings.frame import changes, looks, shown

INVALID = 422
TAB = "settings_alerts"


@looks
def sources(request: HttpRequest) -> HttpResponse:
    at = now()
    found = AlertSource.objects.order_by("-is_active", "name")
    return shown(request, "alerts/sources", {"rows": [source_row(one, at) for one in found]}, tab=TAB)


@changes
def new(request: HttpRequest) -> HttpResponse:
    """Its form; or, once sent, its address with the token, shown this once."""
    if request.method != "POST":
        return sheet(request, NewSourceForm(initial={"kind": request.GET.get("clase", "")}))
    form = NewSourceForm(request.POST)
    if form.is_valid():
        try:
            made, token = add(form.cleaned_data, by=member(request), at=now())
        except Unfit as unfit:
            form.add_error(None, unfit)
        else:
            return brought_shown(request, made) if made.kind == SourceKind.SNMP else address_shown(request, made, token)
    return sheet(request, form, status=INVALID)


def sheet(request: HttpRequest, form: NewSourceForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "title": _("A source of alerts"),
        "lead": _(
            "What pushes gets an address with a secret token, which is shown once. SNMP traps are taken from the "
            "device's own address, with its community or user."
        ),
        "back": reverse(TAB),
    }
    return shown(request, "form", context, tab=TAB, status=status)
