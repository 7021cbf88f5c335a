"""Coming and going without a hand-over, seeing to an empty desk, and what the pages ask every few seconds."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.escalation import alarms
from guardia.people import presence, shifts
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.handover.leaving import nobody_would_be_there
from guardia.web.desk.looks import back_to
from guardia.web.desk.page import page, say, stamped, unchanged
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.clock import hour


@desk_page
@require_POST
def shift_enter(request: DeskRequest) -> HttpResponse:
    """I am at the desk from now on."""
    shifts.take_turn()
    at = now()
    shift = shifts.enter(request.user, shifts.TECHNICAL, at, is_seen=True)
    say(request, _("You are on shift since %(hour)s.") % {"hour": hour(shift.started_at, at)})
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
    say(request, _("Your shift is over.") if left else _("You are on no shift."))
    return redirect("handover" if request.POST.get("seguro") else back_to(request))


@desk_page
@require_POST
def shift_here(request: DeskRequest) -> HttpResponse:
    """I am still at the desk: the answer to the question (A1); any other key or act answers it as well."""
    presence.sign(request.user.pk, now())
    say(
        request,
        _("Thank you: you are on shift still.") if shifts.open_shift(request.user) else _("You are on no shift."),
    )
    return redirect(back_to(request))


@desk_page
@require_POST
def alarm_seen_to(request: DeskRequest) -> HttpResponse:
    """I see to it that somebody comes: for half an hour nobody else is paged."""
    shifts.take_turn()
    at, alarm = now(), alarms.open_alarm(shifts.TECHNICAL)
    if alarm is None:
        say(request, _("There is no alarm any more."))
    else:
        seen_to = alarms.acknowledge(alarm, request.user, at)
        who = seen_to.acknowledged_by.name if seen_to.acknowledged_by else ""
        say(request, _("%(who)s sees to it. Nobody else is paged for half an hour.") % {"who": who})
    return redirect(back_to(request))


@desk_page
@require_GET
def shift_live(request: DeskRequest) -> HttpResponse:
    """The shift and the banners alone, for the pages that do not poll themselves; or 304."""
    shell = shell_for(request, now(), with_views=False)
    if same := unchanged(request, shell.tag):
        return same
    return stamped(page(request, "desk/_shift_live.html", {"shell": shell}), shell.tag)
