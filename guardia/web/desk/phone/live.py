"""What every page of the desk asks each second: who rings, who of us is on the line; 304 while nothing has changed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.web.desk import reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import stamped, unchanged
from guardia.web.desk.phone.ringing import phone_of


@desk_page
@require_GET
def phone_live(request: DeskRequest) -> HttpResponse:
    """The telephone alone. It takes no message from the next page: a toast waits for the page that was asked for."""
    path = request.headers.get("HX-Current-URL", "")
    phone = phone_of(request.user, reading.calls_with_clocks(), now(), path=path)
    if same := unchanged(request, phone.tag):
        return same
    response = render(request, "desk/phone/live.html", {"shell": {"phone": phone}, "phone": phone})
    response.headers["Cache-Control"] = "no-store"
    return stamped(response, phone.tag)
