"""New, edit, deactivate: the same three pages for every noun of this folder; what concerns others is agreed first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.carriers.carrier import Carrier
from guardia.cases.band_change import Foreseen
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.field.crew import Crew
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies.bands import what_changes
from guardia.web.desk.companies.frame import DeskForm, customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.setting_form import Meanwhile, looked_at, meanwhile
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.sign_in.sessions import stays

# --- agreeing ---------------------------------------------------------------------------------------------------------
# A change that concerns others is first shown with whom it concerns, and done when the person agrees to just that.
Foresees = Callable[[Any, dict[str, Any]], Foreseen | None]


def not_agreed(foresee: Foresees | None, thing: Any, form: DeskForm, agreed: str) -> Foreseen | None:
    """Whom the change concerns, while who sends it has not ``agreed`` to just that (``Foreseen.signature``)."""
    if foresee is None or not thing.pk or not form.is_valid():
        return None
    try:
        ahead = foresee(thing, form.cleaned_data)
    except ValidationError:
        return None  # what is wrong is said when it is kept
    return ahead if ahead and agreed != ahead.signature else None


# --- new, edit, deactivate --------------------------------------------------------------------------------------------
Words = str | Promise
# What a noun may be a part of: by the word of its address, the field that names it, and the page it stands on.
WHOLES: dict[str, tuple[str, type[Model], str]] = {
    "company_id": ("customer", Customer, "company"),
    "crew_id": ("crew", Crew, "crew"),
    "carrier_id": ("carrier", Carrier, "carrier"),
}


@dataclass(frozen=True)
class Noun:
    """What these pages need to know of a noun. ``room`` keeps, ends and resumes it; a city never ends.

    ``recorded``: under which name its changes are on record, if they are. ``begin`` fills its form from the address.
    ``signs``: who changes it is asked for all the same. ``beside``: what is said of it above its form. ``foresee``:
    whom a change would concern; it is asked about before it is done.
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
    signs: bool = False
    beside: Callable[[Any, datetime], Sequence[str]] | None = None
    foresee: Foresees | None = None

    @property
    def whole(self) -> tuple[str, type[Model], str] | None:
        """What it is a part of, if it is."""
        return next((whole for word, whole in WHOLES.items() if f":{word}>" in self.at), None)

    def home(self, thing: Any) -> str:
        """Where its form leads back to: the page of what it belongs to or has parts of its own, or the list."""
        if self.whole:
            field, _model, page = self.whole
            return reverse(page, args=[getattr(thing, f"{field}_id")])
        own = next((page for _field, model, page in WHOLES.values() if isinstance(thing, model)), "")
        return reverse(own, args=[thing.pk]) if own and thing.pk else reverse(self.tab)

    def find(self, pk: int, whole_id: int | None) -> Any:
        """Raises Http404, for a part of another company as well."""
        return get_object_or_404(self.model, pk=pk, **({f"{self.whole[0]}_id": whole_id} if self.whole else {}))

    def fresh(self, whole_id: int | None) -> Any:
        if self.whole:
            field, model, _page = self.whole
            return self.model(**{field: get_object_or_404(model, pk=whole_id)})
        return self.model()

    def signed(self, by: Staff, at: datetime) -> dict[str, Any]:
        """Who changes it and when (UTC), for a noun whose changes are on record."""
        return {"by": by, "at": at} if self.recorded or self.signs else {}

    def step_of(self, thing: Any) -> str:
        """The address that deactivates or activates it; nothing for what never ends or is new."""
        if not (self.end and thing.pk):
            return ""
        return self.address("step", thing, "desactivar" if is_active(thing) else "activar")

    def address(self, page: str, thing: Any, *more: str) -> str:
        own = [getattr(thing, f"{self.whole[0]}_id"), thing.pk] if self.whole else [thing.pk]
        return reverse(f"{self.name}_{page}", args=[*own, *more])


def addresses(noun: Noun) -> list[URLPattern]:
    guard, known = needs(noun.right), {"noun": noun}
    return [
        path(f"{noun.at}nuevo", guard(new), known, name=f"{noun.name}_new"),
        path(f"{noun.at}<int:pk>/editar", guard(edit), known, name=f"{noun.name}_edit"),
        path(f"{noun.at}<int:pk>/<slug:word>", guard(require_POST(step)), known, name=f"{noun.name}_step"),
    ]


def new(request: HttpRequest, noun: Noun, **of: int) -> HttpResponse:
    """``of``: what it is a part of, as the address names it."""
    thing = noun.fresh(next(iter(of.values()), None))
    if noun.begin:
        noun.begin(thing, request.GET)
    return edited(request, noun, thing)


def edit(request: HttpRequest, noun: Noun, pk: int, **of: int) -> HttpResponse:
    thing = noun.find(pk, next(iter(of.values()), None))
    if noun.begin and request.method == "GET":
        noun.begin(thing, request.GET)
    return edited(request, noun, thing)


def edited(request: HttpRequest, noun: Noun, thing: Any) -> HttpResponse:
    """The form; or, once sent, what it holds is kept, or said to be wrong field by field (422)."""
    sent = request.method == "POST"
    form = noun.form(request.POST if sent else None, of=thing)
    there = meanwhile(request, noun.recorded, thing.pk) if sent else looked_at(noun.recorded, thing.pk)
    if there.changes:
        return sheet(request, noun, thing, form, status=there.status, there=there)
    if sent and (ahead := not_agreed(noun.foresee, thing, form, request.POST.get("sure", ""))):
        return sheet(request, noun, thing, form, status=200, there=there, ahead=ahead)
    if not sent:
        return sheet(request, noun, thing, form, status=200, there=there)
    kept = saved(noun, thing, form, by=member(request), at=now())
    if isinstance(kept, Refusal):
        return sheet(request, noun, thing, form, status=INVALID, there=there)
    if thing == request.user:
        stays(request, thing)
    say(request, _("Saved: %s.") % thing)
    return redirect(noun.home(thing))


def step(request: HttpRequest, noun: Noun, pk: int, word: str, **of: int) -> HttpResponse:
    """Deactivate or activate; a refusal stands above the thing's own form (422)."""
    thing = noun.find(pk, next(iter(of.values()), None))
    if word not in {"desactivar", "activar"}:
        raise Http404
    done = switched(noun, thing, active=word == "activar", by=member(request), at=now())
    if isinstance(done, Refusal):
        return sheet(request, noun, thing, noun.form(of=thing), refused=done.sentences, status=INVALID)
    say(request, (_("Deactivated: %s.") if word == "desactivar" else _("Active again: %s.")) % thing)
    return redirect(noun.home(thing))


def saved(noun: Noun, thing: Any, form: DeskForm, *, by: Staff, at: datetime) -> Any:
    """What the form holds is kept (``at``, UTC); or the Refusal, which stands in the form as well."""
    return attempt(lambda: noun.keep(thing, form.cleaned_data, **noun.signed(by, at)), form)


def switched(noun: Noun, thing: Any, *, active: bool, by: Staff, at: datetime) -> Refusal | None:
    """Activate or deactivate it (``at``, UTC). Raises Http404 where the noun never ends."""
    act = noun.resume if active else noun.end
    if act is None:
        raise Http404
    return attempt(lambda: act(thing, **noun.signed(by, at)))


def sheet(
    request: HttpRequest,
    noun: Noun,
    thing: Any,
    form: DeskForm,
    *,
    status: int,
    refused: Sequence[str] = (),
    there: Meanwhile | None = None,
    ahead: Foreseen | None = None,
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
        "beside": noun.beside(thing, now()) if noun.beside else (),
        "ahead": what_changes(ahead) if ahead else None,
        "whole": getattr(thing, noun.whole[0]) if noun.whole else None,
    }
    return customers_page(request, "form", context, tab=noun.tab, status=status)


def is_active(thing: Any) -> bool:
    return bool(getattr(thing, "active", getattr(thing, "is_active", True)))
