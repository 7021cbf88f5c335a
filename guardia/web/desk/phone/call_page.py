"""`/llamadas/<id>`: one call. Who it is, what is in trouble there, what happened to it, and what to do with it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.web.desk import reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.phone import reading as calls
from guardia.web.desk.phone.asking import NewContactForm, asking
from guardia.web.desk.phone.before import MOST_SERVICES, before_call, before_case, service_row
from guardia.web.desk.phone.call_shown import call_shown
from guardia.web.desk.shell import shell_for


@desk_page
@require_GET
def call_page(request: DeskRequest, call_id: int) -> HttpResponse:
    """The whole page; a poll asks for its moving part alone, and is answered 304 while nothing has changed."""
    call = calls.call_with_names(call_id)
    if call is None:
        raise Http404
    if not is_fragment(request) or "q" in request.GET:
        return show(request, call)
    at = now()
    shown = call_shown(call, open_cases(call), at, request.user)
    tag = tag_of([shown.tag])
    context = {"call": shown, "tag": tag}
    return unchanged(request, tag) or stamped(page(request, "desk/phone/_call_now.html", context), tag)


def show(request: DeskRequest, call: Call, form: NewContactForm | None = None, status: int = 200) -> HttpResponse:
    """The whole page; ``form`` is a new contact that came back with its mistakes."""
    at, cases = now(), open_cases(call)
    shown = call_shown(call, cases, at, request.user)
    context: dict[str, Any] = {"call": shown, "tag": tag_of([shown.tag]), **on_record(call, cases, at)}
    context |= {"asking": asking(request, call, form), "shell": shell_for(request, at, view="calls")}
    return page(request, "desk/phone/call.html", context, status=status)


def open_cases(call: Call) -> list[Case]:
    """Those of the company, wherever its number or a person has said which."""
    company = call.customer_id
    return calls.open_cases_of([company])[company] if company else []


def on_record(call: Call, cases: list[Case], at: datetime) -> dict[str, Any]:
    """What is on record of the company and of the number: its services with their state, what was before."""
    opened = {case.service_id: case for case in cases}
    services = reading.services_of_company(call.customer) if call.customer else []
    before = calls.last_cases_of(call.customer_id) if call.customer_id else []
    return {
        "services": [service_row(service, opened.get(service.pk)) for service in services[:MOST_SERVICES]],
        "more_services": len(services) > MOST_SERVICES,
        "before_cases": [before_case(case, at) for case in before],
        "before_calls": [before_call(each, at) for each in calls.calls_before(call)],
    }
