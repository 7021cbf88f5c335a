"""A legal hold is placed, and lifted again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.privacy import holds
from guardia.privacy.retention_rule import LegalHold
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import shown
from guardia.web.desk.settings.meanwhile import Meanwhile
from guardia.web.desk.settings.privacy.forms import HoldForm, LiftForm
from guardia.web.desk.settings.privacy.frame import protects

INVALID = 422


@protects
def new(request: HttpRequest) -> HttpResponse:
    lead = _("Nothing of this case or company is erased, by no rule and no request, until the hold is lifted.")
    title = _("Place a legal hold")
    if request.method != "POST":
        return sheet(request, HoldForm(), title, lead)
    form = HoldForm(request.POST)
    by, at = member(request), now()
    if form.is_valid() and taken(form, lambda fields: holds.place(fields["of"], fields["reason"], by=by, at=at)):
        say(request, _("It is on hold: nothing of it is erased."))
        return redirect("settings_privacy")
    return sheet(request, form, title, lead, status=INVALID)


@protects
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    found = LegalHold.objects.select_related("customer", "case")
    hold = get_object_or_404(found, pk=min(hold_id, LARGEST_ID))
    title = _("Lift the hold of %s") % holds.told(hold)["of"]
    lead = _("What it held follows its rules again: what is old enough goes with the next run.")
    if request.method != "POST":
        return sheet(request, LiftForm(), title, lead)
    form = LiftForm(request.POST)
    by, at = member(request), now()
    hold = LegalHold.objects.select_for_update(of=("self",)).select_related("customer", "case").get(pk=hold.pk)
    if form.is_valid() and taken(form, lambda fields: holds.lift(hold, fields["reason"], by=by, at=at)):
        say(request, _("The hold is lifted."))
        return redirect("settings_privacy")
    return sheet(request, form, title, lead, status=INVALID)


def sheet(request: HttpRequest, form: Any, title: str, lead: str, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "meanwhile": Meanwhile(0),
        "title": title,
        "lead": lead,
        "back": reverse("settings_privacy"),
    }
    return shown(request, "form", context, tab="settings_privacy", status=status)
