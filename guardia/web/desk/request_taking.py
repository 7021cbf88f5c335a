"""A request is taken down (A3): who asks, for which desk, what; then the number; or it is for another desk."""

from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.draft import draft_of, drop_draft, keep_draft
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company, companies_with
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk import areas, request_form
from guardia.web.desk.case import found
from guardia.web.desk.case_page.act_form import LONGEST_FIELD, Refusal, storable
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.new_case import caller_of, field_of, origin_of
from guardia.web.desk.page import page, say
from guardia.web.desk.registering import keep_what_was_typed
from guardia.web.desk.registration_form import Origin
from guardia.web.desk.registration_form import draft_key as case_draft
from guardia.web.desk.request_form import (
    RequestForm,
    beside_request,
    chosen_desk,
    draft_key,
    form_page,
    found_companies,
    known,
    spoken_for,
)
from guardia.web.desk.request_form import draft_key as request_draft
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import attempt, invalid


@request_page
def new_request(request: DeskRequest) -> HttpResponse:
    """GET asks who it is, then shows that company's form; POST takes the request down."""
    came, at = origin_of(request), now()
    if came and came.case_id:
        number = queries.number_of(came.case_id)
        keep_what_was_typed(request, came.case_id, "text")
        return redirect("case", number)
    company = company_of(request, came)
    version = versions.version_at(at)
    if company is None or version is None:
        return who_asks(request, came, at, is_published=version is not None)
    return (
        take(request, company, came, version, at)
        if request.method == "POST"
        else show(request, company, came, version, at)
    )


def company_of(request: DeskRequest, came: Origin) -> Customer | None:
    """The company of the address, or the one the call or the report belongs to."""
    if "q" in request.GET:
        return None
    return active_company(field_of(request, "compania")) or (came.customer if came else None)


def desks_of(version: ProcedureVersion) -> tuple[Desk, ...]:
    """The desks that attend to requests."""
    return tuple(desk for desk in version.procedure.desks if desk.key != TECHNICAL)


def who_asks(request: DeskRequest, came: Origin, at: datetime, *, is_published: bool = True) -> HttpResponse:
    words, area = request.GET.get("q", "").replace("\0", "").strip()[:200], request.GET.get(areas.NAME, "")
    context = {
        "asked": words,
        "area": area,
        "found": found_companies(companies_with(words), came, area) if words else [],
        "call_id": came.pk if isinstance(came, Call) else "",
        "request_id": came.pk if isinstance(came, WrittenRequest) else "",
        "is_published": is_published,
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/requests/new.html", context)


def show(
    request: DeskRequest,
    company: Customer,
    came: Origin,
    version: ProcedureVersion,
    at: datetime,
    form: RequestForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The form, filled with what is known and the draft; or as it came back."""
    draft, desks = draft_of(request.user, draft_key(company, came)), desks_of(version)
    desk = chosen_desk(request.GET.get(areas.NAME, ""), came, areas.own(request.user)) or desks[0].key
    if form is None:
        initial = known(company, came, desk, draft)
        form = RequestForm(company=company, desks=desks, came=came, now=at, initial=initial)
    context = {
        "page": form_page(company, came, form, draft, at),
        "form": form,
        "refusal": refusal,
        "caller": caller_of(company, came),
        "beside": beside_request(company, form, came, version, at),
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/requests/new.html", context, status=refusal.status if refusal else 200)


@request_page
@require_GET
def beside(request: DeskRequest) -> HttpResponse:
    """What the chosen desk changes: what it asks for, when it opens, what is said of it."""
    at = now()
    company, version, came = (
        active_company(field_of(request, "compania")),
        versions.version_at(at),
        origin_of(request),
    )
    if company is None or version is None:
        return HttpResponse(status=204)
    form = RequestForm(company=company, desks=desks_of(version), came=came, now=at, initial=request.GET.dict())
    context = {"form": form, "beside": beside_request(company, form, came, version, at)}
    return page(request, "desk/requests/beside_live.html", context)


def take(
    request: DeskRequest, company: Customer, came: Origin, version: ProcedureVersion, at: datetime
) -> HttpResponse:
    """One verb, and where the number is read aloud; or the form again, with everything that was typed."""
    form = RequestForm(request.POST, company=company, desks=desks_of(version), came=came, now=at)
    if not form.is_valid():
        return show(request, company, came, version, at, form, invalid())
    case = attempt(lambda: taken_down(form, came, request.user, at))
    if isinstance(case, Refusal):
        return show(request, company, came, version, at, form, case)
    key = draft_key(company, came)
    drop_draft(request.user, key)
    say(request, _("%(number)s is taken.") % {"number": case.display_number}, done_draft=key)
    return redirect("request_taken", case.number)


def taken_down(form: RequestForm, came: Origin, staff: Staff, at: datetime) -> Case:
    """It is mine where I am of that desk; whoever takes it down for another desk only takes it down."""
    ask = form.ask()
    engineer = staff if areas.own(staff) == ask.desk else None
    by = Actor.of_staff(staff)
    if isinstance(came, WrittenRequest):
        return Case.take(ask, by=by, at=at, request=came, engineer=engineer)
    return Case.take(ask, by=by, at=at, call=came, engineer=engineer, **form.arrival())


@request_page
@require_GET
def taken(request: DeskRequest, number: str) -> HttpResponse:
    """The same screen a second later: the number, large, and what to tell the person who asked."""
    case, at = found(request, number), now()
    context = {
        "case": case,
        "spoken": spoken_for(case, at),
        "shell": shell_for(request, at, with_views=False, area=case.desk),
    }
    return page(request, "desk/requests/taken.html", context)


# --- carrying ---------------------------------------------------------------------------------------------------------
# It is for another desk after all: what was typed goes along, from the form of a case to a request's and back.
ALIKE = ("reporter", "reporter_name", "call_back_number", "service", "source", "received_at")
CASE, REQUEST = "caso", "requerimiento"


@request_page
@require_POST
def carry(request: DeskRequest, to: str) -> HttpResponse:
    """Keep what was typed as the draft of the other form, and open that form. ``to``: which of the two."""
    if to not in {CASE, REQUEST}:
        raise Http404
    came = origin_of(request)
    company = company_of(request, came)
    page = reverse("new_case" if to == CASE else "new_request")
    area = request.POST.get(areas.NAME, "") if to == REQUEST else ""
    address = f"{page}?{request_form.query(company, came, area)}"
    if company is None:
        return HttpResponseRedirect(address)
    key, other = (case_draft, request_draft) if to == CASE else (request_draft, case_draft)
    before = draft_of(request.user, key(company, came))
    fields = {**(before.fields if before else {}), **typed(request, to)}
    if area:
        fields["desk"] = area
    keep_draft(request.user, key(company, came), fields, now())
    drop_draft(request.user, other(company, came))
    return HttpResponseRedirect(address)


def typed(request: DeskRequest, to: str) -> dict[str, str]:
    """What stands in the form, under the names of the other one; what is empty takes nothing away."""
    words = ("text", "symptoms") if to == CASE else ("symptoms", "text")
    named = {name: name for name in ALIKE} | {words[0]: words[1]}
    given = {there: storable(request.POST.get(here, "")[:LONGEST_FIELD]) for here, there in named.items()}
    return {name: value for name, value in given.items() if value.strip()}


urlpatterns = [
    path("nuevo", new_request, name="new_request"),
    path("nuevo/al-lado", beside, name="request_beside"),
    path("nuevo/pasar/<slug:to>", carry, name="request_carry"),
    path("<slug:number>/tomado", taken, name="request_taken"),
]
