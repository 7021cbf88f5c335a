"""The keys of the API (``/ajustes/llaves``): made, limited, rotated and ended; a secret is shown once."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.people import api_key_editing as editing
from guardia.people.api_key import ApiKey, Secret
from guardia.people.api_key_editing import NOUN, Maker
from guardia.people.lookup import machines
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Role, Staff
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, member, needs, prose, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import number_in, settings_page, uncached_page
from guardia.web.desk.settings.setting_form import Setting, edited
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.key_rows import KeyRow, day_choices, key_row, overlap_choices, scope_choices

HOME = "settings_keys"
connects = needs(Right.CONNECT)


class LimitsForm(DeskForm):
    """What a key may do, and from where."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), required=False, widget=forms.CheckboxSelectMultiple
    )
    further = prose(
        gettext_lazy("Further operations, one a line"),
        2000,
        rows=2,
        help_text=gettext_lazy("By their names in the API, like cases.diagnose; * stands for anything."),
    )
    networks = prose(
        gettext_lazy("From which networks, one a line"),
        2000,
        rows=2,
        help_text=gettext_lazy("An address or a network, like 192.0.2.0/24. Empty: from anywhere."),
    )

    def __init__(self, data: Any = None, *, of: ApiKey | None = None) -> None:
        super().__init__(data)
        known = scope_choices()
        self.offer("scopes", known)
        if of:
            names = {name for name, _words in known}
            self.initial = {
                "scopes": [one for one in of.scopes if one in names],
                "further": "\n".join(one for one in of.scopes if one not in names),
                "networks": "\n".join(of.networks),
            }

    def clean(self) -> dict[str, Any]:
        """What was ticked and what was written are one list."""
        cleaned = super().clean()
        ticked = [*cleaned.get("scopes", ()), cleaned.get("further", "")]
        return {**cleaned, "scopes": "\n".join(ticked)}


class NewKeyForm(LimitsForm):
    name = words(
        gettext_lazy("Name"),
        editing.LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("What it connects, such as Zabbix or the data warehouse."),
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Account it acts by"),
        required=False,
        help_text=gettext_lazy("Stands in each event as who acted. Its role says what it may do at all."),
    )
    account_name = words(gettext_lazy("Name of the new account"), 120)
    account_role = forms.ChoiceField(label=gettext_lazy("Role of the new account"), choices=Role.choices)
    days = forms.ChoiceField(label=gettext_lazy("Good for"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        known = [(str(one.pk), f"{one.name} · {one.get_role_display()}") for one in machines() if one.is_active]
        self.offer("account", [("", _("A new one")), *known])
        self.offer("days", day_choices())
        self.initial = {"days": str(editing.USUAL_DAYS), "account": known[0][0] if known else ""}
        self.order_fields(["name", "days", "account", "account_name", "account_role"])


@connects
def keys(request: HttpRequest) -> HttpResponse:
    at = now()
    return settings_page(
        request, "keys/keys", {"rows": [row_of(one, at) for one in editing.keys_by_account()]}, tab=HOME
    )


@connects
def new(request: HttpRequest) -> HttpResponse:
    """Its form; or, once sent, its secret, shown this once."""

    def save(fields: dict[str, Any]) -> HttpResponse:
        at, by = now(), member(request)
        made, secret = editing.make(account_of(fields, by, at), fields, by=by, at=at)
        return secret_page(request, made, secret)

    lead = _("A machine asks the API by a key: its account's role and what is ticked here, both, say what it may do.")
    return edited(request, Setting(HOME, NewKeyForm, save, _("A key of the API"), lead))


def account_of(fields: dict[str, Any], by: Staff, at: datetime) -> Staff:
    """The account that was chosen, or a new one. Raises Unfit at the fields of the new one."""
    chosen = number_in(fields["account"])
    found = {one.pk: one for one in machines()}.get(chosen)
    if found:
        return found
    try:
        return editing.make_account(fields["account_name"], fields["account_role"], by=by, at=at)
    except editing.Unfit as unfit:
        raise editing.Unfit({f"account_{name}": words for name, words in unfit.problems.items()}) from unfit


@connects
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands, and its limits to change."""
    found = found_key(pk)

    def save(fields: dict[str, Any]) -> HttpResponse:
        saved = editing.limit(found, fields, by=member(request), at=now())
        say(request, _("Saved: %s.") % saved.name)
        return redirect("settings_key", saved.pk)

    if request.method == "POST" and (found.ended_at or found.customer_id):
        raise Http404
    context = {
        "row": row_of(found, now()),
        "account": found.staff,
        "days": day_choices(),
        "overlaps": overlap_choices(),
        "usual": (str(editing.USUAL_DAYS), str(editing.USUAL_OVERLAP_HOURS)),
    }
    return edited(
        request,
        Setting(
            HOME,
            partial(LimitsForm, of=found),
            save,
            found.name,
            noun=NOUN,
            key=found.pk,
            template="keys/key",
            context=lambda _form: context,
        ),
    )


@connects
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret; the former one stays good for as long as was chosen."""
    found = found_key(pk)
    if found.customer_id:
        raise Http404
    fields = {"overlap_hours": request.POST.get("overlap_hours", ""), "days": request.POST.get("days", "")}
    done = attempt(lambda: editing.rotate(found, fields, by=Maker(member(request)), at=now()))
    if isinstance(done, Refusal):
        say(request, done.sentence)
        return redirect("settings_key", pk)
    return secret_page(request, *done)


@connects
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A key of the operator, or of a company."""
    ended = editing.end(found_key(pk), by=Maker(member(request)), at=now())
    say(request, _("“%s” is refused from now on. Make a new key where it is still needed.") % ended.name)
    return redirect(HOME)


def found_key(pk: int) -> ApiKey:
    """Raises Http404."""
    found = editing.key_of_id(min(pk, LARGEST_ID))
    if found is None:
        raise Http404
    return found


def row_of(key: ApiKey, at: datetime) -> KeyRow:
    return key_row(key, at, lambda each: hour(each, at))


def secret_page(request: HttpRequest, key: ApiKey, secret: Secret) -> HttpResponse:
    """The key as it is written, which is stored nowhere."""
    context = {"key": key, "secret": secret, "row": row_of(key, now())}
    return uncached_page(request, "keys/secret", context, tab=HOME)


urlpatterns = [
    path("llaves", keys, name=HOME),
    path("llaves/nueva", new, name="settings_key_new"),
    path("llaves/<int:pk>", key, name="settings_key"),
    path("llaves/<int:pk>/rotar", rotate, name="settings_key_rotate"),
    path("llaves/<int:pk>/terminar", end, name="settings_key_end"),
]
