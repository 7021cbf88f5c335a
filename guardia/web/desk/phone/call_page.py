"""The page of one call (``/llamadas/<id>``): what stands on record beside it, and whose the number is (P2 D)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.call import Call
from guardia.cases.call_rows import call_with_names, calls_before
from guardia.cases.case import Case
from guardia.cases.case_rows import last_cases_of, open_cases_by_company
from guardia.cases.labels import IMPACT_NAMES
from guardia.config.now import now
from guardia.customers import editing
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import (
    active_company,
    companies_with,
    contact_of,
    contacts_of,
    places_of,
    services_of_company,
)
from guardia.customers.phones import spoken
from guardia.intake import callers
from guardia.notices.wording.prose import clause
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import words
from guardia.web.desk.entry import DeskRequest, desk_page, request_page
from guardia.web.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.phone.acting import must_act
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.phone.call_view import call_view_of, stands
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Refusal, attempt

# --- before -----------------------------------------------------------------------------------------------------------
# What stands on record beside a call: each service with its state, the last cases, the last calls of the number.
MOST_SERVICES = 30


def service_row(service: Service, case: Case | None) -> dict[str, Any]:
    """A service with the impact of its newest open case, if it has one."""
    words = " · ".join(part for part in (service.type, service.capacity, service.site.name) if part)
    if case is None:
        return {"circuit": service.circuit, "words": words, "state": _("no open case")}
    href = reverse("case", args=[case.number])
    if case.restored_at or not case.impact:
        return {"circuit": service.circuit, "words": words, "state": _("Restored"), "impact": "restored", "href": href}
    return {
        "circuit": service.circuit,
        "words": words,
        "state": str(IMPACT_NAMES[Impact(case.impact)]),
        "impact": case.impact,
        "href": href,
    }


def before_case(case: Case, at: datetime) -> dict[str, Any]:
    solution = f"{clause(case.subject)}: {case.solution}" if case.solution else case.subject
    return {
        "href": reverse("case", args=[case.number]),
        "name": case.display_number,
        "words": f"{hour(case.opened_at, at)} · {solution}",
    }


def before_call(call: Call, at: datetime) -> dict[str, Any]:
    case = call.case.display_number if call.case else ""
    words = " · ".join(part for part in (stands(call, at), case) if part)
    return {"href": reverse("call", args=[call.pk]), "name": hour(call.arrived_at, at), "words": words}


# --- what the address asks for ----------------------------------------------------------------------------------------
# An unknown number: whose is it? Three letters of the company, then a contact of it, a new one, or nobody of it.
LONGEST_SEARCH = 200
MOST_CONTACTS = 50


class NewContactForm(forms.Form):
    """As much of a contact as is asked while the person is on the line."""

    use_required_attribute = False
    name = words(gettext_lazy("Name"), 160, needed=True)
    position = words(gettext_lazy("Job title"), 120)
    phones = words(gettext_lazy("Telephone"), 60, needed=True)


def asking(request: DeskRequest, call: Call, form: NewContactForm | None = None) -> dict[str, Any] | None:
    """The panel of a call whose caller is no known contact; None where the caller is known or the call has its case.

    ``form`` is a new contact that came back with its mistakes.
    """
    if call.contact or call.case_id:
        return None
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    chosen = active_company(request.GET.get("compania") or request.POST.get("compania", ""))
    company = None if "q" in request.GET else chosen or call.customer
    initial = {"phones": spoken(call.from_number) if call.from_number else ""}
    return {
        "words": typed,
        "found": found(companies_with(typed), call) if typed else (),
        "company": company,
        "contacts": contacts_of(company)[:MOST_CONTACTS] if company else (),
        "form": form or NewContactForm(initial=initial),
        "may_edit": may(request.user, Right.EDIT_CUSTOMERS),
        "has_number": bool(call.from_number),
        "is_open": call.customer is None or "compania" in request.GET or form is not None,
    }


def found(companies: Sequence[Customer], call: Call) -> list[dict[str, Any]]:
    places = places_of(companies)
    at = reverse("call", args=[call.pk])
    return [
        {
            "href": f"{at}?{urlencode({'compania': c.pk})}#who",
            "name": c.name,
            "words": places.get(c.pk, ""),
            "vip": c.vip,
        }
        for c in companies
    ]


# --- call page --------------------------------------------------------------------------------------------------------
# `/llamadas/<id>`: one call. Who it is, what is in trouble there, what happened to it, and what to do with it.
@desk_page
@require_GET
def call_page(request: DeskRequest, call_id: int) -> HttpResponse:
    """The whole page; a poll asks for its moving part alone, and is answered 304 while nothing has changed."""
    call = call_with_names(call_id)
    if call is None:
        raise Http404
    if not is_fragment(request) or "q" in request.GET:
        return show(request, call)
    at = now()
    shown = call_view_of(call, open_cases(call), at, request.user)
    tag = tag_of([shown.tag])
    context = {"call": shown, "tag": tag}
    return unchanged(request, tag) or stamped(page(request, "desk/phone/_call_now.html", context), tag)


def show(request: DeskRequest, call: Call, form: NewContactForm | None = None, status: int = 200) -> HttpResponse:
    """The whole page; ``form`` is a new contact that came back with its mistakes."""
    at, cases = now(), open_cases(call)
    shown = call_view_of(call, cases, at, request.user)
    context: dict[str, Any] = {"call": shown, "tag": tag_of([shown.tag]), **on_record(call, cases, at)}
    context |= {"asking": asking(request, call, form), "shell": shell_for(request, at, view="calls")}
    return page(request, "desk/phone/call.html", context, status=status)


def open_cases(call: Call) -> list[Case]:
    """Those of the company, wherever its number or a person has said which."""
    company = call.customer_id
    return open_cases_by_company([company])[company] if company else []


def on_record(call: Call, cases: list[Case], at: datetime) -> dict[str, Any]:
    """What is on record of the company and of the number: its services with their state, what was before."""
    opened = {case.service_id: case for case in cases}
    services = services_of_company(call.customer) if call.customer else []
    before = last_cases_of(call.customer_id) if call.customer_id else []
    return {
        "services": [service_row(service, opened.get(service.pk)) for service in services[:MOST_SERVICES]],
        "more_services": len(services) > MOST_SERVICES,
        "before_cases": [before_case(case, at) for case in before],
        "before_calls": [before_call(each, at) for each in calls_before(call)],
    }


# --- whose the number is ----------------------------------------------------------------------------------------------
# `/llamadas/<id>/quien`: the caller is a contact of a company, a new one, or nobody of it (P2 D).
NOBODY, NEW = "nadie", "nuevo"


@request_page
@require_POST
def who(request: DeskRequest, call_id: int) -> HttpResponse:
    """Who calls is known from now on. A number that is new is kept with the person, for the next call."""
    call = find_call(str(call_id))
    if call is None:
        raise Http404
    must_act(request.user, call)
    company = active_company(request.POST.get("compania", ""))
    if company is None:
        raise Http404
    form = NewContactForm(request.POST) if request.POST.get("quien") == NEW else None
    chosen = request.POST.get("quien", "")
    contact = attempt(lambda: known_from_now(call, company, chosen, form, request.user, now()), form)
    if form and isinstance(contact, Refusal):  # the page with what was typed and what is wrong with it
        return show(request, call_with_names(call.pk) or call, form, contact.status)
    say(request, contact.sentence if isinstance(contact, Refusal) else caller_words(company, contact))
    return redirect("call", call.pk)


def known_from_now(
    call: Call, company: Customer, chosen: str, form: NewContactForm | None, by: Staff, at: datetime
) -> Contact | None:
    """The locked call is from this company since ``at`` (UTC): from the contact of the id ``chosen``, from the new one
    of the form, or from ``NOBODY`` of it. Raises Http404, PermissionDenied, ValidationError.
    """
    contact = who_it_is(call, company, chosen, form, by, at)
    callers.is_from(call, company, contact, at=at)
    return contact


def who_it_is(
    call: Call, company: Customer, chosen: str, form: NewContactForm | None, by: Staff, at: datetime
) -> Contact | None:
    """None for somebody who is no contact. Raises Http404, PermissionDenied, ValidationError."""
    if chosen == NOBODY:
        return None
    if not may(by, Right.EDIT_CUSTOMERS):
        raise PermissionDenied
    if form:
        fields: dict[str, Any] = {**form.cleaned_data, "language": company.language}
        return editing.save_contact(Contact(customer=company), fields, by=by, at=at)
    contact = contact_of(company, chosen)
    if contact is None:
        raise Http404
    if call.from_number and call.from_number not in contact.phones:
        fields = {"phones": [*contact.phones, call.from_number]}
        editing.save_contact(contact, fields, by=by, at=at)
    return contact


def caller_words(company: Customer, contact: Contact | None) -> str:
    if contact is None:
        words = _("Not a contact of %(company)s: give this person the number, and nothing confidential.")
        return words % {"company": company.name}
    return _("The caller is %(who)s, %(company)s.") % {"who": contact, "company": company.name.rstrip(".")}


urlpatterns = [
    path("llamadas/<int:call_id>", call_page, name="call"),
    path("llamadas/<int:call_id>/quien", who, name="call_who"),
]
