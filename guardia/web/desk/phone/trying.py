"""In the demonstration only: a call rings, is answered or given up, as an exchange would tell it."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases.stages import reception
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.demo import ringing
from guardia.procedure.version import NoProcedure
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.looks import back_to

ANSWERS, HANGS_UP = "contesta", "cuelga"


@desk_page
@require_POST
def ring_demo(request: DeskRequest) -> HttpResponse:
    """A known person calls, or an unknown number, or a hidden one; it rings at who asked for it."""
    only_in_the_demo()
    try:
        ringing.ring_demo_call(now(), request.POST.get("quien", ringing.KNOWN), request.user)
    except (NoProcedure, Contact.DoesNotExist):
        raise Http404 from None
    return redirect("calls")


@desk_page
@require_POST
def step_demo(request: DeskRequest, call_id: int, step: str) -> HttpResponse:
    """The exchange says that this person answered, or that the line is free again. The page is led by its poll."""
    only_in_the_demo()
    try:
        call = reception.locked(call_id)
    except Call.DoesNotExist:
        raise Http404 from None
    if not ringing.is_demo(call) or step not in {ANSWERS, HANGS_UP}:
        raise Http404
    if step == ANSWERS:
        ringing.answer_demo_call(call, request.user, now())
    else:
        ringing.hang_up_demo_call(call, now())
    return redirect(back_to(request))


def only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def by_hand(call: Call) -> tuple[str, str]:
    """Where it is pressed that a waiting call was answered, and that a call is over; empty where neither can be.

    That somebody answered, an exchange says itself; that it is over may be lost on the way. The demonstration's
    exchange is told by who tries it.
    """
    waits = call.is_waiting
    if not waits and (not call.is_on_the_line or call.is_reached_since):
        return "", ""
    if settings.DEMO and ringing.is_demo(call):
        answers = reverse("step_demo", args=[call.pk, ANSWERS]) if waits else ""
        return answers, reverse("step_demo", args=[call.pk, HANGS_UP])
    by_a_person = waits and call.exchange_id is None
    answers = reverse("call_step", args=[call.pk, "contesta"]) if by_a_person else ""
    return answers, reverse("call_step", args=[call.pk, "abandona"])
