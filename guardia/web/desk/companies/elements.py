"""The elements of the network, and the page of one: what it hangs on, what fails with it, what is known of it now."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext

from guardia.customers.service import Service
from guardia.network.element import Element, ServiceElement
from guardia.network.elements import with_words
from guardia.network.reach import elements_behind, services_behind
from guardia.outages.outage import Outage
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.shared import about

MOST_ROWS, MOST_SERVICES, MOST_OUTAGES = 200, 100, 10


@needs(Right.SEE_DESK)
def elements(request: HttpRequest) -> HttpResponse:
    """Those whose code or name has the words; two hundred at most."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:80]
    ending = ServiceElement.objects.filter(element=OuterRef("pk")).order_by().values("element")
    ends = Coalesce(Subquery(ending.annotate(n=Count("pk")).values("n")), 0)
    found = Element.objects.select_related("city").annotate(ends=ends).order_by("-active", "folded_code")
    rows = list(with_words(found, words).prefetch_related("above__upper")[: MOST_ROWS + 1])
    opened = {each.element_id: each for each in Outage.objects.filter(ended_at=None, element__in=rows)}
    context = {
        "rows": [row_of(each, each.ends, opened.get(each.pk)) for each in rows[:MOST_ROWS]],
        "more": len(rows) > MOST_ROWS,
        "sought": words,
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
    }
    return customers_page(request, "elements", context, tab="elements")


@needs(Right.SEE_DESK)
def element(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Element.objects.select_related("city"), pk=pk)
    behind = services_behind([found.pk])
    named = Service.objects.filter(pk__in=behind[:MOST_SERVICES]).select_related("customer", "site__city")
    companies = Service.objects.filter(pk__in=behind).values("customer").distinct().count()
    below = Element.objects.filter(pk__in=elements_behind([found.pk])).exclude(pk=found.pk).order_by("folded_code")
    outages = Outage.objects.filter(element=found).order_by("-started_at")[:MOST_OUTAGES]
    context = {
        "row": row_of(found, found.services.count(), Outage.objects.filter(element=found, ended_at=None).first()),
        "below": list(below[:MOST_ROWS]),
        "services": list(named.order_by("customer__name", "circuit")),
        "behind": ngettext("%(n)d service fails with it", "%(n)d services fail with it", len(behind))
        % {"n": len(behind)},
        "companies": ngettext("%(n)d company", "%(n)d companies", companies) % {"n": companies},
        "more": len(behind) > MOST_SERVICES,
        "outages": [(reverse("outage", args=[one.number]), one) for one in outages],
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
        "handles": may(member(request), Right.HANDLE_CASES),
    }
    return customers_page(request, "element", context, tab="elements")


def row_of(element: Element, services: int, outage: Outage | None) -> dict[str, Any]:
    links = sorted(element.above.all(), key=lambda link: (link.protected, link.upper.code))
    return {
        "element": element,
        "href": reverse("element", args=[element.pk]),
        "kind": str(element.get_kind_display()),
        "city": element.city.name if element.city else "",
        "uppers": ", ".join(about.joined(link.upper.code, "*" if link.protected else "") for link in links),
        "services": services,
        "outage": outage.display_number if outage else "",
        "outage_href": reverse("outage", args=[outage.number]) if outage else "",
    }
