"""The company now: its affected sites on one page, what waits for a number, its requests; and one case of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.cases.queries import case_with_place, id_of_number
from guardia.clocks.clock import Clock, by_case, registration_due, running_clocks
from guardia.config.database_roles import in_one_step, repeated
from guardia.config.now import now
from guardia.customers import mailbox_contacts
from guardia.notices.wording.hours import hours_of
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Stage
from guardia.reports import company_cases
from guardia.web.portal import case_files, case_page
from guardia.web.portal.case_story import state_words
from guardia.web.portal.case_view import Ahead, ahead_of
from guardia.web.portal.visitor import SignedIn, Visitor, company_page, language_in_address, page
from guardia.web.portal.works import near_of
from guardia.web.shared import about
from guardia.web.shared.reach import room

OF_THE_CASE = "leads_to_the_case"
"""On an answer: the case is one of the company's, and the answer leads to it."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One open case: where, how the service is, and what is promised next. ``asks``: it waits for the company."""

    href: str
    number: str
    where: str
    subject: str
    impact: str
    state: str
    ahead: Ahead
    asks: str


@dataclass(frozen=True, slots=True)
class WaitingCard:
    subject: str
    received: str
    promise: str


@require_safe
@company_page
def home(request: HttpRequest, who: SignedIn) -> HttpResponse:
    at = now()
    faults, asked = company_cases.faults(who.customer_id), company_cases.requests(who.customer_id)
    clocks = running_of([*faults, *asked])
    version = versions.version_at(at)
    context = {
        "faults": [card(case, clocks.get(case.pk, []), at) for case in faults],
        "requests": [card(case, clocks.get(case.pk, []), at) for case in asked],
        "waiting": waiting_cards(who, at),
        "works": near_of(who.contact, at),
        "room": room(version.procedure) if version else (),
        "asks": any(case.stage == Stage.VERIFICATION for case in faults),
        "sent": request.GET.get("hecho") == "pedido",
        "has_others": others(who),
    }
    return page(request, "home", context, who=who)


def running_of(cases: Sequence[Case]) -> dict[int, list[Clock]]:
    return by_case(running_clocks([case.pk for case in cases]).order_by("started_at", "pk"))


def card(case: Case, clocks: Sequence[Clock], at: datetime) -> CaseCard:
    procedure = versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    return CaseCard(
        href=reverse("company_case", args=[case.number]),
        number=case.display_number,
        where=about.where(case),
        subject=case.subject,
        impact=about.impact(case),
        state=state_words(case, hours),
        ahead=ahead_of(case, clocks, procedure, hours),
        asks=_("We need you to confirm that it works.") if case.stage == Stage.VERIFICATION else "",
    )


def waiting_cards(who: SignedIn, at: datetime) -> list[WaitingCard]:
    """What was reported here and has no number yet, with the hour by which it has one (P2)."""
    waiting, version = company_cases.waiting(who.customer_id), versions.version_at(at)
    if not waiting or version is None:
        return []
    due = registration_due([one.pk for one in waiting])
    hours = hours_of(version.procedure.provider.zone, version.procedure, at)
    cards = []
    for one in waiting:
        by = due.get(one.pk)
        promise = _("The number of your case comes %(hour)s.") % {"hour": hours.before(by)} if by and by > at else ""
        cards.append(WaitingCard(one.subject, hours.at(one.received_at), promise))
    return cards


def others(who: SignedIn) -> bool:
    """Whether the same mailbox is known at another company as well, which this session may change to."""
    if who.session.by_own:
        return False
    return len(mailbox_contacts.companies_at(who.session.mailbox)) > 1


# --- one case ---------------------------------------------------------------------------------------------------------


@require_safe
@company_page
def case(request: HttpRequest, who: SignedIn, number: str) -> HttpResponse:
    found, visitor = one_of(request, who, number)
    return case_page.render_case(request, visitor, found)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    if act != case_files.ACT:
        return acted(request, number, act) if request.method == "POST" else back(request, number)
    # Who it is, in a step of its own; then the file, in none; then the act.
    known = in_one_step(request, lambda: looked_at(request, number))
    if request.method != "POST" or not getattr(known, OF_THE_CASE, False):
        return known
    case_files.make_ready(request)
    return repeated(lambda: in_one_step(request, lambda: acted(request, number, act)))


@company_page
def back(request: HttpRequest, who: SignedIn, number: str) -> HttpResponse:
    _found, visitor = one_of(request, who, number)
    response = HttpResponseRedirect(visitor.page())
    setattr(response, OF_THE_CASE, True)
    return response


@company_page
def looked_at(request: HttpRequest, who: SignedIn, number: str) -> HttpResponse:
    """As ``back``, where this contact may send a file now."""
    found, visitor = one_of(request, who, number)
    refused = case_files.may_send(request, visitor, found)
    response = refused or HttpResponseRedirect(visitor.page())
    setattr(response, OF_THE_CASE, refused is None)
    return response


@company_page
def acted(request: HttpRequest, who: SignedIn, number: str, act: str) -> HttpResponse:
    found, visitor = one_of(request, who, number)
    return case_page.acted(request, visitor, found, act)


@require_safe
@company_page
def file(request: HttpRequest, who: SignedIn, number: str, pk: int) -> HttpResponse:
    found, visitor = one_of(request, who, number)
    return case_page.file(request, visitor, found, pk)


def one_of(request: HttpRequest, who: SignedIn, number: str) -> tuple[Case, Visitor]:
    """A case of the company. Raises Http404 for another's, which does not exist under its row policies."""
    wanted = parse(number)
    found = id_of_number(wanted) if wanted else None
    case = case_with_place(found) if found else None
    if case is None:
        raise Http404
    return case, Visitor(who.contact, reverse("company_case", args=[number]), False, language_in_address(request))


urlpatterns = [
    path("", home, name="company_home"),
    path("casos/<str:number>", case, name="company_case"),
    path("casos/<str:number>/<slug:act>", act, name="company_case_act"),
    path("casos/<str:number>/archivo/<int:pk>", file, name="company_case_file"),
]
