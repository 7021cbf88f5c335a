"""The palette (Ctrl K): everything one can go to or do, by a few letters, from any page of the desk."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guardia.cases import saved_views
from guardia.cases.case import Case
from guardia.cases.finding import found_by
from guardia.config.now import now
from guardia.customers.folding import fold
from guardia.customers.lookup import companies_with, services_called
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.web.desk import areas, reading
from guardia.web.desk.acts.offered import any_time, asked_by, beside
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.looking import saved_looking
from guardia.web.desk.page import page
from guardia.web.desk.rooms import ROOMS, SETTINGS, links
from guardia.web.desk.settings.frame import tabs
from guardia.web.desk.shell import view_href, view_names, views_of
from guardia.web.desk.shown.act_form import allowed
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.new_case import address
from guardia.web.shared import about

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
    """What fits the letters typed; without any, what can be done here and the pages of the house."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    groups = [group for group in groups_of(request, words) if group.entries]
    return page(request, "desk/_palette.html", {"groups": groups, "words": words})


def groups_of(request: DeskRequest, words: str) -> Iterator[Group]:
    staff = request.user
    case = reading.case_for_desk(request.GET.get("caso", "")[:20]) if request.GET.get("caso") else None
    if case is not None:
        yield Group(_("In this case"), fitting(acts_of(case, staff), words))
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
    first = asked_by(case)
    for act in [*([first] if first else []), *beside(case), *any_time(case)]:
        if allowed(act, staff, case):
            yield Entry(reverse("act", args=[case.number, act.name]), str(act.title), case.display_number)


def pages_of(staff: Staff) -> Iterator[Entry]:
    if may(staff, Right.HANDLE_CASES):
        yield Entry(reverse("new_case"), _("New case"))
    if may(staff, Right.TAKE_REQUESTS):
        yield Entry(reverse("new_request"), _("New request"))
    area, names = areas.own(staff), view_names()
    for key in views_of(area):
        yield Entry(view_href(staff, area, key), names.get(key, key), pgettext("palette", "Bench"))
    for view in (*links(ROOMS, ""), *links(SETTINGS, "")):
        yield Entry(view.href, view.words)
    yield Entry(reverse("views"), _("Saved views"))
    for tab in tabs("", may_audit=may(staff, Right.SEE_AUDIT)):
        yield Entry(tab["href"], tab["words"], _("Settings"))


def saved_of(staff: Staff) -> Iterator[Entry]:
    at = now()
    for view in saved_views.visible_to(staff)[: 2 * saved_views.MOST]:
        yield Entry(saved_looking(view, staff, at).href(staff), view.name, _("Shared") if view.shared else "")


def case_entry(case: Case) -> Entry:
    where = about.joined(case.customer.name, about.city(case) or about.desk_name(case))
    return Entry(case_href(case), about.joined(case.display_number, case.subject), where, case.customer.vip)


def company_entries(words: str) -> Iterator[Entry]:
    found = companies_with(words, MOST_OF_A_KIND)
    places = reading.places_of(found)
    for company in found:
        yield Entry(reverse("company", args=[company.pk]), company.name, places.get(company.pk, ""), company.vip)


def service_entries(words: str) -> Iterator[Entry]:
    """A service leads to a new case of it: the caller has just named it."""
    for service in services_called(words, MOST_OF_A_KIND):
        where = about.joined(service.customer.name, f"{service.site.name}, {service.site.city.name}")
        yield Entry(address(service.customer, None, service), service.circuit, where)
