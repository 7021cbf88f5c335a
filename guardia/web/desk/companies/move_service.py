"""A service passes to another company on a date; what happened until then stays with whom it was (L4)."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.config.now import now
from guardia.customers.lookup import active_sites_of, companies_named, services_with_names, sites_in_use
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.customers.values import Unfit
from guardia.outages import moved_along, moving_services
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.page import say

MOST_COMPANIES, MOST_SITES = 10, 50


class MoveForm(forms.Form):
    use_required_attribute = False

    site = forms.ModelChoiceField(
        sites_in_use(),
        label=gettext_lazy("Site of the other company"),
        error_messages={"required": gettext_lazy("Find the other company, and choose the site where it ends.")},
    )
    on = forms.DateField(
        label=gettext_lazy("From what day on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


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
        try:
            new = moving_services.plan(service, site, on, by=member(request), at=at)
        except Unfit as unfit:
            form.add_error(None, unfit)
        else:
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
        "along": along_words(*moved_along.counted(service)),
    }
    return customers_page(request, "move_service", context, tab="companies", status=422 if form.errors else 200)


def sites_of(words: str, service: Service) -> list[Site]:
    """The sites of other companies that are called so."""
    companies = [one.pk for one in companies_named(words, MOST_COMPANIES) if one.pk != service.customer_id]
    return list(active_sites_of(companies)[:MOST_SITES])


def along_words(works: int, outages: int) -> str:
    """What passes on with it beside its tests; empty where nothing does."""
    parts = [
        *([ngettext("%(n)d announced work", "%(n)d announced works", works) % {"n": works}] if works else []),
        *([ngettext("%(n)d outage under way", "%(n)d outages under way", outages) % {"n": outages}] if outages else []),
    ]
    one_or_more = ngettext(
        "%(what)s passes on with it, unless it is over by that day: the other company is told of it from then on, and"
        " this one no longer.",
        "%(what)s pass on with it, unless they are over by that day: the other company is told of them from then on,"
        " and this one no longer.",
        works + outages,
    )
    both = _("%(works)s and %(outages)s") % {"works": parts[0], "outages": parts[1]} if len(parts) > 1 else ""
    return one_or_more % {"what": both or parts[0]} if parts else ""


def done_words(service: Service, site: Site, on: date, new: Service | None) -> str:
    words = {"circuit": service.circuit, "company": site.customer.name, "day": on.strftime("%d/%m/%Y")}
    if new:
        return _("%(circuit)s is a service of %(company)s now.") % words
    return _("%(circuit)s becomes a service of %(company)s on %(day)s.") % words
