"""What a telephone sent and no rule could take: the desk has seen to it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases import field_arrivals
from guardia.config.now import now
from guardia.field.visit import FieldAct
from guardia.web.desk.case import context_of, found
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import is_fragment, page, say


@desk_page
@require_POST
def settle(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    case = found(request, number)
    act = FieldAct.objects.filter(pk=pk, case=case).first()
    if act is None:
        raise Http404
    field_arrivals.settle(act, request.user, now())
    say(request, _("Settled: it stands in the record with your name."))
    if not is_fragment(request):
        return redirect("case", case.number)
    return page(request, "desk/visits_live.html", context_of(request, case, now()))
