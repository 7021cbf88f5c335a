"""`r`: the exchange hands a waiting call to who pressed it, or rings a number for that person; else there is no key."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases import callers
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.people.audit_entry import AuditKind, write_down
from guardia.people.staff import Staff
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.desk.looks import back_to
from guardia.web.desk.page import say
from guardia.web.desk.phone.rights import may_act, must_act
from guardia.web.phone import ami_acting
from guardia.web.phone.ami_acting import CannotAct

TAKE, DIAL = "toma", "marca"


def dial_href(staff: Staff, call: Call) -> str:
    """Where the exchange is asked to ring this caller back; empty where it cannot be asked, or nothing is owed."""
    if not (call.from_number and ami_acting.acts(staff) and may_act(staff, call) and callers.may_be_rung_back(call)):
        return ""
    return reverse("call_step", args=[call.pk, DIAL])


def by_exchange(request: DeskRequest, call_id: int, step: str) -> HttpResponse:
    """The exchange is asked, and no row is held meanwhile; of the call nothing is written but what it says itself."""
    call = Call.objects.select_related("exchange").filter(pk=call_id).first()
    if call is None:
        raise Http404
    must_act(request.user, call)
    try:
        if step == TAKE:
            take(request, call)
        elif not callers.may_be_rung_back(call):
            raise CannotAct(_("Nobody is to be rung back for this call any more."))
        else:
            dial(request, call.from_number, about="call", key=call.pk)
    except CannotAct as trouble:
        say(request, str(trouble))
    return redirect(back_to(request))


def take(request: DeskRequest, call: Call) -> None:
    """Raises CannotAct."""
    queue = ami_acting.may_be_taken(request.user, [call]).get(call.pk)
    if queue is None:
        raise CannotAct(_("The exchange cannot hand you this call: it waits in no queue now."))
    ami_acting.take(request.user, call, queue)
    put_down(request.user, "take", about="call", key=call.pk)
    say(request, _("Pick up: the call comes to your telephone %s.") % request.user.extension)


def dial(request: DeskRequest, number: str, *, about: str, key: int) -> None:
    """Raises CannotAct."""
    dialled = ami_acting.dial(request.user, number)
    put_down(request.user, "dial", about=about, key=key, number=dialled)
    words = _("Pick up your telephone %(extension)s: then %(number)s is dialled.")
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
    contact = Contact.objects.filter(pk=contact_id, active=True).first()
    if contact is None or place >= len(contact.phones):
        raise Http404
    try:
        dial(request, contact.phones[place], about="contact", key=contact.pk)
    except CannotAct as trouble:
        say(request, str(trouble))
    return redirect(back_to(request))
