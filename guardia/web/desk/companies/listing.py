"""The list of companies as it is shown: fifty rows, their filters in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.customers import lookup, reach
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.service import Service
from guardia.customers.site import Site

PAGE = 50
LAST_PAGE = 2000
FILTERS = ("vip", "sin-contacto", "inactivas")


@dataclass(frozen=True, slots=True)
class Filter:
    href: str
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class CompanyList:
    words: str
    view: str
    rows: list[Customer]
    filters: tuple[Filter, ...]
    counted: str
    before: str
    after: str


def company_list(asked: Mapping[str, str]) -> CompanyList:
    """``q`` searches, ``ver`` filters, ``pagina`` turns the page. What is not understood is left aside."""
    words, view = asked.get("q", "").replace("\x00", "").strip()[:80], asked.get("ver", "")
    view = view if view in FILTERS else ""
    turned = asked.get("pagina", "")
    page = int(turned) if turned.isascii() and turned.isdigit() and len(turned) < 7 else 1
    page = min(max(page, 1), LAST_PAGE)
    companies = filtered(lookup.found_by(words) if words else Customer.objects.order_by("folded_name", "pk"), view)
    start = (page - 1) * PAGE
    ids = list(companies.values_list("pk", flat=True)[start : start + PAGE + 1])
    shown = counted(reach.with_reach(Customer.objects.filter(pk__in=ids))).in_bulk()
    rows = [shown[pk] for pk in ids]
    return CompanyList(
        words=words,
        view=view,
        rows=rows[:PAGE],
        filters=tuple(Filter(href(words, key), name, key == view) for key, name in filter_names().items()),
        counted=how_many(companies),
        before=href(words, view, page - 1) if page > 1 else "",
        after=href(words, view, page + 1) if len(rows) > PAGE else "",
    )


def filtered(companies: QuerySet[Customer], view: str) -> QuerySet[Customer]:
    """Companies that no longer buy anything are shown only when asked for."""
    match view:
        case "vip":
            return companies.filter(vip=True, active=True)
        case "sin-contacto":
            return reach.unreachable(companies.filter(active=True))
        case "inactivas":
            return companies.filter(active=False)
    return companies.filter(active=True)


def counted(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """With how many active contacts, sites and services each has; counted for the rows shown, not for all."""
    return companies.annotate(contact_count=_count(Contact), site_count=_count(Site), service_count=_count(Service))


def _count(model: type[Contact] | type[Site] | type[Service]) -> Coalesce:
    of_company = model.objects.filter(customer=OuterRef("pk"), active=True).order_by().values("customer")
    return Coalesce(Subquery(of_company.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def how_many(companies: QuerySet[Customer]) -> str:
    found = companies.order_by()[:100].values("pk").count()
    words = ngettext("%(count)s company", "%(count)s companies", found)
    return words % {"count": "99+" if found > 99 else found}


def filter_names() -> dict[str, str]:
    return {"": _("All"), "vip": "VIP", "sin-contacto": _("Nobody can be told"), "inactivas": _("Not active")}


def href(words: str, view: str, page: int = 1) -> str:
    asked = {"q": words, "ver": view, "pagina": page if page > 1 else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("companies") + (f"?{query}" if query else "")
