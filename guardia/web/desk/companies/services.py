"""A service that goes to another company, and one that was written down provisionally while its company waited."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from guardia.cases import identifying
from guardia.cases.refusals import HasCases
from guardia.config.now import now
from guardia.customers import provisional
from guardia.customers.customer import Service, Site
from guardia.customers.lookup import (
    active_service,
    active_sites_of,
    companies_named,
    services_called,
    services_of,
    services_with_names,
    sites_in_use,
)
from guardia.outages import moving_services
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import number_in
from guardia.web.shared.act import Doing, Refusal, attempt
from guardia.web.shared.hour_fields import DayField

# --- move service -----------------------------------------------------------------------------------------------------
# A service passes to another company on a date; what happened until then stays with whom it was (L4).
MOST_COMPANIES, MOST_SITES = 10, 50


class MoveForm(forms.Form):
    use_required_attribute = False

    site = forms.ModelChoiceField(
        sites_in_use(),
        label=gettext_lazy("Site of the other company"),
        error_messages={"required": gettext_lazy("Find the other company, and choose the site where it ends.")},
    )
    on = DayField(label=gettext_lazy("From which day"))


@needs(Right.EDIT_CUSTOMERS)
def move(request: HttpRequest, company_id: int, service_id: int) -> HttpResponse:
    """GET finds the other company and its site; POST plans it, does it today, or takes it back (``quedarse``)."""
    found = services_with_names().select_related("moves_to__customer")
    service, at = get_object_or_404(found, pk=service_id, customer=company_id), now()
    if request.method == "POST" and "quedarse" in request.POST:
        if moving_services.withdraw(service, by=member(request), at=at):
            say(request, _("It stays where it is."))
        return redirect("company", company_id)
    form = MoveForm(request.POST or None, initial={"on": localtime(at).date()})
    if request.method == "POST" and form.is_valid():
        site, on = form.cleaned_data["site"], form.cleaned_data["on"]
        new = attempt(lambda: moving_services.plan(service, site, on, by=member(request), at=at), form)
        if not isinstance(new, Refusal):
            say(request, done_words(service, site, on, new))
            return redirect("company", new.customer_id if new else company_id)
    asked = (request.GET.get("q") or request.POST.get("q", "")).replace("\0", "").strip()[:200]
    context = {
        "service": service,
        "form": form,
        "asked": asked,
        "sites": sites_of(asked, service),
        "chosen": request.POST.get("site", ""),
        "open_cases": moving_services.open_cases(service),
        "along": along_words(*moving_services.counted(service)),
    }
    return customers_page(request, "move_service", context, tab="companies", status=422 if form.errors else 200)


def sites_of(words: str, service: Service) -> list[Site]:
    """The sites of other companies that are called so."""
    companies = [one.pk for one in companies_named(words, MOST_COMPANIES) if one.pk != service.customer_id]
    return list(active_sites_of(companies)[:MOST_SITES])


def along_words(works: int, outages: int) -> str:
    """What passes on with it beside its tests; empty where nothing does."""
    parts = [
        *(
            [ngettext("%(n)d planned work announced", "%(n)d planned works announced", works) % {"n": works}]
            if works
            else []
        ),
        *([ngettext("%(n)d outage under way", "%(n)d outages under way", outages) % {"n": outages}] if outages else []),
    ]
    one_or_more = ngettext(
        "%(what)s is transferred with it, unless it has ended by that day: from then on the other company is "
        "notified of it, and this one no longer is.",
        "%(what)s are transferred with it, unless they have ended by that day: from then on the other company "
        "is notified of them, and this one no longer is.",
        works + outages,
    )
    both = _("%(works)s and %(outages)s") % {"works": parts[0], "outages": parts[1]} if len(parts) > 1 else ""
    return one_or_more % {"what": both or parts[0]} if parts else ""


def done_words(service: Service, site: Site, on: date, new: Service | None) -> str:
    words = {"circuit": service.circuit, "company": site.customer.name, "day": on.strftime("%d/%m/%Y")}
    if new:
        return _("%(circuit)s is a service of %(company)s now.") % words
    return _("%(circuit)s becomes a service of %(company)s on %(day)s.") % words


# --- provisional ------------------------------------------------------------------------------------------------------
# What was put on file while a caller waited: which one of those on file it is, or that it is new (L4, P2).
MOST, MOST_FOUND = 200, 20


@needs(Right.SEE_DESK)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    return customers_page(request, "provisionals", {"rows": provisional.waiting()[:MOST]}, tab="provisionals")


@needs(Right.SEE_DESK)
@require_safe
def one(request: HttpRequest, service_id: int) -> HttpResponse:
    """A search for the one it is; once that is chosen, all that would happen."""
    return page_of(request, service_id)


def page_of(request: HttpRequest, service_id: int, refused: str = "", status: int = 200) -> HttpResponse:
    service = get_object_or_404(provisional.waiting(), pk=service_id)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    real = active_service(request.GET.get("es", "") or request.POST.get("es", ""))
    context: dict[str, Any] = {"service": service, "asked": asked, "real": real, "refused": refused}
    context["may_edit"] = may(member(request), Right.EDIT_CUSTOMERS)
    if real and not refused:
        foreseen = attempt(lambda: identifying.foresee(service, real))
        if isinstance(foreseen, Refusal):
            context |= {"refused": foreseen.sentence, "real": None}
        else:
            context["foreseen"] = foreseen
    elif not refused:
        words = asked or (service.circuit if not service.circuit.startswith(provisional.UNNAMED) else "")
        context["found"] = found_for(service, words or service.customer.name)
    return customers_page(request, "provisional", context, tab="provisionals", status=status)


def found_for(service: Service, words: str) -> list[Service]:
    """Those on file with that circuit first, then those of the companies that are called so."""
    own = [] if service.customer.provisional else list(services_of(service.customer)[:MOST_FOUND])
    found = [*services_called(words, MOST_FOUND), *own]
    for company in companies_named(words, 5):
        found += services_of(company)[:MOST_FOUND]
    fits = [one for one in dict.fromkeys(found) if not one.provisional]
    if not service.customer.provisional:
        fits = [one for one in fits if one.customer_id == service.customer_id]
    return fits[:MOST_FOUND]


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def step(request: HttpRequest, service_id: int, word: str) -> HttpResponse:
    """``es``: it is that one; ``nuevo``: it is a new one and stays; ``descartar``: no case came of it."""
    service = get_object_or_404(provisional.waiting(), pk=service_id)
    run = {"es": identified, "nuevo": kept}.get(word, discarded)
    words = attempt(lambda: run(Doing(service, member(request), now(), request.POST.dict())))
    if isinstance(words, Refusal):
        return page_of(request, service_id, words.sentence, status=words.status)
    if words:
        say(request, words)
    return redirect("company", service.customer_id) if word == "nuevo" else redirect("provisionals")


def identified(doing: Doing[Service]) -> str:
    real = get_object_or_404(Service, pk=number_in(doing.fields.get("es", "")))
    count = len(identifying.identify(doing.on, real, by=doing.who, at=doing.now))
    words = ngettext(
        "It is %(circuit)s of %(company)s; %(n)d case was moved with it.",
        "It is %(circuit)s of %(company)s; %(n)d cases were moved with it.",
        count,
    )
    return words % {"circuit": real.circuit, "company": real.customer.name, "n": count}


def kept(doing: Doing[Service]) -> str:
    provisional.keep(doing.on)
    return _("It is on file, and no longer provisional.")


def discarded(doing: Doing[Service]) -> str:
    """Raises HasCases."""
    if not provisional.discard(doing.on):
        raise HasCases()
    return ""
