"""Search, and the palette (Ctrl K): whatever the caller says first, and everything one can go to or do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guardia.articles.article import Article
from guardia.articles.search import article_of_number, listed, number_in
from guardia.cases import saved_views
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.finding import found_by
from guardia.cases.labels import name_of_stage
from guardia.cases.number import parse
from guardia.config import replica
from guardia.config.now import now
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import companies_with, places_of, services_called
from guardia.customers.values import fold
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.acts.offered import any_time, beside, next_act
from guardia.web.desk.bench_filters import saved_looking
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.new_case import address
from guardia.web.desk.page import case_href, page
from guardia.web.desk.settings.setting_pages import pages_called, rights_of
from guardia.web.desk.shell import ROOMS, SETTINGS, links, shell_for, view_href, view_names, views_of
from guardia.web.shared import about

MOST_CASES, MOST_NAMES = 30, 10


@desk_page
@require_GET
def search(request: DeskRequest) -> HttpResponse:
    words, at = request.GET.get("q", "").replace("\0", "").strip()[:200], now()
    number = parse(words)
    if number and (case := case_for_desk(str(number))):
        return redirect("case", case.number)
    article = number_in(words)
    if article and article_of_number(article):
        return redirect("article", article)
    kinds = replica.read(request, lambda: everything(words, request.user, at)) if words else ()
    groups = [group for group in kinds if group["rows"]]
    context = {"words": words, "found": groups, "shell": shell_for(request, at, with_views=False)}
    return page(request, "desk/search.html", context)


def everything(words: str, staff: Staff, at: datetime) -> tuple[dict[str, Any], ...]:
    return called_here(words, staff), cases(words, at), companies(words), services(words), articles(words)


def called_here(words: str, staff: Staff) -> dict[str, Any]:
    """The pages that letters of the trade, such as ETR, lead to."""
    rows = [{"href": entry.href, "cells": [entry.words, entry.beside]} for entry in entries_of_terms(words, staff)]
    return {"name": _("Known here as"), "columns": [_("Page"), _("What it says")], "rows": rows}


def cases(words: str, at: datetime) -> dict[str, Any]:
    found = found_by(words, MOST_CASES)
    columns = [_("Case"), _("What fails"), _("Company"), _("Stage"), _("Opened")]
    return {"name": _("Cases"), "columns": columns, "rows": [case_row(case, at) for case in found]}


def case_row(case: Case, at: datetime) -> dict[str, Any]:
    stage = name_of_stage(case.stage) if case.is_open else _("closed")
    where = f"{case.customer.name}, {about.city(case) or about.desk_name(case)}"
    opened = hour(case.opened_at, at)
    return {"href": case_href(case), "cells": [case.display_number, case.subject, where, stage, opened]}


def companies(words: str) -> dict[str, Any]:
    found = companies_with(words, MOST_NAMES)
    places = places_of(found)
    rows = [company_row(company, places.get(company.pk, "")) for company in found]
    return {"name": _("Companies"), "columns": [_("Company"), _("Where")], "rows": rows}


def company_row(company: Customer, places: str) -> dict[str, Any]:
    return {"href": address(company, None), "cells": [company.name, places], "vip": company.vip}


def services(words: str) -> dict[str, Any]:
    rows = [service_row(service) for service in services_called(words, MOST_NAMES)]
    return {"name": _("Services"), "columns": [_("Circuit"), _("Company"), _("Site")], "rows": rows}


def service_row(service: Service) -> dict[str, Any]:
    where = f"{service.site.name}, {service.site.city.name}"
    return {"href": address(service.customer, None, service), "cells": [service.circuit, service.customer.name, where]}


def articles(words: str) -> dict[str, Any]:
    rows = [article_row(article) for article in listed(words)[:MOST_NAMES]]
    return {"name": pgettext("room", "Articles"), "columns": [_("Article"), pgettext("article", "Title")], "rows": rows}


def article_row(article: Article) -> dict[str, Any]:
    title = article.newest.title if article.newest else ""
    return {"href": reverse("article", args=[article.number]), "cells": [article.display_number, title]}


# --- palette ----------------------------------------------------------------------------------------------------------
# The palette (Ctrl K): everything one can go to or do, by a few letters, from any page of the desk.
MOST_OF_A_KIND = 6
SHORTEST = 2  # letters, before the database is asked


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to go to. ``words`` is what it is called, ``beside`` tells it from others of that name."""

    href: str
    words: str
    beside: str = ""
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    entries: tuple[Entry, ...]


@desk_page
@require_GET
def palette(request: DeskRequest) -> HttpResponse:
    """What fits the letters typed; without any, what can be done here and the pages of the desk."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    groups = [group for group in groups_of(request, words) if group.entries]
    return page(request, "desk/_palette.html", {"groups": groups, "words": words})


def groups_of(request: DeskRequest, words: str) -> Iterator[Group]:
    staff = request.user
    case = case_for_desk(request.GET.get("caso", "")[:20]) if request.GET.get("caso") else None
    if case is not None:
        yield Group(_("In this case"), fitting(acts_of(case, staff), words))
    yield Group(_("Known here as"), tuple(entries_of_terms(words, staff, case)))
    if len(words) >= SHORTEST:
        yield Group(_("Cases"), tuple(case_entry(found) for found in found_by(words, MOST_OF_A_KIND)))
        yield Group(_("Companies"), tuple(company_entries(words)))
        yield Group(_("Services"), tuple(service_entries(words)))
    yield Group(_("Saved views"), fitting(saved_of(staff), words))
    yield Group(_("Go to"), fitting(pages_of(staff), words))


def fitting(entries: Iterator[Entry], words: str) -> tuple[Entry, ...]:
    """Those in which each of the words begins one of theirs, accents or not."""
    wanted = fold(words).split()
    return tuple(
        entry
        for entry in entries
        if all(any(part.startswith(word) for part in fold(entry.words).split()) for word in wanted)
    )


def acts_of(case: Case, staff: Staff) -> Iterator[Entry]:
    """What the page of this case offers, first what its stage asks for."""
    if not may_handle(staff, case.desk):
        return
    first = next_act(case)
    for act in [*([first] if first else []), *beside(case), *any_time(case)]:
        if act.is_for(staff, case):
            yield Entry(reverse("act", args=[case.number, act.name]), str(act.title), case.display_number)


def pages_of(staff: Staff) -> Iterator[Entry]:
    if may(staff, Right.HANDLE_CASES):
        yield Entry(reverse("new_case"), _("New case"))
    if may(staff, Right.TAKE_REQUESTS):
        yield Entry(reverse("new_request"), _("New request"))
    area, names = areas.own(staff), view_names()
    has_default = saved_views.default_of(staff) is not None
    for key in views_of(area):
        href = view_href(staff, area, key, has_default=has_default)
        yield Entry(href, names.get(key, key), pgettext("palette", "Bench"))
    apart = {reverse("procedure_document"): _("Procedure: the document")}  # of the settings' page of that name
    for view in (*links(ROOMS, ""), *links(SETTINGS, "")):
        yield Entry(view.href, apart.get(view.href, view.words))
    yield Entry(reverse("views"), _("Saved views"))
    if may(staff, Right.SEE_REPORTS):
        yield Entry(reverse("panorama"), _("Panorama"), _("Reports"))
        yield Entry(reverse("monthly_reports"), _("Month per company"), _("Reports"))
    for group, pages in pages_called("", rights_of(staff)):
        for each in pages:
            yield Entry(reverse(each.name), str(each.in_palette or each.words), f"{_('Settings')} · {group}")


@dataclass(frozen=True, slots=True)
class Term:
    """Letters of the trade, as one types them in any language, and a page that has what they stand for.

    ``page`` is the name of its address, ``part`` the place in it; ``tells`` says in a few words what is there;
    ``of_reports``: for whoever may read reports.
    """

    letters: tuple[str, ...]
    page: str
    words: Any
    tells: Any
    part: str = ""
    of_reports: bool = False

    def is_called(self, wanted: Sequence[str]) -> bool:
        """Whether one of these folded words is the letters or their first three, and the others begin its own."""
        own = fold(f"{self.words} {self.tells}").replace(":", " ").split()
        named = [word for word in wanted if len(word) >= 3 and any(each.startswith(word) for each in self.letters)]
        return bool(named) and all(word in named or any(part.startswith(word) for part in own) for word in wanted)


SLA, ETR, MTTR = ("sla", "ans"), ("etr",), ("mttr", "tmr")
TERMS = (
    Term(SLA, "reports", gettext_lazy("Promised and actual"), gettext_lazy("SLA: what was kept"), "", True),
    Term(
        SLA,
        "procedure_document",
        gettext_lazy("All times, in one table"),
        gettext_lazy("SLA: the clocks that the procedure promises"),
        "#times",
    ),
    Term(ETR, "bench", pgettext_lazy("view", "Due next"), gettext_lazy("ETR of a case: its next promise")),
    Term(ETR, "outages", gettext_lazy("Mass outages"), gettext_lazy("ETR: when the service is expected back")),
    Term(
        MTTR,
        "panorama",
        gettext_lazy("MTTR by week"),
        gettext_lazy("MTTR: mean affected time of closed incidents"),
        "#reposicion",
        True,
    ),
    Term(MTTR, "monthly_reports", gettext_lazy("Month per company"), gettext_lazy("MTTR of one company"), "", True),
)
"""SLA is ANS in Spanish and Portuguese, MTTR is TMR."""


def entries_of_terms(words: str, staff: Staff, case: Case | None = None) -> Iterator[Entry]:
    """The pages that these letters lead to; on the page of a case, for ETR, first its own promise."""
    wanted = fold(words).split()
    if case is not None and wanted and wanted[0] in ETR:
        yield Entry(f"{case_href(case)}#promises", _("Promised now"), case.display_number)
    for term in TERMS:
        if term.is_called(wanted) and (not term.of_reports or may(staff, Right.SEE_REPORTS)):
            yield Entry(f"{reverse(term.page)}{term.part}", str(term.words), str(term.tells))


def saved_of(staff: Staff) -> Iterator[Entry]:
    at = now()
    for view in saved_views.visible_to(staff)[: 2 * saved_views.MOST]:
        yield Entry(saved_looking(view, staff, at).href(staff), view.name, _("Shared") if view.shared else "")


def case_entry(case: Case) -> Entry:
    where = about.joined(case.customer.name, about.city(case) or about.desk_name(case))
    return Entry(case_href(case), about.joined(case.display_number, case.subject), where, case.customer.vip)


def company_entries(words: str) -> Iterator[Entry]:
    found = companies_with(words, MOST_OF_A_KIND)
    places = places_of(found)
    for company in found:
        yield Entry(reverse("company", args=[company.pk]), company.name, places.get(company.pk, ""), company.vip)


def service_entries(words: str) -> Iterator[Entry]:
    """A service leads to a new case of it: the caller has just named it."""
    for service in services_called(words, MOST_OF_A_KIND):
        where = about.joined(service.customer.name, f"{service.site.name}, {service.site.city.name}")
        yield Entry(address(service.customer, None, service), service.circuit, where)


urlpatterns = [
    path("paleta", palette, name="palette"),
    path("buscar", search, name="search"),
]
