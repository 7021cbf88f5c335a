"""The telephone at one glance: the exchanges and how they are, and whose extension is which."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchanges import ExchangeRefused, add
from guardia.config.now import now
from guardia.people.extensions import set_extension
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, looks, shown
from guardia.web.desk.settings.telephone_address import address_shown
from guardia.web.desk.settings.telephone_forms import NewExchangeForm
from guardia.web.desk.settings.telephone_rows import exchange_row

INVALID = 422
TAB = "settings_telephone"


@looks
def telephone(request: HttpRequest) -> HttpResponse:
    return overview(request)


def overview(request: HttpRequest, *, wrong: tuple[int, str, str] | None = None) -> HttpResponse:
    """``wrong``: of whose extension, what was typed, and why it is refused."""
    at = now()
    exchanges = list(Exchange.objects.order_by("-is_active", "name"))
    context: dict[str, Any] = {
        "exchanges": [exchange_row(exchange, at) for exchange in exchanges],
        "listens": any(exchange.kind == ExchangeKind.AMI for exchange in exchanges),
        "is_configured": bool(settings.AMI_HOST),
        "people": [person(one, wrong) for one in Staff.objects.filter(is_active=True).order_by("name")],
        "is_wrong": wrong is not None,
    }
    return shown(request, "telephone/telephone", context, tab=TAB, status=INVALID if wrong else 200)


def person(staff: Staff, wrong: tuple[int, str, str] | None) -> dict[str, Any]:
    is_wrong = wrong is not None and wrong[0] == staff.pk
    typed, sentence = (wrong[1], wrong[2]) if wrong is not None and is_wrong else (staff.extension, "")
    return {"staff": staff, "extension": typed, "error": sentence}


@changes
@require_POST
def extension(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Whose telephone at the exchange is which."""
    staff = get_object_or_404(Staff, pk=min(staff_id, LARGEST_ID))
    written = request.POST.get("extension", "").replace("\0", "")[:60]
    try:
        kept = set_extension(staff, written, by=member(request), at=now())
    except ValidationError as refused:
        return overview(request, wrong=(staff.pk, written, " ".join(refused.messages)))
    words = {"name": kept.name, "extension": kept.extension}
    told = (
        _("%(name)s has the extension %(extension)s.") if kept.extension else _("%(name)s has no extension any more.")
    )
    say(request, told % words)
    return redirect(f"{reverse(TAB)}#extensions")


@changes
def new(request: HttpRequest) -> HttpResponse:
    """An exchange that pushes: its form; or, once sent, its address with the token, shown this once."""
    if request.method != "POST":
        return sheet(request, NewExchangeForm())
    form = NewExchangeForm(request.POST)
    if form.is_valid():
        fields = form.cleaned_data
        try:
            made, token = add(
                fields["name"],
                ExchangeKind.CTI,
                at=now(),
                by=member(request),
                country=fields["country"],
                signed=fields["signed"],
            )
        except ExchangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            return address_shown(request, made, token)
    return sheet(request, form, status=INVALID)


def sheet(request: HttpRequest, form: NewExchangeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "title": _("An exchange that pushes"),
        "lead": _(
            "Any exchange that can call an address when a telephone rings, is answered and is hung up: in the form of "
            "Zammad's generic CTI or sipgate.io. It gets an address with a secret token, which is shown once."
        ),
        "back": reverse(TAB),
    }
    return shown(request, "form", context, tab=TAB, status=status)
