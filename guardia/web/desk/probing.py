"""“Test now”: the service of a case is tested by Guardia itself, on somebody's word."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guardia.cases import probing
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.people.policy import may_handle
from guardia.web.desk.acts.offered import asked_by
from guardia.web.desk.case import found, shown
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import is_fragment, say


@desk_page
@require_POST
def probe_now(request: DeskRequest, number: str) -> HttpResponse:
    """Ask for every target of the service; what is under way already serves. The page shows them come in."""
    case, at = found(request, number, locked=True), now()
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    try:
        with transaction.atomic():
            count = probing.on_demand(case, request.user, at)
        say(request, asked_words(count))
    except Refused as refusal:
        say(request, str(refusal))
    if not is_fragment(request):
        return redirect("case", case.number)
    return shown(request, case, asked_by(case), at, template="desk/evidence_live.html")


def asked_words(count: int) -> str:
    if not count:
        return _("Nothing is tested of this service yet: write down an address of it first.")
    return ngettext("%d test was asked for.", "%d tests were asked for.", count) % count
