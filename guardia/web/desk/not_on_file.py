"""A new case for whoever is not on file (L4, P2): three words put it there, provisionally, and the form goes on."""

from functools import cache
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guardia.cases import writes
from guardia.cases.draft import keep_draft
from guardia.config.now import now
from guardia.customers.cities import Gazetteer, listed
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company
from guardia.customers.provisional import NotOnFile, put_on_file
from guardia.customers.values import Misfit, Unfit
from guardia.web.desk.acts.act import words
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.new_case import address, field_of, origin_of
from guardia.web.desk.registration_form import Origin, draft_key

PREFIX = "nf"
LEFT_OUT = ("csrfmiddlewaretoken", "service", "buscar")


class NotOnFileForm(forms.Form):
    use_required_attribute = False
    prefix = PREFIX

    company_name = words(_("Company, as the caller says it"), limit=200)
    city = words(_("City"), limit=120)
    circuit = words(_("Circuit, if the caller knows it"), required=False, limit=80)
    place = words(_("Site or address"), required=False, limit=160)

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
    service = None
    if form.is_valid():
        try:
            with transaction.atomic():
                writes.take_turn("provisional")
                service = put_on_file(form.said())
        except Unfit as unfit:
            for name, problems in unfit.message_dict.items():
                form.add_error(name if name in form.fields else None, problems)
    if service is None:
        if company:
            keep_as_draft(request, company, call)
            return registering.show(request, company, call, not_on_file=form)
        return registering.who_calls(request, call, not_on_file=form)
    keep_as_draft(request, service.customer, call)
    return redirect(address(service.customer, call, service))


def keep_as_draft(request: HttpRequest, company: Customer, call: Origin) -> None:
    """Symptoms and people that were written already stand in the form again."""
    kept = {n: str(v)[:4000] for n, v in request.POST.items() if n not in LEFT_OUT and not n.startswith(f"{PREFIX}-")}
    if any(kept.get(name) for name in ("symptoms", "reporter_name", "call_back_number")):
        keep_draft(request.user, draft_key(company, call), kept, now())  # type: ignore[arg-type]


@cache
def cities_known() -> list[str]:
    """For the list beside the field: ``Cuenca, Azuay``. One that is missing here may be written all the same."""
    return [f"{city.name}, {city.province}" for city in sorted(listed(), key=lambda city: city.name)]
