"""`/llamadas/<id>/quien`: the caller is a contact of a company, a new one, or nobody of it (P2 D)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases import callers
from guardia.config.now import now
from guardia.customers import editing
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.policy import Right, may
from guardia.web.desk import reading
from guardia.web.desk.calls import find_call
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.desk.page import say
from guardia.web.desk.phone import reading as calls
from guardia.web.desk.phone.asking import NewContactForm
from guardia.web.desk.phone.call_page import show
from guardia.web.desk.phone.rights import must_act

NOBODY, NEW = "nadie", "nuevo"
WRONG = 422


@request_page
@require_POST
def who(request: DeskRequest, call_id: int) -> HttpResponse:
    """Who calls is known from now on. A number that is new is kept with the person, for the next call."""
    call = find_call(str(call_id))
    if call is None:
        raise Http404
    must_act(request.user, call)
    company = reading.company(request.POST.get("compania", ""))
    if company is None:
        raise Http404
    form = NewContactForm(request.POST) if request.POST.get("quien") == NEW else None
    if form and not form.is_valid():
        return again(request, call, form)
    try:
        with transaction.atomic():
            contact = who_it_is(request, call, company, form)
            callers.is_from(call, company, contact, at=now())
    except ValidationError as unfit:
        if form is None:
            say(request, " ".join(unfit.messages))
            return redirect("call", call.pk)
        form.add_error(None, unfit)
        return again(request, call, form)
    say(request, said(company, contact))
    return redirect("call", call.pk)


def again(request: DeskRequest, call: Call, form: NewContactForm) -> HttpResponse:
    """The page with what was typed and what is wrong with it."""
    return show(request, calls.call_with_names(call.pk) or call, form, WRONG)


def who_it_is(request: DeskRequest, call: Call, company: Customer, form: NewContactForm | None) -> Contact | None:
    """None for somebody who is no contact. Raises Http404, PermissionDenied, ValidationError."""
    asked = request.POST.get("quien", "")
    if asked == NOBODY:
        return None
    if not may(request.user, Right.EDIT_CUSTOMERS):
        raise PermissionDenied
    if form:
        fields: dict[str, Any] = {**form.cleaned_data, "language": company.language}
        return editing.save_contact(Contact(customer=company), fields, by=request.user, at=now())
    active = Contact.objects.filter(customer=company, active=True)
    contact = active.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    if contact is None:
        raise Http404
    if call.from_number and call.from_number not in contact.phones:
        fields = {"phones": [*contact.phones, call.from_number]}
        editing.save_contact(contact, fields, by=request.user, at=now())
    return contact


def said(company: Customer, contact: Contact | None) -> str:
    if contact is None:
        words = _("Not a contact of %(company)s: this person gets the number, and nothing confidential.")
        return words % {"company": company.name}
    return _("The caller is %(who)s, %(company)s.") % {"who": contact, "company": company.name}
