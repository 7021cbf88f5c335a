"""Calls by hand: ring, answer, abandon, call back, not a fault."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases import queries
from guardia.cases.stages import reception
from guardia.doors.now import now
from guardia.procedure import version


@login_required
def calls(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/plain_calls.html", {"calls": queries.open_calls()[:50]})


@login_required
@require_POST
def ring(request: HttpRequest) -> HttpResponse:
    at = now()
    number, line = request.POST.get("from_number", "")[:40], request.POST.get("line", "")[:40]
    reception.ring(from_number=number, line=line, version=version.in_force(at), at=at)
    return redirect("calls")


@login_required
@require_POST
def step(request: HttpRequest, call_id: int, step: str) -> HttpResponse:
    call, at = reception.locked(call_id), now()
    if step == "contesta":
        reception.answer(call, by=request.user, at=at)
        return redirect(f"/casos/nuevo?llamada={call.pk}")
    if step == "abandona":
        reception.abandon(call, at=at)
    return redirect("calls")


def find_call(call_id: str) -> Call | None:
    return reception.locked(int(call_id)) if call_id.isdigit() else None
