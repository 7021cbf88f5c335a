"""Planned work as one company reads it: its own services, and its answer; by the link of a letter, or signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guardia.cases.refusals import Refused
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.languages import in_active
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.outages import work_answers
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.published import services_by_work, work_of, works_of
from guardia.outages.work_answers import AGREED, OBJECTED
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.procedure.version import ProcedureVersion
from guardia.web.portal.visitor import (
    GONE,
    NOT_FOUND,
    SignedIn,
    company_page,
    in_language,
    language_in_address,
    languages,
    page,
    private,
    text_in,
)
from guardia.web.shared.audit import opened_by
from guardia.web.shared.reach import room

# --- answer -----------------------------------------------------------------------------------------------------------
# A company agrees to a planned work, or says what does not suit it: done under its own row policies, for its contact.
ACTS = ("de-acuerdo", "objetar")


def write_answer(request: HttpRequest, contact: Contact, work_id: int, act: str) -> str:
    """What refused it, in a sentence; empty where it is done. The work was found under the company's row policies."""
    try:
        with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
            work = work_answers.held(work_id)
            at = now()
            if act == "de-acuerdo":
                work_answers.agree(work, contact, at=at)
            else:
                work_answers.object_(work, contact, text_in(request, "texto", 500), at=at)
    except Refused as refused:
        return str(refused)
    return ""


# --- view -------------------------------------------------------------------------------------------------------------
# What a company reads of a planned work, under its own row policies: hours of its own sites, its own services, its
# answer.
MOST_NEAR = 3
SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServiceView:
    circuit: str
    where: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class WorkView:
    """``kind``: coming, running, late, over, cancelled. ``may_agree``: it is asked; ``may_object``: it may say."""

    number: str
    title: str
    kind: str
    state: str
    window: str
    expected: str
    services: Sequence[ServiceView]
    answer: str
    answer_words: str
    may_agree: bool
    may_object: bool


def near_of(contact: Contact, at: datetime) -> list[WorkView]:
    """Those under way, or that begin within a day: what whoever is about to report a fault should know."""
    near = [work for work in works_of(contact.customer_id) if work.starts_at <= at + SOON]
    return work_views(near[:MOST_NEAR], contact, at)


def work_views(works: Sequence[PlannedWork], contact: Contact, at: datetime) -> list[WorkView]:
    """In the order given; two questions, however many there are."""
    if not works:
        return []
    rows, version = services_by_work(works, contact.customer_id), versions.version_at(at)
    return [work_view_of(work, rows.get(work.pk, []), at, version) for work in works]


def work_view_of(
    work: PlannedWork, found: Sequence[PlannedWorkService], at: datetime, version: ProcedureVersion | None
) -> WorkView:
    """``found``: the company's services that it touches, or touched; ``version``: the procedure in force."""
    touched = [row for row in found if row.taken_out_at is None]
    hours = hours_for(found, work, at, version)
    kind, state = state_of(work, hours)
    first = touched[0] if touched else None
    can_be_answered = kind == "coming" and first is not None
    answer = first.answer if first else ""
    return WorkView(
        number=work.display_number,
        title=in_active(work.public_name),
        kind=kind,
        state=state if touched else _("It does not affect your company after all."),
        window=hours.zoned(hours.window(work.starts_at, work.ends_at)),
        expected=expected(work),
        services=[service_view(row) for row in found],
        answer=answer_text(first, hours),
        answer_words=first.answer_words if first else "",
        may_agree=can_be_answered and work.needs_agreement and answer != AGREED,
        may_object=can_be_answered,
    )


def hours_for(
    rows: Sequence[PlannedWorkService], work: PlannedWork, at: datetime, version: ProcedureVersion | None
) -> Hours:
    """In the zone of most of the company's sites that it touches."""
    zones = [row.service.site.zone for row in rows] or [work.zone]
    zone = max(dict.fromkeys(zones), key=zones.count)
    return hours_of(zone, version.procedure, at) if version else Hours(zone, zone, at)


def state_of(work: PlannedWork, hours: Hours) -> tuple[str, str]:
    if work.state == WorkState.CANCELLED:
        return "cancelled", _("It was cancelled: your services are not affected.")
    if work.ended_at:
        return "over", _("It has been over %(hour)s.") % {"hour": hours.since(work.ended_at)}
    if work.overran_at:
        return "late", _("It was due to end %(hour)s. We apologise.") % {"hour": hours.at(work.overran_at)}
    if work.state == WorkState.UNDER_WAY:
        return "running", _("It is under way.")
    return "coming", _("It is announced.")


def expected(work: PlannedWork) -> str:
    if work.expected_minutes is None:
        return _("Your services may be out for the whole window.")
    if work.expected_minutes == 0:
        return _("No time without service is expected; a short interruption is possible.")
    time = lasting(work.expected_minutes * 60)
    return _("Your services may be out for up to %(time)s within the window.") % {"time": time}


def service_view(row: PlannedWorkService) -> ServiceView:
    site = row.service.site
    return ServiceView(row.service.circuit, f"{site.name}, {site.city.name}", row.taken_out_at is not None)


def answer_text(row: PlannedWorkService | None, hours: Hours) -> str:
    if row is None or row.answered_at is None:
        return ""
    words = {AGREED: _("Your company agreed %(hour)s."), OBJECTED: _("Your company told us %(hour)s:")}
    return words.get(row.answer, "") % {"hour": hours.at(row.answered_at)}


# --- signed in --------------------------------------------------------------------------------------------------------
# ``/mi-empresa/trabajos``: the planned works that touch the company, each with its answer.
UNFIT = 422


@require_http_methods(["GET", "HEAD"])
@company_page
def works(request: HttpRequest, who: SignedIn) -> HttpResponse:
    return works_page(request, who)


@require_POST
@company_page
def answer_signed_in(request: HttpRequest, who: SignedIn, pk: int, act: str) -> HttpResponse:
    """``de-acuerdo`` or ``objetar``. Raises Http404 for a work that does not touch the company."""
    work = work_of(pk, who.customer_id)
    if work is None or act not in ACTS:
        raise Http404
    if refused := write_answer(request, who.contact, work.pk, act):
        return works_page(request, who, refused, pk)
    return HttpResponseRedirect(f"{reverse('company_works')}?hecho={act}#TP-{work.number:04d}", status=303)


def works_page(request: HttpRequest, who: SignedIn, refused: str = "", refused_pk: int = 0) -> HttpResponse:
    at = now()
    found = list(works_of(who.customer_id))
    cards = [
        {
            "work": card,
            "agree_href": reverse("company_work_answer", args=[work.pk, "de-acuerdo"]),
            "object_href": reverse("company_work_answer", args=[work.pk, "objetar"]),
            "refused": refused if work.pk == refused_pk else "",
            "text": text_in(request, "texto", 500) if work.pk == refused_pk else "",
        }
        for work, card in zip(found, work_views(found, who.contact, at), strict=True)
    ]
    done = request.GET.get("hecho", "") if request.method != "POST" else ""
    return page(request, "works", {"cards": cards, "done": done}, who=who, status=UNFIT if refused else 200)


# --- by the link of a letter ------------------------------------------------------------------------------------------
# ``/c/trabajo/<token>``: a contact reads of a planned work by the link of a letter, agrees or objects.
# The token is the secret: no cookie, so no CSRF token either. GET shows and changes nothing; POST acts.
@require_safe
def work_page(request: HttpRequest, token: str) -> HttpResponse:
    return opened(request, token, "")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def work_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """``de-acuerdo`` or ``objetar``; looked at, it leads to the page."""
    if request.method != "POST":
        return private(HttpResponseRedirect(reverse("customer_work", args=[token])))
    return opened(request, token, act)


def opened(request: HttpRequest, token: str, act: str) -> HttpResponse:
    try:
        reads = work_answers.read(token)
    except LinkHasExpired:
        return over(request, "expired", GONE)
    except LinkIsInvalid:
        return over(request, "unknown", NOT_FOUND)
    opened_by(request, reads.customer, reads.contact)
    with behind(DatabaseRole.PORTAL, reads.customer):
        work = work_of(reads.work, reads.customer)
        contact = contact_of_id(reads.contact)
        if work is None or contact is None:
            return over(request, "unknown", NOT_FOUND)
        if not contact.active or not contact.customer.active:
            return over(request, "left", GONE)
        with in_language(request, contact):
            return acted(request, token, work, contact, act) if act else work_response(request, token, work, contact)


def acted(request: HttpRequest, token: str, work: PlannedWork, contact: Contact, act: str) -> HttpResponse:
    if act not in ACTS:
        return over(request, "unknown", NOT_FOUND)
    refused = write_answer(request, contact, work.pk, act)
    if refused:
        return work_response(request, token, work, contact, refused)
    language = language_in_address(request)
    more = f"?lang={language}&hecho={act}" if language else f"?hecho={act}"
    return private(HttpResponseRedirect(f"{reverse('customer_work', args=[token])}{more}", status=303))


def work_response(
    request: HttpRequest, token: str, work: PlannedWork, contact: Contact, refused: str = ""
) -> HttpResponse:
    at = now()
    version = versions.version_at(at)
    context = {
        "work": work_views([work], contact, at)[0],
        "company": contact.customer.name,
        "operator": version.procedure.provider.name if version else "",
        "room": room(version.procedure) if version else (),
        "languages": languages(request),
        "agree_href": reverse("customer_work_act", args=[token, "de-acuerdo"]) + language_of_request(request),
        "object_href": reverse("customer_work_act", args=[token, "objetar"]) + language_of_request(request),
        "done": request.GET.get("hecho", "") if request.method != "POST" else "",
        "refused": refused,
        "text": text_in(request, "texto", 500),
    }
    return private(render(request, "portal/work/page.html", context, status=422 if refused else 200))


def language_of_request(request: HttpRequest) -> str:
    language = language_in_address(request)
    return f"?lang={language}" if language else ""


def over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    version = versions.version_at(now())
    context = {
        "why": why,
        "operator": version.procedure.provider.name if version else "",
        "room": room(version.procedure) if version else (),
        "languages": languages(request),
    }
    return private(render(request, "portal/work/over.html", context, status=status))


urlpatterns = [
    path("c/trabajo/<str:token>", work_page, name="customer_work"),
    path("c/trabajo/<str:token>/<slug:act>", work_act, name="customer_work_act"),
    path("mi-empresa/trabajos", works, name="company_works"),
    path("mi-empresa/trabajos/<int:pk>/<slug:act>", answer_signed_in, name="company_work_answer"),
]
