"""A call that rings, written down by hand, and its acts: ring, answer, abandon, reached, not a fault."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases.call_rows import call_of_an_exchange, calls_with_clocks
from guardia.cases.stages import reception
from guardia.config.now import now
from guardia.customers.lookup import by_phone
from guardia.customers.phones import NotANumber, normalise
from guardia.intake import callers, phone
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.directory import Line
from guardia.procedure.schema import Procedure
from guardia.procedure.version import NoProcedure
from guardia.web.desk.entry import DeskRequest, desk_page, request_page
from guardia.web.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.phone import acting
from guardia.web.desk.phone.acting import must_act
from guardia.web.desk.phone.call_view import request_href
from guardia.web.desk.phone.calls import desk_of, number_of, row_of
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Doing, Refusal, attempt


class CallForm(forms.Form):
    """Both facts may be unknown. The line says which desk the caller wanted."""

    from_number = forms.CharField(label=_("Number that calls"), required=False, max_length=40)
    line = forms.ChoiceField(
        label=_("Line it was received on"),
        required=False,
        error_messages={"invalid_choice": _("Choose a line from the list, or leave it blank.")},
    )

    def __init__(self, *args, at: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = line_choices(at)  # type: ignore[attr-defined]

    def clean_from_number(self) -> str:
        written = self.cleaned_data["from_number"]
        try:
            return normalise(written) if written else ""
        except NotANumber as trouble:
            raise forms.ValidationError(
                gettext("Write the number with its area code, such as 02 555 0100.")
            ) from trouble


def line_choices(at: datetime) -> list[tuple[str, str]]:
    """The published lines (L1 to L3), those of the technical desk first; a line that is not known is technical."""
    try:
        procedure = versions.in_force(at).procedure
    except NoProcedure:
        return [("", pgettext("line", "not known"))]
    lines = sorted(procedure.lines, key=lambda line: line.desk != TECHNICAL)
    return [("", pgettext("line", "not known")), *((line.key, line_choice(procedure, line)) for line in lines)]


def line_choice(procedure: Procedure, line: Line) -> str:
    desk = desk_of(procedure, line.desk)
    return f"{line.name} · {number_of(line)} → {desk.name if desk else line.desk}"


# --- calls ------------------------------------------------------------------------------------------------------------
@desk_page
def calls(request: DeskRequest) -> HttpResponse:
    at = now()
    rows = [row_of(call, at) for call in calls_with_clocks()]
    tag = tag_of([(row["id"], row["version"], row["clock"].state if row["clock"] else "") for row in rows])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {"calls": rows, "tag": tag, "form": CallForm(at=at), "shell": shell_for(request, at, view="calls")}
    context["ring_demo"] = settings.DEMO
    return stamped(page(request, "desk/_calls.html" if is_fragment(request) else "desk/calls.html", context), tag)


@request_page
@require_POST
def ring(request: DeskRequest) -> HttpResponse:
    at = now()
    form = CallForm(request.POST, at=at)
    if written_down(form, at) is None:
        rows = [row_of(call, at) for call in calls_with_clocks()]
        context = {"calls": rows, "form": form, "shell": shell_for(request, at, view="calls")}
        return page(request, "desk/calls.html", context, status=422)
    return redirect("calls")


def written_down(form: CallForm, at: datetime) -> Call | None:
    """The call that the form tells of, ringing since ``at`` (UTC); None where the form says what is wrong."""
    promised = versions.version_at(at)
    if promised is None:
        form.add_error("from_number", gettext("No procedure is published yet: publish one first."))
    if promised is None or not form.is_valid():
        return None
    number, line = form.cleaned_data["from_number"], form.cleaned_data["line"]
    contact = by_phone(number) if number else None
    return reception.written_down(from_number=number, line=line, version=promised, at=at, contact=contact)


STEPS: dict[str, Callable[[Doing[Call]], object]] = {
    "contesta": lambda doing: reception.answer(doing.on, by=doing.who, at=doing.now),
    "contactado": lambda doing: callers.reach(doing.on, by=doing.who, at=doing.now),
    "abandona": lambda doing: reception.abandon(doing.on, at=doing.now),
    "no-es-falla": lambda doing: callers.needs_nothing(doing.on, at=doing.now),
}


@request_page
@require_POST
def step(request: DeskRequest, call_id: int, step: str) -> HttpResponse:
    """One step of a call. Answering and reaching go straight to the registration: its minutes already run."""
    at = now()
    if step in (acting.TAKE, acting.DIAL):
        return acting.by_exchange(request, call_id, step)
    call = step_taken(call_id, step, request.user, at)
    if isinstance(call, Refusal):
        say(request, call.sentence)
        return redirect("calls")
    taken_up = step in {"contesta", "contactado"} and call.is_taken_up
    return redirect(taken_up_href(call) if taken_up else "calls")


def step_taken(call_id: int, step: str, by: Staff, at: datetime) -> Call | Refusal:
    """One of ``STEPS``, taken ``at`` (UTC). The call must not be locked if an exchange tells of it.

    Raises Http404, PermissionDenied.
    """
    if step == "abandona" and (of_exchange := call_of_an_exchange(call_id)):
        must_act(by, of_exchange)
        phone.is_over(of_exchange, at)
        return of_exchange
    call, verb = find_call(str(call_id)), STEPS.get(step)
    if call is None:
        raise Http404
    must_act(by, call)
    if verb is None:
        raise Http404
    done = attempt(lambda: verb(Doing(call, by, at)))
    return done if isinstance(done, Refusal) else call


def taken_up_href(call: Call) -> str:
    """Where whoever speaks with the caller goes on: a technical call is registered, its minutes already run (P2)."""
    if call.at_desk == TECHNICAL:
        return f"{reverse('new_case')}?llamada={call.pk}"
    return request_href(call) or reverse("call", args=[call.pk])


def find_call(call_id: str) -> Call | None:
    """The call, locked; None if there is none of that number."""
    if not (call_id.isascii() and call_id.isdigit() and len(call_id) < 16):
        return None
    try:
        return reception.locked(int(call_id))
    except Call.DoesNotExist:
        return None


urlpatterns = [
    path("llamadas/", calls, name="calls"),
    path("llamadas/timbra", ring, name="call_ring"),
    path("llamadas/<int:call_id>/<slug:step>", step, name="call_step"),
]
