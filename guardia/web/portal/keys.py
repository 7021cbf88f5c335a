"""*Mi empresa → Llaves*: the company's own keys of the API, made, rotated and ended by who administers its contacts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.people import api_key_editing as editing
from guardia.people.api_key import ApiKey, Secret
from guardia.people.api_key_editing import Maker
from guardia.web.portal.visitor import SignedIn, administrator_page, page, text_in
from guardia.web.shared.key_rows import day_choices, key_row, overlap_choices, scope_choices

UNFIT = 422


@require_safe
@administrator_page
def keys(request: HttpRequest, who: SignedIn) -> HttpResponse:
    at = now()
    rows = [key_row(one, at) for one in editing.keys_of_company(who.customer_id)]
    return page(request, "keys", {"rows": rows}, who=who)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
def new(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """The form of a new key; made, its secret is shown once, or each field that is wrong is named (422)."""
    if request.method != "POST":
        return form(request, who)
    fields: dict[str, Any] = {name: text_in(request, name, 2000) for name in ("name", "networks", "days")}
    fields["scopes"] = request.POST.getlist("scopes")
    try:
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
            made, secret = editing.make_for_company(who.customer_id, who.contact.pk, fields, at=now())
    except Unfit as unfit:
        return form(request, who, unfit.problems)
    return once(request, who, made, secret)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
def key(request: HttpRequest, who: SignedIn, pk: int) -> HttpResponse:
    """How one key stands; sent, it gets a new secret, and the former one stays good for as long as was chosen."""
    found = theirs(who, pk)
    if request.method != "POST":
        return standing(request, who, found)
    fields = {name: text_in(request, name, 10) for name in ("overlap_hours", "days")}
    try:
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
            rotated, secret = editing.rotate(found, fields, by=Maker(contact=who.contact.pk), at=now())
    except Unfit as unfit:
        return standing(request, who, found, unfit.messages)
    return once(request, who, rotated, secret)


@require_POST
@administrator_page
def end(request: HttpRequest, who: SignedIn, pk: int) -> HttpResponse:
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        editing.end(theirs(who, pk), by=Maker(contact=who.contact.pk), at=now())
    return HttpResponseRedirect(reverse("company_keys"), status=303)


def theirs(who: SignedIn, pk: int) -> ApiKey:
    """One of the company's own. Raises Http404."""
    found = editing.key_of_company(pk, who.customer_id)
    if found is None:
        raise Http404
    return found


def form(request: HttpRequest, who: SignedIn, problems: dict[str, str] | None = None) -> HttpResponse:
    ticked = request.POST.getlist("scopes") if problems else ["cases.read", "cases.open"]
    context = {
        "problems": problems or {},
        "name": text_in(request, "name", editing.LONGEST_NAME),
        "networks": text_in(request, "networks", 2000),
        "scopes": [(value, words, value in ticked) for value, words in scope_choices(of_a_company=True)],
        "days": day_choices(),
        "chosen_days": text_in(request, "days", 10) or str(editing.USUAL_DAYS),
    }
    return page(request, "key_new", context, who=who, status=UNFIT if problems else 200)


def standing(request: HttpRequest, who: SignedIn, found: ApiKey, problems: list[str] | None = None) -> HttpResponse:
    context = {
        "row": key_row(found, now()),
        "problems": problems or [],
        "days": day_choices(),
        "overlaps": overlap_choices(),
        "usual": (str(editing.USUAL_DAYS), str(editing.USUAL_OVERLAP_HOURS)),
    }
    return page(request, "key", context, who=who, status=UNFIT if problems else 200)


def once(request: HttpRequest, who: SignedIn, key: ApiKey, secret: Secret) -> HttpResponse:
    """The key as it is written, which is stored nowhere; no cache keeps the page."""
    return page(request, "key_once", {"key": key, "secret": secret, "row": key_row(key, now())}, who=who)


urlpatterns = [
    path("llaves", keys, name="company_keys"),
    path("llaves/nueva", new, name="company_key_new"),
    path("llaves/<int:pk>", key, name="company_key"),
    path("llaves/<int:pk>/terminar", end, name="company_key_end"),
]
