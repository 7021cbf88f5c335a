"""New, edit, deactivate: the same three pages for every noun of this folder. The rooms decide, these translate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.customers.customer import Customer
from guardia.doors.desk.companies.forms import DeskForm
from guardia.doors.desk.companies.frame import needs, shown
from guardia.doors.desk.page import say
from guardia.doors.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile
from guardia.doors.now import now
from guardia.people.policy import Right

Words = str | Promise


@dataclass(frozen=True)
class Noun:
    """What these pages need to know of a noun. ``room`` keeps, ends and resumes it; a city never ends.

    ``recorded``: under which name its changes are on record, if they are. ``begin`` fills a new one from the address.
    """

    name: str
    at: str
    form: type[DeskForm]
    model: type[Model]
    keep: Callable[..., object]
    new_words: Words
    right: Right = Right.EDIT_CUSTOMERS
    end: Callable[..., None] | None = None
    resume: Callable[..., None] | None = None
    lead: Words = ""
    tab: str = "companies"
    recorded: str = ""
    begin: Callable[[Any, QueryDict], None] | None = None

    @property
    def is_part(self) -> bool:
        return "company_id" in self.at

    def home(self, thing: Any) -> str:
        """Where its form leads back to: the company it belongs to, or the list."""
        if isinstance(thing, Customer):
            return reverse("company", args=[thing.pk]) if thing.pk else reverse("companies")
        return reverse("company", args=[thing.customer_id]) if self.is_part else reverse(self.tab)

    def find(self, pk: int, company_id: int | None) -> Any:
        """Raises Http404, for a part of another company as well."""
        return get_object_or_404(self.model, pk=pk, **({"customer_id": company_id} if self.is_part else {}))

    def fresh(self, company_id: int | None) -> Any:
        if self.is_part:
            return self.model(customer=get_object_or_404(Customer, pk=company_id))
        return self.model()

    def signed(self, request: HttpRequest) -> dict[str, Any]:
        """Who changes it and when, for a noun whose changes are on record."""
        return {"by": request.user, "at": now()} if self.recorded else {}

    def step_of(self, thing: Any) -> str:
        """The address that deactivates or activates it; nothing for what never ends or is new."""
        if not (self.end and thing.pk):
            return ""
        return self.address("step", thing, "desactivar" if is_active(thing) else "activar")

    def address(self, page: str, thing: Any, *more: str) -> str:
        own = [thing.customer_id, thing.pk] if self.is_part else [thing.pk]
        return reverse(f"{self.name}_{page}", args=[*own, *more])


def addresses(noun: Noun) -> list[URLPattern]:
    guard, known = needs(noun.right), {"noun": noun}
    return [
        path(f"{noun.at}nuevo", guard(new), known, name=f"{noun.name}_new"),
        path(f"{noun.at}<int:pk>/editar", guard(edit), known, name=f"{noun.name}_edit"),
        path(f"{noun.at}<int:pk>/<slug:word>", guard(require_POST(step)), known, name=f"{noun.name}_step"),
    ]


def new(request: HttpRequest, noun: Noun, company_id: int | None = None) -> HttpResponse:
    thing = noun.fresh(company_id)
    if noun.begin:
        noun.begin(thing, request.GET)
    return edited(request, noun, thing)


def edit(request: HttpRequest, noun: Noun, pk: int, company_id: int | None = None) -> HttpResponse:
    return edited(request, noun, noun.find(pk, company_id))


def edited(request: HttpRequest, noun: Noun, thing: Any) -> HttpResponse:
    """The form; or, once sent, what it holds is kept, or said to be wrong field by field (422)."""
    sent = request.method == "POST"
    form = noun.form(request.POST if sent else None, of=thing)
    there = meanwhile(request, noun.recorded, thing.pk) if sent else looked_at(noun.recorded, thing.pk)
    if there.changes:
        return sheet(request, noun, thing, form, status=there.status, there=there)
    if sent and form.is_valid() and taken(form, lambda fields: noun.keep(thing, fields, **noun.signed(request))):
        if thing == request.user:
            update_session_auth_hash(request, thing)
        say(request, _("Saved: %s.") % thing)
        return redirect(noun.home(thing))
    return sheet(request, noun, thing, form, status=422 if form.errors else 200, there=there)


def step(request: HttpRequest, noun: Noun, pk: int, word: str, company_id: int | None = None) -> HttpResponse:
    """Deactivate or activate; a refusal stands above the thing's own form (422)."""
    thing = noun.find(pk, company_id)
    act = {"desactivar": noun.end, "activar": noun.resume}.get(word)
    if act is None:
        raise Http404
    try:
        act(thing, **noun.signed(request))
    except ValidationError as refused:
        return sheet(request, noun, thing, noun.form(of=thing), refused=refused.messages, status=422)
    say(request, (_("Deactivated: %s.") if word == "desactivar" else _("Active again: %s.")) % thing)
    return redirect(noun.home(thing))


def taken(form: DeskForm, keep: Callable[[dict[str, Any]], object]) -> bool:
    """Hand the cleaned fields to the room; its refusals come back as the form's errors."""
    try:
        keep(form.cleaned_data)
    except ValidationError as unfit:
        form.add_error(None, unfit)
        return False
    return True


def sheet(
    request: HttpRequest,
    noun: Noun,
    thing: Any,
    form: DeskForm,
    *,
    status: int,
    refused: Sequence[str] = (),
    there: Meanwhile | None = None,
) -> HttpResponse:
    """The page of the form, with the thing's kept name above whatever is typed in it."""
    context = {
        "form": form,
        "title": str(noun.model._default_manager.get(pk=thing.pk)) if thing.pk else noun.new_words,
        "lead": noun.lead,
        "action": noun.address("edit", thing) if thing.pk else "",
        "back": noun.home(thing),
        "step": noun.step_of(thing),
        "is_active": not thing.pk or is_active(thing),
        "refused": refused,
        "meanwhile": there or looked_at(noun.recorded, thing.pk),
        "is_new": not thing.pk,
        "company": getattr(thing, "customer", None) if noun.is_part else None,
    }
    return shown(request, "form", context, tab=noun.tab, status=status)


def is_active(thing: Any) -> bool:
    return bool(getattr(thing, "active", getattr(thing, "is_active", True)))
