"""The last one at the desk leaves it, or signs out: asked once more, since nobody would be there (A1)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from guardia.web.desk.looks import back_to
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for

NOT_YET = 409


def nobody_would_be_there(request: HttpRequest, at: datetime, goes_by: str) -> HttpResponse:
    """``goes_by``: the address, by its name, that leads out all the same."""
    context = {"back": back_to(request), "shell": shell_for(request, at, view="handover"), "goes_by": goes_by}
    return page(request, "desk/handover/leave.html", context, status=NOT_YET)
