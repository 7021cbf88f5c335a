"""The bench, a case and what is done to it: plain pages."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from guardia.cases import queries
from guardia.cases.refusals import Refused
from guardia.doors.desk.acts import ACTS
from guardia.doors.desk.acts.act import Doing
from guardia.doors.now import now
from guardia.people.actor import Actor


@login_required
def bench(request: HttpRequest) -> HttpResponse:
    cases = queries.next_first(queries.with_names(queries.open_cases()))[:50]
    return render(request, "desk/plain_bench.html", {"cases": cases})


@login_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.with_names(queries.of_number(number)).first()
    if case is None:
        raise Http404
    at = now()
    forms = {name: (act, act.form(case=case, now=at)) for name, act in ACTS.items()}
    events = case.events.order_by("seq").prefetch_related("texts")
    context = {"case": case, "forms": forms, "events": events, "clocks": case.clocks.order_by("started_at")}
    return render(request, "desk/plain_case.html", context)


@login_required
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    case = queries.with_names(queries.of_number(number).select_for_update(of=("self",))).first()
    act = ACTS.get(name)
    if case is None or act is None:
        raise Http404
    at = now()
    form = act.form(request.POST, case=case, now=at)
    if form.is_valid():
        try:
            act.run(Doing(case, Actor.of_staff(request.user), at), form.cleaned_data)
            return redirect("case", case.number)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "desk/plain_form.html", {"form": form, "case": case}, status=409)
