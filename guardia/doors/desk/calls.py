"""Calls by hand: ring, answer, abandon, reached, not a fault."""

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases.refusals import Refused
from guardia.cases.stages import reception
from guardia.customers.contact import Contact
from guardia.customers.lookup import by_phone
from guardia.customers.phones import NotANumber, normalise
from guardia.demo.ringing import ring_demo_call
from guardia.doors.desk import reading
from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.doors.desk.shell import shell_for
from guardia.doors.desk.shown.calls import row_of
from guardia.doors.now import now
from guardia.procedure import version


class CallForm(forms.Form):
    """A call that rings, written down by hand; both facts may be unknown."""

    from_number = forms.CharField(label=gettext_lazy("Number that calls"), required=False, max_length=40)
    line = forms.CharField(label=gettext_lazy("Line it came in on"), required=False, max_length=40)

    def clean_from_number(self) -> str:
        written = self.cleaned_data["from_number"]
        try:
            return normalise(written) if written else ""
        except NotANumber as trouble:
            raise forms.ValidationError(_("Write the number with its area code, such as 02 555 0100.")) from trouble


@desk_page
def calls(request: DeskRequest) -> HttpResponse:
    at = now()
    rows = [row_of(call, at) for call in reading.calls_with_clocks()]
    tag = tag_of([(row.id, row.version, row.clock.state if row.clock else "") for row in rows])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {"calls": rows, "tag": tag, "form": CallForm(), "shell": shell_for(request, at, view="calls")}
    context["ring_demo"] = settings.DEMO
    return stamped(page(request, "desk/_calls.html" if is_fragment(request) else "desk/calls.html", context), tag)


@desk_page
@require_POST
def ring(request: DeskRequest) -> HttpResponse:
    form, at = CallForm(request.POST), now()
    promised = version.version_at(at)
    if promised is None:
        form.add_error("from_number", _("No procedure is published yet: publish one first."))
    if promised is None or not form.is_valid():
        rows = [row_of(call, at) for call in reading.calls_with_clocks()]
        context = {"calls": rows, "form": form, "shell": shell_for(request, at, view="calls")}
        return page(request, "desk/calls.html", context, status=422)
    number = form.cleaned_data["from_number"]
    contact = by_phone(number) if number else None
    reception.written_down(from_number=number, line=form.cleaned_data["line"], version=promised, at=at, contact=contact)
    return redirect("calls")


@desk_page
@require_POST
def ring_demo(request: DeskRequest) -> HttpResponse:
    """In the demonstration only: somebody known calls, as if the exchange had announced it."""
    if not settings.DEMO:
        raise Http404
    try:
        ring_demo_call(now())
    except (version.NoProcedure, Contact.DoesNotExist):
        raise Http404 from None
    return redirect("calls")


@desk_page
@require_POST
def step(request: DeskRequest, call_id: int, step: str) -> HttpResponse:
    """One step of a call. Answering and reaching go straight to the registration: its minutes already run."""
    call, at = find_call(str(call_id)), now()
    if call is None:
        raise Http404
    try:
        with transaction.atomic():
            if step == "contesta":
                reception.answer(call, by=request.user, at=at)
            elif step == "contactado":
                reception.reach(call, by=request.user, at=at)
            elif step == "abandona":
                reception.abandon(call, at=at)
            elif step == "no-es-falla":
                reception.settle(call, as_="not_a_fault", at=at)
            else:
                raise Http404
    except Refused as refusal:
        say(request, str(refusal))
        return redirect("calls")
    registers = step in {"contesta", "contactado"} and call.is_on_the_line
    return redirect(f"{reverse('new_case')}?llamada={call.pk}" if registers else "calls")


def find_call(call_id: str) -> Call | None:
    """The call, locked; None if there is none of that number."""
    if not (call_id.isascii() and call_id.isdigit() and len(call_id) < 16):
        return None
    try:
        return reception.locked(int(call_id))
    except Call.DoesNotExist:
        return None
