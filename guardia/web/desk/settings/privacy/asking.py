"""Somebody is looked for, and a copy or an erasure is asked for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.phones import NotANumber, normalise
from guardia.people.staff import Staff
from guardia.privacy import requests
from guardia.web.desk.companies.frame import member
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.privacy.forms import AskForm
from guardia.web.desk.settings.privacy.frame import protects, shown

MOST, INVALID = 20, 422


@protects
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """``?q=``: who is meant; ``?contacto=``, ``?persona=`` or ``?otro``: what is asked about this one."""
    contact, staff = chosen(request)
    if request.method != "POST":
        asked = request.GET.get("q", "").replace("\0", "")[:200].strip()
        known = contact or staff
        form = AskForm()
        form.initial["language"] = known.language if known else "es"
        is_form = bool(known or "otro" in request.GET)
        return answered(request, form if is_form else None, contact, staff, asked=asked)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            made = requests.ask(
                form.cleaned_data["what"],
                by=member(request),
                at=now(),
                contact=contact,
                staff=staff,
                subject=form.subject(),
                reason=form.cleaned_data["reason"],
                language=form.cleaned_data["language"],
            )
        except ValidationError as unfit:
            form.add_error(None, unfit)
        else:
            return redirect("privacy_request", made.pk)
    return answered(request, form, contact, staff, status=INVALID)


def chosen(request: HttpRequest) -> tuple[Contact | None, Staff | None]:
    asked = request.POST if request.method == "POST" else request.GET
    contact, staff = number_in(asked.get("contacto", "")), number_in(asked.get("persona", ""))
    if contact:
        return Contact.objects.select_related("customer").filter(pk=contact).first(), None
    return None, Staff.objects.filter(pk=staff).first() if staff else None


def answered(
    request: HttpRequest,
    form: AskForm | None,
    contact: Contact | None,
    staff: Staff | None,
    *,
    asked: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "contact": contact,
        "staff": staff,
        "asked": asked,
        "title": _("A person's data"),
        **(found(asked) if asked and not form else {}),
    }
    return shown(request, "person", context, status=status)


def found(asked: str) -> dict[str, Any]:
    """Contacts and people of the house by name, mailbox or number."""
    by_words = Q(name__icontains=asked) | Q(email__iexact=asked)
    contacts = Q(ways__address__iexact=asked) | by_words
    try:
        number = normalise(asked)
    except NotANumber:
        pass
    else:
        contacts |= Q(phones__contains=[number]) | Q(ways__address=number)
        by_words |= Q(mobile=number) | Q(desk_phone=number)
    return {
        "contacts": Contact.objects.filter(contacts)
        .select_related("customer")
        .distinct()
        .order_by("name", "pk")[:MOST],
        "people": Staff.objects.filter(by_words).order_by("name", "pk")[:MOST],
    }
