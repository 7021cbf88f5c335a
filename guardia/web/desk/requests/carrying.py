"""It is for another desk after all: what was typed goes along, from the form of a case to a request's and back."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.web.desk import areas, reading
from guardia.web.desk.came import came_by
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.drafts import LONGEST_FIELD, storable
from guardia.web.desk.entry import request_page
from guardia.web.desk.registration_form import draft_key as case_draft
from guardia.web.desk.requests import shown
from guardia.web.desk.requests.form import draft_key as request_draft
from guardia.web.desk.requests.taking import company_of

ALIKE = ("reporter", "reporter_name", "call_back_number", "service", "source", "received_at")
CASE, REQUEST = "caso", "requerimiento"


@request_page
@require_POST
def carry(request: DeskRequest, to: str) -> HttpResponse:
    """Keep what was typed as the draft of the other form, and open that form. ``to``: which of the two."""
    if to not in {CASE, REQUEST}:
        raise Http404
    came = came_by(request)
    company = company_of(request, came)
    page = reverse("new_case" if to == CASE else "new_request")
    area = request.POST.get(areas.NAME, "") if to == REQUEST else ""
    address = f"{page}?{shown.query(company, came, area)}"
    if company is None:
        return HttpResponseRedirect(address)
    key, other = (case_draft, request_draft) if to == CASE else (request_draft, case_draft)
    before = reading.draft_of(request.user, key(company, came))
    fields = {**(before.fields if before else {}), **typed(request, to)}
    if area:
        fields["desk"] = area
    reading.keep_draft(request.user, key(company, came), fields, now())
    reading.drop_draft(request.user, other(company, came))
    return HttpResponseRedirect(address)


def typed(request: DeskRequest, to: str) -> dict[str, str]:
    """What stands in the form, under the names of the other one; what is empty takes nothing away."""
    words = ("text", "symptoms") if to == CASE else ("symptoms", "text")
    named = {name: name for name in ALIKE} | {words[0]: words[1]}
    given = {there: storable(request.POST.get(here, "")[:LONGEST_FIELD]) for here, there in named.items()}
    return {name: value for name, value in given.items() if value.strip()}
