"""The limit of one domain: given, changed, taken away, and put back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import domain_limits
from guardia.notices.domain_limit import DomainLimit
from guardia.people.setting_change import last_change
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import Undo, say
from guardia.web.desk.settings.delivery import pace_words
from guardia.web.desk.settings.frame import changes, number_in, shown
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile

INVALID = 422


class LimitForm(DeskForm):
    """Of a limit that there is only the number changes; its domain is the title."""

    readers = domain_limits.FIELDS
    domain = words(
        gettext_lazy("Domain"),
        300,
        needed=True,
        error_messages={"required": domain_limits.NO_DOMAIN},
        help_text=gettext_lazy("What stands behind the @: example.com. A subdomain counts as a domain of its own."),
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none", "inputmode": "url"}),
    )
    per_minute = words(
        gettext_lazy("Mails a minute"),
        20,
        needed=True,
        error_messages={"required": domain_limits.NO_NUMBER},
        help_text=gettext_lazy("One leaves after the other, evenly: with 30, one every two seconds."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, of: DomainLimit | None = None, suggested: str = "") -> None:
        super().__init__(data, of=of)
        if of is not None:
            del self.fields["domain"]
        elif suggested:
            self.initial["domain"] = suggested


@changes
def new(request: HttpRequest) -> HttpResponse:
    """A limit for a domain that has none (``?dominio=``: which one)."""
    if request.method != "POST":
        form = LimitForm(suggested=request.GET.get("dominio", "").replace("\0", "")[:253])
        return sheet(request, form, _("Limit for a domain"), looked_at("", None))
    form = LimitForm(request.POST)
    if form.is_valid() and kept(request, form, None):
        return redirect("settings_delivery")
    return sheet(request, form, _("Limit for a domain"), looked_at("", None), status=INVALID)


@changes
def edit(request: HttpRequest, limit_id: int) -> HttpResponse:
    """The number of a limit: the form; or, once sent, kept."""
    limit = get_object_or_404(DomainLimit, pk=min(limit_id, LARGEST_ID))
    key = domain_limits.key_of(limit.domain)
    if request.method != "POST":
        return sheet(request, LimitForm(of=limit), limit.domain, looked_at(domain_limits.NOUN, key))
    there, form = meanwhile(request, domain_limits.NOUN, key), LimitForm(request.POST, of=limit)
    if form.is_valid() and not there.changes and kept(request, form, limit):
        return redirect("settings_delivery")
    return sheet(request, form, limit.domain, there, status=there.status if there.changes else INVALID)


def kept(request: HttpRequest, form: LimitForm, limit: DomainLimit | None) -> bool:
    saved: list[DomainLimit] = []
    by, at = member(request), now()
    if not taken(form, lambda fields: saved.append(domain_limits.save(fields, by=by, at=at, of=limit))):
        return False
    tell(request, saved[0])
    return True


def tell(request: HttpRequest, limit: DomainLimit) -> None:
    words = _("To %(domain)s leave %(pace)s from now on; what is more waits its turn.")
    say(request, words % {"domain": limit.domain, "pace": pace_words(limit.per_minute)})


@changes
@require_POST
def remove(request: HttpRequest, limit_id: int) -> HttpResponse:
    """No limit for this domain any more; it can be put back."""
    limit = get_object_or_404(DomainLimit, pk=min(limit_id, LARGEST_ID))
    domain_limits.remove(limit, by=member(request), at=now())
    removed = last_change(domain_limits.NOUN, domain_limits.key_of(limit.domain))
    undo = Undo(reverse("settings_limit_restore"), "cambio", str(removed))
    say(request, _("%s has no limit any more: what waits leaves within a minute.") % limit.domain, undo=undo)
    return redirect("settings_delivery")


@changes
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """The limit that was taken away, as it was."""
    try:
        limit = domain_limits.restore(number_in(request.POST.get("cambio", "")), by=member(request), at=now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
    else:
        tell(request, limit)
    return redirect("settings_delivery")


def sheet(request: HttpRequest, form: LimitForm, title: str, there: Meanwhile, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "meanwhile": there,
        "title": title,
        "lead": _(
            "Some servers refuse mail that comes too fast. With a limit what is more waits its turn and leaves minutes "
            "later; nothing is dropped, and mail for other domains is not held up."
        ),
        "back": reverse("settings_delivery"),
    }
    return shown(request, "form", context, tab="settings_delivery", status=status)
