"""What was prepared is taken back, until somebody signs; and that is taken back too."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.handover import reading
from guardia.doors.desk.handover.preparing import draft_key
from guardia.doors.desk.handover.standing import standing_at
from guardia.doors.desk.page import Undo, say
from guardia.doors.now import now

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
