"""What was prepared is taken back, until somebody signs; and that is taken back too."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.handover import reading
from guardia.web.desk.handover.preparing import draft_key
from guardia.web.desk.handover.standing import standing_at
from guardia.web.desk.page import Undo, say

AGAIN = "de-nuevo"


@desk_page
@require_POST
def handover_withdraw(request: DeskRequest) -> HttpResponse:
    """My own words of this change of shift are put aside; with ``de-nuevo`` they are back."""
    key = draft_key(standing_at(now()).due_at)
    if request.POST.get(AGAIN):
        back = reading.bring_back(request.user, key)
        say(request, _("What was prepared is back.") if back else _("There is nothing to bring back."))
    elif reading.put_aside(request.user, key):
        undo = Undo(reverse("handover_withdraw"), AGAIN, "1")
        say(request, _("What was prepared was discarded."), undo=undo, done_draft=key)
    return redirect("handover")
