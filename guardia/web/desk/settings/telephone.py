"""The exchanges and how they are, whose extension is which, and the secret address of one that pushes."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.calls import tokens
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchange_editing import switch
from guardia.calls.exchanges import LONGEST_NAME, ExchangeRefused, add, all_exchanges, new_token
from guardia.config.now import now
from guardia.people.extensions import set_extension
from guardia.people.lookup import active_staff
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, looks, page_shown_once, settings_page
from guardia.web.desk.settings.setting_form import INVALID, Setting, edited, switched
from guardia.web.desk.settings.telephone_exchange import ExchangeForm, exchange_row, find

TAB = "settings_telephone"


class NewExchangeForm(DeskForm):
    name = words(
        gettext_lazy("Name"),
        LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("As the desk calls it. It stays."),
        error_messages={"required": gettext_lazy("Write how the desk calls this exchange.")},
    )
    country = ExchangeForm.base_fields["country"]
    signed = ExchangeForm.base_fields["signed"]


@looks
def telephone(request: HttpRequest, *, wrong: tuple[int, str, str] | None = None) -> HttpResponse:
    """``wrong``: of whose extension, what was typed, and why it is refused."""
    at = now()
    exchanges = list(all_exchanges())
    context: dict[str, Any] = {
        "exchanges": [exchange_row(exchange, at) for exchange in exchanges],
        "listens": any(exchange.kind == ExchangeKind.AMI for exchange in exchanges),
        "is_configured": bool(settings.AMI_HOST),
        "people": [person(one, wrong) for one in active_staff()],
        "is_wrong": wrong is not None,
    }
    return settings_page(request, "telephone/telephone", context, tab=TAB, status=INVALID if wrong else 200)


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
        return telephone(request, wrong=(staff.pk, written, " ".join(refused.messages)))
    words = {"name": kept.name, "extension": kept.extension}
    told = (
        _("%(name)s has the extension %(extension)s.") if kept.extension else _("%(name)s has no extension any more.")
    )
    say(request, told % words)
    return redirect(f"{reverse(TAB)}#extensions")


@changes
def new(request: HttpRequest) -> HttpResponse:
    """An exchange that pushes: its form; or, once sent, its address with the token, shown this once."""

    def save(fields: dict[str, Any]) -> HttpResponse:
        try:
            made, token = add(fields.pop("name"), ExchangeKind.CTI, at=now(), by=member(request), **fields)
        except ExchangeRefused as refused:
            raise ValidationError(str(refused)) from refused
        return address_page(request, made, token)

    lead = _(
        "Any exchange that can call an address when a telephone rings, is answered and is hung up: in the form of "
        "Zammad's generic CTI or sipgate.io. It gets an address with a secret token, which is shown once."
    )
    return edited(request, Setting(TAB, NewExchangeForm, save, _("An exchange that pushes"), lead))


def address_page(request: HttpRequest, exchange: Exchange, token: str) -> HttpResponse:
    """The address with its token, and the signing secret, which are stored nowhere."""
    home = settings.PUBLIC_URL.rstrip("/")
    context = {
        "exchange": exchange,
        "address": home + reverse("cti", args=[token]),
        "as_zammad": home + reverse("cti_as_zammad", args=[token]),
        "secret": tokens.signing_secret(exchange),
    }
    return page_shown_once(request, "telephone/address", context, tab=TAB)


@changes
@require_POST
def renew(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """A new token: the address so far answers nobody from now on."""
    exchange = find(exchange_id)
    try:
        token = new_token(exchange, at=now(), by=member(request))
    except ExchangeRefused as refused:
        say(request, str(refused))
        return redirect("settings_exchange", exchange.pk)
    return address_page(request, exchange, token)


@changes
@require_POST
def turn(request: HttpRequest, exchange_id: int, word: str) -> HttpResponse:
    """``apagar`` or ``encender``."""
    return switched(request, find(exchange_id), switch, word, "settings_exchange")


urlpatterns = [
    path("telefonia", telephone, name="settings_telephone"),
    path("telefonia/nueva", new, name="settings_exchange_new"),
    path("telefonia/extension/<int:staff_id>", extension, name="settings_extension"),
    path("telefonia/<int:exchange_id>/direccion", renew, name="settings_exchange_address"),
    path("telefonia/<int:exchange_id>/apagar", turn, {"word": "apagar"}, name="settings_exchange_off"),
    path("telefonia/<int:exchange_id>/encender", turn, {"word": "encender"}, name="settings_exchange_on"),
]
