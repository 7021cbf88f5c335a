"""A new case, with the caller on the line (P2): who calls, two facts, and the number to read aloud."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import linking, queries
from guardia.cases.case import Case
from guardia.cases.case_rows import locked_with_service, numbered_case_of, opening_of
from guardia.cases.draft import draft_of, drop_draft
from guardia.cases.stages import reception
from guardia.config.now import now
from guardia.customers.cities import cities_and_provinces
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import (
    active_company,
    active_service,
    companies_with,
    own_or_only,
    service_chosen,
    services_found,
)
from guardia.people.lookup import staff_of_id
from guardia.people.staff import Actor, ActorKind, Staff
from guardia.web.desk.acts import ACTS
from guardia.web.desk.case import found
from guardia.web.desk.case_form_side import before_of, beside_new, beside_opened, impact_missing, proposed_facts
from guardia.web.desk.case_page.act_form import Refusal, offered_form
from guardia.web.desk.case_page.links import LIKE, LINKED
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.new_case import (
    NotOnFileForm,
    caller_of,
    caller_of_case,
    field_of,
    form_page,
    found_companies,
    found_words,
    origin_of,
    query,
    service_options,
)
from guardia.web.desk.page import page, say
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.registration_form import Origin, RegistrationForm, draft_key, known
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import attempt, invalid

MOST_TYPED = 4000


@desk_page
def new_case(request: DeskRequest) -> HttpResponse:
    """GET asks who calls, then shows that company's form; POST opens the case."""
    call = origin_of(request)
    if call and call.case_id:
        keep_what_was_typed(request, call.case_id, "symptoms")
        return redirect("case_opened", queries.number_of(call.case_id))
    chosen = active_service(request.POST.get("service", ""))
    company = company_of(request, call, chosen)
    if company is None:
        return who_calls(request, call)
    return open_case(request, company, call, chosen) if request.method == "POST" else show(request, company, call)


def keep_what_was_typed(request: DeskRequest, case_id: int, name: str) -> None:
    """Somebody was quicker with this call: what was typed here (field ``name``) goes into that case, and is said."""
    typed = request.POST.get(name, "").replace("\0", "").strip()[:MOST_TYPED]
    if not typed:
        return
    case = locked_with_service(case_id)
    if typed == case.symptoms.strip():
        return
    chosen, by, at = active_service(request.POST.get("service", "")), Actor.of_staff(request.user), now()
    other = chosen and chosen.customer_id == case.customer_id and chosen.pk != case.service_id
    first = opening_of(case)
    by_staff = first.actor_id if first and first.actor_kind == ActorKind.STAFF else None
    who = staff_of_id(by_staff) if by_staff else None
    about = {"number": case.display_number, "who": who.name if who else _("a colleague"), "typed": typed}
    note = f"{chosen.circuit}: {typed}" if other and chosen else typed
    if isinstance(attempt(lambda: case.note(note, by=by, at=at)), Refusal):
        say(
            request,
            _("%(who)s already registered this call as %(number)s, which is closed. You had typed: %(typed)s") % about,
        )
        return
    say(
        request,
        _("%(who)s already registered this call as %(number)s. What you typed was saved there as a note.") % about,
    )


def company_of(request: DeskRequest, call: Origin, chosen: Service | None) -> Customer | None:
    """The company of the address, that of the chosen service, or the one the caller's number belongs to."""
    if "q" in request.GET:
        return None
    of_address = field_of(request, "compania")
    if chosen and of_address == str(chosen.customer_id):
        return chosen.customer
    if company := active_company(of_address):
        return company
    if chosen:
        return chosen.customer
    return call.customer if call else None


def who_calls(request: DeskRequest, call: Origin, not_on_file: forms.Form | None = None) -> HttpResponse:
    """``not_on_file``: the form of who is not, as it came back."""
    at, words = now(), request.GET.get("q", "").replace("\0", "").strip()[:200]
    context = {
        "asked": words,
        "found": found_companies(companies_with(words), words, call) if words else [],
        "call_id": call.pk if isinstance(call, Call) else "",
        "request_id": call.pk if isinstance(call, WrittenRequest) else "",
        "not_on_file": not_on_file or NotOnFileForm(company=None, initial={"company_name": words}),
        "not_on_file_href": f"{reverse('new_case_provisional')}?{query(None, call)}",
        "not_on_file_open": not_on_file is not None,
        "cities_known": cities_and_provinces(),
        "beside": beside_new(None, None, call, at),
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/new_case.html", context, status=422 if not_on_file else 200)


def show(
    request: DeskRequest,
    company: Customer,
    call: Origin,
    form: RegistrationForm | None = None,
    refusal: Refusal | None = None,
    not_on_file: forms.Form | None = None,
) -> HttpResponse:
    """The form, filled with what is known of the caller and the draft; or as it came back."""
    at = now()
    draft = draft_of(request.user, draft_key(company, call))
    asked_for = {"service": request.GET["service"]} if "service" in request.GET else {}
    chosen = service_chosen(company, form.data if form else {**(draft.fields if draft else {}), **asked_for})
    form = form or RegistrationForm(
        company=company,
        service=chosen,
        call=call,
        now=at,
        initial={**known(company, chosen, call, draft, like(request, company)), **asked_for},
    )
    shown: dict[str, Any] = form_page(company, call, chosen, form, draft, at)
    if linked := numbered_case_of(request.GET.get(LINKED, ""), company):
        shown["action"] += f"&{urlencode({LINKED: linked.number})}"
    context = {
        "page": shown,
        "form": form,
        "refusal": refusal,
        "not_on_file": not_on_file or NotOnFileForm(company=company),
        "not_on_file_href": f"{reverse('new_case_provisional')}?{query(company, call)}",
        "not_on_file_open": not_on_file is not None,
        "cities_known": cities_and_provinces(),
        "caller": caller_of(company, call),
        "before": before_of(chosen, at),
        "proposed": proposed_in(form, at),
        "beside": beside_new(company, chosen, call, at, str(form["impact"].value() or "")),
        "shell": shell_for(request, at, with_views=False),
    }
    status = refusal.status if refusal else 422 if not_on_file else 200
    return page(request, "desk/new_case.html", context, status=status)


def proposed_in(form: RegistrationForm, at: datetime) -> dict[str, Any] | None:
    """What the symptoms as they are written so far propose of the fields that are still empty."""
    symptoms, impact, since = (str(form[name].value() or "") for name in ("symptoms", "impact", "since"))
    return proposed_facts(symptoms, at, at, impact=impact, since=since)


def like(request: DeskRequest, company: Customer) -> Case | None:
    """The case of this company that the new one takes its people from."""
    return numbered_case_of(request.GET.get(LIKE, ""), company)


@desk_page
@require_GET
def beside(request: DeskRequest) -> HttpResponse:
    """What the chosen service changes: the site's open cases, its contact, what was wrong before."""
    company, call, at = active_company(field_of(request, "compania")), origin_of(request), now()
    chosen = service_chosen(company, request.GET) if company else None
    form = RegistrationForm(company=company, service=chosen, call=call, now=at, initial=request.GET.dict())
    if request.GET.get("solo") == "propuesta":
        return page(request, "desk/proposed_live.html", {"proposed": proposed_in(form, at)})
    if company and request.GET.get("solo") == "servicios":
        return services_live(request, company, chosen, form, at)
    context = {
        "form": form,
        "before": before_of(chosen, at),
        "caller": caller_of(company, call) if company else None,
        "beside": beside_new(company, chosen, call, at, str(form["impact"].value() or "")),
    }
    return page(request, "desk/beside_live.html", context)


def services_live(
    request: DeskRequest, company: Customer, chosen: Service | None, form: RegistrationForm, at: datetime
) -> HttpResponse:
    """The company's services with the words that are looked for; the chosen one stays chosen."""
    words = request.GET.get("buscar", "").replace("\0", "").strip()[:200]
    services, count = services_found(company, words, chosen)
    context = {
        "form": form,
        "services": service_options(services, chosen, at),
        "found_words": found_words(len(services), count),
        "looked_for": words,
    }
    return page(request, "desk/services_live.html", context)


def open_case(request: DeskRequest, company: Customer, call: Origin, chosen: Service | None) -> HttpResponse:
    """Register, and go where the number is read aloud; or the form again, with everything that was typed."""
    at = now()
    service = own_or_only(company, chosen)
    form = RegistrationForm(request.POST, company=company, service=service, call=call, now=at)
    if not form.is_valid():
        return show(request, company, call, form, invalid())
    case = attempt(lambda: registered(form, call, request.user, at))
    if isinstance(case, Refusal):
        return show(request, company, call, form, case)
    if other := numbered_case_of(request.GET.get(LINKED, ""), company):
        attempt(lambda: linked_to(case, other, request.user, at))
    drop_draft(request.user, draft_key(company, call))
    say(request, _("%(number)s is open.") % {"number": case.display_number}, done_draft=draft_key(company, call))
    return redirect("case_opened", case.number)


def registered(form: RegistrationForm, call: Origin, by: Staff, at: datetime) -> Case:
    taken_up(call, by, at)
    hours = {**form.arrival(), **first_hours_of(call)}
    return Case.register(form.report(), by=Actor.of_staff(by), at=at, engineer=by, **hours)


def linked_to(case: Case, other: Case, by: Staff, at: datetime) -> object:
    """The case of another fault, and the one that is closed: each shows the other (P2 D)."""
    return linking.relate(case, linking.case_called(other.display_number, case), by=Actor.of_staff(by), at=at)


def taken_up(came: Origin, by: Staff, at: datetime) -> None:
    """Whoever acts on a call that still rings speaks with the caller: nobody else has said that it was answered."""
    if isinstance(came, Call) and came.is_waiting:
        reception.answer(came, by=by, at=at)


def first_hours_of(came: Origin) -> dict[str, Any]:
    """What the case takes its first hours from."""
    return {"request": came} if isinstance(came, WrittenRequest) else {"call": came}


@desk_page
@require_GET
def case_opened(request: DeskRequest, number: str) -> HttpResponse:
    """The same screen a second later: the number to read aloud, the next clock running, the rest to complete."""
    case, at = found(request, number), now()
    form, saved_at, saved = offered_form(case, ACTS["datos"], request.user, at)
    context = {
        "case": case,
        "form": form,
        "saved_at": saved_at,
        "saved_words": saved,
        "draft": f"caso:{case.number}:datos",
        "proposed": proposed_when_opened(case, at),
        "caller": caller_of_case(case),
        "beside": beside_opened(case, at),
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/case_opened.html", context)


def proposed_when_opened(case: Case, at: datetime) -> dict[str, Any] | None:
    missing = impact_missing(case, at)
    return missing["proposed"] if missing else None


@desk_page
@require_POST
def join(request: DeskRequest, number: str) -> HttpResponse:
    """ "It is this": the call on the line belongs to a case that is open already."""
    case, call, at = found(request, number, locked=True), find_call(request.POST.get("call", "")), now()
    if call is not None:
        event = attempt(lambda: joined(case, call, request.user, at))
        words = _("The call was joined to %(number)s.") % {"number": case.display_number}
        say(request, event.sentence if isinstance(event, Refusal) else words)
    return redirect("case", case.number)


def joined(case: Case, call: Call, by: Staff, at: datetime) -> None:
    taken_up(call, by, at)
    case.join(call, by=Actor.of_staff(by), at=at)


urlpatterns = [
    path("casos/nuevo", new_case, name="new_case"),
    path("casos/nuevo/al-lado", beside, name="beside"),
    path("casos/<slug:number>/abierto", case_opened, name="case_opened"),
    path("casos/<slug:number>/unir", join, name="join"),
]
