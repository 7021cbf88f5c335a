"""People come to and leave the technical desk, an empty desk is seen to, and the hours of the shifts are planned."""

from datetime import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.escalation import alarms
from guardia.people import presence, shifts
from guardia.people.policy import Right, may
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, asking, desk_page
from guardia.web.desk.page import back_to, page, say, stamped, unchanged
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import INVALID, Refusal, attempt

# --- leaving ----------------------------------------------------------------------------------------------------------
# The last one at the desk leaves it, or signs out: asked once more, since nobody would be there (A1).
NOT_YET = 409


def nobody_would_be_there(request: HttpRequest, at: datetime, goes_by: str) -> HttpResponse:
    """``goes_by``: the address, by its name, that leads out all the same."""
    context = {"back": back_to(request), "shell": shell_for(request, at, view="handover"), "goes_by": goes_by}
    return page(request, "desk/handover/leave.html", context, status=NOT_YET)


# --- shifts -----------------------------------------------------------------------------------------------------------
# Coming and going without a hand-over, seeing to an empty desk, and what the pages ask every few seconds.
@desk_page
@require_POST
def shift_enter(request: DeskRequest) -> HttpResponse:
    """I am at the desk from now on."""
    shifts.take_turn()
    at = now()
    shift = shifts.enter(request.user, shifts.TECHNICAL, at, is_seen=True)
    say(request, _("You have been on shift since %(hour)s.") % {"hour": hour(shift.started_at, at)})
    return redirect(back_to(request))


@desk_page
@require_POST
def shift_leave(request: DeskRequest) -> HttpResponse:
    """I leave the desk; the last one is asked once more, since nobody would be there."""
    shifts.take_turn()
    at = now()
    if request.POST.get("seguro") != "si" and shifts.is_the_last(request.user, at):
        return nobody_would_be_there(request, at, "shift_leave")
    left = shifts.leave(request.user, at)
    say(request, _("Your shift is over.") if left else _("You are not on shift."))
    return redirect("handover" if request.POST.get("seguro") else back_to(request))


@desk_page
@require_POST
def shift_here(request: DeskRequest) -> HttpResponse:
    """I am still at the desk: the answer to the question (A1); any other key or act answers it as well."""
    presence.sign(request.user.pk, now())
    say(
        request,
        _("Thank you: you are still on shift.") if shifts.open_shift(request.user) else _("You are not on shift."),
    )
    return redirect(back_to(request))


@desk_page
@require_POST
def alarm_seen_to(request: DeskRequest) -> HttpResponse:
    """I see to it that somebody comes: for half an hour nobody else is paged."""
    shifts.take_turn()
    at, alarm = now(), alarms.open_alarm(shifts.TECHNICAL)
    if alarm is None:
        say(request, _("The alarm has cleared."))
    else:
        seen_to = alarms.acknowledge(alarm, request.user, at)
        who = seen_to.acknowledged_by.name if seen_to.acknowledged_by else ""
        say(request, _("%(who)s is handling it. Nobody else is paged for half an hour.") % {"who": who})
    return redirect(back_to(request))


@desk_page
@require_GET
def shift_live(request: DeskRequest) -> HttpResponse:
    """The shift and the banners alone, for the pages that do not poll themselves; or 304."""
    shell = shell_for(request, now(), with_views=False)
    if same := unchanged(request, shell.tag):
        return same
    return stamped(page(request, "desk/_shift_live.html", {"shell": shell}), shell.tag)


# --- planning ---------------------------------------------------------------------------------------------------------
# At what hours the shifts change: one line to edit, by who supervises.


class PlanForm(forms.Form):
    """The hours as one writes them: ``06:00 14:00 22:00``."""

    hours = forms.CharField(label=gettext_lazy("Times of shift change"), max_length=80)
    quiet = forms.IntegerField(
        label=gettext_lazy("Minutes of inactivity before somebody on shift is asked"),
        min_value=shifts.FEWEST_QUIET,
        max_value=shifts.MOST_QUIET,
        required=False,
        help_text=gettext_lazy(
            "You are asked while something is waiting, otherwise once an hour. Any key answers; without an "
            "answer within five minutes the shift ends, and if nobody is left level 1 is paged."
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
        kept = attempt(lambda: shifts.plan(shifts.TECHNICAL, written, by=request.user, at=at))
        if isinstance(kept, Refusal):
            form.add_error("hours", kept.sentence)
        else:
            if form.cleaned_data["quiet"]:
                shifts.ask_after(shifts.TECHNICAL, form.cleaned_data["quiet"], by=request.user, at=at)
            say(request, _("The shift changes at %(hours)s from now on.") % {"hours": ", ".join(kept)})
            return redirect("handover")
    shell = shell_for(request, at, view="handover")
    grace = int(shifts.GRACE.total_seconds() // 60)
    context = {"form": form, "grace": grace, "shell": shell}
    return page(request, "desk/handover/plan.html", context, status=INVALID if form.errors else 200)


urlpatterns = [
    path("relevo/turnos", shift_plan, name="shift_plan"),
    path("turno/entrar", shift_enter, name="shift_enter"),
    path("turno/salir", shift_leave, name="shift_leave"),
    path("turno/sigo", shift_here, name="shift_here"),
    path("turno/atiendo", alarm_seen_to, name="alarm_seen_to"),
    path("turno/vivo", shift_live, name="shift_live"),
]
