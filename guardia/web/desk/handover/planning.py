"""At what hours the shifts change: one line to edit, by who supervises."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.now import now
from guardia.people import shifts
from guardia.people.policy import Right, may
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import asking, desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for

INVALID = 422


class PlanForm(forms.Form):
    """The hours as one writes them: ``06:00 14:00 22:00``."""

    hours = forms.CharField(label=gettext_lazy("Hours at which the shift changes"), max_length=80)
    quiet = forms.IntegerField(
        label=gettext_lazy("Minutes without a sign of life before somebody on shift is asked"),
        min_value=shifts.FEWEST_QUIET,
        max_value=shifts.MOST_QUIET,
        required=False,
        help_text=gettext_lazy(
            "It is asked while something waits, otherwise once an hour. Any key answers; without an answer within five "
            "minutes the shift is over, and if nobody is left level 1 is paged."
        ),
    )


@asking(Right.SUPERVISE, Right.SUPERVISE)
@desk_page
def shift_plan(request: DeskRequest) -> HttpResponse:
    """GET shows the hours, POST keeps them from now on. Raises PermissionDenied."""
    if not may(request.user, Right.SUPERVISE):
        raise PermissionDenied
    at = now()
    known, quiet = " ".join(shifts.hours_of(shifts.TECHNICAL)), shifts.quiet_of(shifts.TECHNICAL)
    initial = {"hours": known, "quiet": int(quiet.total_seconds() // 60)}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data["hours"].replace(",", " ").replace(";", " ").split()
        try:
            kept = shifts.plan(shifts.TECHNICAL, written, by=request.user, at=at)
        except ValidationError as unfit:
            form.add_error("hours", unfit)
        else:
            if form.cleaned_data["quiet"]:
                shifts.ask_after(shifts.TECHNICAL, form.cleaned_data["quiet"], by=request.user, at=at)
            say(request, _("The shift changes at %(hours)s from now on.") % {"hours": ", ".join(kept)})
            return redirect("handover")
    shell = shell_for(request, at, view="handover")
    grace = int(shifts.GRACE.total_seconds() // 60)
    context = {"form": form, "grace": grace, "shell": shell}
    return page(request, "desk/handover/plan.html", context, status=INVALID if form.errors else 200)
