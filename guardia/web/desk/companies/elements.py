"""The elements of the network, and the page of one: what it hangs on, what fails with it, what is known of it now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext

from guardia.customers.lookup import services_of_ids
from guardia.network.element import Element
from guardia.network.elements import below, listed, with_city
from guardia.network.reach import services_behind
from guardia.outages.outage import Outage, open_at, open_outage_of, outages_of
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.shared import about

MOST_ROWS, MOST_SERVICES, MOST_OUTAGES = 200, 100, 10


@needs(Right.SEE_DESK)
def elements(request: HttpRequest) -> HttpResponse:
    """Those whose code or name has the words; two hundred at most."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:80]
    rows = list(listed(words)[: MOST_ROWS + 1])
    opened = open_at(rows)
    context = {
        "rows": [row_of(each, each.ends, opened.get(each.pk)) for each in rows[:MOST_ROWS]],
        "more": len(rows) > MOST_ROWS,
        "sought": words,
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
    }
    return customers_page(request, "elements", context, tab="elements")


@needs(Right.SEE_DESK)
def element(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(with_city(), pk=pk)
    behind = services_behind([found.pk])
    named = services_of_ids(behind[:MOST_SERVICES])
    companies = services_of_ids(behind).values("customer").distinct().count()
    outages = outages_of(found)[:MOST_OUTAGES]
    context = {
        "row": row_of(found, found.services.count(), open_outage_of(found)),
        "below": list(below(found)[:MOST_ROWS]),
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
