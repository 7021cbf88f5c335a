"""What is done to a call: taken, dialled, and in the demonstration let ring; who may do so."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases.call_rows import call_with_exchange
from guardia.cases.stages import reception
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.lookup import contact_at_work
from guardia.demo import mailbox
from guardia.intake import callers
from guardia.people.audit import AuditKind, write_down
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.version import NoProcedure
from guardia.web.desk.entry import DeskRequest, desk_page, request_page
from guardia.web.desk.page import back_to, say
from guardia.web.phone import ami_acting


# --- rights -----------------------------------------------------------------------------------------------------------
# Who may act on a call: the people of its desk; the technical desk on every call, since it answers out of hours.
def may_act(staff: Staff, call: Call) -> bool:
    return may(staff, Right.HANDLE_CASES) or may_handle(staff, call.at_desk)


def must_act(staff: Staff, call: Call) -> None:
    """Raises PermissionDenied (403)."""
    if not may_act(staff, call):
        raise PermissionDenied


# --- acting -----------------------------------------------------------------------------------------------------------
# `r`: the exchange hands a waiting call to who pressed it, or rings a number for that person; else there is no key.
TAKE, DIAL = "toma", "marca"


def dial_href(staff: Staff, call: Call) -> str:
    """Where the exchange is asked to ring this caller back; empty where it cannot be asked, or nothing is owed."""
    if not (call.from_number and ami_acting.acts(staff) and may_act(staff, call) and callers.may_be_rung_back(call)):
        return ""
    return reverse("call_step", args=[call.pk, DIAL])


def by_exchange(request: DeskRequest, call_id: int, step: str) -> HttpResponse:
    """The exchange is asked, and no row is held meanwhile; of the call nothing is written but what it says itself."""
    call = call_with_exchange(call_id)
    if call is None:
        raise Http404
    must_act(request.user, call)
    try:
        if step == TAKE:
            take(request, call)
        elif not callers.may_be_rung_back(call):
            raise ami_acting.CannotAct(_("This call no longer needs a call-back."))
        else:
            dial(request, call.from_number, about="call", key=call.pk)
    except ami_acting.CannotAct as trouble:
        say(request, str(trouble))
    return redirect(back_to(request))


def take(request: DeskRequest, call: Call) -> None:
    """Raises CannotAct."""
    queue = ami_acting.may_be_taken(request.user, [call]).get(call.pk)
    if queue is None:
        raise ami_acting.CannotAct(_("The exchange cannot hand you this call: it is no longer waiting in any queue."))
    ami_acting.take(request.user, call, queue)
    put_down(request.user, "take", about="call", key=call.pk)
    say(request, _("Pick up: the call is transferred to your telephone %s.") % request.user.extension)


def dial(request: DeskRequest, number: str, *, about: str, key: int) -> None:
    """Raises CannotAct."""
    dialled = ami_acting.dial(request.user, number)
    put_down(request.user, "dial", about=about, key=key, number=dialled)
    words = _("Pick up your telephone %(extension)s: %(number)s is then dialled.")
    say(request, words % {"extension": request.user.extension, "number": dialled})


def put_down(staff: Staff, what: str, *, about: str, key: int, **facts: str) -> None:
    write_down(
        AuditKind.ASKED_OF_EXCHANGE,
        at=now(),
        staff=staff,
        about=about,
        key=key,
        what=what,
        extension=staff.extension,
        **facts,
    )


@request_page
@require_POST
def contact_dial(request: DeskRequest, contact_id: int, place: int) -> HttpResponse:
    """The telephone of a contact, by its place among those on file: no number comes with the request."""
    contact = contact_at_work(contact_id)
    if contact is None or place >= len(contact.phones):
        raise Http404
    try:
        dial(request, contact.phones[place], about="contact", key=contact.pk)
    except ami_acting.CannotAct as trouble:
        say(request, str(trouble))
    return redirect(back_to(request))


# --- the demonstration ------------------------------------------------------------------------------------------------
# In the demonstration only: a call rings, is answered or given up, as an exchange would tell it.
ANSWERS, HANGS_UP = "contesta", "cuelga"


@desk_page
@require_POST
def ring_demo(request: DeskRequest) -> HttpResponse:
    """A known person calls, or an unknown number, or a hidden one; it rings at who asked for it."""
    only_in_the_demo()
    try:
        mailbox.ring_demo_call(now(), request.POST.get("quien", mailbox.KNOWN), request.user)
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
    if not mailbox.is_demo(call) or step not in {ANSWERS, HANGS_UP}:
        raise Http404
    if step == ANSWERS:
        mailbox.answer_demo_call(call, request.user, now())
    else:
        mailbox.hang_up_demo_call(call, now())
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
    if settings.DEMO and mailbox.is_demo(call):
        answers = reverse("step_demo", args=[call.pk, ANSWERS]) if waits else ""
        return answers, reverse("step_demo", args=[call.pk, HANGS_UP])
    by_a_person = waits and call.exchange_id is None
    answers = reverse("call_step", args=[call.pk, "contesta"]) if by_a_person else ""
    return answers, reverse("call_step", args=[call.pk, "abandona"])


urlpatterns = [
    path("llamadas/contacto/<int:contact_id>/<int:place>", contact_dial, name="contact_dial"),
    path("demo/llamada", ring_demo, name="ring_demo"),
    path("demo/llamada/<int:call_id>/<slug:step>", step_demo, name="step_demo"),
]
