"""What is done with a file: the customer may see it or no longer, or it is withdrawn with the reason."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases.case import Case
from guardia.cases.case_files import show_file, withdraw_file
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.people.actor import Actor
from guardia.people.policy import may_handle
from guardia.web.desk.case import found
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.desk.files.adding import at_the_files
from guardia.web.desk.files.looking import file_or_404, file_shown
from guardia.web.desk.page import say


@request_page
@require_POST
def show(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """``shown=1``: the customer sees it too, also in the closing report; else no longer."""
    case = for_whom_may(request, number)
    one, wanted, at = file_or_404(case, file_id), request.POST.get("shown") == "1", now()
    try:
        with transaction.atomic():
            show_file(case, one, shown=wanted, by=Actor.of_staff(request.user), at=at)
    except Refused as refused:
        return file_shown(request, case, file_or_404(case, file_id), at, refusal=str(refused), status=409)
    say(request, _("The customer sees this file.") if wanted else _("The customer no longer sees this file."))
    return redirect("case_file", case.number, one.pk)


@request_page
@require_POST
def withdraw(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """Its bytes go for good; that it was there, and why it is not, stays in the log."""
    case = for_whom_may(request, number)
    one, why, at = file_or_404(case, file_id), request.POST.get("why", "").replace("\0", ""), now()
    try:
        with transaction.atomic():
            withdraw_file(case, one, why, by=Actor.of_staff(request.user), at=at)
    except Refused as refused:
        return file_shown(request, case, file_or_404(case, file_id), at, refusal=str(refused), why=why, status=422)
    say(request, _("Withdrawn: %(name)s.") % {"name": one.name})
    return HttpResponseRedirect(at_the_files(case))


def for_whom_may(request: DeskRequest, number: str) -> Case:
    case = found(request, number, locked=True)
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    return case
