"""An unknown number: whose is it? Three letters of the company, then a contact of it, a new one, or nobody of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_with
from guardia.customers.phones import spoken
from guardia.people.policy import Right, may
from guardia.web.desk import reading
from guardia.web.desk.companies.forms import words
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.shown.new_case import FoundCompany

LONGEST_SEARCH = 200
MOST_CONTACTS = 50


class NewContactForm(forms.Form):
    """As much of a contact as is asked while the person is on the line."""

    use_required_attribute = False
    name = words(_("Name"), 160, needed=True)
    position = words(_("Position"), 120)
    phones = words(_("Telephone"), 60, needed=True)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the panel shows: what was searched and found; the company that was chosen, with its contacts."""

    words: str
    found: Sequence[FoundCompany]
    company: Customer | None
    contacts: Sequence[Contact]
    form: forms.Form | None
    may_edit: bool
    has_number: bool
    is_open: bool


def asking(request: DeskRequest, call: Call, form: NewContactForm | None = None) -> Asking | None:
    """The panel of a call whose caller is no known contact; None where the caller is known or the call has its case.

    ``form`` is a new contact that came back with its mistakes.
    """
    if call.contact or call.case_id:
        return None
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    chosen = reading.company(request.GET.get("compania") or request.POST.get("compania", ""))
    company = None if "q" in request.GET else chosen or call.customer
    initial = {"phones": spoken(call.from_number) if call.from_number else ""}
    return Asking(
        words=typed,
        found=found(companies_with(typed), call) if typed else (),
        company=company,
        contacts=contacts_of(company) if company else (),
        form=form or NewContactForm(initial=initial),
        may_edit=may(request.user, Right.EDIT_CUSTOMERS),
        has_number=bool(call.from_number),
        is_open=call.customer is None or "compania" in request.GET or form is not None,
    )


def found(companies: Sequence[Customer], call: Call) -> list[FoundCompany]:
    places = reading.places_of(companies)
    at = reverse("call", args=[call.pk])
    return [
        FoundCompany(f"{at}?{urlencode({'compania': c.pk})}#who", c.name, places.get(c.pk, ""), c.vip)
        for c in companies
    ]


def contacts_of(company: Customer) -> list[Contact]:
    return list(Contact.objects.filter(customer=company, active=True).order_by("name", "pk")[:MOST_CONTACTS])
