"""A new case begins with who calls: found by what they say, or put on file provisionally (L4, P2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import writes
from guardia.cases.case import Case
from guardia.cases.case_rows import open_and_last_incidents
from guardia.cases.draft import Draft, keep_draft
from guardia.cases.mail_tray import locked_request, request_of_id
from guardia.config.now import now
from guardia.customers.cities import City, Gazetteer
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import active_company, places_of, services_called, services_found
from guardia.customers.phones import spoken
from guardia.customers.provisional import NotOnFile, put_on_file
from guardia.customers.values import Misfit
from guardia.web.desk.acts.case_act import words
from guardia.web.desk.case_page.act_form import saved_words
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.registration_form import Origin, RegistrationForm, draft_key
from guardia.web.shared.act import Refusal, attempt

# --- new case ---------------------------------------------------------------------------------------------------------
# Registration with the caller on the line: who calls, the company's services, what is still to ask.
FEW_SERVICES = 8
"""So many are seen at once; more are looked for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the line, as far as the number or the search has told."""

    company: str
    words: str
    from_number: str = ""
    vip: bool = False
    other_href: str = ""
    warning: str = ""
    in_writing: bool = False
    who_href: str = ""
    provisional: bool = False

    @property
    def is_stranger(self) -> bool:
        """Nothing confidential is read aloud to this person (P2 D)."""
        return bool(self.warning)


def form_page(
    company: Customer,
    call: Origin,
    chosen: Service | None,
    form: RegistrationForm,
    draft: Draft | None,
    at: datetime,
) -> dict[str, Any]:
    services, count = services_found(company, "", chosen)
    saved_at = at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0
    return {
        "action": address(company, call),
        "services": service_options(services, chosen, at),
        "services_words": of_this_company(count),
        "cursor": cursor_of(form, chosen, services),
        "company_href": reverse("company", args=[company.pk]),
        "beside_href": f"{reverse('beside')}?{query(company, call)}",
        "carry_href": f"{reverse('request_carry', args=['requerimiento'])}?{query(company, call)}",
        "left_to_ask": left_to_ask(form),
        "not_a_fault_href": reverse("call_step", args=[call.pk, "no-es-falla"]) if isinstance(call, Call) else "",
        "draft": draft_key(company, call),
        "saved_at": saved_at,
        "saved_words": saved_words(draft.saved_at, at) if draft else "",
    }


def cursor_of(form: RegistrationForm, chosen: Service | None, services: Sequence[Service]) -> str:
    """Where one writes first: in the symptoms once the service is known, else where it is found or chosen."""
    if form.is_bound:
        return ""
    if chosen:
        form.fields["symptoms"].widget.attrs["autofocus"] = True
        return "symptoms"
    return "find" if len(services) > FEW_SERVICES else "first"


def found_words(shown: int, count: int) -> str:
    """How many a search has found, where they are not all shown; empty where they are."""
    words = _("%(shown)d of %(n)d: type more of the circuit, the site or the city.")
    return words % {"shown": shown, "n": count} if count > shown else ""


def query(company: Customer | None, call: Origin, service: Service | None = None) -> str:
    named = {origin_name(call): call, "compania": company, "service": service}
    return urlencode({name: thing.pk for name, thing in named.items() if thing})


def origin_name(came: Origin) -> str:
    """How the address names what the case is opened for."""
    return "reporte" if isinstance(came, WrittenRequest) else "llamada"


def address(company: Customer | None, call: Origin, service: Service | None = None) -> str:
    return f"{reverse('new_case')}?{query(company, call, service)}"


def of_this_company(count: int) -> str:
    return ngettext("%(n)d of this company", "%(n)d of this company", count) % {"n": count}


def found_companies(companies: Sequence[Customer], words: str, call: Origin) -> list[dict[str, Any]]:
    """Each with where it is; a circuit that was typed whole leads straight to its service."""
    circuits = {service.customer_id: service for service in reversed(services_called(words))}
    places = places_of(companies)
    return [
        {
            "href": address(company, call, circuits.get(company.pk)),
            "name": company.name,
            "words": places.get(company.pk, ""),
            "vip": company.vip,
        }
        for company in companies
    ]


def caller_of(company: Customer, call: Origin) -> Caller:
    contact = call.contact if call and call.customer_id == company.pk else None
    stranger = call is not None and contact is None
    return Caller(
        company=company.name,
        provisional=company.provisional,
        words=_("%(who)s, registered contact of the company") % {"who": contact} if contact else "",
        from_number=spoken(call.from_number) if isinstance(call, Call) and call.from_number else "",
        vip=company.vip,
        in_writing=isinstance(call, WrittenRequest),
        other_href=f"{reverse('new_case')}?{urlencode({origin_name(call): call.pk, 'q': ''} if call else {'q': ''})}",
        warning=_("Not a registered contact: give this person the number, and nothing confidential.")
        if stranger
        else "",
        who_href=f"{reverse('call', args=[call.pk])}?{urlencode({'compania': company.pk})}#who"
        if stranger and isinstance(call, Call)
        else "",
    )


def caller_of_case(case: Case) -> Caller:
    number = spoken(case.call_back_number) if case.call_back_number else ""
    return Caller(
        case.customer.name, case.reporter_name, number, case.customer.vip, provisional=case.customer.provisional
    )


def service_options(services: Sequence[Service], chosen: Service | None, at: datetime) -> list[dict[str, Any]]:
    opened, last = open_and_last_incidents([service.pk for service in services])
    return [
        {
            "id": service.pk,
            "circuit": service.circuit,
            "words": " ".join(part for part in (service.type, service.capacity) if part),
            "site": f"{service.site.name}, {service.site.city.name}",
            "known": known_words(opened.get(service.pk, 0), last.get(service.pk), at),
            "has_open_case": service.pk in opened,
            "is_chosen": chosen is not None and service.pk == chosen.pk,
            "provisional": service.provisional,
        }
        for service in services
    ]


def known_words(opened: int, last: datetime | None, at: datetime) -> str:
    if opened:
        return ngettext("%(n)d open case", "%(n)d open cases", opened) % {"n": opened}
    if last is None:
        return _("no case yet")
    days = (at - last).days
    return ngettext("last case %(n)d day ago", "last case %(n)d days ago", days) % {"n": days}


def left_to_ask(form: RegistrationForm) -> str:
    """What the caller can still be asked while on the line."""
    missing = [str(form[name].label).lower() for name in ("call_back_number", "mains_power") if not form[name].value()]
    return _("Still to ask: %(what)s") % {"what": ", ".join(missing)} if missing else ""


# --- what it is opened for --------------------------------------------------------------------------------------------
# What a case or a request is opened for, as the address or the form names it.
def origin_of(request: DeskRequest) -> Origin:
    """The call on the line, or the report in writing, that it is opened for; both locked."""
    if written := request_of_id(field_of(request, "reporte")):
        return locked_request(written.pk)
    return find_call(field_of(request, "llamada"))


def field_of(request: DeskRequest, name: str) -> str:
    return request.GET.get(name) or request.POST.get(name, "")


# --- not on file ------------------------------------------------------------------------------------------------------
# A new case for whoever is not on file (L4, P2): three words put it there, provisionally, and the form goes on.
PREFIX = "nf"
LEFT_OUT = ("csrfmiddlewaretoken", "service", "buscar")


class NotOnFileForm(forms.Form):
    use_required_attribute = False
    prefix = PREFIX

    company_name = words(gettext_lazy("Company, as named by the caller"), limit=200)
    city = words(gettext_lazy("City"), limit=120)
    circuit = words(gettext_lazy("Circuit, if the caller knows it"), required=False, limit=80)
    place = words(gettext_lazy("Site or address"), required=False, limit=160)

    def __init__(self, *args: Any, company: Customer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        self.fields["city"].widget.attrs["list"] = "cities-known"
        if company:
            del self.fields["company_name"]

    def clean_city(self) -> City:
        """Of the list of cities, by any name it goes by: it decides the band and the zone."""
        try:
            return Gazetteer.of_all().find(self.cleaned_data["city"])
        except Misfit as misfit:
            raise forms.ValidationError(str(misfit)) from misfit

    def said(self) -> NotOnFile:
        fields = self.cleaned_data
        name = fields.get("company_name", "")
        return NotOnFile(fields["city"], self.company, name, fields["circuit"], fields["place"])


@desk_page
@require_POST
def put(request: DeskRequest) -> HttpResponse:
    """Put on file what the caller says, and go on in the form with it; or the form again, with what is wrong."""
    from guardia.web.desk import registering

    call, company = origin_of(request), active_company(field_of(request, "compania"))
    form = NotOnFileForm(request.POST, company=company)
    service = attempt(lambda: recorded(form), form)
    if isinstance(service, Refusal):
        if company:
            keep_as_draft(request, company, call)
            return registering.show(request, company, call, not_on_file=form)
        return registering.who_calls(request, call, not_on_file=form)
    keep_as_draft(request, service.customer, call)
    return redirect(address(service.customer, call, service))


def recorded(form: NotOnFileForm) -> Service:
    writes.take_turn("provisional")
    return put_on_file(form.said())


def keep_as_draft(request: HttpRequest, company: Customer, call: Origin) -> None:
    """Symptoms and people that were written already stand in the form again."""
    kept = {n: str(v)[:4000] for n, v in request.POST.items() if n not in LEFT_OUT and not n.startswith(f"{PREFIX}-")}
    if any(kept.get(name) for name in ("symptoms", "reporter_name", "call_back_number")):
        keep_draft(request.user, draft_key(company, call), kept, now())  # type: ignore[arg-type]


urlpatterns = [
    path("casos/nuevo/provisional", put, name="new_case_provisional"),
]
